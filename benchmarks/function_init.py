"""How long each function takes to start under the Lambda runtime emulator, and how large its package is.

    python benchmarks/function_init.py [--starts 5] [--built FOLDER]

Every start is a new process of the built function, with Lambda's environment; the figure is the init phase that the emulator
reports (the interpreter, the runtime client and the imports of `app`). The emulator comes with `aws-sam-cli`. As in
Lambda, the package is read-only: no bytecode is written into it. boto3 comes from this environment, as it does from Lambda's runtime.
"""

import argparse
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[1]
SAM = ROOT / ".venv-sam/bin/sam"
EMULATORS = {"x86_64": "aws-lambda-rie-x86_64", "aarch64": "aws-lambda-rie-arm64"}
INIT = re.compile(rb"INIT REPORT\(durationMs: ([0-9.]+)\)")
MOST_MILLISECONDS = 400
LARGEST_PACKAGE = 85_000_000
TO_START = 30
"""Seconds that a start may take before it counts as failed."""


@dataclass(frozen=True)
class Function:
    """A built function: its logical id, its package and the literal part of its environment."""

    name: str
    package: Path
    environment: dict[str, str]

    @property
    def size(self) -> int:
        """Bytes of the unzipped package."""
        return sum(path.stat().st_size for path in self.package.rglob("*") if path.is_file())


def build(folder: Path) -> None:
    """Run `sam build` into a folder."""
    path = os.pathsep.join([str(ROOT / ".venv/bin"), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "us-east-1"}
    command = [str(SAM), "build", "--no-cached", "--build-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"sam build failed:\n{done.stderr}")


def functions(folder: Path) -> list[Function]:
    """The functions of a built template."""
    template = yaml_parse((folder / "template.yaml").read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]
    resources: dict[str, Any] = template["Resources"]
    return [
        Function(
            name,
            folder / resource["Properties"]["CodeUri"],
            {
                variable: value
                for variable, value in resource["Properties"]["Environment"]["Variables"].items()
                if isinstance(value, str)
            },
        )
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    ]


def emulator() -> Path:
    """The runtime emulator of this machine's architecture."""
    name = EMULATORS.get(platform.machine(), EMULATORS["x86_64"])
    (found,) = (ROOT / ".venv-sam").glob(f"lib/python*/site-packages/samcli/local/rapid/{name}")
    return found


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def start(function: Function) -> float:
    """Milliseconds of one start's init phase."""
    runtime, interface = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    environment = {
        **function.environment,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(function.package),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LAMBDA_TASK_ROOT": str(function.package),
        "LABEL_CATEGORIES_URI": "s3://bucket/label-categories/",
        "AWS_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
    }
    addresses = ["--runtime-api-address", runtime, "--runtime-interface-emulator-address", interface]
    command = [str(emulator()), *addresses, sys.executable, "-m", "awslambdaric", "app.handler"]
    with tempfile.TemporaryFile() as log:
        with subprocess.Popen(command, cwd=function.package, env=environment, stdout=log, stderr=log) as process:
            invoke(f"http://{interface}/2015-03-31/functions/function/invocations", process)
            process.terminate()
        log.seek(0)
        written = log.read()
    reported = INIT.search(written)
    if reported is None:
        sys.exit(f"{function.name} did not start:\n{written.decode(errors='replace')}")
    return float(reported[1])


def invoke(address: str, process: "subprocess.Popen[bytes]") -> None:
    """Send an empty event, which the handler refuses at once: the init phase is over by then."""
    deadline = time.monotonic() + TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, data=b"{}", timeout=TO_START).read()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return


def report(built: Path, starts: int) -> bool:
    """Print one row a function; whether all keep the limits."""
    print(f"| function | init, median of {starts} (ms) | slowest (ms) | package, unzipped (MB) |")
    print("|---|---:|---:|---:|")
    kept = True
    for function in functions(built):
        size = function.size
        times = [start(function) for _ in range(starts)]
        median = statistics.median(times)
        print(f"| {function.name} | {median:.0f} | {max(times):.0f} | {size / 1e6:.1f} |", flush=True)
        kept &= size <= LARGEST_PACKAGE
        kept &= median <= MOST_MILLISECONDS or not function.name.endswith("Consolidation")
    return kept


def main() -> None:
    """Build, unless a built folder is given, and measure."""
    parser = argparse.ArgumentParser(description="Init time and size of the built functions, as a Markdown table.")
    parser.add_argument("--starts", type=int, default=5, help="starts of each function (default: 5)")
    parser.add_argument("--built", type=Path, help="folder that `sam build` made; without it one is built")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        built = options.built
        if built is None:
            built = Path(scratch) / "build"
            build(built)
        kept = report(built.resolve(), options.starts)
    if not kept:
        sys.exit(
            f"A limit is broken: init {MOST_MILLISECONDS} ms (consolidation), package {LARGEST_PACKAGE / 1e6:.0f} MB."
        )


if __name__ == "__main__":
    main()
