"""Pages that were rendered a moment ago.

The workers of one data object come to it soon after each other, and are shown the same page: it is rendered for the first of them.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from time import monotonic

KEPT_FOR = 60.0
"""Seconds. The read access that a page grants is good for an hour from when it was rendered."""

_MOST_CHARACTERS = 16_000_000


@dataclass(frozen=True)
class FrameDocument:
    """A task's page, and the content security policy that it is served with."""

    html: str
    policy: str


class RecentPages:
    """Keeps pages for a minute, as long as they are not too large together. Threads may share it."""

    def __init__(self, most_characters: int = _MOST_CHARACTERS, clock: Callable[[], float] = monotonic) -> None:
        self._most = most_characters
        self._clock = clock
        self._pages: OrderedDict[Hashable, tuple[float, FrameDocument]] = OrderedDict()  # the oldest first
        self._characters = 0
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> FrameDocument | None:
        """The page with this key; None when it is not here (any more)."""
        with self._lock:
            made_at, page = self._pages.get(key, (0.0, None))
            return page if page is not None and made_at + KEPT_FOR > self._clock() else None

    def keep(self, key: Hashable, page: FrameDocument) -> None:
        """Keep a page, and let go of those that are too old or too much."""
        with self._lock:
            self._forget(key)
            now = self._clock()
            self._pages[key] = (now, page)
            self._characters += len(page.html)
            while self._pages:
                oldest, (made_at, _) = next(iter(self._pages.items()))
                if made_at + KEPT_FOR > now and self._characters <= self._most:
                    break
                self._forget(oldest)

    def _forget(self, key: Hashable) -> None:
        if key in self._pages:
            self._characters -= len(self._pages.pop(key)[1].html)
