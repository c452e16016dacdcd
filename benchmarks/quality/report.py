"""Markdown tables of figures, the best of each column in bold."""

from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True)
class Table:
    """heads: of the row names and of each column. rows: figures by row name, None where there is none. digits, highest: by column, decimals
    and whether the highest is best."""

    heads: tuple[str, ...]
    rows: dict[str, list[float | None]]
    digits: tuple[int, ...]
    highest: tuple[bool, ...]


def bold_best(table: Table) -> str:
    """The table in Markdown."""
    columns = list(zip(*table.rows.values(), strict=True))
    cells = [
        _column(list(column), digits, highest=highest)
        for column, digits, highest in zip(columns, table.digits, table.highest, strict=True)
    ]
    lines = ["| " + " | ".join(table.heads) + " |", "|---|" + "--:|" * len(cells)]
    for name, *row in zip(table.rows, *cells, strict=True):
        lines.append(f"| {name} | " + " | ".join(row) + " |")
    return "\n".join(lines)


def _column(figures: list[float | None], digits: int, *, highest: bool) -> list[str]:
    told = ["–" if figure is None or not isfinite(figure) else f"{figure:.{digits}f}" for figure in figures]
    values = [float(text) for text in told if text != "–"]
    if not values:
        return told
    best = max(values) if highest else min(values)
    return [f"**{text}**" if text != "–" and float(text) == best else text for text in told]
