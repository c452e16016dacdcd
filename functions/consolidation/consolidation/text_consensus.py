"""The text closest to all answers, where no answer has most of the votes.

Closest is the least sum of edit distances to the answers, in words or characters. An answer weighs as much as its worker is trusted, which is
judged by how far the worker's answers lie from the others' over all such texts of a call. First that is an answer that somebody gave, the medoid.
Then the answers are aligned with it and voted on place by place (Fiscus, 1997: ROVER). The outcome replaces the medoid only if its own sum
of distances is smaller, so a text that nobody typed is always closer to the answers than every text that somebody did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from consolidation.alignment import Changes, Ints, Units, alignments, distances

STRENGTH = 2.0
"""How many answers the pool of workers is worth in the estimate of one worker's error."""
ROUNDS = 2
"""Rounds of weighing workers, and of voting on an alignment."""
_EVEN = 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to one field. units: of each, at least one answer. workers: their indices. may_compose: whether a text nobody typed may come out."""

    units: tuple[Units, ...]
    workers: tuple[int, ...]
    may_compose: bool


@dataclass(frozen=True, slots=True)
class Closest:
    """The closest text. answers: positions of the answers with these units, none when nobody gave it. agreement: 1 minus the weighted mean
    of its distances to the answers, by its length; at least 0."""

    units: Units
    answers: tuple[int, ...]
    agreement: float


def closest_texts(items: Sequence[Answers]) -> list[Closest | None]:
    """The closest text of each item; None where several answers are equally close."""
    tables = _tables(items)
    trust = _trust(items, tables)
    weights = [trust[list(item.workers)] for item in items]
    sums = [table @ weight for table, weight in zip(tables, weights, strict=True)]
    nearest = [_nearest(item.units, total) for item, total in zip(items, sums, strict=True)]
    starts = [_Draft(at, units, float(sums[at].min())) for at, texts in enumerate(nearest) for units in texts]
    best: dict[int, list[_Draft]] = {}
    for draft in _composed_drafts(items, weights, starts):
        best.setdefault(draft.item, []).append(draft)
    return [_closest(item, best[at], float(weights[at].sum())) for at, item in enumerate(items)]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A text that may be the closest of an item, and the weighted sum of its distances to the answers."""

    item: int
    units: Units
    total: float


def _tables(items: Sequence[Answers]) -> list[Floats]:
    """Edit distances between the answers of each item, (answers, answers)."""
    distinct = [{text: row for row, text in enumerate(dict.fromkeys(item.units))} for item in items]
    texts = list(chain.from_iterable(distinct))
    starts = np.cumsum([0, *map(len, distinct)])[:-1].tolist()
    nothing = np.zeros((0, 2), dtype=np.int64)
    pairs = [nothing, *(start + _couples(len(rows)) for start, rows in zip(starts, distinct, strict=True))]
    told = distances(texts, np.concatenate(pairs))
    result: list[Floats] = []
    start = 0
    for item, rows in zip(items, distinct, strict=True):
        couples = _couples(len(rows))
        table = np.zeros((len(rows), len(rows)))
        table[couples[:, 0], couples[:, 1]] = told[start : start + len(couples)]
        start += len(couples)
        of_answer = [rows[units] for units in item.units]
        result.append((table + table.T)[np.ix_(of_answer, of_answer)])
    return result


@lru_cache(maxsize=64)
def _couples(count: int) -> Ints:
    """The pairs of so many, (pairs, 2)."""
    return np.stack(np.triu_indices(count, 1), axis=1)


def _trust(items: Sequence[Answers], tables: Sequence[Floats]) -> Floats:
    """The weight of each worker, about 1: the inverse square of the worker's mean distance to the others by length, drawn towards all workers' mean."""
    workers = np.array([worker for item in items for worker in item.workers], dtype=np.int64)
    if not len(workers):
        return np.ones(0)
    lengths = [float(np.median([len(units) for units in item.units])) or 1.0 for item in items]
    length = np.repeat(lengths, [len(item.workers) for item in items])
    total = np.bincount(workers, weights=length)
    trust = np.ones(len(total))
    for _ in range(ROUNDS):
        parts = []
        for item, table in zip(items, tables, strict=True):
            weight = trust[list(item.workers)]
            others = weight.sum() - weight
            parts.append(np.divide(table @ weight, others, out=np.zeros(len(weight)), where=others > 0.0))
        off = np.bincount(workers, weights=np.concatenate(parts))
        pool = off.sum() / total.sum()
        if pool <= 0.0:
            break
        prior = STRENGTH * float(np.mean(length))
        trust = (pool * (total + prior) / (off + prior * pool)) ** 2
    return trust


def _nearest(units: Sequence[Units], sums: Floats) -> list[Units]:
    """The answers with the least sum of distances, each once."""
    return list(dict.fromkeys(units[position] for position in np.flatnonzero(sums <= sums.min() + _EVEN).tolist()))


def _composed_drafts(items: Sequence[Answers], weights: Sequence[Floats], starts: Sequence[_Draft]) -> list[_Draft]:
    """The drafts, each replaced by what the answers vote for along it, again and again, as long as that is closer."""
    drafts = list(starts)
    active = [
        number
        for number, draft in enumerate(drafts)
        if draft.total and items[draft.item].may_compose and len(items[draft.item].units) > 2
    ]
    for _ in range(ROUNDS):
        composed = _composed(items, weights, drafts, active)
        totals = _totals(items, weights, drafts, composed)
        active = [number for number, total in totals.items() if total < drafts[number].total - _EVEN]
        for number in active:
            drafts[number] = _Draft(drafts[number].item, composed[number], totals[number])
    return drafts


def _totals(
    items: Sequence[Answers], weights: Sequence[Floats], drafts: Sequence[_Draft], composed: dict[int, Units]
) -> dict[int, float]:
    """The weighted sum of distances of each composed text to the answers of its draft's item."""
    texts: list[Units] = []
    pairs: list[tuple[int, int]] = []
    for number, units in composed.items():
        first = len(texts)
        texts += [units, *items[drafts[number].item].units]
        pairs += [(first, other) for other in range(first + 1, len(texts))]
    told = iter(distances(texts, np.array(pairs, dtype=np.int64).reshape(-1, 2)).tolist())
    return {number: sum(weight * next(told) for weight in weights[drafts[number].item].tolist()) for number in composed}


def _composed(
    items: Sequence[Answers], weights: Sequence[Floats], drafts: Sequence[_Draft], active: Sequence[int]
) -> dict[int, Units]:
    """What the answers vote for, place by place along each active draft, where that is another text: never where one text has most of the weight."""
    texts: list[Units] = []
    pairs: list[tuple[int, int]] = []
    voters: dict[int, list[float]] = {}
    for number in active:
        at = drafts[number].item
        by_units: dict[Units, float] = {}
        for units, weight in zip(items[at].units, weights[at].tolist(), strict=True):
            by_units[units] = by_units.get(units, 0.0) + weight
        if 2.0 * max(by_units.values()) <= sum(by_units.values()):
            first = len(texts)
            texts += [drafts[number].units, *by_units]
            pairs += [(first, other) for other in range(first + 1, len(texts))]
            voters[number] = list(by_units.values())
    told = iter(alignments(texts, np.array(pairs, dtype=np.int64).reshape(-1, 2)))
    result: dict[int, Units] = {}
    for number, shares in voters.items():
        units = _voted(drafts[number].units, [next(told) for _ in shares], shares)
        if units and units != drafts[number].units:
            result[number] = units
    return result


def _voted(now: Units, changes: Sequence[Changes], weights: Sequence[float]) -> Units:
    """The text with the part in each place that has most weight; what is there now where several have it."""
    votes: dict[int, dict[Units, float]] = {}
    for one, weight in zip(changes, weights, strict=True):
        for place, part in one.items():
            vote = votes.setdefault(place, {})
            vote[part] = vote.get(part, 0.0) + weight
    total = sum(weights)
    parts: list[Units] = [()] * (2 * len(now) + 1)
    parts[1::2] = [(unit,) for unit in now]
    for place, vote in votes.items():
        stays = total - sum(vote.values())
        most = max(stays, *vote.values()) - _EVEN
        leading = [part for part, weight in vote.items() if weight >= most]
        if len(leading) == 1 and stays < most:
            parts[place] = leading[0]
    return tuple(chain.from_iterable(parts))


def _closest(item: Answers, drafts: Sequence[_Draft], weight: float) -> Closest | None:
    """The best of an item's drafts; None where different ones are equally close."""
    least = min(draft.total for draft in drafts)
    leading = {draft.units for draft in drafts if draft.total <= least + _EVEN}
    if len(leading) > 1:
        return None
    units = leading.pop()
    answers = tuple(position for position, other in enumerate(item.units) if other == units)
    return Closest(units, answers, max(1.0 - least / (weight * max(len(units), 1)), 0.0))
