"""What is exported, and that everything else is counted and listed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.errors import ManifestError, RequestError
from groundtruth.export import Summary
from groundtruth.export.labels import read_label
from tests.export.conftest import PAGES, boxes_label, field, line, metadata

Run = Callable[..., Summary]

FAILED = {
    "source-ref": "s3://acme/pages/f.png",
    "boxes-metadata": {"retry-count": 1, "failure-reason": "ClientError: expired.", "human-annotated": "true"},
}


def listed(out: Path) -> list[tuple[str, int]]:
    found = [json.loads(text) for text in (out / "left-out.jsonl").read_text().splitlines()]
    return [(entry["reason"], entry["line"]) for entry in found]


def test_lines_that_cannot_be_exported_are_counted_and_listed(run: Run, tmp_path: Path) -> None:
    summary = run(
        "coco",
        PAGES[0],
        line("never-labelled.png"),
        FAILED,
        line("tie.png", boxes_label((0, 1, 1, 9, 9), status="tie")),
        line("none.png", boxes_label(status="no_answer", confidence=0.0)),
        line("gold.png", boxes_label((0, 1, 1, 9, 9)), gold=True),
        line("odd.png", {"polygons": []}),
    )
    assert (summary.lines, summary.pages) == (7, 1)
    expected = {
        "no label": (2,),
        "failed": (3,),
        "status tie": (4,),
        "status no_answer": (5,),
        "gold": (6,),
        "label that cannot be read": (7,),
    }
    assert {reason: finding.lines for reason, finding in summary.left_out.items()} == expected
    assert listed(tmp_path / "out") == [(reason, lines[0]) for reason, lines in expected.items()]
    assert json.loads((tmp_path / "out/summary.json").read_text()) == summary.as_json()


def test_ties_and_gold_are_exported_when_asked_for(run: Run) -> None:
    tie = line("tie.png", boxes_label((0, 1, 1, 9, 9), status="tie"))
    gold = line("gold.png", boxes_label((0, 1, 1, 9, 9)), is_gold=1)
    statuses = frozenset({"agreed", "tie"})
    assert run("coco", tie, gold, statuses=statuses, with_gold=True, gold_key="is_gold").pages == 2


def test_an_unresolved_tie_has_no_document_type_to_export(run: Run) -> None:
    tie = {"class_id": None, "class-name": None, "votes": {"a": 1, "b": 1}, "confidence": 0.5, "status": "tie"}
    summary = run("csv", {"source-ref": "s3://b/k", "t": tie, "t-metadata": metadata()}, statuses=frozenset({"tie"}))
    assert summary.left_out["status tie"].count == 1


def test_less_sure_labels_are_left_out(run: Run) -> None:
    sure, unsure = boxes_label((0, 1, 1, 9, 9), confidence=0.7), boxes_label((0, 1, 1, 9, 9), confidence=0.69)
    summary = run("coco", line("1.png", sure), line("2.png", unsure), minimum_confidence=0.7)
    assert summary.left_out["low confidence"].lines == (2,)


def test_boxes_that_cannot_be_used_are_left_out_of_their_page(run: Run) -> None:
    label = boxes_label((0, 1, 1, 9, 9), (0, -5, 1, 9, 9), (1, 5000, 1, 9, 9), (1, 1, 1, 0, 9))
    label["annotations"] += [{"class_id": 77, "left": 1, "top": 1, "width": 1, "height": 1}, "box", {"class_id": 0}]
    summary = run("coco", line("1.png", label))
    assert summary.classes == {"vendor_name": 2, "invoice_date": 0}
    assert {reason: finding.count for reason, finding in summary.left_out_details.items()} == {
        "box that cannot be read": 3,
        "box of unknown class": 1,
        "box outside the image": 1,
    }
    assert summary.changed["box cut at the image's edge"].count == 1


def test_several_labels_are_named_and_one_has_to_be_chosen(run: Run) -> None:
    page = line("1.png", boxes_label(), other=boxes_label(), **{"other-metadata": metadata()})
    with pytest.raises(RequestError, match=r"boxes, other.*--label-attribute"):
        run("coco", page)
    with pytest.raises(RequestError, match="boxes and other both hold boxes"):
        run("coco", page, label_attributes=("boxes", "other"))
    with pytest.raises(RequestError, match=r'no line carries the label "Boxes". There is: boxes, other'):
        run("coco", page, label_attributes=("Boxes",))
    assert run("coco", page, label_attributes=("other",)).pages == 1


def test_a_label_that_only_a_late_line_has_is_found(run: Run) -> None:
    late = line("z.png", other=boxes_label(), **{"other-metadata": metadata()})
    with pytest.raises(RequestError, match="boxes, other"):
        run("coco", *[line(f"{n}.png", boxes_label((0, 1, 1, 9, 9))) for n in range(50)], late)


def test_classes_that_only_a_late_line_has_are_found(run: Run, tmp_path: Path) -> None:
    early = [line(f"{n}.png", boxes_label((2, 1, 1, 9, 9))) for n in range(50)]
    summary = run("yolo", *early, line("z.png", boxes_label((0, 1, 1, 9, 9))))
    assert list(summary.classes) == ["vendor_name", "total_amount"]
    assert (tmp_path / "out/labels/all/0.txt").read_text().startswith("1 ")


@pytest.mark.parametrize("text", ["{'source-ref': 's3://b/k'}", "[]", "{", "7"])
def test_a_broken_line_is_named(run: Run, text: str) -> None:
    with pytest.raises(ManifestError, match="output.manifest, line 2: "):
        run("coco", PAGES[0], text)


def test_a_manifest_without_labels_is_refused(run: Run) -> None:
    with pytest.raises(ManifestError, match="no line carries a label"):
        run("coco", line("1.png"))
    with pytest.raises(ManifestError, match="no line carries a label"):
        run("coco")


def test_a_format_without_place_for_the_label_is_refused(run: Run) -> None:
    fields = {"fields": {"total_amount": field("9")}, "status": "agreed"}
    with pytest.raises(RequestError, match="fields, which yolo has no place for"):
        run("yolo", line("1.png", values=fields, **{"values-metadata": metadata()}))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
annotation = st.fixed_dictionaries(
    {key: st.integers(-5, 120) | st.floats() | json_values for key in ("class_id", "left", "top", "width", "height")}
)


@given(
    st.lists(annotation | json_values, max_size=4),
    json_values | st.just([{"width": 100, "height": 80}]),
    json_values | st.just({"0": "a", "1": "b"}),
    json_values | st.lists(st.just({"confidence": 0.5})),
)
def test_no_label_value_breaks_the_reader_and_boxes_are_sound(
    annotations: list[Any], size: Any, class_map: Any, objects: Any
) -> None:
    value = {"annotations": annotations, "image_size": size, "class-map": class_map, "objects": objects}
    label = read_label(value, {})
    assert label is not None
    changed = sum(reason == "box cut at the image's edge" for reason, _ in label.problems)
    assert len(label.boxes) + len(label.problems) - changed == len(annotations)
    for box in label.boxes:
        assert box.width > 0
        assert box.height > 0
        if label.size is not None:
            assert box.left >= 0
            assert box.left + box.width <= label.size.width * (1 + 1e-9)
