"""The commands of docs/sam-local.md and events/README.md name functions, events and settings that exist."""

import re
import tomllib
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("docs/sam-local.md", "events/README.md")}
INVOCATIONS = [found for text in TEXTS.values() for found in re.findall(r"sam local invoke (\w+) +-e (\S+)", text)]


def test_the_documentation_invokes_every_function() -> None:
    resources = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))["Resources"]
    functions = {name for name, resource in resources.items() if resource["Type"] == "AWS::Serverless::Function"}
    assert {function for function, _ in INVOCATIONS} == functions


@pytest.mark.parametrize(("function", "event"), INVOCATIONS)
def test_a_documented_event_exists_and_fits_the_function(function: str, event: str) -> None:
    assert (ROOT / event).is_file()
    assert Path(event).stem.replace("-", "").startswith(function.lower())


def test_the_documented_settings_are_those_of_samconfig() -> None:
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))["default"]
    for command in ("local_invoke", "local_start_lambda"):
        for name, value in settings[command]["parameters"].items():
            assert f'`{name} = "{value}"`' in TEXTS["docs/sam-local.md"]
