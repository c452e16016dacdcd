"""docs/cost.md: what its program prints is what the page shows, and its prices are those that `groundtruth submit` reckons with."""

import contextlib
import io
from typing import Any

import pytest

from groundtruth.submit.asked import defaults_of
from groundtruth.submit.estimate import OBJECT_PRICES, PRICES_OF
from tests.docs.blocks import ROOT, Block, read

PAGE = "docs/cost.md"
PROGRAM, SHOWN = (each for each in read(PAGE) if isinstance(each, Block))


@pytest.fixture(scope="module")
def ran() -> tuple[dict[str, Any], str]:
    """The program's names, and what it printed."""
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(PROGRAM.text, PAGE, "exec"), names)
    return names, printed.getvalue()


def test_the_sum_on_the_page_is_what_the_program_prints(ran: tuple[dict[str, Any], str]):
    assert ran[1] == SHOWN.text


def test_the_prices_are_those_of_submit(ran: tuple[dict[str, Any], str]):
    names, _ = ran
    reached, steps = 0.0, []
    for size, price in names["OBJECT_STEPS"]:
        reached += size
        steps.append((None if reached == float("inf") else int(reached), price))
    assert tuple(steps) == OBJECT_PRICES
    assert PRICES_OF in (ROOT / PAGE).read_text(encoding="utf-8")
    assert names["SECONDS_AN_ANSWER"] == defaults_of("invoice-boxes").seconds


def test_what_the_page_says_in_words_follows_from_its_figures(ran: tuple[dict[str, Any], str]):
    names, _ = ran
    costs = names["costs"]
    small = costs["Lambda"] + costs["S3"] + costs["logs and traces"]
    assert costs["people"] > costs["Ground Truth"] > small
    assert small < 0.01 * sum(costs.values())
    ten_seconds = names["OBJECTS"] * names["WORKERS"] * 10 / 3600 * names["DOLLARS_AN_HOUR"]
    assert ten_seconds == 1000
    assert 0.01 / (names["DOLLARS_AN_HOUR"] / 3600) < 2
