#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A model program for the provider local_process that repeats the last user text.

Without arguments it reads calls as lines on its standard input, the protocol of docs/local-programs.md: several calls at once, streams,
embeddings, cancellation. With `--port N` it serves the same model in OpenAI's form at 127.0.0.1:N.

Words in the text do other things: "exit N" ends the process with that status, "fail N" answers with that HTTP status, "slow" pauses between
words, "env NAME" answers with a variable of the process.
"""
import argparse
import http.server
import json
import os
import sys
import threading
import time

cancelled = set()
output = threading.Lock()


def write(line):
    with output:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def last_text(body):
    for message in reversed(body.get("messages", [])):
        if message.get("role") == "user":
            content = message.get("content", "")
            if isinstance(content, str):
                return content
            return "".join(part.get("text", "") for part in content if part.get("type") == "text")
    return ""


class Refusal(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def text_for(body):
    text = last_text(body)
    words = text.split()
    if words[:1] == ["exit"] and len(words) == 2:
        print("the caller asked for the end", file=sys.stderr, flush=True)
        os._exit(int(words[1]))
    if words[:1] == ["fail"] and len(words) == 2:
        raise Refusal(int(words[1]), "the caller asked for a failure")
    if words[:1] == ["env"] and len(words) == 2:
        return os.environ.get(words[1], "(not set)")
    return text


def usage_of(body, text):
    prompt = sum(len(str(m.get("content", "")).split()) for m in body.get("messages", []))
    answer = len(text.split())
    return {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}


def whole(body):
    text = text_for(body)
    return {"id": f"chatcmpl-{time.time_ns()}", "object": "chat.completion", "created": int(time.time()), "model": body.get("model", "echo"),
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": usage_of(body, text)}


def events(body):
    text = text_for(body)
    head = {"id": f"chatcmpl-{time.time_ns()}", "object": "chat.completion.chunk", "created": int(time.time()), "model": body.get("model", "echo")}
    yield {**head, "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]}
    words = text.split(" ")
    for i, word in enumerate(words):
        if words[0] == "slow":
            time.sleep(0.05)
        yield {**head, "choices": [{"index": 0, "delta": {"content": word if i == 0 else " " + word}, "finish_reason": None}]}
    yield {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    if body.get("stream_options", {}).get("include_usage"):
        yield {**head, "choices": [], "usage": usage_of(body, text)}


def embeddings(body):
    texts = body.get("input", [])
    texts = [texts] if isinstance(texts, str) else texts
    data = [{"object": "embedding", "index": i, "embedding": [float(len(str(t))), 1.0]} for i, t in enumerate(texts)]
    count = sum(len(str(t).split()) for t in texts)
    return {"object": "list", "data": data, "model": body.get("model", "echo"), "usage": {"prompt_tokens": count, "total_tokens": count}}


def answer(call):
    number, body = call["id"], call["body"]
    try:
        if call["operation"] == "embeddings":
            write({"id": number, "body": embeddings(body)})
        elif call["operation"] != "chat":
            raise Refusal(404, "this program has chat and embeddings")
        elif call["stream"]:
            for event in events(body):
                if number in cancelled:
                    print(f"call {number} was cancelled", file=sys.stderr, flush=True)
                    return
                write({"id": number, "event": event})
            write({"id": number, "done": True})
        else:
            write({"id": number, "body": whole(body)})
    except Refusal as e:
        write({"id": number, "error": {"message": str(e)}, "status": e.status})
    finally:
        cancelled.discard(number)


def serve_lines():
    # The gateway closes the input when it ends, and the program with it.
    for line in sys.stdin:
        call = json.loads(line)
        if "ping" in call:
            write({"pong": call["ping"]})
        elif call.get("cancel"):
            cancelled.add(call["id"])
        else:
            threading.Thread(target=answer, args=(call,), daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, value):
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        self.reply(200 if self.path == "/health" else 404, {})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            if self.path == "/v1/embeddings":
                return self.reply(200, embeddings(body))
            if self.path != "/v1/chat/completions":
                return self.reply(404, {"error": {"message": "this program has chat and embeddings"}})
            if not body.get("stream"):
                return self.reply(200, whole(body))
            made = events(body)
            first = next(made)
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            for event in (first, *made):
                self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")
            self.wfile.write(b"data: [DONE]\n\n")
            self.close_connection = True
        except Refusal as e:
            self.reply(e.status, {"error": {"message": str(e)}})


def main():
    options = argparse.ArgumentParser(description="Repeats the last user text.")
    options.add_argument("--port", type=int, help="serve OpenAI's API at this port of 127.0.0.1")
    given = options.parse_args()
    if given.port is None:
        return serve_lines()
    http.server.ThreadingHTTPServer(("127.0.0.1", given.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
