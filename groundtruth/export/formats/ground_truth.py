"""Ground Truth's built-in label shapes, as SageMaker's and Rekognition's trainers read them.

A custom job's label holds its quality in the value; a built-in one has it in the `-metadata` key: class names, class map, a confidence per box. Each
line keeps the input's other keys and loses labels that were not selected, since trainers refuse a manifest with labels they do not know.
"""

from collections.abc import Mapping
from typing import IO, Any

from groundtruth.export.formats.base import Format, Page, Target
from groundtruth.export.json_lines import dumps
from groundtruth.export.lines import METADATA
from groundtruth.export.model import Kind, Label, LabelledDocument

_CONFIDENCE = 0.0
"""What Ground Truth itself writes where it knows none."""


class _Writer:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._left = target.label_attributes | {name + METADATA for name in target.label_attributes}
        self._files: dict[str, IO[bytes]] = {part: target.folder.stream(f"{part}.manifest") for part in target.parts}

    def write(self, page: Page) -> None:
        document = page.document
        line = {key: value for key, value in document.data_object.items() if key not in self._left}
        for attribute, label in document.labels.items():
            metadata = document.data_object.get(attribute + METADATA)
            value, told = self._built_in(label, document)
            line[attribute] = value
            line[attribute + METADATA] = {**told, **_service_keys(metadata if isinstance(metadata, dict) else {})}
        self._files[page.part].write(dumps(line) + b"\n")

    def close(self) -> None:
        pass

    def _built_in(self, label: Label, document: LabelledDocument) -> tuple[Any, dict[str, Any]]:
        if label.kind is Kind.TYPE:
            return self._classification(document)
        classes = self._target.box_classes
        numbered = [(classes[box.label], box) for box in document.boxes]
        size = document.size
        value = {
            "image_size": [] if size is None else [{"width": size.width, "height": size.height, "depth": size.depth}],
            "annotations": [
                {"class_id": number, "left": box.left, "top": box.top, "width": box.width, "height": box.height}
                for number, box in numbered
            ],
        }
        objects = [{"confidence": _CONFIDENCE if box.confidence is None else box.confidence} for box in document.boxes]
        names = {str(number): box.label for number, box in sorted(numbered, key=lambda entry: entry[0])}
        return value, {"objects": objects, "class-map": names, "type": "groundtruth/object-detection"}

    def _classification(self, document: LabelledDocument) -> tuple[int, dict[str, Any]]:
        found = document.document_type
        assert found is not None  # a document without its label was left out
        of = "image" if document.source_ref else "text"
        confidence = _CONFIDENCE if found.confidence is None else found.confidence
        told = {"class-name": found.name, "confidence": confidence, "type": f"groundtruth/{of}-classification"}
        return self._target.type_classes[found.name], told


def _service_keys(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that Ground Truth writes for every job, the job's name as built-in jobs have it."""
    job = str(metadata.get("job-name") or "unknown").rpartition("/")[2]
    return {
        "job-name": f"labeling-job/{job}",
        "human-annotated": metadata.get("human-annotated") or "yes",
        "creation-date": metadata.get("creation-date") or "1970-01-01T00:00:00",
    }


def _refusal(document: LabelledDocument) -> str:
    return "no image size" if document.size is None and _has_boxes(document) else ""


def _has_boxes(document: LabelledDocument) -> bool:
    return any(label.kind is Kind.BOXES for label in document.labels.values())


GROUND_TRUTH = Format("ground-truth", frozenset({Kind.TYPE, Kind.BOXES}), _Writer, _refusal)
