"""Tells pages that came before from those that did not: the same image, or one that looks like it."""

from dataclasses import dataclass
from enum import StrEnum

from groundtruth.prepare.fingerprint import SeenPages
from groundtruth.prepare.model import PageImage


class DuplicatePolicy(StrEnum):
    """What becomes of a duplicate: its line stays in the manifest, or not."""

    KEEP = "keep"
    LEAVE_OUT = "leave-out"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A page that is like an earlier one. kind: `exact`, the same image byte by byte, or `near`, one that looks like it."""

    kind: str
    document: str
    page: int
    of_document: str
    of_page: int
    is_left_out: bool


class DuplicateFinder:
    """Asked for each page in turn. exact, near: what becomes of duplicates of that kind."""

    def __init__(self, exact: DuplicatePolicy, near: DuplicatePolicy) -> None:
        self._policies = {"exact": exact, "near": near}
        self._by_digest: dict[str, str] = {}
        self._seen = SeenPages()
        self._places: dict[str, tuple[str, int]] = {}

    def check(self, document: str, page: PageImage) -> Duplicate | None:
        """Whether the page is like one before; every page that stays is remembered."""
        name = f"{document}#{page.page}"
        shape = page.height / page.width
        kind, earlier = "exact", self._by_digest.get(page.sha256)
        if earlier is None:
            kind, earlier = "near", self._seen.find(page.fingerprint, shape)
        if earlier is None:
            self._by_digest[page.sha256] = name
            self._seen.add(name, page.fingerprint, shape)
            self._places[name] = (document, page.page)
            return None
        self._by_digest.setdefault(page.sha256, earlier)
        is_left_out = self._policies[kind] is DuplicatePolicy.LEAVE_OUT
        return Duplicate(kind, document, page.page, *self._places[earlier], is_left_out)
