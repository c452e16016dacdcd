"""A private PostgreSQL: a cluster in a temporary folder, on 127.0.0.1, gone at the end."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
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

    is_durable: whether a commit waits for the disk, as by default.
    """
    bin_folder, port = programs(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="groundtruth-postgres-"))
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(bin_folder / program), "-D", str(folder / "data"), *arguments]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c max_connections=200"
    if not is_durable:
        options += " -c fsync=off"
    run("initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
    run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
    try:
        yield Cluster(port)
    finally:
        run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(folder)
