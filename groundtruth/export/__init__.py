"""Training data from an output manifest: built-in Ground Truth shapes, COCO, YOLO, VOC, Hugging Face, FUNSD, Textract, CSV."""

from groundtruth.export.formats import FORMATS
from groundtruth.export.images import ImageMode
from groundtruth.export.model import Box, DocumentType, Field, ImageSize, Kind, LabelledDocument, Word
from groundtruth.export.run import export
from groundtruth.export.settings import STATUSES, ExportSettings
from groundtruth.export.splits import parse_shares
from groundtruth.export.summary import Summary

__all__ = [
    "FORMATS",
    "STATUSES",
    "Box",
    "DocumentType",
    "ExportSettings",
    "Field",
    "ImageMode",
    "ImageSize",
    "Kind",
    "LabelledDocument",
    "Summary",
    "Word",
    "export",
    "parse_shares",
]
