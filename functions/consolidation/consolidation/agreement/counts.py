"""The counts that agreement is computed from: a value that adds up.

The counts of a job are the sum of the counts of its batches, whatever the batches and their order: everything is a whole number (similarities are
millionths), so nothing depends on how a sum of fractions is rounded. They hold no answer's text: values that are not of a closed set are hashed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from typing import Any, Self

from consolidation.errors import EventError

FORMAT = 1
MILLION = 1_000_000
MOST_VALUES = 10_000
"""Different values of a field that are counted. With more the counts would grow with the job, and chance agreement is next to nothing."""

Pair = tuple[str, str]
"""Two workers, in order."""


@dataclass(slots=True)
class FieldCounts:
    """What the workers answered to one field, over the units (objects) with at least two answers.

    units, agreeing: by the number m of a unit's answers, how many units, and their ordered pairs of equal answers. values: how often each value was
    answered; empty and `uncounted` when there are more than MOST_VALUES. numbers, total, squares, within: of answers that are numbers, as
    `coefficients.interval_alpha` has them. texts, similarity: pairs of typed texts, and the sum of their similarities in millionths. drawn,
    matched, overlap: over pairs of workers, the boxes of both, the boxes matched, and the sum of the matched boxes' IoU in millionths.
    """

    units: Counter[int] = field(default_factory=Counter)
    agreeing: Counter[int] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    uncounted: bool = False
    numbers: int = 0
    total: int = 0
    squares: int = 0
    within: Counter[int] = field(default_factory=Counter)
    texts: int = 0
    similarity: int = 0
    drawn: int = 0
    matched: int = 0
    overlap: int = 0


@dataclass(slots=True)
class PairCounts:
    """What two workers answered in common. objects: answered by both. compared, equal: fields that both filled, and equally.

    texts, similarity, drawn, matched, overlap: as in FieldCounts. same, first, second: of fields with a closed set of values, by field (and value
    after a tab) the units that both answered equally, and how often each of the two gave a value.
    """

    objects: int = 0
    compared: int = 0
    equal: int = 0
    texts: int = 0
    similarity: int = 0
    drawn: int = 0
    matched: int = 0
    overlap: int = 0
    same: Counter[str] = field(default_factory=Counter)
    first: Counter[str] = field(default_factory=Counter)
    second: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class AgreementCounts:
    """The counts of some objects. iou: least IoU of two boxes that match, 0 to 1."""

    task_type: str
    iou: float
    objects: int = 0
    answers: int = 0
    fields: dict[str, FieldCounts] = field(default_factory=dict)
    pairs: dict[Pair, PairCounts] = field(default_factory=dict)

    def field_called(self, name: str) -> FieldCounts:
        """The counts of a field, made when they are not there."""
        found = self.fields.get(name)
        if found is None:
            found = self.fields[name] = FieldCounts()
        return found

    def pair_of(self, first: str, second: str) -> PairCounts:
        """The counts of two workers in order, made when they are not there."""
        found = self.pairs.get((first, second))
        if found is None:
            found = self.pairs[first, second] = PairCounts()
        return found

    def as_json(self) -> dict[str, Any]:
        """The counts as JSON; `from_json` reads them back."""
        return {
            "format": FORMAT,
            "taskType": self.task_type,
            "iou": self.iou,
            "objects": self.objects,
            "answers": self.answers,
            "fields": {name: _as_json(counts) for name, counts in sorted(self.fields.items())},
            "pairs": [[*pair, _as_json(counts)] for pair, counts in sorted(self.pairs.items())],
        }

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Counts that `as_json` wrote. Raises EventError when the value is none of them."""
        try:
            if not isinstance(value, Mapping) or value["format"] != FORMAT:
                raise EventError(f'The counts are not of "format": {FORMAT}. Count the answers again.')
            found = cls(str(value["taskType"]), float(value["iou"]), int(value["objects"]), int(value["answers"]))
            for name, counts in value["fields"].items():
                _add_json(found.field_called(name), counts)
            for first, second, counts in value["pairs"]:
                _add_json(found.pair_of(first, second), counts)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EventError(
                f"The counts cannot be read ({type(error).__name__}: {error}). Count the answers again."
            ) from error
        return found


def merged(parts: Iterable[AgreementCounts]) -> AgreementCounts | None:
    """The sum of the counts of several batches, None without any.

    Raises EventError when they are of different tasks or match boxes at different IoUs.
    """
    result: AgreementCounts | None = None
    for part in parts:
        if result is None:
            result = AgreementCounts(part.task_type, part.iou)
        if (part.task_type, part.iou) != (result.task_type, result.iou):
            raise EventError(
                f"Counts of {part.task_type} at IoU {part.iou:g} cannot be added to those of {result.task_type} at IoU {result.iou:g}."
            )
        result.objects += part.objects
        result.answers += part.answers
        for name, counts in part.fields.items():
            _add(result.field_called(name), counts)
        for pair, pair_counts in part.pairs.items():
            _add(result.pair_of(*pair), pair_counts)
    return result


def hashed(value: str) -> str:
    """Stands for a value that nobody should read in the counts."""
    return blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def bounded(counts: FieldCounts) -> None:
    """Drops the values when there are too many. Whether there are does not depend on the order of adding: a part has never more than the whole."""
    if counts.uncounted or len(counts.values) > MOST_VALUES:
        counts.uncounted = True
        counts.values.clear()


def _add[Counts: (FieldCounts, PairCounts)](target: Counts, other: Counts) -> None:
    for one in fields(target):
        mine, theirs = getattr(target, one.name), getattr(other, one.name)
        if isinstance(mine, Counter):
            mine.update(theirs)
        elif isinstance(mine, bool):
            setattr(target, one.name, mine or theirs)
        elif theirs:
            setattr(target, one.name, mine + theirs)
    if isinstance(target, FieldCounts):
        bounded(target)


def _as_json(counts: FieldCounts | PairCounts) -> dict[str, Any]:
    """What is not zero."""
    told = {one.name: getattr(counts, one.name) for one in fields(counts)}
    return {
        name: dict(sorted((str(key), count) for key, count in value.items())) if isinstance(value, Counter) else value
        for name, value in told.items()
        if value
    }


def _add_json(target: FieldCounts | PairCounts, value: Mapping[str, Any]) -> None:
    for one in fields(target):
        told = value.get(one.name)
        if told is None:
            continue
        mine = getattr(target, one.name)
        if not isinstance(mine, Counter):
            setattr(target, one.name, type(mine)(told))
        elif one.name in {"units", "agreeing", "within"}:
            mine.update({int(key): int(count) for key, count in told.items()})
        else:
            mine.update({str(key): int(count) for key, count in told.items()})
