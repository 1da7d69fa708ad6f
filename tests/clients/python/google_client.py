# SPDX-License-Identifier: BSL-1.0
"""Google's own Python SDK (google-genai) against /v1beta/models/MODEL:generateContent and :streamGenerateContent."""
from google import genai
from google.genai import errors, types
from pydantic import BaseModel

from checks import ANSWERED, DEGREES, KEY, PLAIN, UNICODE, URL, equal, left, mark, raised, run, seen, table


def client(key=KEY, **options):
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=URL, timeout=30_000, **options))


sdk = client()
TOOLS = [types.Tool(function_declarations=[types.FunctionDeclaration(
    name="get_weather", description="Weather of a city",
    parameters=types.Schema(type="OBJECT", properties={"city": types.Schema(type="STRING")}, required=["city"]))])]


def config(**more):
    return types.GenerateContentConfig(system_instruction="Be brief.", automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True), **more)


def create(model, contents, **more):
    return sdk.models.generate_content(model=model, contents=contents, config=config(**more))


def gathered(model, contents, **more):
    """Text, last finish reason, last usage, function calls and number of pieces of a stream."""
    text, finish, usage, calls, pieces = "", None, None, [], 0
    for chunk in sdk.models.generate_content_stream(model=model, contents=contents, config=config(**more)):
        usage = chunk.usage_metadata or usage
        for part in (chunk.candidates[0].content.parts or []) if chunk.candidates and chunk.candidates[0].content else []:
            if part.text:
                text += part.text
                pieces += 1
            if part.function_call:
                calls.append(part)
        if chunk.candidates and chunk.candidates[0].finish_reason:
            finish = chunk.candidates[0].finish_reason
    return text, finish, usage, calls, pieces


def counted(usage):
    equal((usage.prompt_token_count, usage.cached_content_token_count, usage.candidates_token_count, usage.total_token_count), (11, 4, 7, 18))


def check_chat(model):
    reply = create(model, "[plain]", temperature=0.5, max_output_tokens=50)
    equal((reply.text, reply.candidates[0].finish_reason), (PLAIN, types.FinishReason.STOP))


def check_stream(model):
    text, finish, _, _, pieces = gathered(model, "[plain]")
    equal((text, finish, pieces > 2), (PLAIN, types.FinishReason.STOP, True))


def check_unicode(model):
    equal(create(model, f"[echo]{UNICODE}").text, UNICODE)


def check_unicode_stream(model):
    equal(gathered(model, f"[echo]{UNICODE}")[0], UNICODE)


def check_usage(model):
    counted(create(model, "[plain]").usage_metadata)


def check_usage_stream(model):
    counted(gathered(model, "[plain]")[2])


def answered(model, parts):
    calls = [p.function_call for p in parts]
    equal([(c.name, c.args) for c in calls], [("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Rome"})])
    results = [types.Part(function_response=types.FunctionResponse(id=c.id, name=c.name, response={"result": DEGREES[c.args["city"]]})) for c in calls]
    turns = [types.Content(role="user", parts=[types.Part(text="[tools]")]), types.Content(role="model", parts=parts),
             types.Content(role="user", parts=results)]
    said = create(model, turns, tools=TOOLS).text
    # A result is an object in this language; a vendor whose results are texts gets it as JSON.
    equal(said.replace('{"result":"', "").replace('{"result": "', "").replace('"}', ""), ANSWERED)


def check_parallel_tools(model):
    answered(model, create(model, "[tools]", tools=TOOLS).candidates[0].content.parts)


def check_parallel_tools_stream(model):
    answered(model, gathered(model, "[tools]", tools=TOOLS)[3])


class Person(BaseModel):
    name: str
    age: int


def check_structured(model):
    reply = create(model, "[schema]", response_mime_type="application/json", response_schema=Person)
    equal(reply.parsed, Person(name="Ada", age=36))


def check_structured_json_schema(model):
    reply = create(model, "[schema]", response_mime_type="application/json", response_json_schema=Person.model_json_schema())
    equal(Person.model_validate_json(reply.text), Person(name="Ada", age=36))


STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL"}


def refused(status, call):
    def check(model):
        e = raised(errors.ServerError if status >= 500 else errors.ClientError, lambda: call(model, f"[error-{status}]"))
        equal((e.code, e.status, f"failed with {status}" in e.message), (status, STATUSES[status], True))
        if status == 429:
            equal(e.response.headers.get("retry-after"), "1")
    return check


def check_unknown_model(model):
    equal(raised(errors.ClientError, lambda: create(f"no-{model}", "[plain]")).code, 404)


def check_wrong_key(model):
    stranger = client("wrong")
    e = raised(errors.ClientError, lambda: stranger.models.generate_content(model=model, contents="[plain]"))
    equal(e.code in (400, 401), True)


def check_retried_after_429(model):
    name = mark()
    patient = client(retry_options=types.HttpRetryOptions(attempts=3, initial_delay=0.1))
    reply = patient.models.generate_content(model=model, contents=f"[limited {name}]")
    equal((reply.text, seen(name)["requests"]), (PLAIN, 2))


def check_broken_stream(model):
    pieces, finish, error = [], None, None
    try:
        for chunk in sdk.models.generate_content_stream(model=model, contents="[cut]"):
            pieces.append(chunk.text or "")
            finish = chunk.candidates[0].finish_reason if chunk.candidates else finish
    except Exception as e:  # the SDK's own, or one of its HTTP library
        error = e
    equal((pieces[0], finish, error is not None), ("one ", None, True))


def check_cancelled(model):
    name = mark()
    stream = sdk.models.generate_content_stream(model=model, contents=f"[slow {name}]")
    next(stream)
    stream.close()
    left(name)


CHECKS = table(globals())
for code in STATUSES:
    CHECKS[f"error_{code}"] = refused(code, create)
    CHECKS[f"error_{code}_stream"] = refused(code, gathered)
run("google-genai-python", CHECKS)
