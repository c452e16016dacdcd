"""A page to print on, which remembers where the value of each field was printed.

Fonts are the ones every PDF reader has (Helvetica, Times, Courier) in Windows-1252, which holds the euro sign and
western Europe's accents: no font file is needed. Positions are millimetres from the top left; text is placed by its
baseline.
"""

import datetime
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.enums import RenderStyle

Colour = tuple[int, int, int]

INK: Colour = (20, 20, 24)
GREY: Colour = (105, 108, 115)
WHITE: Colour = (255, 255, 255)

_POINT = 25.4 / 72
_EURO_OVERHANG = 0.25
"""How far the euro sign reaches beyond its stated width in the renderer's own Helvetica and Times, as a share of the size."""
_CREATED = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Printed:
    """The value of a field and the room its writing takes, in mm: wide enough for accents and descenders."""

    field: str
    text: str
    left: float
    top: float
    right: float
    bottom: float


class Canvas:
    """One page of a PDF."""

    def __init__(self, width: float, height: float, font: str) -> None:
        """`width` and `height` in mm; `font` is Helvetica, Times or Courier."""
        self.width = width
        self.height = height
        self.font = font
        self.printed: list[Printed] = []
        self._pdf = FPDF(unit="mm", format=(width, height))
        self._pdf.core_fonts_encoding = "cp1252"
        self._pdf.set_creation_date(_CREATED)
        self._pdf.set_auto_page_break(False)
        self._pdf.add_page()

    def text_width(self, text: str, size: float, style: str = "", font: str | None = None) -> float:
        """Width of a text in mm; `size` in points."""
        self._pdf.set_font(font or self.font, style, size)
        overhang = _EURO_OVERHANG * size * _POINT if text.endswith("€") else 0.0
        return float(self._pdf.get_string_width(text)) + overhang

    def fitting_size(self, text: str, size: float, room: float, style: str = "", font: str | None = None) -> float:
        """`size`, or the largest smaller one at which the text is no wider than `room` mm."""
        return min(size, size * room / self.text_width(text, size, style, font))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9,
        style: str = "",
        colour: Colour = INK,
        align: str = "left",
        field: str | None = None,
        font: str | None = None,
    ) -> float:
        """Print one line with its baseline at `y`, and return its width in mm.

        align: whether `x` is the `left` or `right` end or the `centre`. style: "B", "I" or both. field: the text is
        this field's value; every field is printed once as such.
        """
        width = self.text_width(text, size, style, font)
        left = x - {"left": 0.0, "centre": width / 2, "right": width}[align]
        self._pdf.set_text_color(*colour)
        self._pdf.text(left, y, text)
        if field:
            em = size * _POINT
            self.printed.append(Printed(field, text, left - 0.5, y - em, left + width + 0.5, y + 0.26 * em))
        return width

    def line(self, x1: float, y1: float, x2: float, y2: float, *, width: float = 0.2, colour: Colour = INK) -> None:
        """A straight line."""
        self._pdf.set_draw_color(*colour)
        self._pdf.set_line_width(width)
        self._pdf.line(x1, y1, x2, y2)

    def dashes(self, x1: float, x2: float, y: float) -> None:
        """A dashed line from side to side, as tills print them."""
        self._pdf.set_dash_pattern(1.2, 0.9)
        self.line(x1, y, x2, y, width=0.25)
        self._pdf.set_dash_pattern()

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: Colour | None = None, edge: Colour | None = INK
    ) -> None:
        """A rectangle, filled, outlined or both."""
        self._shape(fill, edge)
        self._pdf.rect(x, y, width, height, style=_render_style(fill, edge))

    def disc(self, x: float, y: float, radius: float, fill: Colour) -> None:
        """A filled circle around (x, y)."""
        self._shape(fill, None)
        self._pdf.circle(x, y, radius, style=RenderStyle.F)

    def polygon(self, points: tuple[tuple[float, float], ...], fill: Colour) -> None:
        """A filled polygon."""
        self._shape(fill, None)
        self._pdf.polygon(points, style=RenderStyle.F)

    def stamp(self, x: float, y: float, lines: tuple[str, ...], *, angle: float, colour: Colour) -> None:
        """A rubber stamp with its middle at (x, y): text in a double frame, turned by `angle` degrees."""
        widths = [self.text_width(line, 15 if at == 0 else 9, "B", "Helvetica") for at, line in enumerate(lines)]
        width, height = max(widths) + 7, 6.5 + 5 * len(lines)
        with self._pdf.rotation(angle, x, y):
            for inset in (0.0, 0.9):
                self._pdf.set_draw_color(*colour)
                self._pdf.set_line_width(0.5)
                left, top = x - width / 2 + inset, y - height / 2 + inset
                self._pdf.rect(left, top, width - 2 * inset, height - 2 * inset)
            for at, line in enumerate(lines):
                baseline = y - height / 2 + 7.4 + 5.2 * at
                self.text(
                    x,
                    baseline,
                    line,
                    size=15 if at == 0 else 9,
                    style="B",
                    colour=colour,
                    align="centre",
                    font="Helvetica",
                )

    def bars(self, x: float, y: float, height: float, pattern: str) -> None:
        """A bar code that no reader knows: each digit is a bar and a gap."""
        for digit in pattern:
            thick = 0.22 + int(digit) % 3 * 0.18
            self.box(x, y, thick, height, fill=INK, edge=None)
            x += thick + 0.3 + int(digit) % 2 * 0.25

    def pdf(self) -> bytes:
        """The page as a PDF file; the same bytes for the same drawing."""
        return bytes(self._pdf.output())

    def _shape(self, fill: Colour | None, edge: Colour | None) -> None:
        if fill:
            self._pdf.set_fill_color(*fill)
        if edge:
            self._pdf.set_draw_color(*edge)
            self._pdf.set_line_width(0.2)


def _render_style(fill: Colour | None, edge: Colour | None) -> RenderStyle:
    if fill and edge:
        return RenderStyle.DF
    return RenderStyle.F if fill else RenderStyle.D
