"""`groundtruth render`: the page that a worker gets, as a file or as a live preview."""

import functools
import json
import socket
from collections.abc import Callable
from pathlib import Path

import boto3
import click
import uvicorn
from botocore.exceptions import BotoCoreError
from rich.markup import escape

from groundtruth.command.console import console
from groundtruth.errors import RequestError, TemplateError
from groundtruth.templates import Page, Template, signer
from groundtruth.templates.documents import embedded
from groundtruth.templates.preview import ELEMENTS_URL, Documents, preview_app

_EPILOG = """\b
Examples:
  groundtruth render crowd_templates/invoice-fields.liquid.html --input task.json --source pages -o page.html
  groundtruth render crowd_templates/invoice-fields.liquid.html --input task.json --source pages --serve
"""
_SIGNED_FOR_SECONDS = 3600


@click.command(epilog=_EPILOG)
@click.argument("template", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--input",
    "input_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The task input as JSON, or what a pre-annotation function answered.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Default: standard output.")
@click.option(
    "--source",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder with the documents that the task names. Default: their S3 URIs are signed with your AWS credentials.",
)
@click.option("--crowd-elements", metavar="URL", help="Load the Crowd elements from here instead of from AWS.")
@click.option(
    "--to-json",
    type=click.Choice(["raw", "escaped"]),
    default="raw",
    show_default=True,
    help="AWS documents the filter both ways; a template should be right in both.",
)
@click.option("--strict", is_flag=True, help="Exit status 1 when the template uses a variable that the task lacks.")
@click.option("--serve", is_flag=True, help="Show the page at a local address, and again whenever a file changes.")
@click.option(
    "--port", default=8766, show_default=True, type=click.IntRange(0, 65535), help="For --serve; 0 takes a free one."
)
def render(
    template: Path,
    input_file: Path,
    output: Path | None,
    source: Path | None,
    crowd_elements: str | None,
    to_json: str,
    strict: bool,
    serve: bool,
    port: int,
) -> int:
    """Render a worker TEMPLATE with a task input, as Ground Truth does before a worker sees it.

    The page keeps AWS's address of the Crowd elements; --serve and --crowd-elements replace it. Exit status: 0 done, 1
    with --strict when a variable is undefined, 2 for unusable input.
    """
    is_escaped = to_json == "escaped"

    def make_page(sign: Callable[[str], str], elements: str | None) -> Page:
        parsed = Template.read(template, crowd_elements_url=elements)
        page = parsed.page(_read_input(input_file), sign=sign, to_json_escaped=is_escaped)
        _report_undefined(template, page)
        return page

    if serve:
        if output is not None:
            raise RequestError("--serve and --output exclude each other: --serve writes no file.")
        documents = Documents(source) if source is not None else None
        sign = _s3_signer() if documents is None else documents.sign
        _serve(lambda: make_page(sign, crowd_elements or ELEMENTS_URL), (template, input_file), documents, port)
        return 0
    page = make_page(_s3_signer() if source is None else embedded(source), crowd_elements)
    _write(page.html, output)
    return 1 if strict and page.undefined else 0


def _s3_signer() -> Callable[[str], str]:
    """Sign with the caller's own credentials, which are looked for only when a template grants access."""
    client = functools.cache(lambda: boto3.client("s3"))

    def sign(uri: str) -> str:
        try:
            return signer(client(), _SIGNED_FOR_SECONDS)(uri)
        except BotoCoreError as error:
            raise TemplateError(f'"{uri}" cannot be signed: {error} Correct your AWS settings') from error

    return sign


def _read_input(path: Path) -> object:
    try:
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise RequestError(f"{path}: the task input cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise RequestError(f"{path}: the task input is not JSON: {error}.") from error
    return value["taskInput"] if isinstance(value, dict) and "taskInput" in value else value


def _report_undefined(template: Path, page: Page) -> None:
    for variable in page.undefined:
        message = f"{template}, line {variable.line}: the task input has no {variable.name}; it renders as nothing."
        console.print(f"[yellow]Undefined:[/] {escape(message)}", soft_wrap=True)


def _write(page: str, output: Path | None) -> None:
    if output is None:
        click.echo(page, nl=False)
        return
    try:
        output.write_text(page, encoding="utf-8")
    except OSError as error:
        raise RequestError(f"{output}: the page cannot be written ({error.strerror}).") from error


def _serve(make_page: Callable[[], Page], watched: tuple[Path, ...], documents: Documents | None, port: int) -> None:
    with _listen(port) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        console.print(f"{address} shows {escape(str(watched[0]))}. Ctrl+C ends the preview.", soft_wrap=True)
        app = preview_app(make_page, watched, documents)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise RequestError(f"Port {port} cannot be used ({error.strerror}). Choose another with --port.") from error
