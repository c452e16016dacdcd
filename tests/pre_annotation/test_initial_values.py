"""Workers see an earlier label or a prediction first; what is wrong with one never costs the task."""

import pytest

from pre_annotation.task import TASK_INPUT_CHARACTERS, make_task

BOX = {"left": 911, "top": 1402, "width": 149, "height": 37}
SIZE = [{"width": 1240, "height": 1754, "depth": 3}]
SHOWN_BOX = {"label": "Total amount", **BOX}


def initial(categories, task_type, value, metadata=None, **task):
    data_object = {"source-ref": "s3://acme-invoices/p1.png", "earlier": value}
    if metadata is not None:
        data_object["earlier-metadata"] = metadata
    made = make_task(data_object, categories(task_type, **task), task_type)
    return made.task_input["initialValue"], made.notes


@pytest.mark.parametrize(
    ("task_type", "value", "metadata", "expected"),
    [
        pytest.param("document-type", {"class-name": "invoice", "status": "tie"}, None, "Invoice", id="our type"),
        pytest.param("document-type", 0, {"class-name": "invoice"}, "Invoice", id="built-in type"),
        pytest.param("document-type", "0", {"class-name": "invoice"}, "Invoice", id="built-in type as a string"),
        pytest.param(
            "invoice-boxes",
            {"image_size": SIZE, "annotations": [{"class_id": 3, **BOX}], "class-map": {"3": "total_amount"}},
            None,
            [SHOWN_BOX],
            id="our boxes",
        ),
        pytest.param(
            "invoice-boxes",
            {"image_size": SIZE, "annotations": [{"class_id": 3, **BOX}]},
            {"class-map": {"3": "total_amount"}, "objects": [{"confidence": 0.09}]},
            [SHOWN_BOX],
            id="built-in boxes",
        ),
        pytest.param(
            "invoice-fields",
            {
                "fields": {
                    "total_amount": {"value": "1,204.50", "normalized": "1204.50"},
                    "due_date": {"value": None, "absent": True},
                }
            },
            None,
            {"total_amount": {"value": "1,204.50"}, "due_date": {"absent": True}},
            id="our fields",
        ),
    ],
)
def test_an_earlier_label_is_found_by_its_shape(categories, task_type, value, metadata, expected):
    assert initial(categories, task_type, value, metadata) == (expected, ())


@pytest.mark.parametrize(
    ("task_type", "value", "expected"),
    [
        ("document-type", "invoice", "Invoice"),
        ("document-type", "INVOICE", "Invoice"),
        ("document-type", {"label": "credit_note"}, "credit_note"),
        ("invoice-boxes", [{"label": "total_amount", **BOX}], [SHOWN_BOX]),
        ("invoice-boxes", {"boxes": [{"label": "Total amount", **BOX, "score": 0.4}]}, [SHOWN_BOX]),
        (
            "invoice-boxes",
            {
                "boundingBoxes": [
                    {"label": "total_amount", "left": 910.6, "top": 1402.2, "width": 149.4, "height": 36.5}
                ]
            },
            [{**SHOWN_BOX, "height": 36}],
        ),
        ("invoice-fields", {"total_amount": "1,204.50"}, {"total_amount": {"value": "1,204.50"}}),
        ("invoice-fields", {"Total amount": 1204.5}, {"total_amount": {"value": "1204.5"}}),
        ("invoice-fields", {"fields": {"due_date": {"absent": True}}}, {"due_date": {"absent": True}}),
        ("invoice-fields", {"total_amount": None, "due_date": " "}, None),
        ("invoice-boxes", [], None),
    ],
)
def test_a_named_prediction_is_shown(categories, task_type, value, expected):
    assert initial(categories, task_type, value, initialValueAttribute="earlier") == (expected, ())


@pytest.mark.parametrize(
    ("task_type", "value"),
    [
        ("document-type", "invoice"),
        ("invoice-boxes", [{"label": "total_amount", **BOX}]),
        ("invoice-fields", {"total_amount": "1"}),
    ],
)
def test_a_prediction_that_nobody_named_is_not_guessed_at(categories, task_type, value):
    assert initial(categories, task_type, value) == (None, ())


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
def test_a_line_without_the_named_attribute_has_no_initial_value(categories, task_type):
    assert initial(categories, task_type, None, initialValueAttribute="earlier") == (None, ())
    assert initial(categories, task_type, "x", initialValueAttribute="ocr") == (None, ())


def test_the_newest_label_is_shown(categories):
    data_object = {"source-ref": "s3://acme-invoices/p1.png"}
    for key, name, day in [("a", "invoice", "02"), ("b", "credit_note", "03"), ("c", "invoice", "01")]:
        data_object[key] = {"class-name": name, "status": "tie"}
        data_object[f"{key}-metadata"] = {"creation-date": f"2026-11-{day}T09:41:20.177000"}
    made = make_task(data_object, categories("document-type"), "document-type")
    assert made.task_input["initialValue"] == "credit_note"


def test_a_job_that_ended_without_a_label_does_not_hide_an_earlier_one(categories):
    data_object = {
        "source-ref": "s3://acme-invoices/p1.png",
        "first": {"class-name": "invoice", "status": "tie"},
        "second": {"class-name": None, "status": "no_answer"},
        "second-metadata": {"creation-date": "2026-11-03T09:41:20.177000"},
    }
    assert make_task(data_object, categories("document-type"), "document-type").task_input["initialValue"] == "Invoice"


def test_another_jobs_verdict_is_not_taken_for_a_document_type(categories):
    assert initial(
        categories, "document-type", 1, {"class-name": "good", "type": "groundtruth/label-verification"}
    ) == (
        None,
        (),
    )


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("total_amount", "not an object"),
        ({"label": "freight", **BOX}, "its category is not one of this job"),
        ({"class_id": 0, **BOX}, "its category is not one of this job"),
        ({"label": "due_date", "left": 1}, "left, top, width and height are not numbers of pixels"),
        ({"label": "due_date", **BOX, "left": True}, "left, top, width and height are not numbers of pixels"),
        ({"label": "due_date", **BOX, "left": "1"}, "left, top, width and height are not numbers of pixels"),
        ({"label": "due_date", **BOX, "left": -5}, "left, top, width and height are not numbers of pixels"),
        ({"label": "due_date", **BOX, "width": float("nan")}, "left, top, width and height are not numbers of pixels"),
        ({"label": "due_date", **BOX, "width": 10**400}, "left, top, width and height are not numbers of pixels"),
        (
            {"label": "due_date", "left": 0.7, "top": 0.8, "width": 0.1, "height": 0.02},
            "less than a pixel wide or high (boxes are in pixels of the image, not in shares of it)",
        ),
        ({"label": "due_date", **BOX, "left": 1200}, "it reaches beyond the image"),
    ],
)
def test_one_bad_box_is_left_out_and_the_others_are_shown(categories, entry, reason):
    value = {
        "boundingBoxes": [entry, {"label": "total_amount", **BOX}],
        "inputImageProperties": {"width": 1240, "height": 1754},
    }
    shown, notes = initial(categories, "invoice-boxes", value, initialValueAttribute="earlier")
    assert shown == [SHOWN_BOX]
    assert notes == (f'key "earlier": box 0 left out: {reason}',)


def test_one_bad_field_is_left_out_and_the_others_are_shown(categories):
    value = {"vendor": "ACME PAPER LTD", "due_date": ["31/01/26"], "total_amount": "1,204.50"}
    shown, notes = initial(categories, "invoice-fields", value, initialValueAttribute="earlier")
    assert shown == {"total_amount": {"value": "1,204.50"}}
    assert notes == (
        'key "earlier": field 0 left out: not one of this job',
        'key "earlier": field "due_date" left out: neither a text nor a number',
    )


@pytest.mark.parametrize(
    ("task_type", "value"),
    [
        ("document-type", "ACME letter"),
        ("document-type", 1),
        ("document-type", {"type": "ACME letter"}),
        ("document-type", ["ACME letter"]),
        ("invoice-boxes", "ACME letter"),
        ("invoice-boxes", {"boxes": "ACME letter"}),
        ("invoice-fields", "ACME letter"),
        ("invoice-fields", {"fields": ["ACME letter"]}),
        ("invoice-fields", {"total_amount": float("inf")}),
        ("invoice-fields", {"total_amount": "ACME letter \ud83d"}),
        ("invoice-fields", {"total_amount": "ACME letter" * TASK_INPUT_CHARACTERS}),
    ],
)
def test_a_useless_prediction_is_noted_without_its_text(categories, task_type, value):
    shown, notes = initial(categories, task_type, value, initialValueAttribute="earlier")
    assert shown is None
    assert len(notes) == 1
    assert "ACME" not in notes[0]


def test_a_thousand_bad_boxes_make_five_notes(categories):
    notes = initial(categories, "invoice-boxes", ["?"] * 1000, initialValueAttribute="earlier")[1]
    assert len(notes) == 5
    assert notes[4] == 'key "earlier": 996 more left out'
