"""The private PostgreSQL of the tests does not outlive them, even when they are killed."""

import socket
import subprocess
import sys

from tests.service.postgres import programs
from tests.service.serving import ROOT, wait_for

HOLDS_A_CLUSTER = """
from tests.service.postgres import cluster
with cluster(is_durable=False) as running:
    print(running.port, flush=True)
    input()
"""


def test_a_killed_test_process_takes_its_server_with_it():
    programs()
    command = [sys.executable, "-c", HOLDS_A_CLUSTER]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        port = int(holder.stdout.readline())
        assert takes_connections(port)
        holder.kill()
    wait_for(lambda: not takes_connections(port), 20)


def takes_connections(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
