"""The methods side by side: ours and AWS's model in this process, the libraries in theirs, all given the same crowds."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_model
import numpy as np
from crowds import Crowd
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
OURS = "ours"
AWS = "AWS's published model"

sys.path.insert(0, str(ROOT / "functions" / "consolidation"))
from consolidation.truth_inference import infer  # noqa: E402 - found only now

Floats = NDArray[np.float64]


class PeersMissingError(Exception):
    """The peers' environment is not there; the message says how to make it."""


@dataclass(frozen=True)
class Result:
    """What a method made of a crowd. probabilities: (objects, classes), None where it failed; `error` says why."""

    seconds: float = float("nan")
    probabilities: Floats | None = None
    error: str = ""


class Peers:
    """The libraries, answering over a pipe (`peers.py`)."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def methods(self, kind: str) -> list[str]:
        """Names of the methods for a kind of answers."""
        return list(self._ask({"kind": "list"})[kind])

    def versions(self) -> dict[str, str]:
        """Version of each library."""
        return dict(self._ask({"kind": "versions"}))

    def categorical(self, method: str, crowd: Crowd) -> Result:
        """What a library makes of a crowd."""
        reply = self._ask(
            {
                "kind": "categorical",
                "method": method,
                "votes": crowd.votes.tolist(),
                "objects": crowd.objects,
                "workers": crowd.workers,
                "classes": crowd.classes,
            }
        )
        if "error" in reply:
            return Result(error=reply["error"])
        return Result(reply["seconds"], np.array(reply["probabilities"]))

    def merged(self, kind: str, method: str, request: dict[str, Any]) -> tuple[float, list[Any]] | str:
        """Seconds, and what a library makes of boxes or texts; or why it failed."""
        reply = self._ask({"kind": kind, "method": method, **request})
        return str(reply["error"]) if "error" in reply else (float(reply["seconds"]), list(reply["merged"]))

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise PeersMissingError(
                f"{PEERS_PYTHON.relative_to(ROOT)}: the peers' process ended; its own words are above."
            )
        reply: dict[str, Any] = json.loads(line)
        return reply


@contextmanager
def peers() -> Iterator[Peers]:
    """The peers' process, for as long as it is needed. Raises PeersMissingError when their environment is not made."""
    if not PEERS_PYTHON.exists():
        raise PeersMissingError(
            f"{PEERS_PYTHON.relative_to(ROOT)}: not found. `make bench-quality` makes it from requirements/peers.lock."
        )
    command = [str(PEERS_PYTHON), str(Path(__file__).with_name("peers.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Peers(process)
        assert process.stdin
        process.stdin.close()


def categorical(method: str, crowd: Crowd, libraries: Peers) -> Result:
    """What a method makes of a crowd."""
    if method not in (OURS, AWS):
        return libraries.categorical(method, crowd)
    objects, workers, classes = crowd.objects, crowd.workers, crowd.classes
    started = time.process_time()
    if method == OURS:
        probabilities = infer(crowd.votes, objects=objects, workers=workers, classes=classes).probabilities
    else:
        probabilities = aws_model.infer(crowd.votes, objects=objects, workers=workers, classes=classes)
    return Result(time.process_time() - started, probabilities)
