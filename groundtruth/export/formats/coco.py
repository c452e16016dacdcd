"""COCO's object detection format: one JSON document for each part, with images, annotations and categories.

The document is written as the pages come: annotations go to a file aside that is put in at the end, so memory stays flat. Those
of one image stand on one line.
"""

import shutil
from collections.abc import Iterable
from typing import IO, Any

from groundtruth.export.formats.base import Classes, Format, Page, Target
from groundtruth.export.json_lines import dumps
from groundtruth.export.model import Box, Kind


def _annotations(boxes: Iterable[Box], image: int, first: int, classes: Classes) -> list[dict[str, Any]]:
    """The annotations of one image, numbered from `first`."""
    annotations: list[dict[str, Any]] = []
    for number, (label, left, top, width, height, confidence) in enumerate(boxes, first):
        annotation = {
            "id": number,
            "image_id": image,
            "category_id": classes[label] + 1,
            "bbox": (left, top, width, height),
            "area": width * height,
            "iscrowd": 0,
            "segmentation": (),
        }
        if confidence is not None:
            annotation["attributes"] = {"confidence": confidence}
        annotations.append(annotation)
    return annotations


class _Part:
    """One document on its way to the disk."""

    def __init__(self, target: Target, part: str) -> None:
        name = f"annotations/instances_{part}.json"
        self._file: IO[bytes] = target.folder.stream(name)
        self._annotations: IO[bytes] = target.folder.scratch(name)
        self._images = self._boxes = 0
        self._file.write(b'{"info":{"description":"groundtruth export"},"licenses":[],"images":[')

    def write(self, page: Page, target: Target) -> None:
        document, size = page.document, page.document.size
        assert size is not None  # the format needs sizes
        image = {
            "id": self._images + 1,
            "file_name": page.image_name,
            "width": size.width,
            "height": size.height,
            "coco_url": document.source_ref,
            "document": document.document,
            "page": document.page,
            "vendor": document.vendor,
        }
        if document.document_type is not None:
            image["document_type"] = document.document_type.name
        self._file.write((b",\n" if self._images else b"\n") + dumps(image))
        self._images += 1
        if document.boxes:
            listed = dumps(_annotations(document.boxes, self._images, self._boxes + 1, target.box_classes))
            self._annotations.write((b",\n" if self._boxes else b"\n") + listed[1:-1])
            self._boxes += len(document.boxes)

    def close(self, target: Target) -> None:
        self._file.write(b'],\n"annotations":[')
        self._annotations.seek(0)
        shutil.copyfileobj(self._annotations, self._file)
        names = target.box_classes.names
        categories = [{"id": position + 1, "name": name, "supercategory": ""} for position, name in enumerate(names)]
        self._file.write(b'],\n"categories":' + dumps(categories) + b"}\n")


class _Writer:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._parts = {part: _Part(target, part) for part in target.parts}

    def write(self, page: Page) -> None:
        self._parts[page.part].write(page, self._target)

    def close(self) -> None:
        for part in self._parts.values():
            part.close(self._target)


COCO = Format("coco", frozenset({Kind.BOXES, Kind.TYPE}), _Writer, needs_size=True, needs_image=True)
