#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Every public header compiles alone, header-only and in separate compilation.

usage: run.py PART PARTS COMPILER-COMMAND...
Takes every PARTS-th header beginning with PART, so that parts can run side by side.
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main() -> int:
    part, parts, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    headers = sorted((ROOT / "include" / "llmx").rglob("*.hpp"))
    headers = [h for h in headers if h.name != "src.hpp" and h.parent.name != "src"][part::parts]
    failed = 0
    for header in headers:
        name = header.relative_to(ROOT / "include")
        # Bodies are what the two modes differ in; without one there is one mode.
        modes = [[]] + ([["-DLLMX_SEPARATE_COMPILATION"]] if "LLMX_SEPARATE_COMPILATION" in header.read_text() else [])
        for mode in modes:
            # Twice, so that a missing guard shows.
            unit = f"#include <{name}>\n#include <{name}>\n"
            run = subprocess.run([*command, *mode, "-fsyntax-only", "-x", "c++", "-"], input=unit, text=True,
                                 capture_output=True)
            if run.returncode:
                failed += 1
                print(f"{name} does not compile alone {' '.join(mode)}\n{run.stderr[:3000]}")
    print(f"{len(headers)} headers compiled alone, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
