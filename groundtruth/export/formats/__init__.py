"""The formats an export can be written in, one module each."""

from groundtruth.export.formats.base import Format, Page, Target, Writer
from groundtruth.export.formats.coco import COCO
from groundtruth.export.formats.csv_tables import CSV
from groundtruth.export.formats.funsd import FUNSD
from groundtruth.export.formats.ground_truth import GROUND_TRUTH
from groundtruth.export.formats.huggingface import HUGGINGFACE
from groundtruth.export.formats.textract import TEXTRACT
from groundtruth.export.formats.voc import VOC
from groundtruth.export.formats.yolo import YOLO

FORMATS: dict[str, Format] = {
    format_.name: format_ for format_ in (GROUND_TRUTH, COCO, YOLO, VOC, HUGGINGFACE, FUNSD, TEXTRACT, CSV)
}

__all__ = ["FORMATS", "Format", "Page", "Target", "Writer"]
