"""Pascal VOC: an XML file for every page, the lists of pages in `ImageSets/Main`, and the classes in `labelmap.txt`, which Datumaro and CVAT ask for.

Coordinates are the box's edges counted from 0, as LabelImg, CVAT and Datumaro write and read them: `xmax - xmin` is the width. (The original
challenge counted pixels from 1, the last one included.)
"""

import re
from typing import IO
from xml.sax.saxutils import escape

from groundtruth.export.formats.base import Format, Page, Target
from groundtruth.export.model import Box, Kind
from groundtruth.export.splits import WHOLE

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LISTS = {"train": "train", "validation": "val", "test": "test", WHOLE: "trainval"}


def _text(value: str) -> str:
    return escape(_NOT_IN_XML.sub("\ufffd", value))


def _object(box: Box) -> str:
    confidence = "" if box.confidence is None else f"<confidence>{box.confidence:g}</confidence>"
    return (
        f"\n  <object><name>{_text(box.label)}</name><pose>Unspecified</pose><truncated>0</truncated><difficult>0</difficult>{confidence}"
        f"<bndbox><xmin>{box.left!r}</xmin><ymin>{box.top!r}</ymin><xmax>{box.left + box.width!r}</xmax><ymax>{box.top + box.height!r}</ymax></bndbox></object>"
    )


class _Writer:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._lists: dict[str, IO[bytes]] = {
            part: target.folder.stream(f"ImageSets/Main/{_LISTS[part]}.txt") for part in target.parts
        }

    def write(self, page: Page) -> None:
        document, size = page.document, page.document.size
        assert size is not None  # the format needs sizes
        body = (
            f"<annotation>\n  <folder>JPEGImages</folder>\n  <filename>{_text(page.image_name)}</filename>\n"
            f"  <source><database>groundtruth</database><image>{_text(document.source_ref)}</image></source>\n"
            f"  <size><width>{size.width}</width><height>{size.height}</height><depth>{size.depth}</depth></size>\n  <segmented>0</segmented>"
            f"{''.join(map(_object, document.boxes))}\n</annotation>\n"
        )
        self._target.folder.write(f"Annotations/{page.stem}.xml", body.encode())
        self._lists[page.part].write(f"{page.stem}\n".encode())

    def close(self) -> None:
        names = "".join(f"{name}:::\n" for name in self._target.box_classes.names)
        text = f"# label:color_rgb:parts:actions\n{names}"
        self._target.folder.write("labelmap.txt", text.encode("utf-8", "replace"))


VOC = Format("voc", frozenset({Kind.BOXES}), _Writer, image_folder="JPEGImages", needs_size=True, needs_image=True)
