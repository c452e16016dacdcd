"""The local service inside the demo's own process, and the commands that talk to it as a person's would, in processes of their own."""

import contextlib
import os
import shlex
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from rich.markup import escape

from groundtruth.command.console import console
from groundtruth.errors import ServiceError
from groundtruth.service.app import create_app
from groundtruth.service.stack import Stack, StackOptions, open_stack

_PATIENCE = 30
"""Seconds that the service may take to start."""


@dataclass(frozen=True)
class DemoService:
    """The running service. settings: what `groundtruth serve` prints, for the environment of clients. failures: what it said of jobs that failed."""

    stack: Stack
    settings: dict[str, str]
    failures: list[str]

    def run(self, *arguments: object, most_status: int = 0) -> str:
        """Show a command of ours as it is typed, and run it; what it printed on standard output.

        Raises ServiceError with its messages when it ends with a higher status than most_status.
        """
        words = [str(argument) for argument in arguments]
        console.print(f"[dim]$ groundtruth {escape(shlex.join(words))}[/]", soft_wrap=True)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        done = subprocess.run(  # noqa: S603 (this very program)
            [sys.executable, "-m", "groundtruth", *words],
            env=inherited | self.settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if not 0 <= done.returncode <= most_status:
            raise ServiceError(f"groundtruth {words[0]} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout


@contextlib.contextmanager
def demo_service(data: Path, template_file: Path) -> Iterator[DemoService]:
    """Serve over a data folder. Raises RequestError when it cannot start."""
    failures: list[str] = []
    options = StackOptions(data, template_file)
    with open_stack(options, lambda job, reason, _: failures.append(f"{job}: {reason}")) as stack:
        listener = socket.create_server(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(create_app(stack, address), log_level="warning", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="demo-service")
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield DemoService(stack, _settings(address, stack), failures)
        finally:
            server.should_exit = True
            thread.join()
            listener.close()


def _settings(address: str, stack: Stack) -> dict[str, str]:
    """A person's own profile and configuration have no say in them."""
    return stack.credentials | {
        "AWS_ENDPOINT_URL_SAGEMAKER": address,
        "AWS_ENDPOINT_URL_S3": str(stack.storage.endpoint_url),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    until = time.monotonic() + _PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise ServiceError("The local service did not start.")
        time.sleep(0.01)
