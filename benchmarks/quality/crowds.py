"""The public crowds: who answered what, and what is true. Read from the shared data beside the project, never copied."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NAMES = ("aws_birds", "snow_temp", "gal_barzan", "li_rte", "li_web", "li_senti_1k")

Ints = NDArray[np.int64]


class DataMissingError(Exception):
    """The data is not where it should be; the message says where."""


@dataclass(frozen=True)
class Crowd:
    """votes: (answers, 3) rows of object, worker, answered class. truth: (objects,), -1 where it is not known."""

    name: str
    votes: Ints
    truth: Ints
    workers: int
    classes: int

    @property
    def objects(self) -> int:
        """How many objects there are."""
        return len(self.truth)

    def drawn(self, answers: int, seed: int) -> "Crowd":
        """The same objects with at most so many answers each, drawn at random."""
        shuffled = self.votes[np.random.default_rng(seed).permutation(len(self.votes))]
        by_object = shuffled[np.argsort(shuffled[:, 0], kind="stable")]
        starts = np.flatnonzero(np.diff(by_object[:, 0], prepend=-1))
        sizes = np.diff(starts, append=len(by_object))
        rank = np.arange(len(by_object)) - np.repeat(starts, sizes)
        return Crowd(self.name, by_object[rank < answers], self.truth, self.workers, self.classes)


def read(folder: Path, name: str) -> Crowd:
    """The crowd in `folder`/`name`: labels.tsv (task, worker, label) and truth.tsv (task, label).

    Raises DataMissingError when it is not there.
    """
    files = [folder / name / file for file in ("labels.tsv", "truth.tsv")]
    for file in files:
        if not file.is_file():
            raise DataMissingError(f"{file}: not found. The crowds are read from shared/data beside the project.")
    answers, truths = ([line.split("\t") for line in file.read_text().splitlines()] for file in files)
    objects = _numbers([row[0] for row in answers])
    workers = _numbers([row[1] for row in answers])
    classes = _numbers([row[2] for row in answers] + [row[1] for row in truths])
    truth = np.full(len(objects), -1, dtype=np.int64)
    for task, label in truths:
        if task in objects:
            truth[objects[task]] = classes[label]
    votes = np.array([(objects[task], workers[worker], classes[label]) for task, worker, label in answers])
    return Crowd(name, votes, truth, len(workers), len(classes))


def _numbers(names: list[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(set(names)))}
