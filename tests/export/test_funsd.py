"""FUNSD exports: words, boxes and tags as LayoutLM takes them, read back by `datasets` and put together again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from groundtruth.export import Summary
from tests.export.conftest import PNG_SIZE, Line, boxes_label, field, line, metadata

Run = Callable[..., Summary]


def word(text: str, left: float, top: float, width: float = 40, height: float = 20) -> Line:
    return {"text": text, "left": left, "top": top, "width": width, "height": height}


WORDS = [
    word("Acme", 20, 30),
    word("Total", 500, 30),
    word("Ltd", 70, 30),
    word("99,00", 710, 605),
    word(" ", 0, 0),
    word("Page", 940, 790, 60, 30),
]
LABEL = boxes_label((0, 10, 20, 300, 40), (2, 700, 600, 120, 33))


def rows(out: Path, part: str = "all") -> list[dict[str, Any]]:
    return [json.loads(text) for text in (out / f"{part}.jsonl").read_text().splitlines()]


def entities(row: dict[str, Any]) -> list[tuple[str, str]]:
    """What the tags say, read strictly: an I follows a B or an I of the same label."""
    found: list[tuple[str, list[str]]] = []
    before = "O"
    for text, tag in zip(row["words"], row["ner_tags"], strict=True):
        if tag.startswith("B-"):
            found.append((tag[2:], [text]))
        elif tag.startswith("I-"):
            assert before[2:] == tag[2:]
            found[-1][1].append(text)
        before = tag
    return [(label, " ".join(texts)) for label, texts in found]


def test_words_are_tagged_with_the_box_they_stand_in(run: Run, tmp_path: Path) -> None:
    run("funsd", line("x.png", LABEL, words=WORDS))
    (row,) = rows(tmp_path / "out")
    assert row["words"] == ["Acme", "Ltd", "Total", "99,00", "Page"], "the words of one box stand together"
    assert row["ner_tags"] == ["B-vendor_name", "I-vendor_name", "O", "B-total_amount", "O"]
    assert entities(row) == [("vendor_name", "Acme Ltd"), ("total_amount", "99,00")]


def test_boxes_are_scaled_to_a_thousand_and_kept_inside(run: Run, tmp_path: Path) -> None:
    run("funsd", line("x.png", LABEL, words=WORDS))
    (row,) = rows(tmp_path / "out")
    assert PNG_SIZE == (1000, 800)
    assert row["bboxes"][0] == [20, 38, 60, 62]
    assert row["bboxes"][-1] == [940, 988, 1000, 1000]


def test_all_tags_are_listed(run: Run, tmp_path: Path) -> None:
    run("funsd", line("x.png", LABEL, words=WORDS))
    tags = (tmp_path / "out/labels.txt").read_text().split()
    assert tags == ["O", "B-vendor_name", "I-vendor_name", "B-total_amount", "I-total_amount"]
    assert {tag for row in rows(tmp_path / "out") for tag in row["ner_tags"]} <= set(tags)


def test_words_can_lie_in_a_file_or_be_a_textract_response(run: Run, tmp_path: Path) -> None:
    block = {"BlockType": "WORD", "Text": "Acme"}
    box = {"Left": 0.02, "Top": 0.04, "Width": 0.04, "Height": 0.02}
    response = {"Blocks": [{"BlockType": "PAGE"}, {**block, "Geometry": {"BoundingBox": box}}]}
    (tmp_path / "ocr").mkdir()
    (tmp_path / "ocr/x.json").write_text(json.dumps(response))
    page = line("x.png", LABEL, **{"words-ref": "s3://acme/ocr/x.json"})
    run("funsd", page, source=tmp_path / "ocr")
    (row,) = rows(tmp_path / "out")
    assert (row["words"], row["ner_tags"], row["bboxes"]) == (["Acme"], ["B-vendor_name"], [[20, 40, 60, 60]])


def test_without_words_field_values_stand_in_and_that_is_told(run: Run, tmp_path: Path) -> None:
    values = {"fields": {"vendor_name": field("Acme Paper Ltd")}, "confidence": 1, "status": "agreed"}
    page = line("x.png", LABEL, values=values, **{"values-metadata": metadata()})
    summary = run("funsd", page, label_attributes=("boxes", "values"))
    (row,) = rows(tmp_path / "out")
    assert entities(row) == [("vendor_name", "Acme Paper Ltd")]
    assert row["bboxes"][0][0] == 10
    assert row["bboxes"][-1][2] == 310
    assert summary.changed["words taken from field values"].lines == (1,)
    assert summary.changed["box without words"].count == 1


def test_a_page_without_any_text_is_left_out_and_unreadable_words_too(run: Run) -> None:
    summary = run("funsd", line("x.png", LABEL), line("y.png", LABEL, words=[{"text": "Acme"}]))
    assert summary.pages == 0
    assert summary.left_out["no words"].lines == (1,)
    assert summary.left_out["words that cannot be read"].lines == (2,)
