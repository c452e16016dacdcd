"""Runs other people's libraries, in their own environment: one JSON request a line on stdin, one JSON reply a line on stdout.

    {"kind": "categorical", "method": "crowd-kit GLAD", "votes": [[object, worker, class], ...], "objects": 3, "workers": 2, "classes": 2}
    {"seconds": 0.1, "probabilities": [[0.9, 0.1], ...]}   or   {"error": "why"}

Boxes and texts are asked for as `box_peers` and `text_peers` say, and answered under "merged".

`{"kind": "list"}` is answered with the methods of each kind, `{"kind": "versions"}` with the libraries' versions. Seconds are those of
the method alone, with its input in the library's own form. This file runs under the peers' Python and imports nothing of the project.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import box_peers
import crowdkit.aggregation as crowdkit
import numpy as np
import pandas as pd
import text_peers
from cleanlab.multiannotator import get_label_quality_multiannotator
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Measured = tuple[float, Floats]
SEED = 0
LIBRARIES = ("crowd-kit", "cleanlab", "ensemble-boxes", "datumaro")


def crowdkit_frame(request: dict[str, Any]) -> pd.DataFrame:
    """The votes as crowd-kit takes them."""
    return pd.DataFrame(request["votes"], columns=["task", "worker", "label"])


def with_probabilities(make: Callable[[], Any]) -> Callable[[dict[str, Any]], Measured]:
    """A crowd-kit aggregation that tells a probability for each class."""

    def run(request: dict[str, Any]) -> Measured:
        frame = crowdkit_frame(request)
        started = time.process_time()
        table = make().fit_predict_proba(frame)
        seconds = time.process_time() - started
        full = table.reindex(index=range(request["objects"]), columns=range(request["classes"]))
        probabilities = full.fillna(0.0).to_numpy(dtype=float)
        probabilities[full.isna().all(axis=1).to_numpy()] = 1.0 / request["classes"]
        return seconds, probabilities

    return run


def with_labels(make: Callable[[], Any], *, binary: bool = False) -> Callable[[dict[str, Any]], Measured]:
    """A crowd-kit aggregation that tells labels only: each counts as certain."""

    def run(request: dict[str, Any]) -> Measured:
        if binary and request["classes"] != 2:
            raise ValueError("for two classes only")
        frame = crowdkit_frame(request)
        started = time.process_time()
        labels = make().fit_predict(frame)
        seconds = time.process_time() - started
        probabilities = np.full((request["objects"], request["classes"]), 1.0 / request["classes"])
        probabilities[labels.index.to_numpy()] = np.eye(request["classes"])[labels.to_numpy(dtype=int)]
        return seconds, probabilities

    return run


def crowdlab(request: dict[str, Any]) -> Measured:
    """CROWDLAB wants a classifier's predictions; without one, it gets the vote shares, smoothed by one answer per class."""
    votes, classes = np.array(request["votes"]), request["classes"]
    counts = np.ones((request["objects"], classes))
    np.add.at(counts, (votes[:, 0], votes[:, 2]), 1.0)
    labels = pd.DataFrame(votes, columns=["task", "worker", "label"]).pivot_table(
        index="task", columns="worker", values="label", aggfunc="first"
    )
    answered = labels.index.to_numpy()
    predictions = (counts / counts.sum(axis=1, keepdims=True))[answered]
    started = time.process_time()
    result = get_label_quality_multiannotator(labels.reset_index(drop=True), predictions, verbose=False)
    seconds = time.process_time() - started
    quality = result["label_quality"]
    consensus = quality["consensus_label"].to_numpy(dtype=int)
    confidence = quality["consensus_quality_score"].to_numpy(dtype=float)
    probabilities = np.full((request["objects"], classes), 1.0 / classes)
    probabilities[answered] = ((1.0 - confidence) / (classes - 1))[:, None]
    probabilities[answered, consensus] = confidence
    return seconds, probabilities


METHODS: dict[str, dict[str, Callable[[dict[str, Any]], Measured]]] = {
    "categorical": {
        "crowd-kit MajorityVote": with_probabilities(crowdkit.MajorityVote),
        "crowd-kit Wawa": with_probabilities(crowdkit.Wawa),
        "crowd-kit ZeroBasedSkill": with_probabilities(crowdkit.ZeroBasedSkill),
        "crowd-kit DawidSkene": with_probabilities(crowdkit.DawidSkene),
        "crowd-kit OneCoinDawidSkene": with_probabilities(crowdkit.OneCoinDawidSkene),
        "crowd-kit GLAD": with_probabilities(crowdkit.GLAD),
        "crowd-kit MACE": with_probabilities(lambda: crowdkit.MACE(random_state=SEED)),
        "crowd-kit MMSR": with_labels(lambda: crowdkit.MMSR(random_state=SEED)),
        "crowd-kit KOS": with_labels(lambda: crowdkit.KOS(random_state=SEED), binary=True),
        "cleanlab CROWDLAB": crowdlab,
    }
}

MERGING: dict[str, dict[str, Callable[[dict[str, Any]], tuple[float, Any]]]] = {
    "boxes": {**box_peers.METHODS},
    "texts": {**text_peers.METHODS},
}


def reply(request: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request."""
    if request["kind"] == "list":
        return {kind: list(methods) for kind, methods in {**METHODS, **MERGING}.items()}
    if request["kind"] == "versions":
        return {name: version(name) for name in LIBRARIES}
    try:
        if request["kind"] in MERGING:
            seconds, merged = MERGING[request["kind"]][request["method"]](request)
            return {"seconds": seconds, "merged": merged}
        seconds, probabilities = METHODS[request["kind"]][request["method"]](request)
    except Exception as error:  # noqa: BLE001 - whatever a peer raises is its result here, told in the report
        return {"error": f"{type(error).__name__}: {error}"}
    return {"seconds": seconds, "probabilities": probabilities.tolist()}


def main() -> None:
    """Answers requests until stdin ends. Libraries that print do so on stderr."""
    warnings.simplefilter("ignore")
    replies, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        np.random.seed(SEED)
        print(json.dumps(reply(json.loads(line))), file=replies, flush=True)


if __name__ == "__main__":
    main()
