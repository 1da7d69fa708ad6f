# SPDX-License-Identifier: BSL-1.0
"""LiteLLM as a client, and DSPy above it, over all three languages of the gateway."""
import json

import dspy
import litellm
from checks import ANSWERED, DEGREES, KEY, PLAIN, URL, WEATHER, equal, raised, run

litellm.telemetry = False
KINDS = {"openai": f"{URL}/v1", "anthropic": URL, "gemini": f"{URL}/v1beta"}
TOOLS = [{"type": "function", "function": {"name": "get_weather", "description": "Weather of a city", "parameters": WEATHER}}]


def asked(kind, model, turns, **more):
    return litellm.completion(model=f"{kind}/{model}", api_base=KINDS[kind], api_key=KEY, messages=turns, num_retries=0, max_retries=0, **more)


def user(text):
    return [{"role": "user", "content": text}]


def chat(kind):
    def check(model):
        reply = asked(kind, model, user("[plain]"))
        equal((reply.choices[0].message.content, reply.usage.prompt_tokens, reply.usage.completion_tokens), (PLAIN, 11, 7))
    return check


def stream(kind):
    def check(model):
        equal("".join(c.choices[0].delta.content or "" for c in asked(kind, model, user("[plain]"), stream=True) if c.choices), PLAIN)
    return check


def tools(kind):
    def check(model):
        reply = asked(kind, model, user("[tools]"), tools=TOOLS).choices[0].message
        turns = user("[tools]") + [reply.model_dump(exclude_none=True)]
        turns += [{"role": "tool", "tool_call_id": c.id, "name": c.function.name, "content": DEGREES[json.loads(c.function.arguments)["city"]]} for c in reply.tool_calls]
        said = asked(kind, model, turns, tools=TOOLS).choices[0].message.content
        equal(said.replace('{"content": "', "").replace('{"content":"', "").replace('"}', ""), ANSWERED)
    return check


def error(kind):
    def check(model):
        equal("failed with 400" in str(raised(litellm.BadRequestError, lambda: asked(kind, model, user("[error-400]")))), True)
    return check


def check_dspy(model):
    equal(dspy.LM(f"openai/{model}", api_base=f"{URL}/v1", api_key=KEY, cache=False, num_retries=0)("[plain]"), [PLAIN])


run("litellm", {f"{check.__name__}_{kind}": check(kind) for kind in KINDS for check in (chat, stream, tools, error)} | {"dspy": check_dspy})
