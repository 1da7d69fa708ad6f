# SPDX-License-Identifier: BSL-1.0
"""The clients of CI: how many checks each makes, and how it is installed."""
import sys

import install
from runner import Client
from stack import HERE


def python(script):
    return lambda: [install.python(HERE / "python" / "requirements.txt", "python"), HERE / "python" / script]


def go(name, package, module="go"):
    return lambda: [install.go_program(name, package, module)]


# The longest first: its build keeps one core busy while the others install.
CLIENTS = [
    Client("openai-go", 60, go("openai-go", ".")),
    Client("anthropic-sdk-go", 18, go("anthropic-sdk-go", "./anthropic", "go-more")),
    Client("genai-go", 18, go("genai-go", "./genai", "go-more")),
    Client("openai-python", 96, python("openai_client.py")),
    Client("anthropic-python", 75, python("anthropic_client.py")),
    Client("google-genai-python", 75, python("google_client.py")),
    Client("instructor-python", 18, python("instructor_client.py")),
    Client("anthropic-java", 69, lambda: install.java_command("Checks")),
    Client("gemini-cli", 21, lambda: [sys.executable, HERE / "node" / "gemini_cli.py", install.node("node")], limit=180),
]
