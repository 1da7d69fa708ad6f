#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A correct program gets no warning from llmx's headers, whatever it asks its compiler to look for.

usage: run.py COMPILER
The ten-line client is compiled with the single header and with include/, both by -I, so that nothing is taken for a
system header; header-only, and with the bodies compiled elsewhere. g++ optimises the single header, whose bodies are those of include/:
some of its warnings need that.
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = """
#include <iostream>
int main() {
    llmx::blocking_client<llmx::openai> ai("gpt-4o-mini");
    const llmx::result<llmx::chat_reply> reply = ai.chat("Name three rivers of Europe.");
    if (!reply) std::cerr << reply.error().message() << '\\n';
    else std::cout << reply->text() << '\\n';
    return reply ? 0 : 1;
}
"""
WAYS = [("single_include", "#include <llmx.hpp>\n"),
        ("include", "#include <llmx/gateway/blocking_client.hpp>\n#include <llmx/providers/openai.hpp>\n")]
FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", "-fdiagnostics-color=never"]


def main() -> int:
    compiler = sys.argv[1]
    clang = b"clang" in subprocess.run([compiler, "--version"], capture_output=True).stdout
    failed = 0
    for directory, include in WAYS:
        for mode in [], ["-DLLMX_SEPARATE_COMPILATION"]:
            # All warnings of clang come from its front end.
            optimised = not clang and directory == "single_include"
            level = ["-O2", "-S", "-o", "/dev/null"] if optimised else ["-O0", "-fsyntax-only"]
            run = subprocess.run([compiler, *FLAGS, *mode, *level, f"-I{ROOT / directory}", "-x", "c++", "-"],
                                 input=include + PROGRAM, capture_output=True, text=True)
            if run.returncode:
                failed += 1
                print("\n".join(run.stderr.splitlines()[:40]))
                print(f"{compiler} {directory} {' '.join(mode + level)}\n")
    print(f"{failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
