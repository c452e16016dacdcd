"""docs/commands.md is what the parser says, and the parser says something about everything."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

from groundtruth.command.main import cli

ROOT = Path(__file__).parents[2]


def every_command(command: click.Command = cli, path: str = "groundtruth") -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from every_command(inner, f"{path} {name}")


COMMANDS = dict(every_command())
OPTIONS = [
    (path, option)
    for path, command in COMMANDS.items()
    for option in command.params
    if isinstance(option, click.Option) and not option.hidden
]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("command_reference", ROOT / "docs/command_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_up_to_date(generator: ModuleType):
    written = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    assert written == generator.reference(), "docs/commands.md is out of date: run `make docs`"


def test_the_reference_has_every_command_and_option(generator: ModuleType):
    page = generator.reference()
    for path, option in OPTIONS:
        if path != "groundtruth":
            section = page.partition(f"## {path}\n")[2].partition("\n## ")[0]
            assert option.opts[-1] in section


@pytest.mark.parametrize(("path", "option"), OPTIONS, ids=lambda value: getattr(value, "name", value))
def test_every_option_has_a_help_text(path: str, option: click.Option):
    assert option.help, f"{path} {option.opts[0]}"


@pytest.mark.parametrize("path", [path for path in COMMANDS if path.count(" ") == 1])
def test_every_command_says_what_it_does_and_shows_an_example(path: str):
    command = COMMANDS[path]
    assert command.help
    assert command.epilog
    assert f"{path} " in command.epilog.partition("Example")[2]


@pytest.mark.parametrize("path", [path for path in COMMANDS if path.count(" ") == 2])
def test_a_commands_commands_say_what_they_do(path: str):
    assert COMMANDS[path].help
