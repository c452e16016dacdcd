"""What the Crowd elements need, by their documentation (contract section 4.4)."""

from collections.abc import Mapping
from dataclasses import dataclass

_INSTRUCTIONS = ("short-instructions", "full-instructions")
_MARKING = ("name", "src", "labels")
_CHOOSING = ("name", "categories")


@dataclass(frozen=True)
class ElementRules:
    """What one element needs: attributes, and child elements for its regions. most: how many `labels` or `categories` it is documented to take."""

    attributes: tuple[str, ...] = ("name",)
    regions: tuple[str, ...] = ()
    most: int | None = None

    @property
    def list_attribute(self) -> str:
        """The attribute that holds its labels; empty when it has none."""
        return next((name for name in ("labels", "categories") if name in self.attributes), "")


ELEMENT_RULES: Mapping[str, ElementRules] = {
    "crowd-bounding-box": ElementRules(_MARKING, _INSTRUCTIONS, most=10),
    "crowd-polygon": ElementRules(_MARKING, _INSTRUCTIONS),
    "crowd-keypoint": ElementRules(_MARKING, _INSTRUCTIONS),
    "crowd-line": ElementRules(_MARKING, _INSTRUCTIONS, most=10),
    "crowd-polyline": ElementRules(_MARKING, _INSTRUCTIONS, most=10),
    "crowd-instance-segmentation": ElementRules(_MARKING, _INSTRUCTIONS),
    "crowd-semantic-segmentation": ElementRules(_MARKING, _INSTRUCTIONS),
    "crowd-image-classifier": ElementRules(("name", "src", "categories", "header"), _INSTRUCTIONS, most=10),
    "crowd-image-classifier-multi-select": ElementRules(("name", "src", "categories", "header"), _INSTRUCTIONS),
    "crowd-classifier": ElementRules(_CHOOSING, ("classification-target", *_INSTRUCTIONS)),
    "crowd-classifier-multi-select": ElementRules(_CHOOSING, ("classification-target", *_INSTRUCTIONS)),
    "crowd-entity-annotation": ElementRules(("name", "text", "labels"), _INSTRUCTIONS),
    "crowd-input": ElementRules(),
    "crowd-text-area": ElementRules(),
    "crowd-checkbox": ElementRules(),
    "crowd-radio-button": ElementRules(),
    "crowd-slider": ElementRules(),
    "crowd-toggle-button": ElementRules(),
}
"""The elements that give a part of the answer."""

LENIENT_ATTRIBUTES = ("labels", "categories", "initial-value", "exclusion-category", "overlay", "label-colors")
"""Attributes whose text is JSON5-like."""

STANDS_ALONE = frozenset({"crowd-entity-annotation"})
"""Elements that give an answer without a crowd-form around them."""

AUGMENTED_AI = frozenset({"crowd-rekognition-detect-moderation-labels", "crowd-textract-analyze-document"})
"""Elements of AWS's script that belong to Augmented AI."""
