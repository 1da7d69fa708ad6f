# SPDX-License-Identifier: BSL-1.0
"""Installs and runs the clients of a table, two at a time, and prints the sum."""
import os
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from install import Missing
from stack import BUILD, Stack, fail, judge


class Client:
    """\\p checks: how many lines the program prints. \\p prepare installs it and returns its command, seconds are its \\p limit."""

    def __init__(self, name, checks, prepare, limit=120):
        self.name, self.checks, self.prepare, self.limit = name, checks, prepare, limit


def main(clients, names):
    program = os.environ.get("LLMX_GATEWAY")
    if not program or not os.access(program, os.X_OK):
        fail(f"LLMX_GATEWAY must name the gateway program, it is {program!r}")
    program = str(Path(program).resolve())
    unknown = set(names) - {c.name for c in clients}
    if unknown:
        fail(f"no such client: {', '.join(sorted(unknown))}; known are {', '.join(c.name for c in clients)}")
    chosen = [c for c in clients if not names or c.name in names]
    BUILD.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    locks = {}

    with tempfile.TemporaryDirectory(prefix="llmx-clients-") as folder:
        stack = Stack(program, folder)

        def one(client):
            try:
                # What several clients share is installed by the first of them.
                with locks.setdefault(client.prepare.__code__, threading.Lock()):
                    command = client.prepare()
            except Missing as e:
                print(f"{client.name}: not installed: {e}", flush=True)
                return 0, [client.name]
            home = Path(folder) / client.name
            home.mkdir()
            return judge(client.name, [str(a) for a in command], client.checks, stack.variables() | {"HOME": str(home)}, client.limit)

        try:
            with ThreadPoolExecutor(2) as pool:
                results = list(pool.map(one, chosen))
        finally:
            code = stack.stop()
    passed, failed = sum(r[0] for r in results), sum(len(r[1]) for r in results)
    if code != 0:
        failed += 1
        print(f"gateway: ended with {code} instead of 0")
    print(f"{len(chosen)} clients, three upstream languages, {time.monotonic() - began:.0f} s")
    print(f"clients: {passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
