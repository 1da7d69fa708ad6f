# SPDX-License-Identifier: BSL-1.0
"""instructor (structured answers by forced tools and by schemas) over OpenAI's and Anthropic's Python SDKs."""
import anthropic
import instructor
import openai
from pydantic import BaseModel

from checks import KEY, URL, equal, raised, run, seen, mark, table
from instructor.core.exceptions import InstructorRetryException

OPENAI = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0, timeout=30)
ANTHROPIC = anthropic.Anthropic(base_url=URL, api_key=KEY, max_retries=0, timeout=30)


class Person(BaseModel):
    name: str
    age: int


ADA = {"name": "Ada", "age": 36}


def asked(model, text="[schema]", **more):
    return {"model": model, "messages": [{"role": "user", "content": text}], "response_model": Person, "max_retries": 1, **more}


def check_forced_tool(model):
    equal(instructor.from_openai(OPENAI, mode=instructor.Mode.TOOLS).create(**asked(model)).model_dump(), ADA)


def check_json_schema(model):
    equal(instructor.from_openai(OPENAI, mode=instructor.Mode.JSON_SCHEMA).create(**asked(model)).model_dump(), ADA)


def check_forced_tool_stream(model):
    *_, last = instructor.from_openai(OPENAI, mode=instructor.Mode.TOOLS).create_partial(**asked(model))
    equal(last.model_dump(), ADA)


def check_usage(model):
    _, raw = instructor.from_openai(OPENAI, mode=instructor.Mode.TOOLS).create_with_completion(**asked(model))
    equal((raw.usage.prompt_tokens, raw.usage.completion_tokens), (11, 7))


def check_anthropic_forced_tool(model):
    equal(instructor.from_anthropic(ANTHROPIC, mode=instructor.Mode.ANTHROPIC_TOOLS).create(max_tokens=200, **asked(model)).model_dump(), ADA)


def check_error_is_the_vendors(model):
    name = mark()
    e = raised(InstructorRetryException, lambda: instructor.from_openai(OPENAI, mode=instructor.Mode.JSON_SCHEMA).create(
        **asked(model, f"[limited {name}]")))
    equal("429" in str(e), True)
    equal(seen(name)["requests"], 1)


run("instructor-python", table(globals()))
