#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What cannot work at all is answered by one sentence: a C++ that is too old, no exceptions, no Boost or an old one.

usage: run.py COMPILER...
Each case is compiled with the single header, the umbrella, a gateway's header and a header of the vocabulary. The
sentence is the only error, and the answer has at most five lines besides those that name the including files.
"""
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 5
HEADERS = ["single_include/llmx.hpp", "include/llmx/llmx.hpp", "include/llmx/gateway/gateway.hpp",
           "include/llmx/service/runtime.hpp", "include/llmx/core/errc.hpp"]


def main() -> int:
    compiler = sys.argv[1:]
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        old = pathlib.Path(work) / "boost"
        old.mkdir()
        (old / "version.hpp").write_text("#define BOOST_VERSION 107400\n")
        cases = [
            (["-std=c++17"], "llmx: C++20 is needed"),
            (["-std=c++20", "-fno-exceptions"], "llmx: exceptions are needed"),
            # Without its own directories the compiler finds no Boost, wherever it is installed.
            (["-std=c++20", "-nostdinc", "-nostdinc++"], "llmx: Boost is missing"),
            (["-std=c++20", f"-I{work}"], "llmx: Boost 1.81 or later is needed"),
        ]
        for flags, sentence in cases:
            for header in HEADERS:
                # The vocabulary does without exceptions.
                if sentence == "llmx: exceptions are needed" and header.endswith("core/errc.hpp"):
                    continue
                run = subprocess.run([*compiler, *flags, f"-I{ROOT}/include", "-fsyntax-only", "-fdiagnostics-color=never", "-x", "c++", "-"],
                                     input=f'#include "{ROOT / header}"\n', capture_output=True, text=True)
                lines = [l for l in run.stderr.splitlines() if not l.strip().startswith(("In file included from", "from "))]
                errors = [l for l in lines if "error:" in l]
                if run.returncode == 0 or len(errors) != 1 or sentence not in errors[0] or len(lines) > LIMIT:
                    failed += 1
                    print("\n".join(run.stderr.splitlines()[:20]))
                    print(f"{header} with {' '.join(flags)}: {len(errors)} errors and {len(lines)} lines in place of '{sentence}'")
    print(f"{failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
