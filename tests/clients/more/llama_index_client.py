# SPDX-License-Identifier: BSL-1.0
"""LlamaIndex over /v1/chat/completions and /v1/messages."""
from checks import ANSWERED, DEGREES, KEY, PLAIN, URL, equal, raised, run
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai_like import OpenAILike


def model_of(model):
    return OpenAILike(model=model, api_base=f"{URL}/v1", api_key=KEY, is_chat_model=True, is_function_calling_model=True, max_retries=0)


def get_weather(city: str) -> str:
    """Weather of a city"""
    return DEGREES[city]


def check_chat(model):
    equal(model_of(model).chat([ChatMessage(role="user", content="[plain]")]).message.content, PLAIN)


def check_stream(model):
    pieces = [c.delta for c in model_of(model).stream_chat([ChatMessage(role="user", content="[plain]")])]
    equal(("".join(pieces), len(pieces) > 2), (PLAIN, True))


def check_tools(model):
    llm, weather = model_of(model), FunctionTool.from_defaults(get_weather)
    turns = [ChatMessage(role="user", content="[tools]")]
    reply = llm.chat_with_tools([weather], chat_history=turns, allow_parallel_tool_calls=True)
    calls = llm.get_tool_calls_from_response(reply)
    turns.append(reply.message)
    turns += [ChatMessage(role="tool", content=get_weather(**c.tool_kwargs), additional_kwargs={"tool_call_id": c.tool_id}) for c in calls]
    equal(llm.chat_with_tools([weather], chat_history=turns).message.content, ANSWERED)


def check_error(model):
    equal("failed with 400" in str(raised(Exception, lambda: model_of(model).chat([ChatMessage(role="user", content="[error-400]")]))), True)


run("llama-index", {n.removeprefix("check_"): f for n, f in list(globals().items()) if n.startswith("check_")})
