"""Divides documents into train, validation and test so that nothing leaks from one to another.

Lines that share any of the named keys' values (their document, their vendor) form a group, also by way of other lines, and a group lies on one
side. Which side follows from a hash of the group and a seed: the same lines and seed give the same split whatever their order, and
a group keeps its side when others are added. Spelling with other capitals or spaces is no other vendor.
"""

import hashlib
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from groundtruth.errors import RequestError

WHOLE = "all"
"""The name of the only part when nothing is split."""
PARTS = ("train", "validation", "test")
DEFAULT_KEYS = ("document",)
_DOCUMENT = DEFAULT_KEYS[0]


def parse_shares(text: str) -> tuple[float, float, float]:
    """Read `0.8,0.1,0.1`. Raises RequestError unless it is three shares of 0 to 1 that add up to 1, the first above 0."""
    try:
        shares = [float(share) for share in text.split(",")]
    except ValueError:
        shares = []
    is_sound = len(shares) == 3 and all(0 <= share <= 1 for share in shares) and shares[0] > 0
    if not is_sound or not math.isclose(sum(shares), 1, abs_tol=1e-6):
        raise RequestError(
            f'--split: "{text}" is not a split. Write the shares of train, validation and test, which add up to 1: 0.8,0.1,0.1.'
        )
    return shares[0], shares[1], shares[2]


class Splits:
    """Says which part a line belongs to. With several keys every line has to be observed before the first is asked for."""

    def __init__(self, shares: Sequence[float] | None, keys: Sequence[str] = DEFAULT_KEYS, seed: int = 0) -> None:
        self.parts: tuple[str, ...] = PARTS if shares else (WHOLE,)
        others = [key for key in keys if key != _DOCUMENT]
        self._keys = (*others, _DOCUMENT)
        self._bounds = list(itertools.accumulate(shares or (1.0,)))
        self._seed = str(seed).encode()
        self._parents: dict[int, int] = {}
        self.needs_observing = bool(shares and others)
        self.without: dict[str, int] = dict.fromkeys(others, 0)
        """How many observed lines lack a key that splits them."""
        self.shares = tuple(shares) if shares else (1.0,)

    def observe(self, data_object: Mapping[str, Any]) -> None:
        """Join the groups that a line holds together."""
        members = self._members(data_object)
        for key in self.without:
            if _text(data_object.get(key)) is None:
                self.without[key] += 1
        roots = [self._root(member) for member in members]
        smallest = min(roots)
        for root in roots:
            self._parents[root] = smallest

    def placed(self, data_object: Mapping[str, Any]) -> tuple[str, int]:
        """The part of a line (`train`, `validation`, `test`; `all` when nothing is split), and the number of its group, 0 for `all`."""
        if len(self.parts) == 1:
            return WHOLE, 0
        group = self._root(self._members(data_object)[0])
        digest = hashlib.blake2b(group.to_bytes(9), key=self._seed, digest_size=8).digest()
        share = int.from_bytes(digest) / 2**64
        for part, bound in zip(self.parts, self._bounds, strict=True):
            if share < bound:
                return part, group
        return self._last_part, group

    @property
    def _last_part(self) -> str:
        """The last part that has a share: rounding may leave the bounds a hair below 1."""
        return next(part for part, share in zip(self.parts[::-1], self.shares[::-1], strict=True) if share > 0)

    def _members(self, data_object: Mapping[str, Any]) -> list[int]:
        """The line's groups as numbers, the first named key's first: the smallest number of a joined group stands for it."""
        members = [
            _number(rank, key, text)
            for rank, key in enumerate(self._keys)
            if (text := _text(data_object.get(key))) is not None
        ]
        if members:
            return members
        source = data_object.get("source-ref") or data_object.get("source") or ""
        return [_number(len(self._keys), "source-ref", str(source))]

    def _root(self, member: int) -> int:
        parents = self._parents
        if member not in parents:
            if self.needs_observing:
                parents[member] = member
            return member
        while (parent := parents[member]) != member:
            parents[member] = parents[parent]
            member = parent
        return member


def _text(value: object) -> str | None:
    """A key's value as what it is compared by; None when the line does not say."""
    if value is None or isinstance(value, (dict, list)):
        return None
    return " ".join(str(value).casefold().split()) or None


def _number(rank: int, key: str, text: str) -> int:
    digest = hashlib.blake2b(f"{key}\0{text}".encode("utf-8", "replace"), digest_size=8).digest()
    return (min(rank, 255) << 64) | int.from_bytes(digest)
