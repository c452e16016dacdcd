"""Reads a label category config as far as the engine needs it: the names, in order."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundtruth.errors import RequestError


@dataclass(frozen=True)
class LabelCategories:
    """A label category config: its bytes as the functions get them, its `labels` entries, and their names in order."""

    text: bytes
    labels: tuple[dict[str, Any], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The categories' names; a class id is a position in them."""
        return tuple(label["label"] for label in self.labels)


def read_label_categories(path: Path) -> LabelCategories:
    """Read a config file. Raises RequestError naming the file when it is no label category config."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise RequestError(f"{path}: the label category config cannot be read ({error.strerror}).") from error
    return parse_label_categories(text, str(path))


def parse_label_categories(text: bytes, place: str) -> LabelCategories:
    """Take a config apart; `place` is what messages call it. Raises RequestError when it is no label category config."""
    try:
        config = json.loads(text)
    except ValueError as error:
        raise RequestError(f"{place}: the label category config is not JSON: {error}.") from error
    labels = config.get("labels") if isinstance(config, dict) else None
    if not isinstance(labels, list) or not labels:
        raise RequestError(f'{place}: a label category config has a list "labels" with one entry at least.')
    for position, label in enumerate(labels):
        if not isinstance(label, dict) or not isinstance(label.get("label"), str):
            raise RequestError(
                f'{place}: entry {position} of "labels" has no "label". Write {{"label": "total_amount"}}.'
            )
    return LabelCategories(text, tuple(labels))
