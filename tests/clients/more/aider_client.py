# SPDX-License-Identifier: BSL-1.0
"""aider, an agent program, over the gateway: one message, in a folder of its own."""
import os
import subprocess
import sys
import tempfile

from checks import KEY, PLAIN, URL, equal, run


def ran(model, text, *more):
    with tempfile.TemporaryDirectory(prefix="llmx-aider-") as folder:
        return subprocess.run(
            [sys.executable, "-m", "aider", "--model", f"openai/{model}", "--openai-api-base", f"{URL}/v1", "--openai-api-key", KEY, "--no-git", "--yes-always",
             "--no-check-update", "--no-analytics", "--no-show-model-warnings", "--no-pretty", "--no-show-release-notes", "--map-tokens", "0", "--edit-format", "ask",
             *more, "--message", text],
            cwd=folder, env=os.environ | {"HOME": folder}, capture_output=True, text=True, timeout=110, stdin=subprocess.DEVNULL)


def check_chat(model):
    equal(PLAIN in ran(model, "[plain]", "--no-stream").stdout, True)


def check_stream(model):
    equal(PLAIN in ran(model, "[plain]", "--stream").stdout, True)


def check_error(model):
    done = ran(model, "[error-400]", "--no-stream")
    equal("failed with 400" in done.stdout + done.stderr, True)


run("aider", {n.removeprefix("check_"): f for n, f in list(globals().items()) if n.startswith("check_")})
