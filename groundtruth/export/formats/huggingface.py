"""A dataset that Hugging Face's `datasets` loads: JSON Lines for each part, beside the images when they are exported.

With images `load_dataset("imagefolder", data_dir=DIR)`, without them `load_dataset("json", data_files=...)`; either way `load_dataset(DIR)`, which takes the
columns' types from `README.md`. Every row has every column and no nulls, and a part begins with a page that has boxes: the imagefolder loader derives
a column's type from the first rows of each part, and refuses parts that differ.
"""

from typing import IO, Any

import yaml

from groundtruth.export.formats.base import Format, Page, Target
from groundtruth.export.json_lines import dumps
from groundtruth.export.model import Kind, LabelledDocument
from groundtruth.export.splits import WHOLE

_UNKNOWN = -1.0
"""The confidence of what has none."""


class _Writer:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._files: dict[str, IO[bytes]] = {}
        self._held_back: dict[str, list[bytes]] = {part: [] for part in target.parts}

    def _rows(self, part: str) -> str:
        return f"{part}/metadata.jsonl" if self._target.with_images else f"{part}.jsonl"

    def write(self, page: Page) -> None:
        document, part = page.document, page.part
        image = {"file_name": page.image_name} if self._target.with_images else {}
        row = dumps({**image, **_row(document, self._target.kinds)}) + b"\n"
        if part not in self._files and Kind.BOXES in self._target.kinds and not document.boxes:
            self._held_back[part].append(row)
            return
        self._file(part).write(row)

    def _file(self, part: str) -> IO[bytes]:
        """The part's rows; made with its first row, since the loader refuses an empty file."""
        if part not in self._files:
            self._files[part] = self._target.folder.stream(self._rows(part))
        return self._files[part]

    def close(self) -> None:
        for part, rows in self._held_back.items():
            if rows:
                self._file(part).writelines(rows)
        sides = {"train" if part == WHOLE else part: part for part in self._target.parts if part in self._files}
        card = yaml.safe_dump(self._card(sides), sort_keys=False, allow_unicode=True)
        self._target.folder.write("README.md", f"---\n{card}---\n".encode())

    def _features(self) -> list[dict[str, Any]]:
        return [*_FEATURES, *(feature for kind, feature in _LABEL_FEATURES.items() if kind in self._target.kinds)]

    def _card(self, sides: dict[str, str]) -> dict[str, Any]:
        with_images = self._target.with_images
        files = [
            {"split": name, "path": f"{part}/**" if with_images else self._rows(part)} for name, part in sides.items()
        ]
        image = [{"name": "image", "dtype": "image"}] if with_images else []
        return {
            "configs": [{"config_name": "default", "data_files": files}],
            "dataset_info": {"features": [*image, *self._features()]},
        }


def _row(document: LabelledDocument, kinds: frozenset[Kind]) -> dict[str, Any]:
    size, found = document.size, document.document_type
    row: dict[str, Any] = {
        "source_ref": document.source_ref,
        "text": document.text,
        "document": document.document,
        "page": document.page,
        "vendor": document.vendor,
        "width": size.width if size else 0,
        "height": size.height if size else 0,
        "document_type": found.name if found else "",
        "confidence": _known(document.confidence),
        "status": document.status,
    }
    if Kind.BOXES in kinds:
        boxes = document.boxes
        row["objects"] = {
            "bbox": [(float(box.left), float(box.top), float(box.width), float(box.height)) for box in boxes],
            "category": [box.label for box in boxes],
            "confidence": [_known(box.confidence) for box in boxes],
        }
    if Kind.FIELDS in kinds:
        fields = document.fields
        row["fields"] = {
            "name": [field.name for field in fields],
            "value": [field.value or "" for field in fields],
            "normalized": [field.normalized or "" for field in fields],
            "absent": [field.is_absent for field in fields],
            "confidence": [_known(field.confidence) for field in fields],
        }
    return row


def _known(confidence: float | None) -> float:
    return _UNKNOWN if confidence is None else float(confidence)


def _lists(**columns: str) -> list[dict[str, Any]]:
    return [{"name": name, "list": dtype} for name, dtype in columns.items()]


_FEATURES: list[dict[str, Any]] = [
    {"name": "source_ref", "dtype": "string"},
    {"name": "text", "dtype": "string"},
    {"name": "document", "dtype": "string"},
    {"name": "page", "dtype": "int64"},
    {"name": "vendor", "dtype": "string"},
    {"name": "width", "dtype": "int64"},
    {"name": "height", "dtype": "int64"},
    {"name": "document_type", "dtype": "string"},
    {"name": "confidence", "dtype": "float64"},
    {"name": "status", "dtype": "string"},
]
_LABEL_FEATURES: dict[Kind, dict[str, Any]] = {
    Kind.BOXES: {
        "name": "objects",
        "struct": [{"name": "bbox", "list": {"list": "float64"}}, *_lists(category="string", confidence="float64")],
    },
    Kind.FIELDS: {
        "name": "fields",
        "struct": _lists(name="string", value="string", normalized="string", absent="bool", confidence="float64"),
    },
}

HUGGINGFACE = Format("huggingface", frozenset(Kind), _Writer, image_folder="{part}")
