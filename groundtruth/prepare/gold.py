"""Gold documents: those whose truth is known, mixed in among the others to see how well workers do.

A manifest line says so under `gold`, a key that workers never see (it is in no `task.manifestKeys`). Their truth, when a truth
file is given, is written again with the sizes and names that the pages have here.
"""

import glob
import json
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from groundtruth.errors import TruthError
from groundtruth.prepare.model import Document

GOLD_KEY = "gold"

_PAGE = re.compile(r"-p\d{3,}$")


class GoldTruth:
    """The lines of a truth file (docs/architecture.md, "Truth files"), found by the name of the page or of a document of one page."""

    def __init__(self, lines: Mapping[str, Mapping[str, Any]]) -> None:
        self._lines = lines

    @classmethod
    def read(cls, path: Path | None) -> "GoldTruth":
        """Read a file; None for no truth. Raises TruthError naming the line that cannot be used."""
        lines: dict[str, Mapping[str, Any]] = {}
        if path is None:
            return cls(lines)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise TruthError(f"{path}: cannot be read: {error}") from error
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            try:
                truth = json.loads(line)
            except ValueError as error:
                raise TruthError(f"{path}, line {number}: not JSON ({error}).") from error
            if not isinstance(truth, dict) or not isinstance(truth.get("image"), str) or not truth["image"]:
                raise TruthError(f'{path}, line {number}: no "image". Write the name of the document or the page.')
            lines[PurePosixPath(truth["image"]).stem] = truth
        return cls(lines)

    def patterns(self) -> tuple[str, ...]:
        """Patterns that the documents' file names match."""
        stems = {*self._lines, *(_PAGE.sub("", stem) for stem in self._lines)}
        return tuple(sorted(f"{glob.escape(stem)}.*" for stem in stems))

    def line(self, document: Document, page: int, image: str, size: tuple[int, int]) -> dict[str, Any] | None:
        """The truth of a page in pixels of an image of `size` (width, height), named `image`; None when none is known."""
        truth = self._lines.get(PurePosixPath(document.page_name(page)).name)
        if truth is None and page == 1:
            truth = self._lines.get(document.path.stem)
        if truth is None:
            return None
        across, down = (_scale(truth.get(side), now) for side, now in zip(("width", "height"), size, strict=True))
        result = {**truth, "image": image, "width": size[0], "height": size[1]}
        if isinstance(truth.get("boxes"), list):
            result["boxes"] = [_scaled(box, across, down) for box in truth["boxes"]]
        return result


def _scale(before: object, now: int) -> float:
    return now / before if isinstance(before, int | float) and before > 0 else 1.0


def _scaled(box: Any, across: float, down: float) -> Any:
    if not isinstance(box, dict):
        return box
    factors = {"left": across, "width": across, "top": down, "height": down}
    return {
        key: round(value * factors[key]) if key in factors and isinstance(value, int | float) else value
        for key, value in box.items()
    }
