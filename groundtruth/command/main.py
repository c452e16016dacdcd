"""Where the `groundtruth` command begins, and where its errors end."""

import importlib
import sys

import click
from rich.markup import escape

from groundtruth.command.console import console
from groundtruth.errors import FunctionError, GroundTruthError, InputError

COMMANDS = (
    "check",
    "consolidate",
    "demo",
    "export",
    "prepare",
    "reconsolidate",
    "render",
    "report",
    "review",
    "run",
    "s3",
    "serve",
    "status",
    "submit",
    "worker",
)
"""Each is a function of its own name in a module of its own name; imported only when it is called, so that every command starts fast."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click passes it)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click passes it)
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"groundtruth.command.{cmd_name}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="groundtruth")
def cli() -> None:
    """Custom SageMaker Ground Truth labeling jobs on your own machine."""


def main() -> None:
    """Run the command. Exit status: 0 done; 1 a function or S3 failed, or objects have no label; 2 unusable input; 130 interrupted."""
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except GroundTruthError as error:
        console.print(f"[bold red]Error:[/] {escape(str(error))}", soft_wrap=True)
        if isinstance(error, FunctionError) and error.function_traceback:
            console.print(escape(error.function_traceback.rstrip()), style="dim", soft_wrap=True)
        sys.exit(2 if isinstance(error, InputError) else 1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        console.print("Interrupted. What was finished is kept.")
        sys.exit(130)
