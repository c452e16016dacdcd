"""Writes docs/commands.md, the reference of the `groundtruth` command, from the parser itself.

`make docs` runs it; tests/docs/test_commands.py fails while the page differs from what it gives.
"""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from groundtruth.command.main import cli

PAGE = Path(__file__).with_name("commands.md")
_WIDTH = 10_000
"""Of the text that click lays out: lines are not to be broken here."""
_CODE = re.compile(r"(?<!\w)((?:s3|https?|postgresql)://[\w./-]+|--[a-z][\w-]*|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)")
_HEAD = """# Commands

<!-- Written by docs/command_reference.py. Change the commands' help texts, then run `make docs`. -->

Every command has `--help` with the same text. Data goes to standard output, messages and progress to standard error. Exit status 0 is done, 1 a
function, S3 or a check failed or objects have no label, 2 unusable input, 130 interrupted.

"""


def reference() -> str:
    """The whole page."""
    context = click.Context(cli, info_name="groundtruth", terminal_width=_WIDTH, max_content_width=_WIDTH)
    commands = list(_commands(cli, context))
    rows = [f"| [{found.command_path}](#{_anchor(found)}) | {_cell(_first_sentence(found))} |" for found in commands]
    listed = "\n".join(["| command | what it does |", "|---|---|", *rows])
    return _HEAD + listed + "\n\n" + "\n".join(_section(found) for found in commands)


def _commands(group: click.Group, context: click.Context) -> Iterator[click.Context]:
    """A context for every command of a group, and for those of its groups."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, parent=context, info_name=name, terminal_width=_WIDTH, max_content_width=_WIDTH)
        yield inner
        if isinstance(command, click.Group):
            yield from _commands(command, inner)


def _anchor(context: click.Context) -> str:
    return context.command_path.replace(" ", "-")


def _first_sentence(context: click.Context) -> str:
    return re.split(r"(?<=\.)\s", _paragraphs(context)[0])[0]


def _paragraphs(context: click.Context) -> list[str]:
    text = inspect.cleandoc(context.command.help or "")
    return [_marked(" ".join(paragraph.split())) for paragraph in text.split("\n\n") if paragraph.strip()]


def _section(context: click.Context) -> str:
    usage = " ".join(piece for piece in context.command.collect_usage_pieces(context) if piece)
    parts = [
        f"## {context.command_path}",
        f"```text\n{context.command_path} {usage}\n```",
        *_paragraphs(context),
        *_example(context.command),
        *_options(context),
    ]
    return "\n\n".join(parts) + "\n"


def _example(command: click.Command) -> list[str]:
    """The epilog without its heading."""
    if not command.epilog:
        return []
    _, _, lines = inspect.cleandoc(command.epilog.replace("\b", "")).partition(":\n")
    return [f"```sh\n{inspect.cleandoc(lines)}\n```"]


def _options(context: click.Context) -> list[str]:
    options = [
        option
        for option in context.command.get_params(context)
        if isinstance(option, click.Option) and "--help" not in option.opts and not option.hidden
    ]
    if not options:
        return []
    head = ["| option | meaning | default; range |", "|---|---|---|"]
    return ["\n".join([*head, *(_row(option, context) for option in options)])]


def _row(option: click.Option, context: click.Context) -> str:
    """click closes a meaning with `[default: x; x>=1]` or `[required]`, which have a column of their own here."""
    record = option.get_help_record(context)
    assert record is not None
    name, meaning = record
    text, _, bracketed = meaning.partition("  [")
    if isinstance(option.type, click.Choice) and option.metavar is None:
        name = name.partition(" [")[0]
        text = f"{text} One of {', '.join(f'`{choice}`' for choice in option.type.choices)}."
    extra = bracketed.removesuffix("]").replace("default: ", "")
    extra = re.sub(r"(\S+)<=x<=(\S+)", r"\1 to \2", extra)
    extra = re.sub(r"x>=(\S+)", r"at least \1", extra)
    name = name.replace(" RANGE", "").replace(" FLOAT", " NUMBER")
    return f"| {_cell(f'`{name}`')} | {_cell(_marked(text))} | {_cell(_escaped(extra))} |".replace("|  |", "| |")


def _marked(text: str) -> str:
    """Help texts are plain: options, addresses and names in capitals become code, and nothing is read as Markdown by mistake."""
    pieces = text.split("`")
    pieces[::2] = [_CODE.sub(r"`\1`", _escaped(piece)) for piece in pieces[::2]]
    return "`".join(pieces)


def _escaped(text: str) -> str:
    return re.sub(r"([*<\[])", r"\\\1", text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
