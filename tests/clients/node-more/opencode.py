# SPDX-License-Identifier: BSL-1.0
"""opencode, an agent program, against /v1/chat/completions: one process for each check, in a folder of its own.

Its arguments are the folder into which node-more/package-lock.json was installed.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from checks import KEY, MODELS, PLAIN, URL, equal, mark, run, seen

PROGRAM = Path(sys.argv[1]) / "node_modules/opencode-linux-x64/bin/opencode"
SETTINGS = {"share": "disabled", "autoupdate": False, "permission": {"external_directory": "allow"}, "provider": {"gateway": {
    "npm": "@ai-sdk/openai-compatible", "options": {"baseURL": f"{URL}/v1", "apiKey": KEY}, "models": {m: {"name": m} for m in MODELS.values()}}}}


def ran(model, prompt, files=()):
    with tempfile.TemporaryDirectory(prefix="llmx-opencode-") as home:
        work = Path(home) / "work"
        work.mkdir()
        for name, text in files:
            (work / name).write_text(text)
        settings = Path(home) / "settings.json"
        settings.write_text(json.dumps(SETTINGS))
        env = os.environ | {"HOME": home, "NO_COLOR": "1", "OPENCODE_CONFIG": str(settings), "OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_DISABLE_MODELS_FETCH": "1",
                            "OPENCODE_DISABLE_DEFAULT_PLUGINS": "1", "OPENCODE_DISABLE_LSP_DOWNLOAD": "1"}
        return subprocess.run([PROGRAM, "run", "-m", f"gateway/{model}", prompt.replace("WORK", str(work))], cwd=work, env=env, capture_output=True, text=True,
                              timeout=60, stdin=subprocess.DEVNULL)


def check_chat(model):
    equal(ran(model, "[plain]").stdout.strip(), PLAIN)


def check_tools(model):
    done = ran(model, '[call][{"name":"read","args":{"filePath":"WORK/a.txt"}},{"name":"read","args":{"filePath":"WORK/b.txt"}}]',
               [("a.txt", "content of a"), ("b.txt", "content of b")])
    equal((0 < done.stdout.find("content of a") < done.stdout.find("content of b"), done.returncode), (True, 0))


def check_retried_after_429(model):
    name = mark()
    equal((ran(model, f"[limited {name}]").stdout.strip(), seen(name)["requests"] >= 2), (PLAIN, True))


def check_error(model):
    done = ran(model, "[error-400]")
    equal("failed with 400" in done.stdout + done.stderr, True)


run("opencode", {n.removeprefix("check_"): f for n, f in list(globals().items()) if n.startswith("check_")})
