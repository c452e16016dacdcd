"""What to export, and how."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundtruth.export.images import ImageMode

STATUSES = ("agreed", "low_agreement", "tie")
"""The statuses of labels that can be exported: the others have none, or not all of it."""


@dataclass(frozen=True)
class ExportSettings:
    """What to export and how. split: shares of train, validation and test. label_categories: class names in their order, empty to find them in the labels.

    statuses: labels of other statuses are left out. words_key, gold_key: keys of the manifest's lines. source: a folder that holds the images.
    """

    to: str
    label_attributes: tuple[str, ...] = ()
    split: tuple[float, float, float] | None = None
    split_by: tuple[str, ...] = ("document",)
    seed: int = 0
    minimum_confidence: float = 0.0
    statuses: frozenset[str] = frozenset({"agreed", "low_agreement"})
    with_gold: bool = False
    gold_key: str = "gold"
    words_key: str = "words"
    images: ImageMode = ImageMode.NONE
    source: Path | None = None
    label_categories: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the export's marker has it."""
        return {
            "to": self.to,
            "label_attributes": list(self.label_attributes),
            "split": list(self.split or ()),
            "split_by": list(self.split_by),
            "seed": self.seed,
            "minimum_confidence": self.minimum_confidence,
            "statuses": sorted(self.statuses),
            "with_gold": self.with_gold,
            "gold_key": self.gold_key,
            "words_key": self.words_key,
            "images": self.images.value,
            "source": str(self.source or ""),
            "label_categories": list(self.label_categories),
        }
