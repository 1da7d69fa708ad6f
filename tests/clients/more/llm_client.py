# SPDX-License-Identifier: BSL-1.0
"""The command line program llm over /v1/chat/completions."""
import json
import os
import subprocess
import sys
from pathlib import Path

from checks import KEY, MODELS, PLAIN, URL, equal, run

HOME = Path(os.environ["HOME"]) / "llm"
HOME.mkdir(parents=True, exist_ok=True)
(HOME / "extra-openai-models.yaml").write_text(json.dumps(
    [{"model_id": f"gateway-{m}", "model_name": m, "api_base": f"{URL}/v1", "api_key_name": "gateway", "supports_schema": True, "supports_tools": True} for m in MODELS.values()]))
(HOME / "keys.json").write_text(json.dumps({"gateway": KEY}))


def ran(*arguments):
    return subprocess.run([sys.executable, "-m", "llm", *arguments], env=os.environ | {"LLM_USER_PATH": str(HOME)}, capture_output=True, text=True,
                          timeout=60, stdin=subprocess.DEVNULL)


def check_chat(model):
    equal(ran("-m", f"gateway-{model}", "--no-stream", "[plain]").stdout.strip(), PLAIN)


def check_stream(model):
    equal(ran("-m", f"gateway-{model}", "[plain]").stdout.strip(), PLAIN)


def check_structured(model):
    equal(json.loads(ran("-m", f"gateway-{model}", "--no-stream", "--schema", "name, age int", "[schema]").stdout), {"name": "Ada", "age": 36})


def check_tools(model):
    function = 'def get_weather(city: str) -> str:\n    "Weather of a city"\n    return {"Paris": "18 degrees", "Rome": "24 degrees"}[city]\n'
    equal(ran("-m", f"gateway-{model}", "--no-stream", "--functions", function, "[tools]").stdout.strip(), "Paris 18 degrees, Rome 24 degrees")


def check_error(model):
    done = ran("-m", f"gateway-{model}", "[error-400]")
    equal((done.returncode != 0, "failed with 400" in done.stderr), (True, True))


run("llm", {n.removeprefix("check_"): f for n, f in list(globals().items()) if n.startswith("check_")})
