"""Groups what objects add into transactions, each within what DynamoDB allows: so each object is counted as a whole, or not at all."""

from collections.abc import Iterator, Mapping

from consolidation.worker_statistics.contribution import Contribution

MOST_ITEMS = 100
"""Of one transaction."""
MOST_COUNTERS = 250
"""Of one item in one transaction: an update expression may have 4 KB and 300 operators."""


def groups(contributions: Mapping[str, Contribution]) -> Iterator[list[str]]:
    """The ids of `contributions`, grouped in their order. A group needs one item for each object and one for each worker, everybody included."""
    group: list[str] = []
    counters: dict[str, set[str]] = {}
    for object_id, contribution in contributions.items():
        merged = {worker: counters.get(worker, set()) | each.keys() for worker, each in contribution.counters.items()}
        items = len(group) + 1 + len(counters.keys() | merged.keys())
        if group and (items > MOST_ITEMS or max(map(len, merged.values()), default=0) > MOST_COUNTERS):
            yield group
            group, counters = [], {}
            merged = {worker: set(each) for worker, each in contribution.counters.items()}
        group.append(object_id)
        counters.update(merged)
    if group:
        yield group
