#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Finds what g++ 12.2 miscompiles inside a co_await expression.

Between `co_await` and the end of its full expression there may be no braced initialiser,
no lambda with captures and no conditional operator: the operands are named in the
statement before. Applies to the sources and to the C++ snippets of README and docs.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
STRIP = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((?:.|\n)*?\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)


def blank(match: re.Match) -> str:
    return re.sub(r"[^\n]", " ", match.group(0))


def faults(text: str) -> list[tuple[int, str]]:
    code = STRIP.sub(blank, text)
    found = []
    for m in re.finditer(r"\bco_await\b", code):
        line = code.count("\n", 0, m.start()) + 1
        i, depth = m.end(), 0
        while i < len(code):
            c = code[i]
            if c == "(":
                depth += 1
            elif c == ")":
                depth -= 1
                if depth < 0:
                    break
            elif c == ";":
                break
            elif c == "{":
                # `if (co_await x) {` is stopped by the closing parenthesis above.
                found.append((line, "a brace"))
                break
            elif c == "[" and re.match(r"\[\s*[&=\w]", code[i:]) and re.search(r"[(,]\s*$", code[m.end():i]):
                found.append((line, "a capturing lambda"))
                break
            elif c == "?":
                found.append((line, "a conditional operator"))
                break
            i += 1
    return found


def main() -> int:
    bad = ["co_await f(opts{1, 2});", "co_await g([x] { return x; });", "co_await h(a ? b : c);", "x = co_await f({});"]
    good = ["auto r = co_await f(a, b);", "if (co_await f()) { g(); }", 'co_await f("{?}");', "while (co_await s.next()) { }"]
    if not all(faults(s) for s in bad) or any(faults(s) for s in good):
        print("check_coawait does not bite", file=sys.stderr)
        return 1
    found = []
    count = 0
    for folder in ("include", "examples", "tests", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".hpp", ".ipp", ".cpp") and "node_modules" not in path.parts:
                count += 1
                found += [f"{path.relative_to(ROOT)}:{line}: {what} inside a co_await expression"
                          for line, what in faults(path.read_text())]
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if not path.exists():
            continue
        count += 1
        for snippet in re.findall(r"```(?:cpp|c\+\+)\n(.*?)```", path.read_text(), re.S):
            found += [f"{path.relative_to(ROOT)}: {what} inside a co_await expression" for _, what in faults(snippet)]
    print("\n".join(found) if found else f"co_await: {count} files, none with what g++ 12.2 miscompiles")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
