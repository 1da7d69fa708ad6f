# SPDX-License-Identifier: BSL-1.0
"""gemini-cli, an agent program, against /v1beta: one process for each check, in a folder of its own.

Its arguments are the folder into which node/package-lock.json was installed. It always streams, sends its own tools,
instructions and sampling parameters, and runs the tools that the model calls.
"""
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

INSTALLED = Path(sys.argv[1])
NODE = INSTALLED / f"node_modules/node-linux-{ {'aarch64': 'arm64'}.get(platform.machine(), 'x64')}/bin"
PROGRAM = INSTALLED / "node_modules/@google/gemini-cli/bundle/gemini.js"
MODELS = {"openai": "gpt", "anthropic": "claude", "gemini": "gem"}
SETTINGS = {"privacy": {"usageStatisticsEnabled": False}, "telemetry": {"enabled": False},
            "general": {"disableAutoUpdate": True, "disableUpdateNag": True}, "security": {"auth": {"selectedType": "gemini-api-key"}}}
UNICODE = "Grüße aus Köln ✓ — 日本語 العربية \U0001f469‍\U0001f469‍\U0001f467 \U0001d11e \"quoted\" \\ back."


def equal(got, expected):
    if got != expected:
        raise AssertionError(f"{got!r} instead of {expected!r}")


def start(home, model, prompt):
    """The program in \\p home, which must be empty or from an earlier start."""
    work = Path(home) / "work"
    (Path(home) / ".gemini").mkdir(exist_ok=True)
    work.mkdir(exist_ok=True)
    (Path(home) / ".gemini" / "settings.json").write_text(json.dumps(SETTINGS))
    env = os.environ | {"HOME": str(home), "TMPDIR": str(home), "GEMINI_API_KEY": os.environ["LLMX_KEY"], "GOOGLE_GEMINI_BASE_URL": os.environ["LLMX_URL"],
                        "NO_COLOR": "1", "PATH": f"{NODE}:{os.environ['PATH']}"}
    return subprocess.Popen([NODE / "node", PROGRAM, "-m", model, "-p", prompt, "-o", "json", "--skip-trust", "-y"], cwd=work, env=env,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ran(home, model, prompt):
    """Exit code, standard output and standard error of a run."""
    child = start(home, model, prompt)
    limit = threading.Timer(60, child.kill)
    limit.start()
    try:
        out, err = child.communicate()
    finally:
        limit.cancel()
    return child.returncode, out, err


def answer(home, model, prompt):
    code, out, err = ran(home, model, prompt)
    if code != 0:
        raise AssertionError(f"exit {code}: {err[-600:]}")
    return json.loads(out)


def seen(mark):
    with urllib.request.urlopen(f"{os.environ['LLMX_UPSTREAM']}/seen/{mark}", timeout=10) as reply:
        return json.load(reply)


def check_chat_and_usage(home, model, _):
    reply = answer(home, model, "[plain]")
    equal(reply["response"], "One answer of several words.")
    (stats,) = reply["stats"]["models"].values()
    equal({k: stats["tokens"][k] for k in ("prompt", "cached", "candidates", "total")}, {"prompt": 11, "cached": 4, "candidates": 7, "total": 18})


def check_unicode(home, model, _):
    equal(answer(home, model, f"[echo]{UNICODE}")["response"], UNICODE)


def check_parallel_tools(home, model, _):
    work = Path(home) / "work"
    work.mkdir()
    for name in "ab":
        (work / f"{name}.txt").write_text(f"content of {name}")
    reply = answer(home, model, '[call][{"name":"read_file","args":{"file_path":"a.txt"}},{"name":"read_file","args":{"file_path":"b.txt"}}]')
    equal((reply["stats"]["tools"]["totalSuccess"], reply["stats"]["tools"]["totalFail"]), (2, 0))
    said = reply["response"]
    equal([f"{n}.txt" in said and f"content of {n}" in said for n in "ab"] + [said.index("content of a") < said.index("content of b")], [True] * 3)


def check_error_400(home, model, _):
    code, _, err = ran(home, model, "[error-400]")
    equal((code != 0, "failed with 400" in err), (True, True))


def check_error_401(home, model, _):
    code, _, err = ran(home, model, "[error-401]")
    equal((code != 0, "failed with 401" in err), (True, True))


def check_retried_after_429(home, model, mark):
    equal((answer(home, model, f"[limited {mark}]")["response"], seen(mark)["requests"]), ("One answer of several words.", 2))


def check_cancelled(home, model, mark):
    child = start(home, model, f"[slow {mark}]")
    try:
        for _ in range(400):
            if seen(mark)["requests"]:
                break
            threading.Event().wait(0.05)
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=20)
        for _ in range(200):
            if seen(mark)["left"]:
                return
            threading.Event().wait(0.05)
        raise AssertionError("the upstream's call goes on although the client has ended")
    finally:
        child.kill()
        child.wait()


def one(job):
    upstream, name, check = job
    with tempfile.TemporaryDirectory(prefix="llmx-gemini-cli-") as home:
        try:
            check(home, MODELS[upstream], f"cli{os.getpid()}-{upstream}-{name}".replace("_", "-"))
        except Exception as e:  # every failure of a check is a line of the report
            return f"not ok gemini-cli {upstream} {name} # {type(e).__name__}: {' '.join(str(e).split())[:600]}"
    return f"ok gemini-cli {upstream} {name}"


jobs = [(upstream, name.removeprefix("check_"), f) for upstream in MODELS for name, f in list(globals().items()) if name.startswith("check_")]
with ThreadPoolExecutor(2) as pool:
    lines = list(pool.map(one, jobs))
print("\n".join(lines))
sys.exit(any(line.startswith("not ok") for line in lines))
