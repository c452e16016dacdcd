"""Where a page's blocks run: a folder of its own, an S3, and whatever else the page starts.

A command runs as the page has it, in a shell, with four exceptions, each for the tests' sake: services listen on any free port, they run
beside the blocks that follow, the settings that they print are in those blocks' environment, as if the reader had pasted them, and a demo is a
copy of a small one that was made before.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import boto3

from groundtruth.storage import S3Location
from tests.docs.blocks import ROOT, Block, Labeling
from tests.docs.people import Invited, label
from tests.service.serving import Person

_LINKED = ("crowd_templates", "events", "functions", "label_categories", "template.yaml", "samconfig.toml")
_SERVICES = (("groundtruth", "serve"), ("groundtruth", "render"))
_PATIENCE = 60
"""Seconds that one block may take, and that a service may take to start."""


class Stage:
    """Use as a context manager. prelude: what a reader's program has before the page's Python. people: who labels. demo: a folder that a demo left."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        """settings: of AWS clients, as environment."""
        self.folder = folder
        self.prelude = ""
        self.demo = folder.parent / "demo"
        self.people: list[Person] = []
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GROUNDTRUTH_"))}
        path = os.pathsep.join([str(ROOT / ".venv/bin"), inherited.get("PATH", "")])
        self.environment = {**inherited, **settings, "PATH": path, "COLUMNS": "160"}
        self.printed: dict[int, str] = {}
        self._services: list[subprocess.Popen[str]] = []
        for name in _LINKED:
            (folder / name).symlink_to(ROOT / name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for service in self._services:
            service.terminate()
            service.communicate(timeout=_PATIENCE)

    def client(self, service: Any) -> Any:
        """A client with the settings of the page's shell."""
        url = self.environment.get(f"AWS_ENDPOINT_URL_{service.upper()}", self.environment.get("AWS_ENDPOINT_URL"))
        return boto3.client(
            service,
            endpoint_url=url,
            region_name=self.environment["AWS_DEFAULT_REGION"],
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
        )

    def play(self, each: Block | Labeling) -> None:
        """Do what a block says, or what people do between blocks."""
        if isinstance(each, Labeling):
            self._label(each.job, each.name)
        elif each.saved_as:
            (self.folder / each.saved_as).write_text(each.text, encoding="utf-8")
        elif each.language in {"text", "json"}:
            self._compare(each)
        elif each.language == "python":
            self._run(each, [sys.executable, "-c", self.prelude + each.text])
        elif _is_service(each):
            self._serve(each)
        else:
            # `export` and variables last from block to block, as in the reader's shell.
            script = f'set -euo pipefail\n{self._script(each)}\n{{ set +x; env -0 >"$STAGE_ENVIRONMENT"; }} 2>&-'
            kept = self.folder.parent / f"{self.folder.name}.environment"
            self.environment["STAGE_ENVIRONMENT"] = str(kept)
            self._run(each, ["bash", "-ac", script])
            pairs = (entry.partition("=") for entry in kept.read_text(encoding="utf-8").split("\0") if entry)
            self.environment = {name: value for name, _, value in pairs}

    def _script(self, block: Block) -> str:
        return block.shell.replace("groundtruth demo --out ", f"mkdir -p out && cp -r {shlex.quote(str(self.demo))} ")

    def _run(self, block: Block, command: list[str]) -> None:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        self.printed[block.line] = done.stdout + done.stderr
        if block.is_shell:
            self._invite(block, done.stdout)
        assert done.returncode == 0, (
            f"{block.name} ended with {done.returncode}:\n{block.text}\n{done.stdout}\n{done.stderr}"
        )

    def _compare(self, shown: Block) -> None:
        """The page shows what the block before it printed, or lines of it; how long things took, and where, is as it may be."""
        printed = _alike(self.printed[max(line for line in self.printed if line < shown.line)])
        missing = [line for line in _alike(shown.text).splitlines() if line.strip() and line.strip() not in printed]
        assert missing == [], f"{shown.name} is not what was printed:\n{printed}"

    def _invite(self, block: Block, printed: str) -> None:
        """Whoever is given a link opens it."""
        names = [words[3] for words in block.commands if words[:3] == ["groundtruth", "worker", "add"]]
        links = [line for line in printed.splitlines() if "/sign-in#" in line]
        self.people += [Invited(link, name) for link, name in zip(links, names, strict=True)]

    def _serve(self, block: Block) -> None:
        arguments = [*block.commands[0][1:], "--port", "0"]
        log = (self.folder.parent / f"{self.folder.name}.log").open("w")
        with log:
            service = subprocess.Popen(
                [sys.executable, "-u", "-m", "groundtruth", *arguments],
                cwd=self.folder,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self._services.append(service)
        assert service.stdout is not None
        alarm = threading.Timer(_PATIENCE, service.kill)
        alarm.start()
        for line in service.stdout:
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                self.environment[name] = value
            if line.startswith("# Portal") or " shows " in line:
                break
        alarm.cancel()
        assert service.poll() is None, f"{block.name}: the service ended"

    def _label(self, job: str, name: str | None) -> None:
        """Everybody, or who is named, labels until the job is over."""
        sagemaker = self.client("sagemaker")

        def is_over() -> bool:
            found = sagemaker.describe_labeling_job(LabelingJobName=job)["LabelingJobStatus"]
            return found not in {"Initializing", "InProgress"}

        label([person for person in self.people if name in {None, person.name}], job, self._words, is_over)
        described = sagemaker.describe_labeling_job(LabelingJobName=job)
        assert described["LabelingJobStatus"] == "Completed", described.get("FailureReason")

    def _words(self, page: str) -> dict[str, Any]:
        """The words that `groundtruth prepare --words` found on a page."""
        lines = map(json.loads, (self.folder / "invoices.manifest").read_text(encoding="utf-8").splitlines())
        place = S3Location.parse(
            next(line["words-ref"] for line in lines if line["source-ref"].endswith(f"/{page}.png"))
        )
        body = self.client("s3").get_object(Bucket=place.bucket, Key=place.key)["Body"].read()
        words: dict[str, Any] = json.loads(body)
        return words


def _alike(text: str) -> str:
    """Without what differs from run to run and from terminal to terminal: seconds, ports, lengths of bars."""
    text = re.sub("━+", "━", text)
    text = re.sub(r"\d+\.\d+ s\b", "... s", text)
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", text)


def _is_service(block: Block) -> bool:
    if not block.is_shell or len(block.commands) != 1:
        return False
    words = block.commands[0]
    return tuple(words[:2]) in _SERVICES and (words[1] == "serve" or "--serve" in words)
