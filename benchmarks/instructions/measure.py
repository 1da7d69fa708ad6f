# SPDX-License-Identifier: BSL-1.0
"""Counts the instructions that llmx-gateway executes for one call, under callgrind, and compares
them with the committed figures. Started by `run`.

Each scenario is run twice with different numbers of calls over one connection; the difference
divided by the difference of calls leaves start, shutdown and warm-up out. Instructions depend on
the compiler and the libraries, hardly on the machine: callgrind emulates the processor."""
import argparse
import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "compare"))

import bodies  # noqa: E402
from compare import gateway_config  # noqa: E402
from processes import Processes, free_port  # noqa: E402

KEY = "sk-instructions"
FIGURES = HERE / "figures.json"
ALLOWED = 1.03
FEW, MANY = 200, 1000


class Upstream:
    """Answers every request with the fixed reply, or with the fixed stream when one is asked for."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        whole = answer("application/json", bodies.reply().encode())
        events = answer("text/event-stream", bodies.events().encode())
        with connection, connection.makefile("rb") as incoming:
            try:
                while (request := read_message(incoming)) is not None:
                    connection.sendall(events if re.search(rb'"stream": ?true', request[1]) else whole)
            except OSError:
                pass


def answer(content_type: str, body: bytes) -> bytes:
    return (f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n").encode() + body


def read_message(incoming):
    """Head and body of the next HTTP message; None at the end of the connection."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = incoming.readline()
        if not line:
            return None
        head += line
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    if length:
        return head, incoming.read(int(length.group(1)))
    body = b""
    if re.search(rb"(?i)transfer-encoding: *chunked", head):
        while size := int(incoming.readline(), 16):
            body += incoming.read(size)
            incoming.readline()
        incoming.readline()
    return head, body


def anthropic_request(stream: bool) -> bytes:
    body = {"model": bodies.MODEL, "max_tokens": 64, "temperature": 0.2, "system": bodies.SYSTEM,
            "messages": [{"role": "user", "content": "What does a reverse proxy do, and why would I want one?"}]}
    if stream:
        body["stream"] = True
    return json.dumps(body, separators=(",", ":")).encode()


SCENARIOS = {
    "pass_through": ("/v1/chat/completions", bodies.request(False, False)),
    "pass_through_stream": ("/v1/chat/completions", bodies.request(False, True)),
    "translated": ("/v1/messages", anthropic_request(False)),
    "translated_stream": ("/v1/messages", anthropic_request(True)),
}


def call(connection, incoming, path: str, body: bytes):
    connection.sendall((f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
                        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body)
    got = read_message(incoming)
    if got is None or not got[0].startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"{path} was answered: {got}")


def instructions(gateway: Path, scratch: Path, upstream: int, path: str, body: bytes, calls: int) -> int:
    """All instructions of a gateway's life in which it answered \\p calls calls."""
    port = free_port()
    config, log, out = scratch / "llmx.json", scratch / "llmx.log", scratch / "callgrind.out"
    config.write_text(gateway_config(port, upstream, 1, "", KEY, "info"))
    out.unlink(missing_ok=True)
    with Processes() as processes:
        child = processes.start(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", gateway, "--config", config],
                                None, log)
        processes.wait_for_port(child, port, log)
        with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as incoming:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for _ in range(calls):
                call(connection, incoming, path, body)
        child.terminate()
        child.wait(60)
    found = re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M)
    if not found:
        raise SystemExit(f"callgrind left no total:\n{log.read_text()[-2000:]}")
    return int(found.group(1))


def main():
    p = argparse.ArgumentParser(prog="benchmarks/instructions/run", description=__doc__)
    p.add_argument("--gateway", type=Path, required=True, help="the llmx-gateway program")
    p.add_argument("--check", action="store_true", help="fail when a figure is above the committed one by more than 3 %%")
    p.add_argument("--write", action="store_true", help="commit to the figures of this run: writes figures.json")
    options = p.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    committed = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    upstream, found, above = Upstream(), {}, []
    with tempfile.TemporaryDirectory(prefix="llmx-instructions-") as scratch:
        for name, (path, body) in SCENARIOS.items():
            few, many = (instructions(options.gateway, Path(scratch), upstream.port, path, body, n) for n in (FEW, MANY))
            each = found[name] = round((many - few) / (MANY - FEW))
            before = committed.get(name)
            ratio = f"{each / before:7.3f} of the committed {before}" if before else ""
            print(f"{name:22}{each:9} instructions per call{ratio}", flush=True)
            if before and each > before * ALLOWED:
                above.append(name)
    if options.write:
        FIGURES.write_text(json.dumps(found, indent=2) + "\n")
    if options.check:
        missing = sorted(set(SCENARIOS) - set(committed))
        print(f"{len(SCENARIOS) - len(above) - len(missing)} passed, {len(above) + len(missing)} failed")
        if above or missing:
            raise SystemExit(f"more than 3 % above benchmarks/instructions/figures.json, or not in it: {', '.join(above + missing)}")


if __name__ == "__main__":
    main()
