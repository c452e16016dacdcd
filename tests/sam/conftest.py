"""The SAM command line on the project's template: one build for all tests, Docker, and an S3 that containers reach."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).parents[2]
SAM = ROOT / ".venv-sam/bin/sam"
LAMBDA_IMAGE = ROOT.parent / "shared/tools/lambda-image"
IMAGE = "public.ecr.aws/lambda/python:3.13-x86_64"

Run = Callable[..., subprocess.CompletedProcess[str]]


def unavailable(reason: str) -> None:
    """Skips on a developer's machine; in CI what is missing is a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """An environment without an AWS account, in which `python3.13` is the project's."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_", "POWERTOOLS_"))
    }
    path = os.pathsep.join([str(ROOT / ".venv/bin"), inherited.get("PATH", "")])
    return {**inherited, "PATH": path, "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "eu-west-1"}


@pytest.fixture(scope="session")
def sam(environment: dict[str, str]) -> Run:
    """Runs the SAM command line from the project's folder; a failure shows what it said."""
    if not SAM.exists():
        unavailable("the SAM command line is missing: run `make setup`")

    def run(*arguments: str | Path, fails: bool = False, **more: str) -> subprocess.CompletedProcess[str]:
        command = [str(SAM), *map(str, arguments)]
        done = subprocess.run(
            command, cwd=ROOT, env={**environment, **more}, capture_output=True, text=True, check=False
        )
        assert fails or done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done

    return run


@pytest.fixture(scope="session")
def built(sam: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of one `sam build`, with its template.yaml: the same for all processes of a test run.

    It is large, so the last one removes it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "sam-build"
    shared.mkdir(exist_ok=True)
    with users_of(shared) as users:
        if not users:
            sam("build", "--no-cached", "--build-dir", shared / "build")
        users.append(str(os.getpid()))
    yield shared / "build"
    with users_of(shared) as users:
        users.remove(str(os.getpid()))
        if not users:
            shutil.rmtree(shared / "build")


@contextmanager
def users_of(folder: Path) -> Iterator[list[str]]:
    """The processes that use a shared folder, to read and to change, while no other process may."""
    with (folder / "users").open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        users = file.read().split()
        yield users
        file.seek(0)
        file.truncate()
        file.write(" ".join(users))


@pytest.fixture(scope="session")
def docker() -> list[str]:
    """Docker with the Lambda image; gives the options that `sam local` needs where no image can be pulled."""

    def answers(*command: str) -> bool:
        try:
            return subprocess.run(["docker", *command], capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            return False

    there = answers("info") and answers("image", "inspect", IMAGE)
    if not there and os.environ.get("CI") and LAMBDA_IMAGE.exists():
        subprocess.run([LAMBDA_IMAGE], check=True)
        there = True
    if not there and not answers("info"):
        unavailable("`sam local` needs Docker: start it, or run ../shared/tools/lambda-image")
    return ["--skip-pull-image"] if there else []


@pytest.fixture(scope="session")
def bridge(docker: list[str]) -> str:
    """This machine's address on Docker's default network: what containers call host.docker.internal."""
    command = ["docker", "network", "inspect", "bridge", "--format", "{{json (index .IPAM.Config 0)}}"]
    network = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return network.get("Gateway") or str(next(ip_network(network["Subnet"]).hosts()))


@pytest.fixture(scope="session")
def free_port() -> Callable[[str], int]:
    """A port of an address that nothing listens on."""

    def found(host: str) -> int:
        with socket.socket() as probe:
            probe.bind((host, 0))
            port: int = probe.getsockname()[1]
        return port

    return found


@pytest.fixture(scope="session")
def sample_s3(bridge: str, free_port: Callable[[str], int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The S3 objects of events/s3, and events/env.json with the address they have here."""
    port = free_port(bridge)
    server = ThreadedMotoServer(ip_address=bridge, port=port, verbose=False)
    server.start()
    s3 = boto3.client(
        "s3",
        endpoint_url=f"http://{bridge}:{port}",
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    for bucket in (ROOT / "events/s3").iterdir():
        s3.create_bucket(Bucket=bucket.name)
        for path in bucket.rglob("*.json"):
            s3.put_object(Bucket=bucket.name, Key=path.relative_to(bucket).as_posix(), Body=path.read_bytes())
    settings = json.loads((ROOT / "events/env.json").read_text(encoding="utf-8"))
    settings["Parameters"]["AWS_ENDPOINT_URL_S3"] = f"http://host.docker.internal:{port}"
    overrides = tmp_path_factory.mktemp("env") / "env.json"
    overrides.write_text(json.dumps(settings), encoding="utf-8")
    yield overrides
    server.stop()
