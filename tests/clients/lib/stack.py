# SPDX-License-Identifier: BSL-1.0
"""The gateway before the upstream of upstream.py, and the report of the clients that call it."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import upstream_keys

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "clients"
KEY = "sk-clients-of-the-gateway"


def fail(text):
    print(f"clients: {text}", file=sys.stderr)
    sys.exit(2)


def environment(**more):
    """This process's, without what leads a client elsewhere or changes its behaviour."""
    clean = {k: v for k, v in os.environ.items()
             if not re.match(r"(?i)(OPENAI|ANTHROPIC|GEMINI|GOOGLE|AZURE|CLAUDE|CODEX|LLMX)_|^PYTHONPATH$|(https?|all|no)_proxy$", k)}
    return clean | {k: str(v) for k, v in more.items()}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stack:
    """Upstream and gateway, each stopped by its own process id."""

    def __init__(self, program, folder):
        self.folder = Path(folder)
        self.upstream = subprocess.Popen([sys.executable, HERE / "lib" / "upstream.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.upstream_url = f"http://127.0.0.1:{self.upstream.stdout.readline().split()[1]}"
        self.gateway = None
        try:
            self.start(program)
        except BaseException:
            self.stop()
            raise

    def start(self, program):
        rows = [{"model_name": name, "litellm_params": {
            "model": f"{vendor}/{upstream_keys.MODELS[vendor]}", "api_key": upstream_keys.KEYS[vendor],
            "api_base": self.upstream_url + ("/v1" if vendor == "openai" else ""),
            # The upstream has no Responses API, which the gateway translates then.
            **({"use_chat_completions_api": True} if vendor == "openai" else {})}}
            for vendor, name in {"openai": "gpt", "anthropic": "claude", "gemini": "gem"}.items()]
        config = {"model_list": rows, "litellm_settings": {"num_retries": 0}, "router_settings": {"num_retries": 0, "disable_cooldowns": True},
                  "general_settings": {"master_key": KEY}}
        port = free_port()
        file = self.folder / "gateway.json"
        file.write_text(json.dumps(config, indent=1))
        self.url = f"http://127.0.0.1:{port}"
        self.log = (self.folder / "gateway.log").open("w")
        self.gateway = subprocess.Popen([program, "--config", file, "--host", "127.0.0.1", "--port", str(port)],
                                        stdout=self.log, stderr=subprocess.STDOUT, env=environment(HOME=self.folder))
        end = time.monotonic() + 20
        while True:
            if self.gateway.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"clients: the gateway did not start:\n{Path(self.log.name).read_text()[-2000:]}")
            try:
                with urllib.request.urlopen(f"{self.url}/health/liveliness", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)

    def variables(self):
        # checks.py, which all Python clients share.
        return environment(LLMX_URL=self.url, LLMX_KEY=KEY, LLMX_UPSTREAM=self.upstream_url, HOME=self.folder, PYTHONPATH=HERE / "python",
                           **({"LLMX_TRACE": os.environ["LLMX_TRACE"]} if "LLMX_TRACE" in os.environ else {}))

    def stop(self):
        """How the gateway ended: 0 when it stopped as it should."""
        code = None
        if self.gateway is not None:
            self.gateway.send_signal(signal.SIGTERM)
            try:
                code = self.gateway.wait(40)
            except subprocess.TimeoutExpired:
                self.gateway.kill()
                code = self.gateway.wait()
            self.log.close()
        self.upstream.stdin.close()
        try:
            self.upstream.wait(10)
        except subprocess.TimeoutExpired:
            self.upstream.kill()
            self.upstream.wait()
        return code


def judge(name, command, expected, variables, limit):
    """Runs a client. Returns (passed, failures): its lines `ok` and `not ok`; a client that made fewer checks than
    \\p expected, or ended badly without naming a failure, has failed."""
    began = time.monotonic()
    try:
        done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=limit, stdin=subprocess.DEVNULL)
        output, errors, code = done.stdout, done.stderr, done.returncode
    except subprocess.TimeoutExpired as e:
        output, errors, code = (e.stdout or b"").decode(), (e.stderr or b"").decode(), f"stopped after {limit} s"
    lines = output.splitlines()
    passed = sum(line.startswith("ok ") for line in lines)
    failures = [line.removeprefix("not ok ") for line in lines if line.startswith("not ok ")]
    if passed + len(failures) < expected or (code != 0 and not failures):
        failures.append(f"{name} # {passed + len(failures)} of {expected} checks were made, exit {code}: {errors.strip()[-1500:]}")
    if "LLMX_TRACE" in variables:
        print(errors, file=sys.stderr)
    print(f"{name}: {passed} passed, {len(failures)} failed ({time.monotonic() - began:.1f} s)", flush=True)
    for line in failures:
        print(f"  failed: {line}", flush=True)
    return passed, failures
