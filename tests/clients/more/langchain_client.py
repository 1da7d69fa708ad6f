# SPDX-License-Identifier: BSL-1.0
"""LangChain over all three languages of the gateway: models, streams, tools, structured answers."""
from checks import ANSWERED, DEGREES, KEY, PLAIN, URL, equal, raised, run
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

KINDS = {
    "openai": lambda model: ChatOpenAI(model=model, base_url=f"{URL}/v1", api_key=KEY, max_retries=0, stream_usage=True),
    "anthropic": lambda model: ChatAnthropic(model=model, base_url=URL, api_key=KEY, max_retries=0, max_tokens=200),
    "google": lambda model: ChatGoogleGenerativeAI(model=model, base_url=URL, google_api_key=KEY, max_retries=1),
}


class Person(BaseModel):
    name: str
    age: int


@tool
def get_weather(city: str) -> str:
    """Weather of a city"""
    return DEGREES[city]


def chat(make):
    def check(model):
        reply = make(model).invoke("[plain]")
        equal((reply.text, reply.usage_metadata["input_tokens"], reply.usage_metadata["output_tokens"]), (PLAIN, 11, 7))
    return check


def stream(make):
    def check(model):
        pieces = [c.text for c in make(model).stream("[plain]")]
        equal(("".join(pieces), len(pieces) > 2), (PLAIN, True))
    return check


def tools(make):
    def check(model):
        bound = make(model).bind_tools([get_weather])
        turns = [HumanMessage("[tools]")]
        turns.append(bound.invoke(turns))
        equal([c["args"]["city"] for c in turns[-1].tool_calls], ["Paris", "Rome"])
        turns += [ToolMessage(content=get_weather.invoke(c["args"]), tool_call_id=c["id"], name=c["name"]) for c in turns[-1].tool_calls]
        equal(bound.invoke(turns).text, ANSWERED)
    return check


def structured(make):
    def check(model):
        equal(make(model).with_structured_output(Person).invoke("[schema]").model_dump(), {"name": "Ada", "age": 36})
    return check


def error(make):
    def check(model):
        e = raised(Exception, lambda: make(model).invoke("[error-400]"))
        equal("failed with 400" in str(e), True)
    return check


run("langchain", {f"{check.__name__}_{kind}": check(make) for kind, make in KINDS.items() for check in (chat, stream, tools, structured, error)})
