# SPDX-License-Identifier: BSL-1.0
"""smolagents over /v1/chat/completions."""
from checks import DEGREES, KEY, PLAIN, URL, equal, raised, run
from smolagents import ChatMessage, OpenAIModel, tool
from smolagents.models import MessageRole


@tool
def get_weather(city: str) -> str:
    """Weather of a city

    Args:
        city: the city
    """
    return DEGREES[city]


def model_of(model):
    return OpenAIModel(model_id=model, api_base=f"{URL}/v1", api_key=KEY, client_kwargs={"max_retries": 0})


def said(text):
    return [ChatMessage(role=MessageRole.USER, content=[{"type": "text", "text": text}])]


def check_chat(model):
    reply = model_of(model).generate(said("[plain]"))
    equal((reply.content, reply.token_usage.input_tokens, reply.token_usage.output_tokens), (PLAIN, 11, 7))


def check_stream(model):
    pieces = [d.content or "" for d in model_of(model).generate_stream(said("[plain]"))]
    equal(("".join(pieces), len(pieces) > 2), (PLAIN, True))


def check_tools(model):
    reply = model_of(model).generate(said("[tools]"), tools_to_call_from=[get_weather])
    equal([c.function.name for c in reply.tool_calls], ["get_weather"] * 2)


def check_error(model):
    equal("failed with 400" in str(raised(Exception, lambda: model_of(model).generate(said("[error-400]")))), True)


run("smolagents", {n.removeprefix("check_"): f for n, f in list(globals().items()) if n.startswith("check_")})
