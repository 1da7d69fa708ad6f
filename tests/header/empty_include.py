#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""An include compiles nothing that is not called: header-only, at -O0.

usage: empty_include.py HEADER COMPILER-COMMAND...
Compiles a unit with one `#include <HEADER>` and looks at the symbols of its object: g++ 12 emits inline coroutines that
are no templates in every unit, with all that they call (docs/architecture.md).
"""
import pathlib
import re
import subprocess
import sys
import tempfile

# What Asio's and the standard library's objects with static storage need.
MOST_WEAK = 300


def main() -> int:
    header, command = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder) / "include.o"
        run = subprocess.run([*command, "-O0", "-g0", "-c", "-x", "c++", "-", "-o", str(made)],
                             input=f"#include <{header}>\n", text=True, capture_output=True)
        if run.returncode:
            print(run.stderr[:3000])
            return 1
        symbols = subprocess.run(["nm", "-C", str(made)], text=True, capture_output=True, check=True).stdout.splitlines()
    coroutines = [s for s in symbols if re.search(r"\[clone \.(actor|destroy|resume|cleanup)\]", s)]
    weak = [s for s in symbols if re.match(r"\s*[0-9a-f]* [WV] ", s)]
    for s in coroutines:
        print("compiled, though nothing calls it:", s[19:200])
    if len(weak) > MOST_WEAK:
        print("\n".join(s[19:160] for s in weak if "llmx" in s))
    print(f"{header}: {len(coroutines)} coroutines, {len(weak)} weak symbols (at most 0 and {MOST_WEAK})")
    return 1 if coroutines or len(weak) > MOST_WEAK else 0


if __name__ == "__main__":
    sys.exit(main())
