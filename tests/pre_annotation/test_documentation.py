"""docs/label-categories.md says what the function does: its examples, keys, commands and messages are tried here."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pre_annotation import label_categories
from pre_annotation.category_store import CategoryStore, s3_client
from pre_annotation.errors import PreAnnotationError
from pre_annotation.initial_values import initial_value
from pre_annotation.label_categories import read_label_categories
from pre_annotation.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "label-categories.md").read_text()
URI = "s3://acme-invoices/label-categories/invoice-fields.json"
FENCED = re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
MISTAKES = re.findall(r'^\| `(\{.*\}|".*")` \| `(.*)` \|$', PAGE, re.MULTILINE)
COMMANDS = re.findall(r"^aws s3 cp (\S+) s3://acme-invoices/(\S+)$", PAGE, re.MULTILINE)
PREDICTIONS = [
    (task_type, example)
    for task_type, cell in re.findall(r"^\| `([a-z-]+)` \| (`[\"\[{].*) \|$", PAGE, re.MULTILINE)
    for example in re.findall(r"`([\"\[{].*?)`(?:,| or|;|$)", cell)
]


def test_the_page_has_examples_to_try():
    assert (len(FENCED), len(MISTAKES), len(COMMANDS), len(PREDICTIONS)) == (2, 6, 2, 4)


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
def test_example_is_a_config_of_every_task_type(task_type):
    assert len(read_label_categories(FENCED[0].encode(), URI, task_type).labels) == 3


def test_the_example_of_a_sum_is_a_config_of_fields():
    assert [entry.sums_to for entry in read_label_categories(FENCED[1].encode(), URI, "invoice-fields").labels] == [
        "subtotal",
        "subtotal",
        None,
    ]


def test_every_key_is_explained_and_no_other():
    section = PAGE.split("## Every key")[1].split("## ")[0]
    explained = set(re.findall(r"^\| `([a-zA-Z.\[\]-]+)` \|", section, re.MULTILINE))
    keys = {
        *label_categories._TOP_KEYS,
        *(f"labels[].{key}" for key in label_categories._LABEL_KEYS),
        *(f"task.{key}" for key in label_categories._TASK_KEYS),
    }
    assert explained == keys
    for key in label_categories._GROUND_TRUTH_TOP_KEYS + label_categories._GROUND_TRUTH_LABEL_KEYS:
        assert f"`{key}`" in PAGE


@pytest.mark.parametrize(("entry", "message"), MISTAKES)
def test_a_mistake_is_logged_as_the_page_says(entry, message):
    document = json.dumps({"labels": [json.loads(entry)]}).encode()
    with pytest.raises(PreAnnotationError) as caught:
        read_label_categories(document, URI, "invoice-fields")
    assert str(caught.value) == f"{URI}: {message}"


def test_files_uploaded_by_the_commands_are_found(s3, upload):
    (shipped, task_key), (_, job_key) = COMMANDS
    upload(task_key, (ROOT / shipped).read_bytes())
    upload(job_key, {"labels": [{"label": "freight"}]})
    store = CategoryStore(s3_client(), Settings("invoice-fields", "acme-invoices", "label-categories/"), print)
    job_name = re.search(r"For a job called `([^`]+)`", PAGE)
    assert job_name is not None
    assert store.of_job(job_name[1].lower()).names == {"freight"}
    assert len(store.of_job("another").labels) == 9


@pytest.mark.parametrize(("task_type", "example"), PREDICTIONS)
def test_predictions_as_the_page_shows_them_are_used(task_type, example):
    document = (ROOT / "label_categories" / f"{task_type}.json").read_bytes()
    named = replace(read_label_categories(document, URI, task_type), initial_value_attribute="ocr")
    shown = initial_value({"ocr": json.loads(example)}, named, task_type)
    assert shown.value
    assert shown.notes == ()
