#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""House rules that text shows: licence line, size, length of lines, and that llmx.hpp and src.hpp are complete."""
import pathlib
import re
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADERS = ROOT / "include" / "llmx"
LONGEST_LINE = 160
# Written by a program, which does not break lines.
GENERATED = {"tests/unit/wire/aws_vectors.hpp", "include/llmx/catalog/impl/embedded_models.ipp"}


def long_lines() -> list[str]:
    """Lines of the library and its unit tests that no editor shows whole."""
    found = []
    for folder in ("include", "tests/unit"):
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix not in (".hpp", ".ipp", ".cpp") or name in GENERATED:
                continue
            for number, line in enumerate(path.read_text().split("\n"), 1):
                if len(line) > LONGEST_LINE:
                    found.append(f"{name}:{number}: {len(line)} columns, more than {LONGEST_LINE}: "
                                 "break the line, or move a JSON document to tests/golden")
    return found


def main() -> int:
    found = []
    sizes = []
    headers, bodies = [], []
    for path in sorted(HEADERS.rglob("*")):
        if path.suffix not in (".hpp", ".ipp"):
            continue
        text = path.read_text()
        name = "llmx/" + str(path.relative_to(HEADERS))
        lines = text.count("\n")
        if not text.startswith("// SPDX-License-Identifier: BSL-1.0\n#pragma once\n"):
            found.append(f"include/{name}: must begin with the SPDX line and #pragma once")
        if lines > 500:
            found.append(f"include/{name}: {lines} lines, more than 500")
        if re.search(r"\bTODO\b|\bFIXME\b", text):
            found.append(f"include/{name}: unfinished word")
        if path.suffix == ".hpp":
            sizes.append(lines)
            headers.append(name)
        else:
            bodies.append(name)
    reachable: set[str] = set()

    def walk(name: str) -> None:
        if name in reachable:
            return
        reachable.add(name)
        for inner in re.findall(r"#\s*include\s*<(llmx/[^>]+)>", (ROOT / "include" / name).read_text()):
            walk(inner)

    walk("llmx/llmx.hpp")
    for name in headers:
        if name not in reachable and not name.startswith("llmx/src"):
            found.append(f"include/llmx/llmx.hpp does not reach <{name}>")
    reachable.clear()
    walk("llmx/src.hpp")
    for name in bodies:
        if name not in reachable:
            found.append(f"include/llmx/src.hpp does not reach <{name}>")
    found += long_lines()
    median = statistics.median(sizes)
    if median > 120:
        found.append(f"the median header has {median} lines, more than 120")
    print("\n".join(found) if found else
          f"headers: {len(headers)} (median {median:.0f} lines, longest {max(sizes)}) and {len(bodies)} bodies")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
