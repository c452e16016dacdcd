"""The charts of a report as SVG: no script, no style of their own (the page's classes colour them), every mark with its figure as a tooltip."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from groundtruth.report.statistics import Reliability

_WIDTH, _HEIGHT = 460, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 10, 12, 30
_ACROSS, _UP = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
_NICE = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Column:
    """parts: (class of the mark, amount) from the bottom up. tick: what stands below the column, empty for nothing."""

    parts: tuple[tuple[str, float], ...]
    tip: str
    tick: str = ""


def column_chart(columns: Sequence[Column], name: str) -> Markup:
    """Stacked columns over a common base."""
    highest = max((sum(amount for _, amount in column.parts) for column in columns), default=0)
    step = _step(highest)
    top = max(step, -(-highest // step) * step)
    width = _ACROSS / max(1, len(columns))
    gap = min(4.0, width * 0.15)
    marks = [_grid(step, top)]
    for number, column in enumerate(columns):
        left = _LEFT + number * width + gap / 2
        base = float(_TOP + _UP)
        marks.append(Markup("<g><title>{}</title>").format(column.tip))
        for kind, amount in column.parts:
            height = amount / top * _UP
            base -= height
            marks.append(_rectangle(left, base, max(1.0, min(width - gap, 64)), height, kind))
        marks.append(Markup("</g>"))
        if column.tick:
            marks.append(_text(left + min(width - gap, 64) / 2, _TOP + _UP + 16, column.tick, "middle"))
    return _drawing(marks, name, _WIDTH, _HEIGHT)


def reliability_chart(reliability: Reliability, name: str) -> Markup:
    """Accuracy over confidence: a point for each tenth, larger the more labels lie in it, beside the line on which confidence is right."""
    side = 220
    left, top, length = 40, 10, side - 50
    most = max((one.count for one in reliability.bins if one is not None), default=1)
    marks = []
    for fifth in range(6):
        share = fifth / 5
        x, y = left + share * length, top + (1 - share) * length
        marks.append(_line(left, y, left + length, y, "grid"))
        marks.append(_text(left - 6, y + 4, f"{share:.1f}", "end"))
        marks.append(_text(x, top + length + 16, f"{share:.1f}", "middle"))
    marks.append(_line(left, top + length, left + length, top, "ideal"))
    points = [
        (left + one.confidence * length, top + (1 - one.accuracy) * length, one)
        for one in reliability.bins
        if one is not None
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    marks.append(Markup('<polyline class="curve" points="{}"/>').format(path))
    for x, y, one in points:
        tip = f"{one.count:,} labels: confidence {one.confidence:.2f}, accuracy {one.accuracy:.2f}"
        radius = 2.5 + 6.5 * (one.count / most) ** 0.5
        marks.append(
            Markup('<circle class="point" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"><title>{}</title></circle>').format(
                x, y, radius, tip
            )
        )
    return _drawing(marks, name, side, side - 8)


def share_bar(share: float | None, kind: str = "main") -> Markup:
    """A share as a bar in a table's cell; nothing when there is none."""
    if share is None:
        return Markup("")
    return Markup(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="rail" width="100" height="8"/><rect class="{}" width="{:.1f}" height="8"/></svg>'
    ).format(kind, 100 * min(1.0, max(0.0, share)))


def _step(highest: float) -> float:
    """The distance of the grid's lines: about four of them, at numbers that are easily read, never below 1."""
    rough = max(1.0, highest / 4)
    power = float(10 ** (len(str(int(rough))) - 1))
    return next(factor * power for factor in _NICE if factor * power >= rough and factor * power == int(factor * power))


def _grid(step: float, top: float) -> Markup:
    marks = []
    for number in range(round(top / step) + 1):
        y = _TOP + _UP - number * step / top * _UP
        marks.append(_line(_LEFT, y, _WIDTH - _RIGHT, y, "grid"))
        marks.append(_text(_LEFT - 6, y + 4, f"{number * step:,.0f}", "end"))
    return Markup("").join(marks)


def _rectangle(left: float, top: float, width: float, height: float, kind: str) -> Markup:
    return Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
        kind, left, top, width, height
    )


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(kind, x1, y1, x2, y2)


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, text)


def _drawing(marks: Sequence[Markup], name: str, width: float, height: float) -> Markup:
    head = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        width, height, escape(name)
    )
    return head + Markup("").join(marks) + Markup("</svg>")
