#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Compiles the cases that must fail, and reads the compiler's answer.

usage: run.py COMPILER [CASE.cpp...]
A case begins with lines of comments:
- `// expect: TEXT`: an error line contains TEXT, which begins with "llmx:". In a case with several, each of them; clang
  leaves a class at its first failed assertion, so that there the first one counts.
- `// names: TEXT`: the answer contains TEXT, the type or member at fault.
- `// compiles`, first line: the case must compile, which shows that the others fail for their reason alone.
- `// plain`: it defines macros of the configuration, so it is compiled without the precompiled header.
The first error is one of ours, and the whole answer has at most 60 lines. All cases share one precompiled header with
everything that they include, so that one takes about a second.
"""
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LIMIT = 60
FLAGS = ["-std=c++20", f"-I{ROOT}/include", "-fdiagnostics-color=never", "-DLLMX_SEPARATE_COMPILATION"]


def lines_with(text: str, key: str) -> list[str]:
    return [m.strip() for m in re.findall(rf"^// {key}: (.*)$", text, re.M)]


def check(compiler: list[str], clang: bool, precompiled: list[str], case: pathlib.Path) -> list[str]:
    text = case.read_text()
    plain = "\n// plain\n" in text
    flags = [f for f in FLAGS if not (plain and f == "-DLLMX_SEPARATE_COMPILATION")] if plain else FLAGS + precompiled
    run = subprocess.run([*compiler, *flags, "-fsyntax-only", str(case)], capture_output=True, text=True)
    lines = run.stderr.splitlines()
    if text.startswith("// compiles\n"):
        return [] if run.returncode == 0 else lines[:60] + ["this case must compile"]
    problems = []
    expected = lines_with(text, "expect")
    if not expected or not all(e.startswith("llmx:") for e in expected):
        return ["first line must be '// expect: llmx: ...' or '// compiles'"]
    if run.returncode == 0:
        problems.append("it compiled")
    errors = [line for line in lines if re.search(r"\berror:", line)]
    for e in expected[:1] if clang else expected:
        if not any(e in line for line in errors):
            problems.append(f"no error has: {e}")
    if errors and "llmx: " not in errors[0]:
        problems.append(f"the first error is not one of ours: {errors[0]}")
    for name in lines_with(text, "names"):
        if name not in run.stderr:
            problems.append(f"nothing names: {name}")
    if len(lines) > LIMIT:
        problems.append(f"{len(lines)} lines of output, more than {LIMIT}")
    return lines[:100] + problems if problems else []


def main() -> int:
    compiler = [sys.argv[1]]
    cases = [pathlib.Path(c).resolve() for c in sys.argv[2:]] or sorted(HERE.glob("*.cpp"))
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        common = pathlib.Path(work) / "common.hpp"
        included = set()
        for case in sorted(HERE.glob("*.cpp")):
            text = case.read_text()
            if "\n// plain\n" not in text:
                included.update(re.findall(r"^#include <llmx/[^>]+>$", text, re.M))
        common.write_text("\n".join(sorted(included)) + "\n")
        clang = b"clang" in subprocess.run([*compiler, "--version"], capture_output=True).stdout
        made = f"{common}.pch" if clang else f"{common}.gch"
        subprocess.run([*compiler, *FLAGS, "-x", "c++-header", str(common), "-o", made], check=True)
        precompiled = ["-include-pch", made] if clang else ["-include", str(common)]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for case, problems in zip(cases, pool.map(lambda c: check(compiler, clang, precompiled, c), cases)):
                if problems:
                    failed += 1
                    print("\n".join(problems))
                    print(f"^ {case.name}\n")
    print(f"{len(cases)} cases with {compiler[0]}, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
