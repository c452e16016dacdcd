"""YOLO's detection format as Ultralytics documents it: a text file of normalised boxes beside every image, and `data.yaml`.

A line is `class x_center y_center width height`, in shares of the image's size. A page without boxes has an empty file: background.
"""

from typing import Any

import yaml

from groundtruth.export.formats.base import Format, Page, Target
from groundtruth.export.model import Kind
from groundtruth.export.splits import WHOLE

_YAML_KEYS = {"train": "train", "validation": "val", "test": "test"}


class _Writer:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._used: set[str] = set()

    def write(self, page: Page) -> None:
        size = page.document.size
        assert size is not None  # the format needs sizes
        classes = self._target.box_classes
        lines = [
            f"{classes[box.label]} {(box.left + box.width / 2) / size.width:.10g} {(box.top + box.height / 2) / size.height:.10g} "
            f"{box.width / size.width:.10g} {box.height / size.height:.10g}\n"
            for box in page.document.boxes
        ]
        self._used.add(page.part)
        self._target.folder.write(f"labels/{page.part}/{page.stem}.txt", "".join(lines).encode())

    def close(self) -> None:
        self._target.folder.write(
            "data.yaml", yaml.safe_dump(self._data(), allow_unicode=True, sort_keys=False).encode()
        )

    def _data(self) -> dict[str, Any]:
        """`train` and `val` have to be there; without a split both are the whole. No `path`: what is relative is so to this file."""
        if self._target.parts == (WHOLE,):
            sides = {"train": f"images/{WHOLE}", "val": f"images/{WHOLE}"}
        else:
            sides = {key: f"images/{part}" for part, key in _YAML_KEYS.items() if part in self._used or key != "test"}
        return {**sides, "names": dict(enumerate(self._target.box_classes.names))}


YOLO = Format("yolo", frozenset({Kind.BOXES}), _Writer, needs_size=True, needs_image=True)
