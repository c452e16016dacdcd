"""The chapter on streams: objects that come ten a call, as Ground Truth sends them, with what earlier calls learned of the workers.

Calls pass through the same code as the function's: the poll, its record, and what each object adds, in whole units as the table holds them. Only the table
itself is a dictionary here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

import crowds
import numpy as np
from crowds import Crowd
from methods import Peers
from report import Table, bold_best
from scores import Floats, score

from consolidation.settings import WEIGHTED, Settings
from consolidation.voting import Poll
from consolidation.worker_accuracy import Votes
from consolidation.worker_statistics import History, Ledger
from consolidation.worker_statistics.contribution import total

ORDERS = tuple(range(8))
"""Seeds of the random orders in which objects come."""
OBJECTS_A_CALL = 10
_MONTH = "2026-11"


@dataclass
class Memory:
    """What a table holds, in memory: units by worker and counter."""

    counters: dict[str, dict[str, int]] = field(default_factory=dict)

    def read(self, ids: Sequence[str], workers: Sequence[str]) -> History:
        """What is known, as `WorkerTable.read` tells it."""
        known: Mapping[tuple[str, str], Mapping[str, int]] = {
            (w, _MONTH): self.counters.get(w, {}) for w in ("", *workers)
        }
        return History.summed(known, {}, {_MONTH: 1.0})

    def add(self, ledger: Ledger) -> None:
        """Counts what a call learned."""
        for worker, counters in total(ledger.contributions.values()).items():
            held = self.counters.setdefault(worker, {})
            for counter, units in counters.items():
                held[counter] = held.get(counter, 0) + units


def chapter(folder: Path, _: Peers, tell: Callable[[str], None]) -> Iterator[str]:
    """The chapter's paragraphs, in Markdown. folder: holds the crowds. tell: hears what is being measured."""
    rows: dict[str, list[float | None]] = {
        "all objects at once": [],
        "10 a call, worker statistics kept": [],
        "difference": [],
        "10 a call, each call alone": [],
    }
    for name in crowds.NAMES:
        crowd = crowds.read(folder, name)
        whole, kept, alone = _measured(crowd)
        tell(f"{name}: {whole:.2f} at once, {kept:.2f} in calls of {OBJECTS_A_CALL}, {alone:.2f} without statistics")
        for row, figure in zip(rows.values(), (whole, kept, kept - whole, alone), strict=True):
            row.append(figure)
    yield "## Streams"
    yield (
        f"The same crowds, {OBJECTS_A_CALL} objects a call in random order, with worker statistics ([worker-statistics.md](worker-statistics.md)) "
        "carried from call to call. Accuracy in %, "
        f"over the objects of the second half of the stream, beside the same objects labelled with all at once; the mean of {len(ORDERS)} orders "
        f"(seeds {ORDERS[0]} to {ORDERS[-1]}). The aim is a difference of at most 0.5."
    )
    for row in rows.values():
        row.append(fmean(figure for figure in row if figure is not None))
    yield bold_best(Table(("", *crowds.NAMES, "mean"), rows, (2,) * 7, (True,) * 7)).replace("**", "")


def _measured(crowd: Crowd) -> tuple[float, float, float]:
    """Accuracy over the second half of the stream: all at once, in calls with statistics, and in calls without."""
    whole = _labelled(crowd, np.arange(crowd.objects), Ledger())
    figures = []
    for seed in ORDERS:
        order = np.random.default_rng(seed).permutation(crowd.objects)
        late = order[len(order) // 2 :]
        runs = (whole, streamed(crowd, order, Memory()), streamed(crowd, order, None))
        figures.append([score(run[late], crowd.truth[late]).accuracy for run in runs])
    whole_mean, kept, alone = np.mean(figures, axis=0).tolist()
    return whole_mean, kept, alone


def streamed(crowd: Crowd, order: "np.typing.NDArray[np.int64]", memory: Memory | None) -> Floats:
    """Probabilities, (objects, classes), when objects come in this order. memory: None estimates from each call alone."""
    probabilities = np.zeros((crowd.objects, crowd.classes))
    for start in range(0, len(order), OBJECTS_A_CALL):
        objects = order[start : start + OBJECTS_A_CALL]
        ledger = Ledger(memory.read) if memory else Ledger()
        probabilities[objects] = _labelled(crowd, objects, ledger)
        if memory:
            memory.add(ledger)
    return probabilities


def _labelled(crowd: Crowd, objects: "np.typing.NDArray[np.int64]", ledger: Ledger) -> Floats:
    """Probabilities of these objects in one call, (objects, classes), as the function computes them for the labels that were named."""
    place = np.full(crowd.objects, -1)
    place[objects] = np.arange(len(objects))
    votes = crowd.votes[place[crowd.votes[:, 0]] >= 0]
    present, workers = np.unique(votes[:, 1], return_inverse=True)
    names = [str(worker) for worker in present]
    ids = [str(item) for item in objects]
    ledger.open(ids, names, {})
    ledger.begin(ids)
    record = ledger.record(names, range(len(objects)), classes=[str(n) for n in range(crowd.classes)])
    settings = Settings("document-type", method=WEIGHTED)
    poll = Poll(Votes(place[votes[:, 0]], workers, votes[:, 2], max(crowd.classes, 2)), settings, record=record)
    probabilities = np.zeros((len(objects), crowd.classes))
    rows, labels, told = poll.probabilities()
    probabilities[rows, labels] = told
    poll.learn()
    return probabilities
