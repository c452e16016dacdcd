"""`groundtruth s3`: the embedded S3 by itself."""

import signal
import tempfile
import threading
from pathlib import Path

import click

from groundtruth.command.console import console
from groundtruth.errors import RequestError
from groundtruth.storage import EmbeddedS3, S3Location
from groundtruth.storage.embedded import CREDENTIALS

_EPILOG = """\b
Example:
  groundtruth s3 --load events/s3
"""


@click.command(epilog=_EPILOG)
@click.option("--port", default=5555, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on: Docker's, for `sam local`.")
@click.option(
    "--load", type=click.Path(path_type=Path, file_okay=False), help="Folder to fill it from: one folder a bucket."
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to keep objects in. Default: none are kept.",
)
def s3(port: int, host: str, load: Path | None, data: Path | None) -> None:
    """Serve an S3 until interrupted, for `sam local invoke` and for tests.

    Prints the settings that point AWS clients at it. It asks nobody for a password: let it listen where only you can reach it.
    """
    if load is not None and not load.is_dir():
        raise RequestError(f"--load: there is no folder {load}.")
    with (
        tempfile.TemporaryDirectory(prefix="groundtruth-s3-") as scratch,
        EmbeddedS3(data or Path(scratch), host, port) as server,
    ):
        loaded = _load(server, load) if load else 0
        click.echo(f"export AWS_ENDPOINT_URL_S3={server.endpoint_url}")
        for name, value in CREDENTIALS.items():
            click.echo(f"export {name}={value}")
        console.print(f"{loaded} objects loaded. Serving; interrupt with Ctrl-C.")
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        try:
            stop.wait()
        except KeyboardInterrupt:
            console.print("Stopped.")


def _load(server: EmbeddedS3, folder: Path) -> int:
    count = 0
    for bucket in sorted(path for path in folder.iterdir() if path.is_dir()):
        server.ensure_bucket(bucket.name)
        for path in sorted(path for path in bucket.rglob("*") if path.is_file()):
            server.put_file(S3Location(bucket.name, path.relative_to(bucket).as_posix()), path)
            count += 1
    return count
