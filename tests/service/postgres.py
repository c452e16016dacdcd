"""A private PostgreSQL: a cluster in a temporary folder, on 127.0.0.1, gone at the end."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import psycopg.sql
import pytest

from tests.service.serving import free_port


def programs() -> Path:
    """The folder of PostgreSQL's programs; without one the test is skipped, or fails where CI promises it."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if not folders:
        message = "PostgreSQL is not installed (Debian: apt-get install postgresql)."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folders[0]


class Cluster:
    """A running PostgreSQL server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._address = f"postgresql://postgres@127.0.0.1:{port}"

    def new_database(self) -> str:
        """The URL of an empty place of its own: a schema, which is quicker made and gone than a database."""
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(f"{self._address}/postgres", autocommit=True) as connection:
            connection.execute(psycopg.sql.SQL("CREATE SCHEMA {}").format(psycopg.sql.Identifier(name)))
        return f"{self._address}/postgres?options=-csearch_path%3D{name}"


@contextmanager
def cluster(*, is_durable: bool = True) -> Iterator[Cluster]:
    """Start a server, and stop it at the end. PostgreSQL does not run as root: then it runs as the user `postgres`.

    is_durable: whether a commit waits for the disk, as by default. The kernel ends the server when this process is killed.
    """
    bin_folder, port = programs(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="groundtruth-postgres-"))
    is_root = os.geteuid() == 0
    as_user = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if is_root else []
    if is_root:
        shutil.chown(folder, "postgres")
    data = ["-D", str(folder / "data")]
    make = ["setpriv", *as_user, str(bin_folder / "initdb"), *data, "-U", "postgres", "--auth=trust"]
    made = subprocess.run(
        [*make, "--encoding=UTF8", "--locale=C"], cwd="/", capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr
    settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "max_connections": 200}
    options = [f"--{name}={value}" for name, value in settings.items()] + ([] if is_durable else ["--fsync=off"])
    with (folder / "log").open("wb") as log:
        serve = ["setpriv", "--pdeathsig=QUIT", *as_user, str(bin_folder / "postgres"), *data, *options]
        server = subprocess.Popen(serve, cwd="/", stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_until_up(server, port, folder / "log")
        yield Cluster(port)
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(60)
        shutil.rmtree(folder)


def wait_until_up(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return when the server takes connections."""
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        with suppress(psycopg.OperationalError), psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres"):
            return
        time.sleep(0.05)
    pytest.fail(f"PostgreSQL did not start: {log.read_text()}")
