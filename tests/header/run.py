#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Every public header compiles alone, header-only and in separate compilation.

usage: run.py PART PARTS COMPILER-COMMAND...
Takes every PARTS-th header beginning with PART, so that parts can run side by side.

Header-only, a header pulls in the bodies of all headers below it, and most of the time would go into compiling the same
bodies again. It is therefore shown in three steps:
- each header with its own bodies behind it compiles in separate compilation, where the headers that it includes are
  declarations alone: it and its bodies include what they use;
- header-only adds the bodies of the included headers, each of which was compiled so. Where no include leads back to a
  header that is still open, each file meets what it met alone, and more;
- the headers of such a circle, and llmx.hpp, are compiled header-only as well.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include"
OWN = re.compile(r"^\s*#\s*include\s*<(llmx/[^>]+)>", re.M)


def include_graph() -> dict[str, list[str]]:
    files = [p for p in sorted((INCLUDE / "llmx").rglob("*")) if p.suffix in (".hpp", ".ipp") and p.name != "src.hpp" and p.parent.name != "src"]
    graph = {str(p.relative_to(INCLUDE)): OWN.findall(p.read_text()) for p in files}
    return {name: [other for other in others if other in graph] for name, others in graph.items()}


def circular(graph: dict[str, list[str]]) -> set[str]:
    """Headers that another header includes, directly or not, and that include it; bodies count as part of the path."""
    reach: dict[str, set[str]] = {}
    for start in graph:
        seen, open_ = set(), [start]
        while open_:
            for other in graph[open_.pop()]:
                if other not in seen:
                    seen.add(other)
                    open_.append(other)
        reach[start] = seen
    headers = [name for name in graph if name.endswith(".hpp")]
    return {a for a in headers for b in headers if a != b and b in reach[a] and a in reach[b]}


def main() -> int:
    part, parts, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    graph = include_graph()
    circle = circular(graph) | {"llmx/llmx.hpp"}
    headers = [name for name in graph if name.endswith(".hpp")][part::parts]
    failed = 0
    for name in headers:
        bodies = [other for other in graph[name] if other.endswith(".ipp")]
        # Twice, so that a missing guard shows.
        unit = "".join(f"#include <{other}>\n" for other in [name, name, *bodies])
        modes = [["-DLLMX_SEPARATE_COMPILATION"]] + ([[]] if name in circle else [])
        for mode in modes:
            run = subprocess.run([*command, *mode, "-fsyntax-only", "-x", "c++", "-"], input=unit, text=True,
                                 capture_output=True)
            if run.returncode:
                failed += 1
                print(f"{name} does not compile alone {' '.join(mode)}\n{run.stderr[:3000]}")
    print(f"{len(headers)} headers compiled alone, {failed} failures; {len(circle & set(headers))} of them header-only too")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
