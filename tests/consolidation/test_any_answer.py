"""What must hold for any answers: one entry an object, no exception, the same result in any order, bounded values."""

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from labelling_cases import annotation, box, categories, data_object, label_objects, page

from consolidation.boxes import LabelNames, collect
from consolidation.data_objects import Answer, DataObject

TASKS = ["document-type", "invoice-boxes", "invoice-fields"]
NAMES = ["vendor_name", "invoice_date", "total_amount"]
CATEGORIES = categories(
    "vendor_name", {"label": "invoice_date", "type": "date"}, {"label": "total_amount", "type": "amount"}
)
STATUSES = {"agreed", "tie", "low_agreement", "no_answer", "error"}
relaxed = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

text = st.text(st.characters(codec=None), max_size=12) | st.sampled_from(
    [*NAMES, "label", "on", "1.234", "03/04/26", "&amp;", "\ud800"]
)
scalar = st.none() | st.booleans() | st.integers() | st.floats() | text
keys = text | st.sampled_from(
    [
        "boundingBoxes",
        "inputImageProperties",
        "labels",
        "value",
        "absent",
        "left",
        "top",
        "width",
        "height",
        "label",
        "polygons",
        "vertices",
        "keypoints",
        "entities",
        "startOffset",
        "endOffset",
        "x",
        "y",
        *NAMES,
    ]
)
anything = st.recursive(
    scalar, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5), max_leaves=25
)
side = st.integers(-50, 2_000) | st.floats() | st.sampled_from(["12", None, True, 10**30])
any_box = (
    st.fixed_dictionaries({}, optional=dict.fromkeys(("left", "top", "width", "height"), side) | {"label": text})
    | anything
)
any_page = st.fixed_dictionaries(
    {"b": st.fixed_dictionaries({"boundingBoxes": st.lists(any_box, max_size=6), "inputImageProperties": anything})}
)
any_number = st.integers(-50, 2_000) | st.integers() | st.floats() | st.sampled_from(["12", None, True])
corner = st.fixed_dictionaries({"x": any_number, "y": any_number}) | anything
geometry = {"x": any_number, "y": any_number, "startOffset": any_number, "endOffset": any_number}
any_mark = (
    st.fixed_dictionaries({"label": text}, optional=geometry | {"vertices": st.lists(corner, max_size=6)}) | anything
)
any_marks = st.dictionaries(
    st.sampled_from(["a", "b"]),
    st.dictionaries(
        st.sampled_from(["polygons", "keypoints", "entities", "boundingBoxes"]), st.lists(any_mark, max_size=4)
    ),
    max_size=2,
)
any_form = st.dictionaries(st.sampled_from(NAMES) | text, anything, max_size=5)
any_answer = (
    anything | any_page | any_marks | any_form | st.fixed_dictionaries({"t": st.fixed_dictionaries({"label": text})})
)


@pytest.mark.parametrize("task_type", TASKS)
@pytest.mark.parametrize("method", ["majority", "weighted"])
@relaxed
@given(answers=st.lists(st.lists(any_answer, max_size=4), max_size=4))
def test_any_answers_give_one_valid_entry_an_object(answers, task_type, method):
    payload = [data_object(str(n), {f"w{w}": json.dumps(a) for w, a in enumerate(of)}) for n, of in enumerate(answers)]
    values, labelled, errors = label_objects(payload, task_type, CATEGORIES, method=method)
    assert not errors
    assert list(values) == [str(n) for n in range(len(answers))]
    for value in values.values():
        assert value["status"] in STATUSES
        assert ("reason" in value) == (value["status"] != "agreed")
        assert 0.0 <= value["confidence"] <= 1.0
        assert len(json.dumps(value)) < 20_000
        assert all(0.0 <= entry["confidence"] <= 1.0 for entry in value.get("objects", []))
    json.dumps(labelled.response.entries, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize("choice", ["several", "ordered"])
@pytest.mark.parametrize("method", ["majority", "weighted"])
@relaxed
@given(answers=st.lists(st.lists(any_answer, max_size=4), max_size=4))
def test_any_answers_give_one_valid_entry_whatever_may_be_chosen(answers, choice, method):
    payload = [data_object(str(n), {f"w{w}": json.dumps(a) for w, a in enumerate(of)}) for n, of in enumerate(answers)]
    values, _, errors = label_objects(payload, "document-type", replace(CATEGORIES, choice=choice), method=method)
    assert not errors
    assert list(values) == [str(n) for n in range(len(answers))]
    assert all(value["status"] in STATUSES and 0.0 <= value["confidence"] <= 1.0 for value in values.values())


@pytest.mark.parametrize("task_type", TASKS)
@relaxed
@given(
    annotations=st.lists(
        anything | st.builds(lambda w, d: {"workerId": w, "annotationData": d}, text, anything), max_size=4
    )
)
def test_any_annotations_give_one_entry(annotations, task_type):
    values, _, errors = label_objects([{"datasetObjectId": "0", "annotations": annotations}], task_type, CATEGORIES)
    assert not errors
    assert values["0"]["status"] in STATUSES


some_box = st.builds(
    box, st.sampled_from(NAMES), st.integers(0, 60), st.integers(0, 60), st.integers(20, 60), st.integers(20, 60)
)
some_page = st.builds(lambda boxes: page(*boxes), st.lists(some_box, max_size=5))
some_form = st.fixed_dictionaries(
    {},
    optional={
        "vendor_name": st.sampled_from(["ACME", "Acme Ltd", "acme ltd."]),
        "invoice_date": st.sampled_from(["03/04/26", "2026-04-03", "25/12/26", "4 March 2026"]),
        "total_amount": st.sampled_from(["1.234", "1,234", "12.50", "12,50"]),
        "not_on_document": st.fixed_dictionaries({name: st.booleans() for name in NAMES}),
    },
)
some_type = st.builds(lambda label: {"t": {"label": label}}, st.sampled_from([*NAMES, "other", "another"]))
SENSIBLE = {"document-type": some_type, "invoice-boxes": some_page, "invoice-fields": some_form}


def shuffled(payload: list[Any], rng: random.Random) -> list[Any]:
    """The same payload with objects, workers, boxes and inputs in another order."""
    result = []
    for entry in rng.sample(payload, len(payload)):
        annotations = []
        for given_annotation in rng.sample(entry["annotations"], len(entry["annotations"])):
            answer = json.loads(given_annotation["annotationData"]["content"])
            answer = dict(rng.sample(list(answer.items()), len(answer)))
            for value in answer.values():
                if isinstance(value, dict) and "boundingBoxes" in value:
                    rng.shuffle(value["boundingBoxes"])
            annotations.append(annotation(given_annotation["workerId"], answer))
        result.append({**entry, "annotations": annotations})
    return result


@pytest.mark.parametrize("task_type", TASKS)
@pytest.mark.parametrize("method", ["majority", "weighted"])
@relaxed
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_no_order_changes_any_value(data, seed, task_type, method):
    answers = data.draw(st.lists(st.lists(SENSIBLE[task_type], max_size=4), min_size=1, max_size=4))
    payload = [data_object(str(n), {f"w{w}": a for w, a in enumerate(of)}) for n, of in enumerate(answers)]
    values, _, _ = label_objects(payload, task_type, CATEGORIES, method=method)
    again, _, _ = label_objects(shuffled(payload, random.Random(seed)), task_type, CATEGORIES, method=method)
    assert again == values


@relaxed
@given(st.lists(some_page, min_size=1, max_size=5))
def test_a_merged_box_never_has_more_votes_than_workers_and_every_box_is_in_one(pages):
    values, _, _ = label_objects(
        [data_object("0", {f"w{w}": a for w, a in enumerate(pages)})], "invoice-boxes", CATEGORIES, box_quorum=0.0
    )
    merged = values["0"]["objects"] + values["0"].get("dropped", [])
    in_boxes = [sum(entry["labels"].values()) if "labels" in entry else entry["votes"] for entry in merged]
    assert all(1 <= number <= len(pages) for number in in_boxes)
    drawn = collect(DataObject("0", tuple(Answer(f"w{w}", a) for w, a in enumerate(pages))), LabelNames(CATEGORIES))
    distinct = sum(len({tuple(b.items()) for b in a["invoiceBoxes"]["boundingBoxes"]}) for a in pages)
    assert sum(drawn.sizes) >= distinct
    assert sum(in_boxes) == distinct


def test_an_object_that_raises_costs_only_itself(monkeypatch):
    from consolidation import document_type  # noqa: PLC0415

    real = document_type.collect

    def failing(data_object, names):
        if data_object.id == "bad":
            raise ValueError("the answer was: secret")
        return real(data_object, names)

    monkeypatch.setattr(document_type, "collect", failing)
    answers = {"a": {"t": {"label": "total_amount"}}}
    values, _, errors = label_objects(
        [data_object("bad", answers), data_object("good", answers)], "document-type", CATEGORIES
    )
    assert [object_id for object_id, _ in errors] == ["bad"]
    assert values["good"]["status"] == "agreed"
    assert (values["bad"]["status"], values["bad"]["class-name"]) == ("error", None)
    assert "ValueError" in values["bad"]["reason"]
    assert "secret" not in json.dumps(values)


def test_a_failure_over_all_objects_is_narrowed_down_to_the_one_that_fails(monkeypatch):
    from consolidation import invoice_boxes  # noqa: PLC0415

    real = invoice_boxes.label

    def failing(collected, *others):
        if any("bad" in c.workers for c in collected):
            raise FloatingPointError
        return real(collected, *others)

    monkeypatch.setattr(invoice_boxes, "label", failing)
    answer = page(box("total_amount", 10, 10))
    payload = [data_object("0", {"bad": answer}), data_object("1", {"good": answer})]
    values, _, errors = label_objects(payload, "invoice-boxes", CATEGORIES)
    assert [object_id for object_id, _ in errors] == ["all objects at once", "0"]
    assert (values["0"]["status"], values["0"]["annotations"]) == ("error", [])
    assert (values["1"]["status"], len(values["1"]["annotations"])) == ("agreed", 1)
    assert values["1"]["notes"] == ["consolidated without the other objects of its call"]
