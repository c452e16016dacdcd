"""An object that workers agreed on in an earlier job of this task goes to nobody; any doubt sends it to workers."""

import copy
import json
from typing import Any

import pytest

from pre_annotation.task import make_task

METADATA = {
    "type": "groundtruth/custom",
    "job-name": "invoices-q3",
    "human-annotated": "yes",
    "creation-date": "2026-11-03T09:41:20.177000",
}
AGREED: dict[str, dict[str, Any]] = {
    "document-type": {
        "class_id": 0,
        "class-name": "invoice",
        "votes": {"invoice": 2, "credit_note": 1},
        "confidence": 0.9,
        "workers": 3,
        "status": "agreed",
    },
    "invoice-boxes": {
        "image_size": [{"width": 1240, "height": 1754, "depth": 3}],
        "annotations": [{"class_id": 0, "left": 911, "top": 1402, "width": 149, "height": 37}],
        "class-map": {"0": "total_amount"},
        "objects": [{"confidence": 0.94, "votes": 3, "workers": 3}],
        "confidence": 0.94,
        "workers": 3,
        "status": "agreed",
    },
    "invoice-fields": {
        "fields": {
            "total_amount": {"value": "1,204.50", "normalized": "1204.50", "votes": 2, "status": "agreed"},
            "due_date": {"value": None, "absent": True, "votes": 3, "status": "agreed"},
        },
        "confidence": 0.9,
        "workers": 3,
        "status": "agreed",
    },
}
every_task_type = pytest.mark.parametrize("task_type", list(AGREED))


def line(task_type, key="earlier", **changes):
    value = copy.deepcopy(AGREED[task_type]) | changes
    return {"source-ref": "s3://acme-invoices/p1.png", key: value, f"{key}-metadata": dict(METADATA)}


def goes_to_workers(data_object, config, task_type) -> bool:
    required = make_task(data_object, config, task_type).is_human_annotation_required
    assert isinstance(required, bool)
    return required


@every_task_type
def test_agreed_label_of_this_task_is_not_asked_again(categories, task_type):
    assert not goes_to_workers(line(task_type), categories(task_type), task_type)


@every_task_type
def test_owner_can_have_agreed_objects_asked_again(categories, task_type):
    assert goes_to_workers(line(task_type), categories(task_type, skipAgreed=False), task_type)


@every_task_type
@pytest.mark.parametrize("status", ["tie", "low_agreement", "no_answer", "error", "Agreed", None, True])
def test_any_other_status_goes_to_workers(categories, task_type, status):
    assert goes_to_workers(line(task_type, status=status), categories(task_type), task_type)


@every_task_type
@pytest.mark.parametrize(
    "metadata",
    [
        None,
        "yes",
        {},
        METADATA | {"human-annotated": "no"},
        METADATA | {"human-annotated": False},
        METADATA | {"failure-reason": "ClientError: Annotation tasks expired."},
    ],
)
def test_a_label_without_a_sound_human_job_goes_to_workers(categories, task_type, metadata):
    data_object = line(task_type) | {"earlier-metadata": metadata}
    assert goes_to_workers(data_object, categories(task_type), task_type)
    del data_object["earlier-metadata"]
    assert goes_to_workers(data_object, categories(task_type), task_type)


@every_task_type
def test_an_agreed_label_of_another_task_says_nothing(categories, task_type):
    for other in set(AGREED) - {task_type}:
        assert goes_to_workers(line(other), categories(task_type), task_type)


@pytest.mark.parametrize(
    ("task_type", "changes"),
    [
        ("document-type", {"class-name": "receipt"}),
        ("document-type", {"class-name": None}),
        ("document-type", {"votes": {"invoice": 2, "receipt": 1}}),
        ("document-type", {"votes": None}),
        ("invoice-boxes", {"class-map": {"0": "freight"}}),
        ("invoice-boxes", {"class-map": {}}),
        ("invoice-boxes", {"class-map": None}),
        ("invoice-boxes", {"image_size": None}),
        ("invoice-boxes", {"annotations": [{"class_id": 0}, {"class_id": 7}]}),
        ("invoice-boxes", {"annotations": ["total_amount"]}),
        ("invoice-fields", {"fields": {"total_amount": {}}}),
        ("invoice-fields", {"fields": {"total_amount": {}, "due_date": {}, "freight": {}}}),
        ("invoice-fields", {"fields": ["total_amount", "due_date"]}),
    ],
)
def test_a_label_of_other_categories_goes_to_workers(categories, task_type, changes):
    assert goes_to_workers(line(task_type, **changes), categories(task_type), task_type)


@every_task_type
def test_one_agreed_label_among_others_is_enough(categories, task_type):
    data_object = line(task_type, "first", status="tie") | line(task_type, "second")
    assert not goes_to_workers(data_object, categories(task_type), task_type)


@every_task_type
def test_a_named_label_alone_decides(categories, task_type):
    data_object = line(task_type, "mine", status="tie") | line(task_type, "theirs")
    for attribute, asked in {"mine": True, "theirs": False}.items():
        config = categories(task_type, initialValueAttribute=attribute)
        assert goes_to_workers(data_object, config, task_type) is asked


@every_task_type
@pytest.mark.parametrize("prediction", [None, "invoice", {"status": "agreed"}])
def test_a_named_prediction_does_not_hide_an_agreed_label(categories, task_type, prediction):
    data_object = line(task_type) | {"ocr": prediction}
    assert not goes_to_workers(data_object, categories(task_type, initialValueAttribute="ocr"), task_type)


def test_boxes_agreed_to_be_none_count_only_where_the_owner_names_them(categories):
    data_object = line("invoice-boxes", annotations=[], **{"class-map": {}})
    assert goes_to_workers(data_object, categories("invoice-boxes"), "invoice-boxes")
    named = categories("invoice-boxes", initialValueAttribute="earlier")
    assert not goes_to_workers(data_object, named, "invoice-boxes")


def test_a_skipped_object_still_has_its_whole_task(categories):
    task = make_task(line("document-type"), categories("document-type"), "document-type")
    assert task.task_input["initialValue"] == "Invoice"


OTHER_SHAPES: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "several types": (
        "document-type",
        {
            "class_ids": [0],
            "class-map": {"0": "invoice"},
            "labels": {"invoice": {"votes": 3}, "credit_note": {"votes": 1}},
        },
        {},
    ),
    "polygons": (
        "invoice-boxes",
        {
            "image_size": [],
            "annotations": [{"class_id": 0, "vertices": [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]}],
            "class-map": {"0": "total_amount"},
        },
        {},
    ),
    "spans of text": (
        "invoice-boxes",
        {"annotations": {"labels": [], "entities": [{"label": "total_amount", "startOffset": 0, "endOffset": 4}]}},
        {"marks": "entities"},
    ),
}


@pytest.mark.parametrize(("task_type", "value", "task"), OTHER_SHAPES.values(), ids=OTHER_SHAPES)
def test_agreed_labels_of_other_shapes_are_known(categories, task_type, value, task):
    earlier = line(task_type)
    earlier["earlier"] = {**value, "status": "agreed", "confidence": 1.0, "workers": 3}
    config = categories(task_type, **task)
    if task:
        earlier["source"] = earlier.pop("source-ref")
    assert not goes_to_workers(earlier, config, task_type)
    text = json.dumps(earlier["earlier"]).replace("total_amount", "unheard").replace('"invoice"', '"unheard"')
    assert goes_to_workers({**earlier, "earlier": json.loads(text)}, config, task_type)
