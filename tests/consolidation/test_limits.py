"""Label values and responses stay within Ground Truth's and Lambda's limits, and say what was cut."""

import json

import pytest
from labelling_cases import box, categories, data_object, label_objects, label_one, page

from consolidation import response as response_module

LABELS = categories(*[f"label_{number}" for number in range(10)])


def length(value):
    return len(json.dumps(value))


def grid(count):
    return [
        box(f"label_{number % 10}", 20 + 50 * (number % 24), 10 + 12 * (number // 24), 40, 9) for number in range(count)
    ]


def test_a_page_of_a_hundred_boxes_keeps_them_all():
    value = label_one({"a": page(*grid(100)), "b": page(*grid(100))}, "invoice-boxes", LABELS)
    assert (len(value["annotations"]), value["status"]) == (100, "agreed")
    assert "cut" not in value


def test_details_go_before_annotations_do():
    strays = [box("label_1", 20 + 55 * (n % 20), 1000 + 12 * (n // 20), 50, 9) for n in range(200)]
    value = label_one(
        {"a": page(*grid(158), *strays), "b": page(*grid(158)), "c": page(*grid(158))}, "invoice-boxes", LABELS
    )
    assert len(value["annotations"]) == 158
    assert "dropped" in value["cut"]
    assert "dropped" not in value
    assert length(value) < 20_000


def test_a_label_that_lost_annotations_does_not_pass_for_a_good_one():
    value = label_one({"a": page(*grid(900)), "b": page(*grid(900))}, "invoice-boxes", LABELS)
    assert length(value) < 20_000
    assert "annotations" in value["cut"]
    assert value["status"] == "error"
    assert f"{900 - len(value['annotations'])} of 900 annotations cut" in value["reason"]
    assert len(value["objects"]) == len(value["annotations"]) > 100


def test_a_long_text_is_cut_and_says_its_length():
    value = label_one({"a": {"terms": "x" * 50_000}, "b": {"terms": "x" * 50_000}}, "invoice-fields")
    field = value["fields"]["terms"]
    assert len(field["value"]) == 2_000
    assert field["cut"] == ["value: 50,000 characters"]
    assert length(value) < 20_000


@pytest.mark.parametrize("mark", ["x", "é", "\U0001f600", "\x00", '"'])
def test_many_long_texts_are_cut_to_fit(mark):
    answer = {f"field_{number}": mark * 3_000 for number in range(150)}
    value = label_one({"a": answer, "b": answer}, "invoice-fields")
    assert length(value) < 20_000
    assert "long texts" in value["cut"]
    assert value["status"] in ("agreed", "error")


def test_absurd_labels_do_not_break_the_limit():
    answers = {f"w{number}": {"t": {"label": chr(0x4E00 + number) * 30_000}} for number in range(9)}
    value = label_one(answers, "document-type")
    assert length(value) < 20_000
    assert value["status"] in ("tie", "error")


def test_a_response_that_is_too_large_loses_details_first(monkeypatch):
    payload = [data_object(str(n), {"a": page(box("label_1", 10, 10)), "b": page(), "c": page()}) for n in range(10)]
    whole, _, _ = label_objects(payload, "invoice-boxes", LABELS)
    monkeypatch.setattr(response_module, "MOST_RESPONSE_BYTES", 10 * (length(whole["0"]) + 60))
    values, labelled, _ = label_objects(payload, "invoice-boxes", LABELS)
    assert all("dropped" in value["cut"] and "dropped" not in value for value in values.values())
    assert all(value["confidence"] == whole["0"]["confidence"] for value in values.values())
    assert labelled.response.cut == tuple(str(n) for n in range(10))


def test_a_response_that_is_still_too_large_keeps_every_entry_and_says_what_to_do(monkeypatch):
    payload = [data_object(str(n), {"a": page(*grid(100))}) for n in range(10)]
    monkeypatch.setattr(response_module, "MOST_RESPONSE_BYTES", 60_000)
    values, labelled, _ = label_objects(payload, "invoice-boxes", LABELS)
    assert len(values) == 10
    emptied = [value for value in values.values() if value["status"] == "error"]
    assert 0 < len(emptied) < 10
    assert all("MaxConcurrentTaskCount" in value["reason"] and value["annotations"] == [] for value in emptied)
    assert length(labelled.response.entries) < 60_000


def test_a_thousand_dense_pages_stay_under_six_megabytes():
    payload = [data_object(str(n), {"a": page(*grid(110))}) for n in range(500)]
    values, labelled, _ = label_objects(payload, "invoice-boxes", LABELS)
    assert len(values) == 500
    assert len(json.dumps(labelled.response.entries).encode()) <= 6_000_000
