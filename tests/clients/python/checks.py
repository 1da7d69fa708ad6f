# SPDX-License-Identifier: BSL-1.0
"""What each Python client is put through: a table of functions, run once for each upstream's language."""
import json
import os
import sys
import time
import traceback
import urllib.request

URL = os.environ["LLMX_URL"]
KEY = os.environ["LLMX_KEY"]
UPSTREAM = os.environ["LLMX_UPSTREAM"]
#: The gateway's names of the models whose upstreams have these languages.
MODELS = {"openai": "gpt", "anthropic": "claude", "gemini": "gem"}
PLAIN = "One answer of several words."
UNICODE = "Grüße aus Köln ✓ — 日本語 العربية \U0001f469‍\U0001f469‍\U0001f467 \u2028 \U0001d11e \"quoted\" \\ back.\tTab.\nSecond line."
WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
DEGREES = {"Paris": "18 degrees", "Rome": "24 degrees"}
ANSWERED = "Paris 18 degrees, Rome 24 degrees"


def equal(got, expected):
    if got != expected:
        raise AssertionError(f"{got!r} instead of {expected!r}")


def raised(kinds, call):
    """The exception of `kinds` that `call` raises."""
    try:
        answer = call()
    except kinds as e:
        return e
    raise AssertionError(f"no exception, but {answer!r}")


_marks = iter(range(1, 1 << 30))


def mark():
    """A word by which the upstream knows one call of this process."""
    return f"m{os.getpid()}-{next(_marks)}"


def seen(name):
    with urllib.request.urlopen(f"{UPSTREAM}/seen/{name}", timeout=10) as reply:
        return json.load(reply)


def left(name):
    """Waits until the upstream has seen the gateway leave the call \\p name."""
    end = time.monotonic() + 10
    while not seen(name)["left"]:
        if time.monotonic() > end:
            raise AssertionError("the upstream's call goes on although the client has left")
        time.sleep(0.05)


def run(client, checks):
    """Prints a line for each check and upstream: `ok CLIENT UPSTREAM CHECK`, or `not ok ... # why`."""
    failed = False
    for upstream, model in MODELS.items():
        for name, check in checks.items():
            try:
                check(model)
            except Exception as e:  # every failure of a check is a line of the report
                failed = True
                if os.environ.get("LLMX_TRACE"):
                    traceback.print_exc()
                print(f"not ok {client} {upstream} {name} # {type(e).__name__}: {' '.join(str(e).split())[:400]}", flush=True)
            else:
                print(f"ok {client} {upstream} {name}", flush=True)
    sys.exit(1 if failed else 0)


def table(namespace):
    """The functions whose names begin with `check_`, in their order."""
    return {n.removeprefix("check_"): f for n, f in namespace.items() if n.startswith("check_")}
