#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Compiles the C++ blocks of README.md and of the pages of docs/ with such blocks, all in one translation unit, without generating code.

usage: check_snippets.py [--print] COMPILER-COMMAND...

The line before each block is a marker:
  <!-- snippet: program -->       a whole program, in a namespace of its own
  <!-- snippet: declarations -->  declarations; later blocks of the page may use them
  <!-- snippet: function -->      statements, the body of a function
Errors are reported at the page's own lines. `--print` shows the unit.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ("README.md", "docs/library.md", "docs/policies.md", "docs/architecture.md")
MARKER = re.compile(r"<!-- snippet: (program|declarations|function) -->$")
PREAMBLE = """#include <llmx/llmx.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
"""


def blocks(page: str, text: str) -> list[tuple[str, int, list[str]]]:
    """The blocks of \\p text: marker, number of the first line of code, lines."""
    found = []
    lines = text.splitlines()
    i = 0
    while i < len(lines):
        if lines[i].startswith("```cpp"):
            marker = MARKER.match(lines[i - 1]) if i > 0 else None
            if marker is None:
                raise SystemExit(f"{page}:{i + 1}: no marker before this block, such as <!-- snippet: declarations -->")
            end = next((j for j in range(i + 1, len(lines)) if lines[j] == "```"), None)
            if end is None:
                raise SystemExit(f"{page}:{i + 1}: this block has no end")
            found.append((marker[1], i + 2, lines[i + 1:end]))
            i = end
        i += 1
    return found


def unit(pages: list[tuple[str, str]]) -> tuple[str, int]:
    """The translation unit of all pages, and the number of their blocks."""
    includes, parts = [PREAMBLE], []
    count = 0
    for number, (page, text) in enumerate(pages):
        for kind, first, lines in blocks(page, text):
            count += 1
            # Includes come before all namespaces; an empty line keeps the numbering. Functions are inline, because
            # g++ treats a page like a header and would warn of lambdas without linkage.
            includes += [line + "\n" for line in lines if line.startswith("#include")]
            code = "\n".join("" if line.startswith("#include") else line for line in lines)
            opening, closing = f"namespace page_{number} {{", "}"
            if kind == "program":
                opening, closing = f"{opening} namespace program_{count} {{", "}}"
            elif kind == "function":
                opening, closing = f"{opening} inline void function_{count}() {{", "}}"
            parts.append(f'{opening}\n#line {first} "{page}"\n{code}\n{closing}\n')
    return "".join(includes + parts), count


def self_test() -> None:
    """A page without markers is refused, and a block keeps its line."""
    good = "x\n<!-- snippet: function -->\n```cpp\nint i;\n```\n"
    text, count = unit([("p.md", good)])
    if count != 1 or '#line 4 "p.md"\nint i;' not in text:
        raise SystemExit("check_snippets does not find a block")
    try:
        unit([("p.md", "```cpp\nint i;\n```\n")])
    except SystemExit:
        return
    raise SystemExit("check_snippets accepts a block without a marker")


def main() -> int:
    command = sys.argv[1:]
    show = command[:1] == ["--print"]
    if show:
        command = command[1:]
    self_test()
    text, count = unit([(page, (ROOT / page).read_text()) for page in PAGES])
    if show:
        print(text)
    if not command:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "snippets.cpp"
        source.write_text(text)
        run = subprocess.run([*command, "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                              "-Wno-return-type",  # `main` in a namespace
                              "-fdiagnostics-color=never", str(source)],
                             capture_output=True, text=True)
    if run.returncode != 0:
        print("\n".join(run.stderr.splitlines()[:80]))
        print(f"a block of {', '.join(PAGES)} does not compile: see the first error above")
        return 1
    print(f"snippets: {count} blocks compile")
    return 0


if __name__ == "__main__":
    sys.exit(main())
