"""A manifest line becomes a task, or one error that names it without telling what stands in the document."""

import hashlib
import json

import pytest

from pre_annotation.errors import PreAnnotationError
from pre_annotation.task import TASK_INPUT_CHARACTERS, make_task

PAGE = "s3://acme-invoices/pages/INV-10442-p1.png"


def refusal(line, config, task_type="invoice-fields") -> str:
    with pytest.raises(PreAnnotationError) as caught:
        make_task(line, config, task_type)
    return str(caught.value)


def test_task_input_has_the_documented_shape(categories):
    line = {"source-ref": PAGE, "document": "INV-10442", "page": 1, "internal": "not for workers"}
    task = make_task(line, categories("invoice-fields", manifestKeys=["document", "page", "vendor"]), "invoice-fields")
    assert task.is_human_annotation_required is True
    assert task.notes == ()
    assert task.task_input == {
        "taskType": "invoice-fields",
        "image": PAGE,
        "labels": [
            {
                "label": "total_amount",
                "displayName": "Total amount",
                "type": "amount",
                "description": "Tax included.",
                "required": True,
            },
            {"label": "due_date", "displayName": "due_date", "type": "date", "description": None, "required": False},
        ],
        "displayNames": ["Total amount", "due_date"],
        "initialValue": None,
        "details": {"document": "INV-10442", "page": 1},
    }


@pytest.mark.parametrize("task_type", ["document-type", "invoice-fields"])
def test_inline_text_is_shown_as_text(categories, task_type):
    task = make_task({"source": "INVOICE 10437\nTOTAL 1,204.50"}, categories(task_type), task_type)
    assert task.task_input["text"] == "INVOICE 10437\nTOTAL 1,204.50"
    assert "image" not in task.task_input


def test_workers_see_no_key_that_the_owner_did_not_name(categories):
    line = {"source-ref": PAGE, "salary": "secret", "boxes": {"a": 1}}
    assert make_task(line, categories("invoice-fields"), "invoice-fields").task_input["details"] == {}


@pytest.mark.parametrize("uri", ["s3://b/k", "s3://b/Rechnung März 1.png", "s3://b/a/b.PNG?x#y", "s3://b/k.pdf.png"])
def test_any_s3_object_that_a_browser_may_show_is_taken(categories, uri):
    assert make_task({"source-ref": uri}, categories("document-type"), "document-type").task_input["image"] == uri


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({}, 'object without keys: has neither "source-ref" nor "source".'),
        ({"invoice": "ACME 1,204.50"}, 'object whose first key is "invoice": has neither "source-ref" nor "source".'),
        ({"source-ref": PAGE, "source": "ACME 1,204.50"}, f'object "{PAGE}": has both "source-ref" and "source".'),
        ({"source-ref": PAGE, "source": None}, f'object "{PAGE}": has both "source-ref" and "source".'),
        ({"source-ref": None}, 'object whose first key is "source-ref": "source-ref" is not a string.'),
        ({"source-ref": [PAGE]}, 'object whose first key is "source-ref": "source-ref" is not a string.'),
        ({"source": {"ACME": "1,204.50"}}, 'object whose first key is "source": "source" is not a string.'),
        ({"source-ref": ""}, '"source-ref" is not the S3 URI of an object. Write s3://bucket/key.'),
        ({"source-ref": "invoices/17.png"}, 'object "invoices/17.png": "source-ref" is not the S3 URI of an object.'),
        ({"source-ref": "https://b.s3.amazonaws.com/17.png"}, '"source-ref" is not the S3 URI of an object.'),
        ({"source-ref": "s3://only-bucket"}, '"source-ref" is not the S3 URI of an object.'),
        ({"source-ref": "s3://bucket/folder/"}, '"source-ref" is not the S3 URI of an object.'),
        ({"source-ref": "s3://bucket/page.png\n"}, 'object "s3://bucket/page.png?": "source-ref" is not the S3 URI'),
        ({"source-ref": "s3://bucket/scan.TIFF"}, '"source-ref" is a PDF or TIFF file, which the worker page cannot'),
        ({"source-ref": "s3://bucket/scan.tif"}, "Render its pages as PNG or JPEG"),
        ({"source-ref": "s3://bucket/scan.pdf"}, "Render its pages as PNG or JPEG"),
        ({"Service": "Amazon S3", "Event": "s3:TestEvent"}, "is the test event that S3 sends"),
    ],
)
def test_a_line_that_cannot_become_a_task_is_named_with_key_and_remedy(categories, line, message):
    text = refusal(line, categories("invoice-fields"))
    assert message in text
    assert "1,204.50" not in text


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_empty_text_is_refused(categories, text):
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    message = refusal({"source": text}, categories("document-type"), "document-type")
    assert message == (
        f'text object (SHA-256 of its text begins {digest}): "source" is empty. '
        "Give the text to label, or take the line out of the manifest."
    )


def test_text_cannot_take_boxes(categories):
    assert "no boxes can be drawn" in refusal({"source": "ACME"}, categories("invoice-boxes"), "invoice-boxes")


def test_spans_are_marked_in_text_and_all_else_on_images(categories):
    spans = categories("invoice-boxes", marks="entities")
    assert make_task({"source": "ACME"}, spans, "invoice-boxes").task_input["text"] == "ACME"
    assert "task.marks is entities" in refusal({"source-ref": PAGE}, spans, "invoice-boxes")
    points = categories("invoice-boxes", marks="keypoints")
    assert "no keypoints can be drawn" in refusal({"source": "ACME"}, points, "invoice-boxes")


def test_document_text_in_the_place_of_a_uri_is_not_repeated(categories):
    message = refusal({"source-ref": "ACME PAPER LTD total 1,204.50"}, categories("invoice-fields"))
    assert "ACME" not in message
    assert '"source-ref" is not the S3 URI of an object' in message


def test_a_line_holds_at_most_what_a_template_takes(categories):
    config = categories("invoice-fields", manifestKeys=["ocr"])
    overhead = len(json.dumps(make_task({"source": "x", "ocr": ""}, config, "invoice-fields").task_input)) - 1
    longest = "x" * (TASK_INPUT_CHARACTERS - overhead)
    task = make_task({"source": longest, "ocr": ""}, config, "invoice-fields")
    assert len(json.dumps(task.task_input)) == TASK_INPUT_CHARACTERS
    message = refusal({"source": longest + "x", "ocr": ""}, config)
    assert 'makes a task input of 128001 characters, most of them under "text"; 128000 are allowed' in message
    message = refusal({"source": "x", "ocr": longest + "x"}, config)
    assert 'most of them under "details"' in message
    assert "name fewer task.manifestKeys" in message


def test_length_is_counted_in_characters_not_in_escapes(categories):
    task = make_task({"source": "€" * 120_000}, categories("invoice-fields"), "invoice-fields")
    assert len(task.task_input["text"]) == 120_000


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "half a pair \ud83d"])
def test_what_json_cannot_carry_is_refused_rather_than_breaking_the_response(categories, value):
    message = refusal({"source-ref": PAGE, "ocr": value}, categories("invoice-fields", manifestKeys=["ocr"]))
    assert message.startswith(f'object "{PAGE}": holds NaN, infinity or half a surrogate pair')
    assert "task.manifestKeys (ocr)" in message


def test_a_broken_key_that_workers_do_not_see_costs_nothing(categories):
    line = {"source-ref": PAGE, "ocr": float("nan"), "half": "\ud83d"}
    assert make_task(line, categories("invoice-fields"), "invoice-fields").is_human_annotation_required
