"""A label category config is read strictly: its owner sees what is wrong, and where."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pre_annotation.errors import PreAnnotationError
from pre_annotation.label_categories import LabelCategory, read_label_categories

CONFIGS = Path(__file__).parents[2] / "label_categories"
URI = "s3://acme-invoices/q3.json"


def read(config: object, task_type: str = "invoice-fields"):
    document = config if isinstance(config, bytes) else json.dumps(config).encode()
    return read_label_categories(document, URI, task_type)


def refusal(config: object, task_type: str = "invoice-fields") -> str:
    with pytest.raises(PreAnnotationError) as caught:
        read(config, task_type)
    message = str(caught.value)
    assert message.startswith(URI)
    return message.removeprefix(URI).removeprefix(": ")


def labels(*entries: object) -> dict[str, object]:
    return {"labels": list(entries)}


def test_missing_keys_have_the_documented_defaults():
    config = read(labels({"label": "total"}))
    assert config.labels == (LabelCategory("total", "total", "text", None, None, True),)
    assert (config.manifest_keys, config.skip_agreed, config.initial_value_attribute) == ((), True, None)


def test_every_key_is_read():
    config = read(
        {
            "document-version": "2018-11-28",
            "labels": [
                {
                    "label": "due",
                    "displayName": "Due",
                    "type": "date",
                    "dateOrder": "month-first",
                    "description": "When to pay.",
                    "required": False,
                    "occurs": "once",
                }
            ],
            "task": {"manifestKeys": ["page"], "skipAgreed": False, "initialValueAttribute": "ocr"},
        }
    )
    assert config.labels == (LabelCategory("due", "Due", "date", "When to pay.", "month-first", False, "once"),)
    assert (config.manifest_keys, config.skip_agreed, config.initial_value_attribute) == (("page",), False, "ocr")


def test_null_stands_for_a_default():
    config = read(labels({"label": "a", "displayName": None, "type": None, "description": None, "dateOrder": None}))
    assert config.labels == (LabelCategory("a", "a"),)


def test_ground_truths_own_keys_are_left_alone():
    entry = {"label": "a", "categoryAttributes": []}
    assert read({"documentVersion": "2020-03-01", "instructions": {"shortInstruction": "x"}, "labels": [entry]})


def test_byte_order_mark_of_a_windows_editor_is_no_mistake():
    assert read(b"\xef\xbb\xbf" + json.dumps(labels({"label": "a"})).encode()).names == {"a"}


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (b'{"labels": [', ", line 1, column 13: not JSON (Expecting value). Correct it and upload it again."),
        (b'{"labels": "\xe4"}', ", byte 12: not UTF-8. Save the file as UTF-8."),
        (b"[" * 100_000, "not a label category config. Upload the right file."),
        (b"1" * 5_000, "not a label category config. Upload the right file."),
        (b'{"labels": [], "labels": []}', 'key "labels" is there twice in one object. Remove one.'),
        ([], "the file is a list, not a JSON object. Write {...}."),
        ({}, 'labels is not a list of categories. Write [{"label": "..."}, ...] with one at least.'),
        (labels(), 'labels is not a list of categories. Write [{"label": "..."}, ...] with one at least.'),
        ({"labels": [{"label": "a"}], "task": []}, "task is a list, not a JSON object. Write {...}."),
        (
            {"labels": [{"label": "a"}], "task": {"manifestKeys": ["page", "gold"]}},
            'task.manifestKeys names "gold", which would show workers what they are tested on. Leave it out.',
        ),
        (
            {"labels": [{"label": "a"}], "task": {"manifestKeys": "page"}},
            'task.manifestKeys is not a list of strings. Write ["document", "page"], or [].',
        ),
        (
            {"labels": [{"label": "a"}], "task": {"skipAgreed": 1}},
            "task.skipAgreed is a number. Write true or false, without quotes.",
        ),
        (
            {"labels": [{"label": "a"}], "task": {"initialValueAttribute": "boxes-metadata"}},
            'task.initialValueAttribute is "boxes-metadata", which holds no label. '
            "Name the key of a label or a prediction, or write null.",
        ),
        (
            {"labels": [{"label": "a"}], "task": {"skipagreed": True}},
            "task.skipagreed is not a key of a label category config here. "
            "Known are: manifestKeys, skipAgreed, initialValueAttribute, choice, marks.",
        ),
        (labels({"label": " a"}), 'labels[0].label is " a": empty, or with space around it. Write the text alone.'),
        (labels({"label": ""}), 'labels[0].label is "": empty, or with space around it. Write the text alone.'),
        (labels({"label": 4}), "labels[0].label is a number. Write a string."),
        (
            labels({"label": "a\x00b"}),
            'labels[0].label is "a?b", with a line break or control character. Write it on one line.',
        ),
        (
            labels({"label": "a\ud800b"}),
            'labels[0].label is "a?b", with a line break or control character. Write it on one line.',
        ),
        (labels({"label": "a" * 257}), "labels[0].label has 257 characters. Use at most 256."),
        (
            labels({"label": "a"}, {"label": "A"}),
            'labels[1].label is "A", which also names labels[0]. Give each category a name of its own.',
        ),
        (
            labels({"label": "a"}, {"label": "b", "displayName": "A"}),
            'labels[1].displayName is "A", which also names labels[0]. Give each category a name of its own.',
        ),
        (
            labels({"label": "a", "displayName": "Sum  total"}, {"label": "b", "displayName": "sum Total"}),
            'labels[1].displayName is "sum Total", which also names labels[0]. Give each category a name of its own.',
        ),
        (
            labels({"label": "a", "type": ["date"]}),
            "labels[0].type is a list. Write one of text, amount, date, currency, identifier.",
        ),
        (
            labels({"label": "a", "type": "date", "dateOrder": "dmy"}),
            'labels[0].dateOrder is "dmy". Write one of day-first, month-first.',
        ),
        (
            labels({"label": "not_on_document"}),
            'labels[0].label is "not_on_document", which cannot name an input of the form. '
            "Choose another name, such as a word.",
        ),
    ],
)
def test_a_mistake_is_named_with_place_and_remedy(config, message):
    assert refusal(config) == message.removeprefix(": ")


@pytest.mark.parametrize(
    ("total", "message"),
    [
        ({"label": "net", "type": "date"}, "labels[0].sumsTo is set on"),
        ({"label": "net", "type": "amount", "sumsTo": "net"}, "is no other field of type"),
        ({"label": "net", "type": "amount", "sumsTo": "gross"}, "is no other field of type"),
        ({"label": "net", "type": "amount", "sumsTo": "vendor"}, "is no other field of type"),
    ],
)
def test_amounts_add_up_to_another_amount(total, message):
    assert message in refusal(labels({"sumsTo": "vendor", **total}, {"label": "vendor"}))


def test_a_sum_is_read():
    entries = ({"label": "line_1", "type": "amount", "sumsTo": "net"}, {"label": "net", "type": "amount"})
    assert [entry.sums_to for entry in read(labels(*entries)).labels] == ["net", None]


@pytest.mark.parametrize(
    ("key", "value", "task_type"), [("choice", "several", "document-type"), ("marks", "entities", "invoice-boxes")]
)
def test_what_is_asked_for_is_read_for_its_task_type_alone(key, value, task_type):
    config = labels({"label": "a"}, {"label": "b"}) | {"task": {key: value}}
    assert getattr(read(config, task_type), key) == value
    assert refusal(config) == f"task.{key} is set for invoice-fields. Remove it: it is for {task_type}."
    assert refusal(config | {"task": {key: "x"}}, task_type).startswith(f'task.{key} is "x". Write one of')


def test_one_document_type_leaves_nothing_to_choose():
    assert "labels has one category" in refusal(labels({"label": "invoice"}), "document-type")


def test_more_boxes_than_ground_truth_takes_are_refused():
    many = labels(*({"label": f"field{number}"} for number in range(51)))
    assert refusal(many, "invoice-boxes").startswith("labels has 51 categories; Ground Truth takes 50.")


@pytest.mark.parametrize(("task_type", "warned"), [("document-type", 1), ("invoice-boxes", 1), ("invoice-fields", 0)])
def test_more_than_ten_labels_in_a_crowd_widget_are_a_warning(task_type, warned):
    eleven = labels(*({"label": f"field{number}"} for number in range(11)))
    assert len(read(eleven, task_type).warnings) == warned


def test_a_category_is_found_by_either_name_whatever_the_case():
    config = read(labels({"label": "total_amount", "displayName": "Total amount"}))
    found = [config.find(name) for name in ("total_amount", "TOTAL  amount ", "total", None, ["total_amount"])]
    assert found == [config.labels[0], config.labels[0], None, None, None]


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda v: st.lists(v) | st.dictionaries(
    st.sampled_from(["labels", "task", "label", "type", "displayName", "manifestKeys"]) | st.text(), v)))  # fmt: skip
def test_any_json_is_a_config_or_one_clear_error(config):
    try:
        read(config)
    except PreAnnotationError as error:
        assert str(error).startswith(URI)  # noqa: PT017 - either outcome is right


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_a_config_or_one_clear_error(document):
    with pytest.raises(PreAnnotationError, match=URI):
        read(document)


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
def test_shipped_configs_are_sound_and_fit_the_widgets(task_type):
    config = read_label_categories((CONFIGS / f"{task_type}.json").read_bytes(), URI, task_type)
    assert config.warnings == ()
    assert len(config.labels) <= 10
    for category in config.labels:
        assert category.display_name != category.label, f"{category.label} has no name for workers"
        assert category.description
        assert len(category.description) <= 160, f"{category.label}: help of one line"


def test_shipped_fields_are_those_of_the_invoice():
    expected = {
        "vendor_name": "text",
        "invoice_number": "identifier",
        "invoice_date": "date",
        "due_date": "date",
        "purchase_order": "identifier",
        "currency": "currency",
        "subtotal": "amount",
        "tax_amount": "amount",
        "total_amount": "amount",
    }
    for task_type in ("invoice-boxes", "invoice-fields"):
        config = read_label_categories((CONFIGS / f"{task_type}.json").read_bytes(), URI, task_type)
        assert {category.label: category.type for category in config.labels} == expected
