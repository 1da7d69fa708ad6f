#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""An include that runs upward or sideways between rooms fails here.

The table is the one in docs/architecture.md; a header may include its own room and the
rooms named for it. `--self-test` shows that the check bites.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADERS = ROOT / "include" / "llmx"
# What a file of the room (key) may include; "room/file" allows that one header.
ALLOWED = {
    "": {"catalog", "core", "wire", "dialects", "providers", "registry", "service", "policies", "transport", "gateway",
         "guard", "telemetry", "settings", "server", "storage", "testing", "access", "src"},
    # The bodies of each room, gathered for separate compilation.
    "src": {"access", "catalog", "core", "wire", "dialects", "providers", "registry", "service", "policies", "transport", "gateway",
            "guard", "telemetry", "settings", "server", "storage", "testing"},
    "core": set(),
    "access": {"core"},
    "catalog": {"core", "wire"},
    "storage": {"core"},
    "wire": {"core"},
    "dialects": {"core", "wire"},
    # An in-process provider (mock) speaks the transport's interface, not the network.
    # Tokens are fetched over it, for a while after the call that needs them. A local program is run by the transport.
    "providers": {"core", "wire", "dialects", "service/runtime.hpp", "service/background.hpp", "service/offload.hpp",
                  "transport/http_exchange.hpp", "transport/model_program.hpp"},
    "registry": {"core", "wire", "dialects", "providers", "service/runtime.hpp", "transport/http_exchange.hpp"},
    "service": {"core", "wire", "dialects/codec.hpp", "transport/http_exchange.hpp", "transport/io_executor.hpp"},
    "policies": {"core", "service", "wire/http_message.hpp"},
    "transport": {"core", "wire"},
    "guard": {"core", "wire", "dialects/codec.hpp", "service", "transport"},
    "gateway": {"catalog", "core", "wire", "dialects", "providers", "registry", "service", "policies", "guard", "telemetry", "transport"},
    "telemetry": {"catalog", "core", "wire", "service", "storage", "transport"},
    "settings": {"access", "catalog", "core", "wire", "providers", "registry", "service", "policies", "guard", "transport", "gateway"},
    "server": {"access", "catalog", "core", "wire", "dialects", "registry", "service", "transport", "gateway", "settings", "storage",
               "telemetry"},
    "testing": {"core", "wire", "dialects", "providers", "registry", "service", "policies", "storage", "transport", "gateway"},
}
INCLUDE = re.compile(r"^\s*#\s*include\s*[<\"]llmx/([^>\"]+)[>\"]", re.M)
ASIO_FREE = {"catalog", "core", "wire", "dialects"}
FORBIDDEN = {
    # No I/O in thought; the vocabulary holds no JSON tree; only the transport and the server see Beast.
    **{room: [r"boost/asio", r"boost/beast"] for room in ASIO_FREE},
    **{room: [r"boost/beast"] for room in ("providers", "registry", "service", "policies", "guard", "gateway", "settings", "storage", "telemetry")},
}
FORBIDDEN["core"] = FORBIDDEN["core"] + [r"boost/json"]
# Coroutines everywhere get the same promise: Asio's header is included through this one, which is for the rooms that
# may see Asio.
AWAITABLE = "awaitable.hpp"
# TLS is the transport's; hashes and signatures of bytes are computed in these files alone, none of which is
# a public header.
OPENSSL_FILES = {"wire/impl/digest.ipp", "wire/impl/jwt.ipp"}
# Content codings, likewise.
CODING_FILES = {"wire/impl/content_coding.ipp"}


def room_of(path: str) -> str:
    return path.split("/")[0] if "/" in path else ""


def faults(name: str, text: str) -> list[str]:
    room = room_of(name)
    found = []
    for target in INCLUDE.findall(text):
        other = room_of(target)
        if target == AWAITABLE and room in ASIO_FREE:
            found.append(f"include/llmx/{name}: room '{room}' may not include Asio through <llmx/{target}>")
        if other in ("", room):
            continue
        if other not in ALLOWED[room] and target not in ALLOWED[room]:
            found.append(f"include/llmx/{name}: room '{room}' may not include <llmx/{target}>")
    for pattern in FORBIDDEN.get(room, []):
        if re.search(r"^\s*#\s*include\s*<" + pattern, text, re.M):
            found.append(f"include/llmx/{name}: room '{room}' may not include {pattern}")
    if name != AWAITABLE and re.search(r"^\s*#\s*include\s*<boost/asio/awaitable.hpp>", text, re.M):
        found.append(f"include/llmx/{name}: include <llmx/{AWAITABLE}> instead of <boost/asio/awaitable.hpp>")
    if room != "transport" and name not in OPENSSL_FILES and re.search(r"^\s*#\s*include\s*<openssl/", text, re.M):
        found.append(f"include/llmx/{name}: only the transport and {', '.join(sorted(OPENSSL_FILES))} may include OpenSSL")
    if name not in CODING_FILES and re.search(r"^\s*#\s*include\s*<(zlib\.h|brotli/)", text, re.M):
        found.append(f"include/llmx/{name}: only {', '.join(sorted(CODING_FILES))} may include zlib and brotli")
    return found


def main() -> int:
    if not faults("core/x.hpp", "#include <llmx/server/server.hpp>\n") or \
       not faults("dialects/x.hpp", "#include <boost/asio/awaitable.hpp>\n") or \
       not faults("wire/x.hpp", "#include <llmx/awaitable.hpp>\n") or \
       not faults("service/x.hpp", "#include <boost/asio/awaitable.hpp>\n") or \
       not faults("wire/sigv4.hpp", "#include <openssl/evp.h>\n") or \
       not faults("wire/content_coding.hpp", "#include <zlib.h>\n") or \
       faults("wire/impl/digest.ipp", "#include <openssl/evp.h>\n"):
        print("check_layers does not bite", file=sys.stderr)
        return 1
    found = []
    count = 0
    for path in sorted(HEADERS.rglob("*")):
        if path.suffix not in (".hpp", ".ipp"):
            continue
        count += 1
        name = str(path.relative_to(HEADERS))
        if room_of(name) not in ALLOWED:
            found.append(f"include/llmx/{name}: unknown room '{room_of(name)}'")
            continue
        found += faults(name, path.read_text())
    print("\n".join(found) if found else f"layers: {count} headers, every include runs downward")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
