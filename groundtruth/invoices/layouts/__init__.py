"""The layouts: each draws a composed document on a page of its own kind."""

import random
from collections.abc import Callable, Mapping

from groundtruth.invoices.canvas import Canvas
from groundtruth.invoices.content import NOT_READABLE, OTHER, RECEIPT, Document
from groundtruth.invoices.layouts import band, classic, grid, letter, sidebar, slip

Layout = Callable[[Document, random.Random], Canvas]

LAYOUTS: Mapping[str, Layout] = {
    "classic": classic.draw,
    "band": band.draw,
    "sidebar": sidebar.draw,
    "letter": letter.draw,
    "grid": grid.draw,
    "slip": slip.draw,
}

_PAGES = ("classic", "band", "sidebar", "letter", "grid")


def layout_for(document_type: str, turn: int, chance: random.Random) -> str:
    """The name of the layout for the `turn`-th document of its kind: full pages take turns, so that every layout
    occurs.
    """
    if document_type in (OTHER, NOT_READABLE):
        return "letter"
    if document_type == RECEIPT and chance.random() < 0.8:
        return "slip"
    return _PAGES[turn % len(_PAGES)]
