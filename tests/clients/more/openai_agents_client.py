# SPDX-License-Identifier: BSL-1.0
"""OpenAI's Agents SDK over /v1/chat/completions."""
import asyncio

from agents import Agent, OpenAIChatCompletionsModel, Runner, function_tool, set_tracing_disabled
from checks import ANSWERED, DEGREES, KEY, PLAIN, URL, equal, raised, run
from openai import AsyncOpenAI
from pydantic import BaseModel

set_tracing_disabled(True)


class Person(BaseModel):
    name: str
    age: int


@function_tool
def get_weather(city: str) -> str:
    """Weather of a city"""
    return DEGREES[city]


def asked(model, text, **more):
    async def call():
        client = AsyncOpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0)
        agent = Agent(name="agent", instructions="Be brief.", model=OpenAIChatCompletionsModel(model=model, openai_client=client), **more)
        return await Runner.run(agent, text)
    return asyncio.run(call())


def check_chat(model):
    equal(asked(model, "[plain]").final_output, PLAIN)


def check_stream(model):
    async def call():
        client = AsyncOpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0)
        result = Runner.run_streamed(Agent(name="agent", model=OpenAIChatCompletionsModel(model=model, openai_client=client)), "[plain]")
        async for _ in result.stream_events():
            pass
        return result.final_output
    equal(asyncio.run(call()), PLAIN)


def check_tools(model):
    equal(asked(model, "[tools]", tools=[get_weather]).final_output, ANSWERED)


def check_structured(model):
    equal(asked(model, "[schema]", output_type=Person).final_output.model_dump(), {"name": "Ada", "age": 36})


def check_error(model):
    equal("failed with 400" in str(raised(Exception, lambda: asked(model, "[error-400]"))), True)


run("openai-agents", {n.removeprefix("check_"): f for n, f in list(globals().items()) if n.startswith("check_")})
