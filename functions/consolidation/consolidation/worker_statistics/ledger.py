"""Stands between one call and the statistics: what is known of its workers, which truths are known of its objects, and what it learns.

A task type asks for a `Record` of the votes it is about to decide, and lets the poll write into it. Without a table and without gold objects
there are no records, and nothing is computed for them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from consolidation.errors import StatisticsError
from consolidation.worker_statistics.contribution import Contribution, Draft
from consolidation.worker_statistics.history import History

if TYPE_CHECKING:
    from consolidation.worker_statistics.record import Record

ReadHistory = Callable[[Sequence[str], Sequence[str]], History]
"""Called with the ids of a call's objects and its workers."""
Truth = Mapping[str, Any]
"""A line of a gold file: what is true of one object (docs/architecture.md, "Truth files")."""


class Ledger:
    """What is known and learned in one call. Without `read` nothing is learned."""

    def __init__(self, read: ReadHistory | None = None) -> None:
        self._read = read
        self.history = History()
        self.problem = ""
        self._truths: dict[str, Truth] = {}
        self._ids: Sequence[str] = ()
        self._drafts: dict[int, Draft] = {}

    def open(self, ids: Sequence[str], workers: Sequence[str], truths: Mapping[str, Truth]) -> None:
        """Reads what is known of a call's workers. ids: of its objects. truths: of the gold objects among them, by id.

        Where that cannot be read, `problem` says why; then labels are made without it, and nothing is counted.
        """
        self._truths = dict(truths)
        if self._read is not None:
            try:
                self.history = self._read(ids, workers)
            except StatisticsError as error:
                self.problem = str(error)

    def begin(self, ids: Sequence[str]) -> None:
        """The objects that are labelled next, in the order in which records number them. What was learned before is forgotten."""
        self._ids = ids
        self._drafts = {}

    def truth(self, position: int) -> Truth | None:
        """What is known to be true of an object, by its position; None of all but gold objects."""
        return self._truths.get(self._ids[position]) if self._truths else None

    def record(
        self,
        workers: Sequence[str],
        objects: Sequence[int],
        *,
        classes: Sequence[str] = (),
        truth: Mapping[int, int] | None = None,
    ) -> "Record | None":
        """The record of votes to decide, None when there is neither a table nor a gold object.

        workers: names by number. objects: the object's position of each item voted on. classes: names by label, where labels are the classes of a job.
        truth: the true label of items of gold objects, -1 where nobody could name it.
        """
        if self._read is None and not self._truths:
            return None
        from consolidation.worker_statistics.record import Record  # noqa: PLC0415 - numpy, with the first call

        return Record(self, workers, objects, classes, truth or {})

    def draft(self, position: int) -> Draft:
        """What is learned from the object at a position."""
        return self._drafts.setdefault(position, Draft())

    @property
    def contributions(self) -> dict[str, Contribution]:
        """What was learned from each object that is not counted yet, by id; nothing without a table that can be read."""
        if self._read is None or self.problem:
            return {}
        learned = {self._ids[position]: draft.contribution for position, draft in sorted(self._drafts.items())}
        return {
            object_id: contribution
            for object_id, contribution in learned.items()
            if contribution.counters and object_id not in self.history.counted
        }
