#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Compiles one case that must fail, and reads the compiler's answer.

usage: run.py COMPILER-COMMAND... CASE.cpp
The first line of a case is `// expect: TEXT`: an error line must contain TEXT, which begins
with "llmx:". The whole answer must stay under 60 lines, or nobody would find it. A case
whose first line is `// compiles` must compile: it shows that the others fail for their
reason alone.
"""
import subprocess
import sys

LIMIT = 60


def main() -> int:
    *command, case = sys.argv[1:]
    with open(case) as f:
        first = f.readline().strip()
    run = subprocess.run([*command, "-fsyntax-only", "-fdiagnostics-color=never", case], capture_output=True, text=True)
    output = run.stderr
    if first == "// compiles":
        if run.returncode == 0:
            return 0
        print(output)
        print("this case must compile")
        return 1
    if not first.startswith("// expect: llmx:"):
        print(f"{case}: first line must be '// expect: llmx: ...' or '// compiles'")
        return 1
    expected = first.removeprefix("// expect: ")
    lines = output.splitlines()
    problems = []
    if run.returncode == 0:
        problems.append("it compiled")
    if not any("error" in line and expected in line for line in lines):
        problems.append(f"no error says: {expected}")
    if len(lines) >= LIMIT:
        problems.append(f"{len(lines)} lines of output, {LIMIT} or more")
    if problems:
        print("\n".join(lines[:100]))
        print(f"{case}: " + "; ".join(problems))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
