"""Makes the page of a report: one HTML text that needs nothing beside it but the page images it links to.

The local service shows the same report live: it puts the parts into a page of its own, or serves the whole one.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from groundtruth.report.charts import Column, column_chart, reliability_chart, share_bar
from groundtruth.report.embedding import KINDS, embedded
from groundtruth.report.model import Report
from groundtruth.report.statistics import BINS, Figures, figures, percentile

_FOLDER = Path(__file__).parent / "pages"
_STYLE = "report.css"
_SCRIPTS = ("data.js", "documents.js", "detail.js", "page_view.js", "decisions.js", "start.js")
_TIME_STEPS = (5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200)
_TIME_COLUMNS = 12
_DAY_TICKS = 8


@dataclass(frozen=True, slots=True)
class ReportParts:
    """What a page of one's own takes: style for a `<style>`, body for the `<body>`, script for a module script after it."""

    style: str
    body: Markup
    script: str


def report_parts(report: Report) -> ReportParts:
    """The parts of the page. The body carries the data; the script finds it there."""
    body = (
        _environment()
        .get_template("body.html")
        .render(
            report=report,
            kind=KINDS[report.kind],
            figures=(counted := figures(report)),
            charts=_charts(counted),
            median_seconds=percentile(counted.seconds, 0.5),
            slow_seconds=percentile(counted.seconds, 0.9),
            data=Markup(embedded(report)),  # noqa: S704 (escaped for a script element where it is made)
        )
    )
    return ReportParts(_text(_STYLE), Markup(body), _script())  # noqa: S704


@cache
def content_policy() -> str:
    """The content security policy of the whole page: its own style and script, and images."""
    style, script = _digest(_text(_STYLE)), _digest(_script())
    return (
        f"default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; "
        "img-src 'self' file: data: https: http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'"
    )


def render_report(report: Report) -> str:
    """The whole page. Its content security policy lets only the page's own script and style run, whatever the values in it are."""
    parts = report_parts(report)
    page = (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            style=Markup(parts.style),  # noqa: S704
            script=Markup(parts.script),  # noqa: S704
            body=parts.body,
            policy=content_policy(),
        )
    )
    # A JSON string may hold half a surrogate pair, which no file or response can.
    return page.encode("utf-8", "replace").decode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = _percent
    environment.filters["seconds"] = duration
    environment.globals["share_bar"] = share_bar
    return environment


@cache
def _script() -> str:
    return "\n".join(_text(name) for name in _SCRIPTS)


@cache
def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def duration(seconds: float | None) -> str:
    """Seconds as people say them: 8.4 s, 95 s, 12 min, 3.5 h."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _charts(counted: Figures) -> dict[str, Markup]:
    charts = {"confidence": _confidence_chart(counted)}
    if counted.seconds:
        charts["seconds"] = _seconds_chart(counted.seconds)
    if counted.throughput:
        charts["throughput"] = _throughput_chart(counted)
    if counted.reliability is not None and counted.reliability.count:
        charts["reliability"] = reliability_chart(counted.reliability, "Accuracy by confidence")
    return charts


def _confidence_chart(counted: Figures) -> Markup:
    agreed, other = counted.confidences["agreed"], counted.confidences["other"]
    return column_chart(
        [
            Column(
                (("good", agreed[number]), ("warn", other[number])),
                f"Confidence {number / BINS:.1f} to {(number + 1) / BINS:.1f}: {agreed[number]:,} agreed, {other[number]:,} not",
                f"{number / BINS:.1f}+",
            )
            for number in range(BINS)
        ],
        "Labels by confidence",
    )


def _seconds_chart(seconds: Sequence[float]) -> Markup:
    """Equal steps up to the slowest twentieth, which the last column takes together."""
    usual = percentile(seconds, 0.95) or 0.0
    step = next((step for step in _TIME_STEPS if usual / step <= _TIME_COLUMNS), _TIME_STEPS[-1])
    columns = min(_TIME_COLUMNS, int(usual // step) + 1)
    counts = [0] * (columns + 1)
    for second in seconds:
        counts[min(columns, int(second // step))] += 1
    return column_chart(
        [
            Column(
                (("main", count),),
                f"{duration(number * step)} {'or more' if number == columns else f'to {duration((number + 1) * step)}'}: {count:,} answers",
                f"{duration(number * step) if number else 0}{'+' if number == columns else ''}"
                if number % 3 == 0 or number == columns
                else "",
            )
            for number, count in enumerate(counts)
        ],
        "Answers by the time they took",
    )


def _throughput_chart(counted: Figures) -> Markup:
    every = max(1, -(-len(counted.throughput) // _DAY_TICKS))
    pattern = "%d %b %H:%M" if counted.is_hourly else "%d %b"
    return column_chart(
        [
            Column(
                (("main", count),),
                f"{moment:%A %d %B %Y}{f', {moment:%H:%M} UTC' if counted.is_hourly else ''}: {count:,} answers",
                f"{moment:{pattern}}" if number % every == 0 else "",
            )
            for number, (moment, count) in enumerate(counted.throughput)
        ],
        "Answers by hour" if counted.is_hourly else "Answers by day",
    )
