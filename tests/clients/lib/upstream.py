#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The vendors that tests/clients puts behind the gateway: OpenAI's, Anthropic's and Google's languages on one port
of 127.0.0.1. The last text of the user commands the answer: [plain], [echo] with what follows it, [tools] (two
calls of a tool for the weather), [call] with a list of calls behind it, [schema], [error-STATUS], [limited MARK] (429
once), [cut], [slow MARK]. What a vendor would refuse is refused with its 400.

    upstream.py        prints "port N", serves until its standard input ends
    GET /seen/MARK     {"requests": N, "left": N}: calls with this mark, and how many of them the gateway left
"""
import json
import re
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from upstream_keys import KEYS, MODELS

PLAIN = "One answer of several words."
CITIES = [("Paris", "a1"), ("Rome", "b2")]
PERSON = {"name": "Ada", "age": 36}

seen_lock = threading.Lock()
seen = {}


def count(mark, what):
    with seen_lock:
        entry = seen.setdefault(mark, {"requests": 0, "left": 0})
        entry[what] += 1
        return entry[what]


class Refused(Exception):
    """A request that the vendor refuses: status and sentence."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


def texts(content):
    """The texts of a message's content, be it a string or a list of parts."""
    if isinstance(content, str):
        return [content]
    return [p["text"] for p in content or [] if isinstance(p, dict) and isinstance(p.get("text"), str)]


def first_argument(arguments):
    return next(iter(arguments.values()), "")


class View:
    """What matters of a request, in no vendor's words."""

    def __init__(self):
        self.command = ""
        self.results = []      # (first argument of the call, text of its result), of the last turn
        self.tools = []
        self.forced = False    # the caller demands a call
        self.schema = False
        self.stream = False
        self.usage = True


def need(condition, text):
    if not condition:
        raise Refused(400, text)


def read_openai(body):
    view = View()
    need(body.get("model") == MODELS["openai"], f"model {body.get('model')!r} is not known")
    calls = {}
    for m in body["messages"]:
        role = m["role"]
        if role == "user":
            view.command = "\n".join(texts(m["content"]))
            view.results = []
        elif role == "assistant":
            view.results = []
            for c in m.get("tool_calls") or []:
                calls[c["id"]] = first_argument(json.loads(c["function"]["arguments"]))
        elif role == "tool":
            need(m["tool_call_id"] in calls, f"tool_call_id {m['tool_call_id']!r} answers no call")
            view.results.append((calls[m["tool_call_id"]], "".join(texts(m["content"]))))
    view.tools = [t["function"]["name"] for t in body.get("tools") or []]
    choice = body.get("tool_choice")
    view.forced = choice == "required" or isinstance(choice, dict)
    view.schema = (body.get("response_format") or {}).get("type") == "json_schema"
    view.stream = bool(body.get("stream"))
    view.usage = not view.stream or bool((body.get("stream_options") or {}).get("include_usage"))
    return view


def read_anthropic(body):
    view = View()
    need(body.get("model") == MODELS["anthropic"], f"model {body.get('model')!r} is not known")
    need(isinstance(body.get("max_tokens"), int) and body["max_tokens"] > 0, "max_tokens: Field required")
    calls, last = {}, None
    for m in body["messages"]:
        need(m["role"] in ("user", "assistant"), f"role {m['role']!r} is not known")
        parts = [{"type": "text", "text": m["content"]}] if isinstance(m["content"], str) else m["content"]
        if m["role"] == "assistant":
            calls = {p["id"]: first_argument(p["input"]) for p in parts if p["type"] == "tool_use"}
            view.results = []
        else:
            view.results = []
            for p in parts:
                if p["type"] == "tool_result":
                    need(p["tool_use_id"] in calls, f"tool_use_id {p['tool_use_id']!r} answers no call")
                    view.results.append((calls[p["tool_use_id"]], "".join(texts(p.get("content")))))
            written = [p["text"] for p in parts if p["type"] == "text"]
            if written:
                view.command = "\n".join(written)
        last = m["role"]
    need(last == "user", "the conversation must end with a user message")
    view.tools = [t["name"] for t in body.get("tools") or []]
    view.forced = (body.get("tool_choice") or {}).get("type") in ("any", "tool")
    view.schema = "format" in (body.get("output_config") or {}) or "output_format" in body
    view.stream = bool(body.get("stream"))
    return view


#: proto3's JSON has both spellings of a name.
GEMINI_NAMES = {n: re.sub("_(.)", lambda m: m[1].upper(), n) for n in (
    "function_call", "function_response", "function_declarations", "generation_config", "tool_config", "function_calling_config", "response_schema", "response_json_schema")}


def camel(value):
    if isinstance(value, dict):
        return {GEMINI_NAMES.get(k, k): v if k in ("args", "response", "parameters") else camel(v) for k, v in value.items()}
    return [camel(v) for v in value] if isinstance(value, list) else value


def read_gemini(body, stream):
    view = View()
    body = camel(body)
    calls, turns = [], []
    for c in body["contents"]:
        # Neighbours of one role are one turn.
        if turns and turns[-1][0] == c.get("role", "user"):
            turns[-1][1].extend(c["parts"])
        else:
            turns.append((c.get("role", "user"), list(c["parts"])))
    for role, parts in turns:
        need(parts, "contents.parts must not be empty")
        if role == "model":
            calls = [(p["functionCall"]["name"], first_argument(p["functionCall"].get("args") or {})) for p in parts if "functionCall" in p]
            view.results = []
            continue
        view.results = []
        answers = [p["functionResponse"] for p in parts if "functionResponse" in p]
        need(len(answers) in (0, len(calls)), "the number of function response parts must equal that of the function call parts")
        for answer, (name, city) in zip(answers, calls):
            need(answer["name"] == name, f"function response {answer['name']!r} answers no call")
            need(isinstance(answer["response"], dict), "functionResponse.response must be an object")
            view.results.append((city, " ".join(str(v) for v in answer["response"].values())))
        written = texts(parts)
        if written:
            view.command = "\n".join(written)
    config = body.get("generationConfig") or {}
    view.tools = [f["name"] for t in body.get("tools") or [] for f in t.get("functionDeclarations") or []]
    view.forced = (((body.get("toolConfig") or {}).get("functionCallingConfig")) or {}).get("mode") == "ANY"
    view.schema = "responseSchema" in config or "responseJsonSchema" in config
    view.stream = stream
    return view


def plan(view):
    """The texts of an answer, its calls, and whether the stream is cut or slow (then: its mark)."""
    command = view.command
    if view.results:
        return [", ".join(f"{city} {text}" for city, text in view.results)], [], None
    error = re.search(r"\[error-(\d+)\]", command)
    if error:
        raise Refused(int(error[1]), f"the upstream failed with {error[1]}")
    mark = re.search(r"\[(limited|slow) ([\w-]+)\]", command)
    if mark:
        first = count(mark[2], "requests") == 1
        if mark[1] == "limited" and first:
            raise Refused(429, "the upstream failed with 429")
        return (["word "] * 400, [], mark[2]) if mark[1] == "slow" else ([PLAIN], [], None)
    if "[cut]" in command:
        return ["one ", "two ", "three "], [], "cut"
    if "[tools]" in command:
        need(view.tools, "no tool came with [tools]")
        name = next((t for t in view.tools if "weather" in t.lower()), view.tools[0])
        return [], [(name, {"city": city}, id) for city, id in CITIES], None
    if "[call]" in command:
        wanted = json.loads(command.split("[call]", 1)[1])
        return [], [(c["name"], c["args"], f"c{i}") for i, c in enumerate(wanted)], None
    if "[schema]" in command:
        if view.schema:
            return [json.dumps(PERSON)], [], None
        need(len(view.tools) == 1 and view.forced, "neither a schema nor one tool that must be called came with [schema]")
        return [], [(view.tools[0], PERSON, "s1")], None
    if "[echo]" in command:
        text = command.split("[echo]", 1)[1]
        return [text[i:i + 3] for i in range(0, len(text), 3)] if view.stream else [text], [], None
    return re.findall(r"\S+\s*", PLAIN) if view.stream else [PLAIN], [], None


# Each vendor's answers: 11 tokens went in, 4 of them from a cache, and 7 came out.

def openai_whole(said, calls):
    message = {"role": "assistant", "content": "".join(said) or None, "refusal": None}
    if calls:
        message["tool_calls"] = [{"id": f"call_{i}", "type": "function", "function": {"name": n, "arguments": json.dumps(a)}} for n, a, i in calls]
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": MODELS["openai"], "system_fingerprint": "fp",
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls" if calls else "stop"}],
            "usage": OPENAI_USAGE}


OPENAI_USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18, "prompt_tokens_details": {"cached_tokens": 4}}


def openai_events(said, calls, usage):
    def chunk(choices, **more):
        return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": MODELS["openai"], "choices": choices, **more}

    def delta(d, finish=None):
        return chunk([{"index": 0, "delta": d, "logprobs": None, "finish_reason": finish}], **({"usage": None} if usage else {}))
    yield delta({"role": "assistant", "content": None if calls else ""})
    for text in said:
        yield delta({"content": text})
    for index, (name, arguments, id) in enumerate(calls):
        yield delta({"tool_calls": [{"index": index, "id": f"call_{id}", "type": "function", "function": {"name": name, "arguments": ""}}]})
        text = json.dumps(arguments)
        for i in range(0, len(text), 5):
            yield delta({"tool_calls": [{"index": index, "function": {"arguments": text[i:i + 5]}}]})
    yield None
    yield delta({}, "tool_calls" if calls else "stop")
    if usage:
        yield chunk([], usage=OPENAI_USAGE)
    yield "[DONE]"


ANTHROPIC_USAGE = {"input_tokens": 7, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 0, "output_tokens": 7}


def anthropic_message(content, stop, usage):
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": MODELS["anthropic"], "content": content,
            "stop_reason": stop, "stop_sequence": None, "usage": usage}


def anthropic_whole(said, calls):
    content = [{"type": "text", "text": "".join(said)}] if said else []
    content += [{"type": "tool_use", "id": f"toolu_{i}", "name": n, "input": a} for n, a, i in calls]
    return anthropic_message(content, "tool_use" if calls else "end_turn", ANTHROPIC_USAGE)


def anthropic_events(said, calls, _):
    yield {"type": "message_start", "message": anthropic_message([], None, {**ANTHROPIC_USAGE, "output_tokens": 1})}
    yield {"type": "ping"}
    index = 0
    if said:
        yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        for text in said:
            yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
        yield None
        yield {"type": "content_block_stop", "index": 0}
        index = 1
    for name, arguments, id in calls:
        yield {"type": "content_block_start", "index": index, "content_block": {"type": "tool_use", "id": f"toolu_{id}", "name": name, "input": {}}}
        text = json.dumps(arguments)
        for i in range(0, len(text), 5):
            yield {"type": "content_block_delta", "index": index, "delta": {"type": "input_json_delta", "partial_json": text[i:i + 5]}}
        yield {"type": "content_block_stop", "index": index}
        index += 1
    yield {"type": "message_delta", "delta": {"stop_reason": "tool_use" if calls else "end_turn", "stop_sequence": None}, "usage": {"output_tokens": 7}}
    yield {"type": "message_stop"}


def gemini_reply(parts, finish, usage):
    return {"candidates": [{"content": {"role": "model", "parts": parts}, "index": 0, **({"finishReason": finish} if finish else {})}],
            "modelVersion": MODELS["gemini"], "responseId": "r1",
            **({"usageMetadata": {"promptTokenCount": 11, "cachedContentTokenCount": 4, "candidatesTokenCount": 7, "totalTokenCount": 18}} if usage else {})}


def gemini_whole(said, calls):
    parts = [{"text": "".join(said)}] if said else []
    return gemini_reply(parts + [{"functionCall": {"name": n, "args": a}} for n, a, _ in calls], "STOP", True)


def gemini_events(said, calls, _):
    for text in said:
        yield gemini_reply([{"text": text}], None, False)
    yield None
    yield gemini_reply([{"functionCall": {"name": n, "args": a}} for n, a, _ in calls] or [{"text": ""}], "STOP", True)


def error_body(vendor, status, text):
    if vendor == "openai":
        kind = {401: "invalid_request_error", 404: "invalid_request_error", 429: "rate_limit_exceeded"}.get(status, "server_error" if status >= 500 else "invalid_request_error")
        return {"error": {"message": text, "type": kind, "param": None, "code": {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}.get(status)}}
    if vendor == "anthropic":
        kind = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}.get(status, "api_error" if status >= 500 else "invalid_request_error")
        return {"type": "error", "error": {"type": kind, "message": text}, "request_id": "req_up"}
    kind = {401: "UNAUTHENTICATED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}.get(status, "INTERNAL" if status >= 500 else "INVALID_ARGUMENT")
    return {"error": {"code": status, "message": text, "status": kind}}


WHOLE = {"openai": openai_whole, "anthropic": anthropic_whole, "gemini": gemini_whole}
EVENTS = {"openai": openai_events, "anthropic": anthropic_events, "gemini": gemini_events}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, value, headers=()):
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        for name, text in headers:
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        with seen_lock:
            entry = dict(seen.get(self.path.removeprefix("/seen/"), {"requests": 0, "left": 0}))
        self.answer(200, entry)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        path, _, query = self.path.partition("?")
        gemini = re.fullmatch(r"/v1beta/models/([^:]+):(generateContent|streamGenerateContent)", path)
        vendor = "openai" if path == "/v1/chat/completions" else "anthropic" if path == "/v1/messages" else "gemini" if gemini else None
        if vendor is None:
            return self.answer(404, {"error": {"message": f"no such path: {path}"}})
        try:
            key = {"openai": self.headers.get("authorization", "").removeprefix("Bearer "),
                   "anthropic": self.headers.get("x-api-key"), "gemini": self.headers.get("x-goog-api-key")}[vendor]
            if key != KEYS[vendor]:
                raise Refused(401, "the upstream does not know this key")
            try:
                request = json.loads(body)
                if vendor == "openai":
                    view = read_openai(request)
                elif vendor == "anthropic":
                    need(self.headers.get("anthropic-version"), "anthropic-version: header is required")
                    view = read_anthropic(request)
                else:
                    need(gemini[1] == MODELS["gemini"], f"model {gemini[1]!r} is not known")
                    view = read_gemini(request, gemini[2] == "streamGenerateContent")
                    need(not view.stream or query == "alt=sse", f"unexpected query: {query!r}")
            except (KeyError, TypeError, ValueError, AttributeError) as e:
                raise Refused(400, f"malformed request: {type(e).__name__}: {e}") from e
            said, calls, mark = plan(view)
        except Refused as e:
            return self.answer(e.status, error_body(vendor, e.status, str(e)), [("retry-after", "1")] if e.status == 429 else [])
        if not view.stream:
            return self.answer(200, WHOLE[vendor](said, calls))
        self.stream(vendor, EVENTS[vendor](said, calls, view.usage), mark)

    def stream(self, vendor, events, mark):
        """Events as they are named by the vendor; the octets leave in pieces that split characters in two."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        slow = mark is not None and mark != "cut"
        try:
            for event in events:
                if event is None:
                    if mark == "cut":
                        self.close_connection = True
                        self.connection.shutdown(socket.SHUT_WR)
                        return
                    continue
                text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
                line = f"event: {event['type']}\n" if vendor == "anthropic" else ""
                octets = f"{line}data: {text}\n\n".encode()
                for i in range(0, len(octets), 61):
                    piece = octets[i:i + 61]
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                if slow:
                    time.sleep(0.03)
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True
            if slow:
                count(mark, "left")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main():
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("port", server.server_address[1], flush=True)
    sys.stdin.read()


main()
