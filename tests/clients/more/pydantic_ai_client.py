# SPDX-License-Identifier: BSL-1.0
"""Pydantic AI, an agent framework, over all three languages of the gateway."""
from checks import ANSWERED, DEGREES, KEY, PLAIN, URL, equal, raised, run
from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.google import GoogleProvider
from pydantic_ai.providers.openai import OpenAIProvider

KINDS = {
    "openai": lambda model: OpenAIChatModel(model, provider=OpenAIProvider(base_url=f"{URL}/v1", api_key=KEY)),
    "anthropic": lambda model: AnthropicModel(model, provider=AnthropicProvider(base_url=URL, api_key=KEY)),
    "google": lambda model: GoogleModel(model, provider=GoogleProvider(base_url=URL, api_key=KEY)),
}


class Person(BaseModel):
    name: str
    age: int


def get_weather(city: str) -> str:
    """Weather of a city"""
    return DEGREES[city]


def chat(make):
    def check(model):
        reply = Agent(make(model)).run_sync("[plain]")
        usage = reply.usage
        usage = usage() if callable(usage) else usage
        equal((reply.output, usage.input_tokens, usage.output_tokens), (PLAIN, 11, 7))
    return check


def tools(make):
    def check(model):
        said = Agent(make(model), tools=[get_weather]).run_sync("[tools]").output
        equal(said.replace('{"return_value":"', "").replace('{"return_value": "', "").replace('"}', ""), ANSWERED)
    return check


def structured(make):
    def check(model):
        equal(Agent(make(model), output_type=Person).run_sync("[schema]").output.model_dump(), {"name": "Ada", "age": 36})
    return check


def error(make):
    def check(model):
        equal("failed with 400" in str(raised(Exception, lambda: Agent(make(model)).run_sync("[error-400]"))), True)
    return check


run("pydantic-ai", {f"{check.__name__}_{kind}": check(make) for kind, make in KINDS.items() for check in (chat, tools, structured, error)})
