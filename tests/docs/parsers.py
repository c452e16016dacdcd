"""Checks a command as its own parser would, without running it."""

import functools
import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import botocore.session
import click
from botocore import xform_name

from groundtruth.command.main import cli

ROOT = Path(__file__).parents[2]
_BUILTINS = {"cd", "export", "eval", "source"}
_AWS_OPTIONS = {
    "endpoint-url",
    "region",
    "profile",
    "output",
    "query",
    "no-sign-request",
    "no-cli-pager",
    "cli-binary-format",
    "cli-input-json",
}
_AWS_S3 = {
    "cp": {"recursive", "exclude", "include", "acl", "sse"},
    "sync": {"delete", "exclude", "include"},
    "ls": {"recursive"},
    "mb": set[str](),
    "rm": {"recursive"},
}
_SAM_MODULES = {
    "build": "build.command",
    "delete": "delete.command",
    "deploy": "deploy.command",
    "list stack-outputs": "list.stack_outputs.command",
    "local invoke": "local.invoke.cli",
    "local start-lambda": "local.start_lambda.cli",
    "validate": "validate.validate",
}
"""Where the SAM command line keeps its commands: `sam COMMAND --help` by itself would take a second for each."""
_OPTIONS_OF_SAM = """
import importlib, json, sys
found = {}
for command, module in json.loads(sys.argv[1]).items():
    parameters = importlib.import_module(f"samcli.commands.{module}").cli.params
    found[command] = [option for parameter in parameters for option in (*parameter.opts, *parameter.secondary_opts)]
print(json.dumps(found))
"""


def problem(words: Sequence[str]) -> str | None:
    """What is wrong with a command; None when its parser takes it."""
    program, arguments = Path(words[0]).name, list(words[1:])
    checks = {"groundtruth": _groundtruth, "aws": _aws, "sam": _sam, "make": _make, "python": _python}
    if program in checks:
        return checks[program](arguments)
    if program in _BUILTINS or shutil.which(program):
        return None
    return f"{program} is no command"


def _groundtruth(arguments: list[str]) -> str | None:
    try:
        context = cli.make_context("groundtruth", arguments.copy())
        command: click.Command = cli
        rest = [*context._protected_args, *context.args]
        while isinstance(command, click.Group):
            name, found, rest = command.resolve_command(context, rest)
            assert found is not None
            command = found
            context = command.make_context(name, rest.copy(), parent=context)
            rest = [*context._protected_args, *context.args]
    except click.exceptions.Exit:
        return None  # --help, --version
    except click.BadParameter as error:
        names_a_file = error.param is not None and isinstance(error.param.type, click.Path)
        return None if names_a_file else error.format_message()
    except click.ClickException as error:
        return error.format_message()
    return None


def _aws(arguments: list[str]) -> str | None:
    service, operation, *rest = arguments
    options = {word[2:].partition("=")[0] for word in rest if word.startswith("--")}
    if service == "s3":
        if operation not in _AWS_S3:
            return f"aws s3 {operation} is unknown"
        return _unknown(options - _AWS_OPTIONS, _AWS_S3[operation])
    model = botocore.session.get_session().get_service_model({"s3api": "s3"}.get(service, service))
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in operations:
        return f"aws {service} has no {operation}"
    shape = model.operation_model(operations[operation]).input_shape
    members = {xform_name(name, "-") for name in shape.members} if shape else set()
    required = {xform_name(name, "-") for name in shape.required_members} if shape else set()
    missing = set() if "cli-input-json" in options else required - options
    return _unknown(options - _AWS_OPTIONS, members) or (f"missing: {', '.join(missing)}" if missing else None)


def _unknown(given: set[str], known: set[str]) -> str | None:
    unknown = given - known
    return f"unknown options: {', '.join(sorted(unknown))}" if unknown else None


def _sam(arguments: list[str]) -> str | None:
    command = " ".join(arguments[: 2 if arguments[0] in {"local", "list"} else 1])
    if command not in _SAM_MODULES:
        return f"sam {command} is unknown: add it to _SAM_MODULES if there is such a command"
    given = {word.partition("=")[0] for word in arguments if word.startswith("-")}
    return _unknown(given, set(_sam_options()[command]))


@functools.cache
def _sam_options() -> dict[str, list[str]]:
    python = ROOT / ".venv-sam/bin/python"
    command = [python, "-c", _OPTIONS_OF_SAM, json.dumps(_SAM_MODULES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def _make(arguments: list[str]) -> str | None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    unknown = [word for word in arguments if "=" not in word and word not in targets]
    return f"no target {unknown[0]}" if unknown else None


def _python(arguments: list[str]) -> str | None:
    script = next((word for word in arguments if not word.startswith("-")), None)
    if script is None or "-m" in arguments or (ROOT / script).exists():
        return None
    return f"there is no {script}"
