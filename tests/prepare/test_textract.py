"""Textract's responses become boxes and values that the pre-annotation functions show to workers as they are."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.errors import RequestError
from groundtruth.prepare.textract import BOXES_KEY, FIELDS_KEY, FieldTable, expense_documents, predictions

ROOT = Path(__file__).parents[2]
TABLE = FieldTable.read(None)


def field(kind: str, text: str, confidence: float = 99.0, page: int = 1, **more: Any) -> dict[str, Any]:
    box = {"Left": 0.5, "Top": 0.25, "Width": 0.1, "Height": 0.05}
    return {
        "Type": {"Text": kind, "Confidence": 98.0},
        "ValueDetection": {"Text": text, "Confidence": confidence, "Geometry": {"BoundingBox": box}},
        "PageNumber": page,
    } | more


def predicted(*fields: dict[str, Any], confidence: float = 0.5, page: int | None = None) -> dict[str, Any]:
    return predictions([{"SummaryFields": list(fields)}], TABLE, (1000, 2000), confidence, page)


def test_shares_of_the_page_become_whole_pixels_that_hold_them():
    line = predicted(field("TOTAL", "$50.00"))
    assert line[BOXES_KEY]["annotations"] == [{"class_id": 8, "left": 500, "top": 500, "width": 100, "height": 100}]
    assert line[BOXES_KEY]["class-map"] == {"8": "total_amount"}
    assert line[FIELDS_KEY] == {"fields": {"total_amount": {"value": "$50.00", "confidence": 0.98}}}


def test_the_surest_of_several_detections_is_taken_and_unsure_ones_are_not():
    line = predicted(field("TOTAL", "1.00", 60), field("TOTAL", "2.00", 90), field("TAX", "3.00", 40))
    assert line[FIELDS_KEY]["fields"] == {"total_amount": {"value": "2.00", "confidence": 0.9}}


def test_a_better_type_comes_before_a_surer_one():
    line = predicted(field("AMOUNT_DUE", "9.00", 99), field("TOTAL", "8.00", 70))
    assert line[FIELDS_KEY]["fields"]["total_amount"]["value"] == "8.00"


def test_the_currency_beside_the_total_is_a_value_without_a_box():
    line = predicted(field("TOTAL", "50,00", Currency={"Code": "EUR", "Confidence": 80.0}))
    assert line[FIELDS_KEY]["fields"]["currency"] == {"value": "EUR", "confidence": 0.8}
    assert "currency" not in line[BOXES_KEY]["class-map"].values()


def test_of_a_response_for_a_whole_document_each_page_takes_its_own():
    fields = [field("INVOICE_RECEIPT_ID", "INV-1", page=1), field("TOTAL", "9.00", page=2)]
    assert list(predicted(*fields, page=1)[FIELDS_KEY]["fields"]) == ["invoice_number"]
    assert list(predicted(*fields, page=2)[FIELDS_KEY]["fields"]) == ["total_amount"]
    assert predicted(*fields, page=3) == {}


def test_a_tilted_value_is_held_by_its_polygon():
    detection = field("TOTAL", "9")
    polygon = [{"X": 0.1, "Y": 0.2}, {"X": 0.3, "Y": 0.21}, {"X": 0.3, "Y": 0.24}, {"X": 0.1, "Y": 0.23}]
    detection["ValueDetection"]["Geometry"]["Polygon"] = polygon
    (box,) = predicted(detection)[BOXES_KEY]["annotations"]
    assert (box["left"], box["top"], box["width"], box["height"]) == (100, 400, 200, 80)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "values"),
    [
        (
            "invoice-expense-response",
            {
                "invoice_number": "123PQR456",
                "invoice_date": "01-Jan-2021",
                "due_date": "01/31/2021",
                "purchase_order": "098ZYX7654",
                "subtotal": "$6169.40",
                "tax_amount": "$61.69",
                "total_amount": "$6231.09",
            },
        ),
        ("expense-1", {"total_amount": "$50.00"}),
        ("expense-2", {"subtotal": "38.48", "tax_amount": "0.00", "total_amount": "$38.48"}),
    ],
)
def test_real_responses_reach_the_workers_of_both_jobs(name: str, values: dict[str, str], data: Path):
    from pre_annotation.label_categories import read_label_categories  # noqa: PLC0415
    from pre_annotation.task import make_task  # noqa: PLC0415

    response = json.loads((data / "textract" / f"{name}.json").read_text())
    line = {"source-ref": "s3://acme/q3/pages/a-p001.png"}
    line |= predictions(expense_documents(response), TABLE, (1240, 1754), 0.5)
    assert all(len(json.dumps(value)) <= 20_000 for value in line.values())
    tasks = {}
    for task_type in ("invoice-boxes", "invoice-fields"):
        config = (ROOT / "label_categories" / f"{task_type}.json").read_bytes()
        categories = read_label_categories(config, "s3://acme/c.json", task_type)
        tasks[task_type] = make_task(line, categories, task_type)
        assert tasks[task_type].notes == ()
        assert tasks[task_type].is_human_annotation_required
    shown = tasks["invoice-fields"].task_input["initialValue"]
    assert {label: entry["value"] for label, entry in shown.items()} == values
    assert len(tasks["invoice-boxes"].task_input["initialValue"]) == len(values)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "SummaryFields",
                    "Type",
                    "Text",
                    "Confidence",
                    "ValueDetection",
                    "Geometry",
                    "Polygon",
                    "BoundingBox",
                    "X",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.lists(st.dictionaries(st.just("SummaryFields"), st.lists(json_values, max_size=3)), max_size=2))
def test_no_response_however_odd_is_more_than_left_out(documents: list[dict[str, Any]]):
    assert isinstance(predictions(documents, TABLE, (100, 100), 0.0), dict)


sides = st.floats(-1, 2)


@given(sides, sides, sides, sides)
def test_boxes_never_reach_beyond_the_image(left: float, top: float, width: float, height: float):
    detection = field("TOTAL", "9")
    box = {"Left": left, "Top": top, "Width": width, "Height": height}
    detection["ValueDetection"]["Geometry"]["BoundingBox"] = box
    for entry in predicted(detection).get(BOXES_KEY, {}).get("annotations", []):
        assert 0 <= entry["left"] < entry["left"] + entry["width"] <= 1000
        assert 0 <= entry["top"] < entry["top"] + entry["height"] <= 2000


@pytest.mark.parametrize("content", ["[]", "{}", '{"total_amount": "TOTAL"}', '{"total_amount": []}', "not JSON"])
def test_a_table_that_is_none_is_refused_by_name(content: str, tmp_path: Path):
    path = tmp_path / "table.json"
    path.write_text(content)
    with pytest.raises(RequestError, match=r"table\.json"):
        FieldTable.read(path)


def test_a_table_of_ones_own_names_ones_own_labels(tmp_path: Path):
    path = tmp_path / "table.json"
    path.write_text('{"iban": ["BANK_ACCOUNT"]}')
    line = predictions([{"SummaryFields": [field("BANK_ACCOUNT", "DE02")]}], FieldTable.read(path), (10, 10), 0)
    assert list(line[FIELDS_KEY]["fields"]) == ["iban"]
