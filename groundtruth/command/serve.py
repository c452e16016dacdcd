"""`groundtruth serve`: Ground Truth on this machine."""

import signal
import socket
from pathlib import Path
from types import FrameType
from typing import Any

import click
import uvicorn
from rich.markup import escape

from groundtruth.command.console import console
from groundtruth.command.project import address_file, template_option, template_path
from groundtruth.errors import RequestError
from groundtruth.service.app import create_app
from groundtruth.service.portal import PREFIX, Accounts, PortalSettings, check_listening
from groundtruth.service.stack import StackOptions, open_stack

_EPILOG = """\b
Example:
  groundtruth serve --data my-project
"""
_GRACE = 10
"""Seconds that requests have to end in when the service is stopped."""


@click.command(epilog=_EPILOG)
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; others need an owner's account."
)
@click.option(
    "--data",
    default="groundtruth-data",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to keep everything in.",
)
@click.option("--s3", "s3_url", metavar="URL", help="An S3 to use. Default: an embedded one, in the data folder.")
@click.option("--s3-port", type=click.IntRange(0, 65535), help="Port of the embedded S3. Default: --port and 2.")
@click.option("--lambda", "lambda_url", metavar="URL", help="A Lambda endpoint, as of `sam local start-lambda`.")
@click.option("--database", "database_url", metavar="URL", help="postgresql://... Default: SQLite in the data folder.")
@click.option("--crowd-elements", metavar="URL", help="Another script in place of the offline Crowd elements.")
@click.option("--public-url", metavar="URL", help="Where people reach the portal, when a proxy passes it on.")
@click.option(
    "--label-categories",
    default="s3://groundtruth-local/label-categories/",
    show_default=True,
    metavar="URI",
    help="Where in S3 the functions find label category configs.",
)
@template_option
def serve(host: str, port: int, crowd_elements: str | None, public_url: str | None, **options: Any) -> None:
    """Serve SageMaker's labeling API, the worker portal and the functions of template.yaml until interrupted.

    Prints the settings that point boto3 and the AWS CLI at it.
    """
    stack_options = _stack_options(port, **options)
    listener = _listen(host, port)
    with listener, open_stack(stack_options, _report) as stack:
        check_listening(host, Accounts(stack.database, stack.teams))
        own_port = listener.getsockname()[1]
        address = f"http://{_own_name(host)}:{own_port}"
        app = create_app(stack, address, PortalSettings(host, public_url, crowd_elements))
        click.echo(f"export AWS_ENDPOINT_URL_SAGEMAKER={address}")
        if stack.storage.endpoint_url:
            click.echo(f"export AWS_ENDPOINT_URL_S3={stack.storage.endpoint_url}")
        for name, value in stack.credentials.items():
            click.echo(f"export {name}={value}")
        click.echo(f"# Portal: {public_url or address}{PREFIX}/")
        address_file(stack_options.data).write_text(public_url or address, encoding="utf-8")
        console.print("Serving; interrupt with Ctrl-C.")
        _run(app, listener)
    console.print("Stopped. Everything is kept.")


def _stack_options(
    port: int,
    data: Path,
    s3_url: str | None,
    s3_port: int | None,
    lambda_url: str | None,
    database_url: str | None,
    label_categories: str,
    template_file: Path | None,
) -> StackOptions:
    if s3_port is None:
        s3_port = port + 2 if 0 < port < 65534 else 0
    template = None if lambda_url else template_path(template_file)
    return StackOptions(data, template, s3_url, s3_port, lambda_url, database_url, label_categories)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise RequestError(f"--host {host} --port {port}: cannot listen there ({error.strerror or error}).") from error


def _own_name(host: str) -> str:
    """The name to reach this address by from the machine itself."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 (compared, not listened on)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _run(app: Any, listener: socket.socket) -> None:
    """Serve until the process is interrupted or told to end; both leave the `with` statements around it in order."""
    signal.signal(signal.SIGTERM, _interrupt)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=_GRACE
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        return


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _report(job: str, reason: str, trace: str) -> None:
    console.print(f'[bold red]The job "{escape(job)}" failed:[/] {escape(reason)}', soft_wrap=True)
    if trace:
        console.print(escape(trace.rstrip()), style="dim", soft_wrap=True)
