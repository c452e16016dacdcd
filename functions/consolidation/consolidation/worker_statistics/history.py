"""What earlier calls tell about workers: sums over the objects they labelled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from consolidation.worker_statistics.contribution import ANSWERS, EVERYBODY, EVIDENCE, UNIT, Contribution

Counts = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class History:
    """Sums over objects of earlier calls, by worker (or `EVERYBODY`) and counter, the older the less. counted: ids of this call's objects that are counted
    already; what they added is not in the sums."""

    counts: Mapping[str, Counts] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()

    @classmethod
    def summed(
        cls,
        counters: Mapping[tuple[str, str], Mapping[str, int]],
        counted: Mapping[str, tuple[str, Contribution]],
        weights: Mapping[str, float],
    ) -> "History":
        """The history that a table holds.

        counters: units by (worker, month) and counter. counted: month and contribution of each of the call's objects that are counted already. weights:
        of each month.
        """
        own = _by_month(counted.values())
        counts: dict[str, dict[str, float]] = {}
        for (worker, month), units in sorted(counters.items()):
            weight, mine, each = weights.get(month, 0.0), own.get((worker, month), {}), counts.setdefault(worker, {})
            for counter, count in units.items():
                others = count - mine.get(counter, 0)
                if counter != EVIDENCE:
                    others = max(others, 0)  # a marker may be read that was written after its counters were
                each[counter] = each.get(counter, 0.0) + weight * others / UNIT
        return cls(counts, frozenset(counted))

    @property
    def answers(self) -> float:
        """How many answers of all workers are known."""
        return self.of(EVERYBODY).get(ANSWERS, 0.0)

    def of(self, worker: str) -> Counts:
        """The sums of one worker, or of `EVERYBODY`, by counter."""
        return self.counts.get(worker, {})


def _by_month(counted: Iterable[tuple[str, Contribution]]) -> dict[tuple[str, str], dict[str, int]]:
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for month, contribution in counted:
        for worker, counters in contribution.counters.items():
            each = sums.setdefault((worker, month), {})
            for counter, units in counters.items():
                each[counter] = each.get(counter, 0) + units
    return sums
