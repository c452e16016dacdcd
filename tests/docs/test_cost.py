"""docs/cost.md: what its program prints is what the page shows, and its prices are those that `groundtruth submit` reckons with."""

import contextlib
import io
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

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
    small = sum(costs.values()) - costs["people"] - costs["Ground Truth"]
    assert costs["people"] > costs["Ground Truth"] > small
    assert small < 0.01 * sum(costs.values())
    ten_seconds = names["OBJECTS"] * names["WORKERS"] * 10 / 3600 * names["DOLLARS_AN_HOUR"]
    assert ten_seconds == 1000
    assert 0.01 / (names["DOLLARS_AN_HOUR"] / 3600) < 2


def test_the_stack_at_rest_has_the_alarms_that_the_page_counts():
    resources = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))["Resources"].values()
    alarms = [resource["Properties"] for resource in resources if resource["Type"] == "AWS::CloudWatch::Alarm"]
    metrics = [sum("MetricStat" in metric for metric in alarm["Metrics"]) for alarm in alarms]
    assert metrics == [3, 3, 3], "docs/cost.md says: three alarms over metric math of three metrics each"
