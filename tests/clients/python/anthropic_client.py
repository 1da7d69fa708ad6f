# SPDX-License-Identifier: BSL-1.0
"""Anthropic's own Python SDK against /v1/messages."""
import anthropic
from pydantic import BaseModel

from checks import ANSWERED, DEGREES, KEY, PLAIN, UNICODE, URL, WEATHER, equal, left, mark, raised, run, seen, table

sdk = anthropic.Anthropic(base_url=URL, api_key=KEY, max_retries=0, timeout=30)
TOOLS = [{"name": "get_weather", "description": "Weather of a city", "input_schema": WEATHER}]


def asked(model, text, **more):
    return {"model": model, "max_tokens": 200, "system": "Be brief.", "messages": [{"role": "user", "content": text}], **more}


def create(model, text, **more):
    return sdk.messages.create(**asked(model, text, **more))


def final(model, text, **more):
    with sdk.messages.stream(**asked(model, text, **more)) as stream:
        pieces = sum(e.type == "content_block_delta" for e in stream)
        return stream.get_final_message(), pieces


def said(message):
    return "".join(b.text for b in message.content if b.type == "text")


def counted(usage):
    equal((usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens), (7, 4, 7))


def check_chat(model):
    reply = create(model, "[plain]", stop_sequences=["END"])
    equal((said(reply), reply.stop_reason, reply.role, reply.type), (PLAIN, "end_turn", "assistant", "message"))


def check_stream(model):
    reply, pieces = final(model, "[plain]")
    equal((said(reply), reply.stop_reason, pieces > 2), (PLAIN, "end_turn", True))


def check_unicode(model):
    equal(said(create(model, f"[echo]{UNICODE}")), UNICODE)


def check_unicode_stream(model):
    equal(said(final(model, f"[echo]{UNICODE}")[0]), UNICODE)


def check_usage(model):
    counted(create(model, "[plain]").usage)


def check_usage_stream(model):
    counted(final(model, "[plain]")[0].usage)


def answered(model, reply):
    calls = [b for b in reply.content if b.type == "tool_use"]
    equal((reply.stop_reason, [(c.name, c.input) for c in calls]), ("tool_use", [("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Rome"})]))
    equal(len({c.id for c in calls}), 2)
    results = [{"type": "tool_result", "tool_use_id": c.id, "content": DEGREES[c.input["city"]]} for c in calls]
    turns = [{"role": "user", "content": "[tools]"}, {"role": "assistant", "content": reply.content}, {"role": "user", "content": results}]
    equal(said(sdk.messages.create(model=model, max_tokens=200, tools=TOOLS, messages=turns)), ANSWERED)


def check_parallel_tools(model):
    answered(model, create(model, "[tools]", tools=TOOLS))


def check_parallel_tools_stream(model):
    answered(model, final(model, "[tools]", tools=TOOLS)[0])


class Person(BaseModel):
    name: str
    age: int


def check_structured(model):
    equal(sdk.messages.parse(**asked(model, "[schema]", output_format=Person)).parsed_output, Person(name="Ada", age=36))


CLASSES = {400: anthropic.BadRequestError, 401: anthropic.AuthenticationError, 404: anthropic.NotFoundError, 429: anthropic.RateLimitError, 500: anthropic.InternalServerError}
TYPES = {400: "invalid_request_error", 401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error", 500: "api_error"}


def refused(status, **more):
    def check(model):
        e = raised(CLASSES[status], lambda: create(model, f"[error-{status}]", **more))
        equal((e.status_code, f"failed with {status}" in str(e), e.body["error"]["type"]), (status, True, TYPES[status]))
        if status == 429:
            equal(e.response.headers.get("retry-after"), "1")
    return check


def check_request_id(model):
    equal(bool(create(model, "[plain]")._request_id), True)
    e = raised(anthropic.APIStatusError, lambda: create(model, "[error-400]"))
    equal((bool(e.request_id), e.body.get("request_id")), (True, e.request_id))


def check_unknown_model(model):
    raised(anthropic.NotFoundError, lambda: create(f"no-{model}", "[plain]"))


def check_wrong_key(model):
    raised(anthropic.AuthenticationError, lambda: sdk.with_options(api_key="wrong").messages.create(**asked(model, "[plain]")))


def check_retried_after_429(model):
    name = mark()
    reply = sdk.with_options(max_retries=2).messages.create(**asked(model, f"[limited {name}]"))
    equal((said(reply), seen(name)["requests"]), (PLAIN, 2))


def check_broken_stream(model):
    pieces = []

    def read():
        with sdk.messages.stream(**asked(model, "[cut]")) as stream:
            for text in stream.text_stream:
                pieces.append(text)
            return stream.get_final_message()
    raised((anthropic.APIError,), read)
    equal("".join(pieces).startswith("one "), True)


def check_cancelled(model):
    name = mark()
    with sdk.messages.stream(**asked(model, f"[slow {name}]")) as stream:
        next(iter(stream.text_stream))
    left(name)


CHECKS = table(globals())
for code in CLASSES:
    CHECKS[f"error_{code}"] = refused(code)
    CHECKS[f"error_{code}_stream"] = refused(code, stream=True)
run("anthropic-python", CHECKS)
