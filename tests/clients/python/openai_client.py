# SPDX-License-Identifier: BSL-1.0
"""OpenAI's own Python SDK against /v1/chat/completions and, with its state, /v1/responses."""
import json
import time

import openai
from pydantic import BaseModel

from checks import ANSWERED, DEGREES, KEY, PLAIN, UNICODE, URL, WEATHER, equal, left, mark, raised, run, seen, table

sdk = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0, timeout=30)
TOOLS = [{"type": "function", "function": {"name": "get_weather", "description": "Weather of a city", "parameters": WEATHER}}]


def user(text):
    return [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]


def create(model, text, **more):
    return sdk.chat.completions.create(model=model, messages=user(text), **more)


def gathered(stream):
    """Text, finish reason, usage and number of pieces of a stream."""
    text, finish, usage, pieces = "", None, None, 0
    for chunk in stream:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            if choice.delta.content:
                text += choice.delta.content
                pieces += 1
            finish = choice.finish_reason or finish
    return text, finish, usage, pieces


def counted(usage):
    equal((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens, usage.prompt_tokens_details.cached_tokens), (11, 7, 18, 4))


def check_chat(model):
    reply = create(model, "[plain]", temperature=0.5, max_completion_tokens=50)
    equal((reply.choices[0].message.content, reply.choices[0].finish_reason, reply.object), (PLAIN, "stop", "chat.completion"))


def check_stream(model):
    text, finish, _, pieces = gathered(create(model, "[plain]", stream=True))
    equal((text, finish, pieces > 2), (PLAIN, "stop", True))


def check_unicode(model):
    equal(create(model, f"[echo]{UNICODE}").choices[0].message.content, UNICODE)


def check_unicode_stream(model):
    equal(gathered(create(model, f"[echo]{UNICODE}", stream=True))[0], UNICODE)


def check_usage(model):
    counted(create(model, "[plain]").usage)


def check_usage_stream(model):
    counted(gathered(create(model, "[plain]", stream=True, stream_options={"include_usage": True}))[2])


def check_no_usage_unless_asked(model):
    equal(gathered(create(model, "[plain]", stream=True))[2], None)


def answered(model, message):
    equal([(c.function.name, json.loads(c.function.arguments)) for c in message.tool_calls],
          [("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Rome"})])
    equal(len({c.id for c in message.tool_calls}), 2)
    turns = user("[tools]") + [message.model_dump(exclude_none=True)]
    turns += [{"role": "tool", "tool_call_id": c.id, "content": DEGREES[json.loads(c.function.arguments)["city"]]} for c in message.tool_calls]
    reply = sdk.chat.completions.create(model=model, messages=turns, tools=TOOLS)
    equal(reply.choices[0].message.content, ANSWERED)


def check_parallel_tools(model):
    reply = create(model, "[tools]", tools=TOOLS, parallel_tool_calls=True)
    equal(reply.choices[0].finish_reason, "tool_calls")
    answered(model, reply.choices[0].message)


def check_parallel_tools_stream(model):
    with sdk.chat.completions.stream(model=model, messages=user("[tools]"), tools=TOOLS) as stream:
        for _ in stream:
            pass
        reply = stream.get_final_completion()
    equal(reply.choices[0].finish_reason, "tool_calls")
    message = reply.choices[0].message.model_copy()
    for call in message.tool_calls:
        call.function.__dict__.pop("parsed_arguments", None)
    answered(model, message)


class Person(BaseModel):
    name: str
    age: int


def check_structured(model):
    reply = sdk.chat.completions.parse(model=model, messages=user("[schema]"), response_format=Person)
    equal(reply.choices[0].message.parsed, Person(name="Ada", age=36))


def check_structured_stream(model):
    with sdk.chat.completions.stream(model=model, messages=user("[schema]"), response_format=Person) as stream:
        for _ in stream:
            pass
        equal(stream.get_final_completion().choices[0].message.parsed, Person(name="Ada", age=36))


CLASSES = {400: openai.BadRequestError, 401: openai.AuthenticationError, 404: openai.NotFoundError, 429: openai.RateLimitError, 500: openai.InternalServerError}


def refused(status, **more):
    def check(model):
        e = raised(CLASSES[status], lambda: create(model, f"[error-{status}]", **more))
        equal((e.status_code, f"failed with {status}" in e.message, bool(e.request_id)), (status, True, True))
        if status == 429:
            equal(e.response.headers.get("retry-after"), "1")
    return check


def check_unknown_model(model):
    e = raised(openai.NotFoundError, lambda: create(f"no-{model}", "[plain]"))
    equal(e.code, "model_not_found")


def check_wrong_key(model):
    raised(openai.AuthenticationError, lambda: sdk.with_options(api_key="wrong").chat.completions.create(model=model, messages=user("[plain]")))


def check_retried_after_429(model):
    name = mark()
    reply = sdk.with_options(max_retries=2).chat.completions.create(model=model, messages=user(f"[limited {name}]"))
    equal((reply.choices[0].message.content, seen(name)["requests"]), (PLAIN, 2))


def check_broken_stream(model):
    pieces = []

    def read():
        for chunk in create(model, "[cut]", stream=True):
            pieces.extend(c.delta.content for c in chunk.choices if c.delta.content)
            for c in chunk.choices:
                equal(c.finish_reason, None)
    raised((openai.APIError, openai.APIConnectionError), read)
    equal("".join(pieces).startswith("one "), True)


def check_cancelled(model):
    name = mark()
    stream = create(model, f"[slow {name}]", stream=True)
    for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            break
    stream.close()
    left(name)


FUNCTION = {"type": "function", "name": "get_weather", "description": "Weather of a city", "parameters": WEATHER, "strict": False}


def ended(response):
    """The response when it is made no more."""
    end = time.monotonic() + 20
    while response.status in ("queued", "in_progress"):
        if time.monotonic() > end:
            raise AssertionError(f"the response stays {response.status}")
        time.sleep(0.02)
        response = sdk.responses.retrieve(response.id)
    return response


def check_stored_response(model):
    made = sdk.responses.create(model=model, input="[plain]")
    got = sdk.responses.retrieve(made.id)
    equal((got.output_text, got.id, got.status), (PLAIN, made.id, "completed"))
    equal([i.content[0].text for i in sdk.responses.input_items.list(made.id)], ["[plain]"])
    sdk.responses.delete(made.id)
    raised(openai.NotFoundError, lambda: sdk.responses.retrieve(made.id))


def check_stored_conversation(model):
    asked = sdk.responses.create(model=model, input="[tools]", tools=[FUNCTION])
    calls = [i for i in asked.output if i.type == "function_call"]
    equal([json.loads(c.arguments)["city"] for c in calls], ["Paris", "Rome"])
    results = [{"type": "function_call_output", "call_id": c.call_id, "output": DEGREES[json.loads(c.arguments)["city"]]} for c in calls]
    reply = sdk.responses.create(model=model, input=results, tools=[FUNCTION], previous_response_id=asked.id)
    equal((reply.output_text, reply.previous_response_id), (ANSWERED, asked.id))
    equal(len(list(sdk.responses.input_items.list(reply.id, limit=2))), 5)


def check_background(model):
    queued = sdk.responses.create(model=model, input="[plain]", background=True)
    equal((queued.status, queued.output), ("queued", []))
    made = ended(queued)
    equal((made.id, made.status, made.output_text), (queued.id, "completed", PLAIN))


def check_background_resumed(model):
    name, number = None, None
    for event in sdk.responses.create(model=model, input="[plain]", background=True, stream=True):
        name = name or event.response.id
        number = event.sequence_number
        if event.type == "response.output_text.delta":
            break
    rest = list(sdk.responses.retrieve(name, stream=True, starting_after=number))
    equal([e.sequence_number for e in rest], list(range(number + 1, number + 1 + len(rest))))
    equal((rest[-1].type, rest[-1].response.output_text), ("response.completed", PLAIN))


def check_background_cancelled(model):
    name = mark()
    queued = sdk.responses.create(model=model, input=f"[slow {name}]", background=True)
    while not seen(name)["requests"]:
        time.sleep(0.02)
    equal(sdk.responses.cancel(queued.id).status, "cancelled")
    equal(ended(sdk.responses.retrieve(queued.id)).status, "cancelled")
    left(name)


def check_batch(model):
    lines = [{"custom_id": f"r{i}", "method": "POST", "url": "/v1/chat/completions", "body": {"model": model, "messages": user("[plain]")}}
             for i in range(3)]
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    file = sdk.files.create(file=("calls.jsonl", text), purpose="batch")
    equal(sdk.files.content(file.id).read(), text)
    batch = sdk.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    end = time.monotonic() + 20
    while batch.status not in ("completed", "failed", "expired", "cancelled") and time.monotonic() < end:
        time.sleep(0.05)
        batch = sdk.batches.retrieve(batch.id)
    equal((batch.status, batch.request_counts.completed, batch.error_file_id), ("completed", 3, None))
    results = [json.loads(line) for line in sdk.files.content(batch.output_file_id).text.splitlines()]
    equal(sorted(r["custom_id"] for r in results), ["r0", "r1", "r2"])
    for r in results:
        equal(r["response"]["body"]["choices"][0]["message"]["content"], PLAIN)
    equal(sdk.files.delete(file.id).deleted, True)
    raised(openai.NotFoundError, lambda: sdk.files.retrieve(file.id))


CHECKS = table(globals())
for code in CLASSES:
    CHECKS[f"error_{code}"] = refused(code)
    CHECKS[f"error_{code}_stream"] = refused(code, stream=True)
run("openai-python", CHECKS)
