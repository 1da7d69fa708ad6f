# SPDX-License-Identifier: BSL-1.0
"""What the load generator sends and what the upstream answers, made at each run."""
import json

EVENTS = 64
MODEL = "chat"

SYSTEM = "You are a helpful assistant that answers in one short sentence."
PARAGRAPH = (
    "The gateway keeps a pool of connections for each upstream; a call takes one, sends its "
    "head and body in one gathered write and reads the answer into the memory of the "
    "connection.\nWhen \"keep-alive\" ends, a stale connection is retried once. "
)


def request(big: bool, stream: bool) -> bytes:
    """A chat request of about 0.25 KB, or of about 10 KB with a conversation behind it."""
    messages = [{"role": "system", "content": SYSTEM}]
    if big:
        for turn in range(10):
            messages.append({"role": "user", "content": f"Question {turn}: " + PARAGRAPH * 2})
            messages.append({"role": "assistant", "content": f"Answer {turn}: " + PARAGRAPH * 2})
    messages.append({"role": "user", "content": "What does a reverse proxy do, and why would I want one?"})
    body = {"model": MODEL, "messages": messages, "temperature": 0.2, "max_tokens": 64}
    if stream:
        body["stream"] = True
    return json.dumps(body, separators=(",", ":")).encode()


def reply() -> str:
    """A whole chat completion of about 0.4 KB."""
    return json.dumps({
        "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT", "object": "chat.completion",
        "created": 1741569952, "model": "gpt-4o-mini-2024-07-18",
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "refusal": None,
                        "content": "It takes requests for servers behind it and returns their answers."},
            "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 31, "completion_tokens": 13, "total_tokens": 44},
        "service_tier": "default", "system_fingerprint": "fp_06737a9306",
    }, separators=(",", ":"))


def events() -> str:
    """The same as a stream of EVENTS server-sent events, the end marker not counted."""
    def chunk(delta, finish=None):
        return json.dumps({
            "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT", "object": "chat.completion.chunk",
            "created": 1741569952, "model": "gpt-4o-mini-2024-07-18",
            "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
        }, separators=(",", ":"))
    chunks = [chunk({"role": "assistant", "content": ""})]
    chunks += [chunk({"content": f" word{i}"}) for i in range(EVENTS - 2)]
    chunks.append(chunk({}, "stop"))
    return "".join(f"data: {c}\n\n" for c in chunks + ["[DONE]"])
