"""The agreement of a job is that of its batches added up, whatever the batches; and it says what workers agree on."""

import json
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from labelling_cases import box, categories, data_object, page

from consolidation.agreement import AgreementCounts, merged, report
from consolidation.agreement import counts as counts_module
from consolidation.errors import EventError
from consolidation.label_categories import from_config

Counts = Callable[..., AgreementCounts]
TASKS = ["document-type", "invoice-boxes", "invoice-fields"]
relaxed = settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)

types = st.builds(lambda label: {"documentType": {"label": label}}, st.sampled_from(["invoice", "receipt", "else"]))
sides = st.integers(0, 8).map(lambda step: step * 12)
drawn = st.builds(box, st.sampled_from(["vendor_name", "total_amount", "stamp"]), sides, sides)
pages = st.lists(drawn, max_size=5).map(lambda boxes: page(*boxes))
forms = st.fixed_dictionaries(
    {},
    optional={
        "vendor_name": st.sampled_from(["Acme Ltd", "ACME  Ltd.", "Acme", "Bolt & Sons"]),
        "invoice_date": st.sampled_from(["2026-01-31", "31 Jan 2026", "03/04/26", "soon"]),
        "total_amount": st.sampled_from(["1,204.50", "1204,50", "1.204", "12"]),
        "currency": st.sampled_from(["EUR", "€", "$", "USD"]),
        "not_on_document": st.fixed_dictionaries({}, optional={"vendor_name": st.booleans()}),
    },
)
answers_of = {"document-type": types, "invoice-boxes": pages, "invoice-fields": forms}


@st.composite
def jobs(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]], int, list[int]]:
    task = draw(st.sampled_from(TASKS))
    answers = st.dictionaries(st.sampled_from("abcd"), answers_of[task], max_size=4)
    objects = [data_object(str(number), one) for number, one in enumerate(draw(st.lists(answers, max_size=8)))]
    cuts = sorted(draw(st.lists(st.integers(0, len(objects)), max_size=3)))
    return task, objects, draw(st.integers(1, 5)), cuts


@relaxed
@given(jobs())
def test_batches_add_up_to_the_whole(counts_of: Counts, job: tuple[str, list[dict[str, Any]], int, list[int]]) -> None:
    task, objects, at_once, cuts = job
    whole = counts_of(objects, task)
    edges = [0, *cuts, len(objects)]
    batches = [counts_of(objects[a:b], task, objects_at_once=at_once) for a, b in pairwise(edges)]
    random.Random(0).shuffle(batches)
    stored = [AgreementCounts.from_json(json.loads(json.dumps(batch.as_json()))) for batch in batches]
    total = merged(stored)
    assert total is not None
    assert total.as_json() == whole.as_json()
    assert report(total) == report(whole)


@relaxed
@given(jobs())
def test_every_coefficient_has_a_value_or_says_why(
    counts_of: Counts, job: tuple[str, list[dict[str, Any]], int, list[int]]
) -> None:
    task, objects, *_ = job
    told = report(counts_of(objects, task))
    json.dumps(told, allow_nan=False)

    def measures(value: Any) -> list[dict[str, Any]]:
        if isinstance(value, dict):
            return [value] if "weight" in value else [m for one in value.values() for m in measures(one)]
        return [m for one in value for m in measures(one)] if isinstance(value, list) else []

    for measure in measures(told):
        assert (measure["value"] is None) == bool(measure.get("why"))
        assert measure["value"] is None or -1 <= measure["value"] <= 1


def test_too_many_values_are_not_kept_in_whatever_order_they_come(
    counts_of: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts_module, "MOST_VALUES", 5)
    answers = [{worker: {"vendor_name": f"Vendor {number}"} for worker in "ab"} for number in range(6)]
    objects = [data_object(str(number), one) for number, one in enumerate(answers)]
    whole = counts_of(objects, "invoice-fields")
    few = counts_of(objects[:3], "invoice-fields"), counts_of(objects[3:], "invoice-fields")
    assert not few[0].fields["vendor_name"].uncounted
    for parts in (few, few[::-1]):
        total = merged(parts)
        assert total is not None
        assert total.as_json() == whole.as_json()
    told = report(whole)["fields"]["vendor_name"]
    assert told["krippendorff_alpha"]["value"] is None
    assert "too many different values" in told["krippendorff_alpha"]["why"]
    assert told["pair_agreement"] == {"value": 1.0, "weight": 6}


def test_document_types_by_pair_and_worker(counts_of: Counts) -> None:
    def chose(label: str) -> dict[str, Any]:
        return {"documentType": {"label": label}}

    objects = [
        data_object("0", {"a": chose("invoice"), "b": chose("invoice"), "c": chose("receipt")}),
        data_object("1", {"a": chose("receipt"), "b": chose("receipt")}),
        data_object("2", {"a": chose("invoice")}),
    ]
    told = report(counts_of(objects))
    assert (told["objects"], told["answers"]) == (3, 6)
    assert told["job"]["pair_agreement"] == {"value": 0.5, "weight": 4}
    assert [(pair["workers"], pair["objects"]) for pair in told["pairs"]] == [
        (["a", "b"], 2),
        (["a", "c"], 1),
        (["b", "c"], 1),
    ]
    assert told["pairs"][0]["cohen_kappa"] == {"value": 1.0, "weight": 2}
    assert told["pairs"][1]["cohen_kappa"] == {"value": 0.0, "weight": 1}
    assert told["workers"]["a"]["pair_agreement"] == {"value": 0.666667, "weight": 3}
    assert told["workers"]["c"]["pair_agreement"] == {"value": 0.0, "weight": 2}


def test_fields_are_compared_by_meaning_and_texts_by_their_characters(counts_of: Counts) -> None:
    objects = [
        data_object("0", {"a": {"vendor_name": "Acme Ltd"}, "b": {"vendor_name": "ACME Ltd."}}),
        data_object("1", {"a": {"vendor_name": "Bolt"}, "b": {"vendor_name": "Bold"}}),
        data_object("2", {"a": {"total_amount": "1,000.00"}, "b": {"total_amount": "1000"}}),
        data_object("3", {"a": {"total_amount": "10"}, "b": {"total_amount": "11"}}),
        data_object("4", {"a": {"currency": "EUR"}, "b": {"currency": "€"}}),
        data_object("5", {"a": {"vendor_name": "Acme"}, "b": {"not_on_document": {"vendor_name": True}}}),
        data_object("6", {"a": {"vendor_name": "Acme"}, "b": {"currency": "EUR"}}),
    ]
    told = report(counts_of(objects, "invoice-fields"))
    vendor, total = told["fields"]["vendor_name"], told["fields"]["total_amount"]
    assert vendor["pair_agreement"] == {"value": 0.333333, "weight": 3}
    # ACME Ltd. is 4 of 9 characters away from Acme Ltd, Bold one of four from Bolt; an absent field has no text.
    assert vendor["edit_agreement"] == {"value": pytest.approx((1 - 4 / 9 + 0.75) / 2, abs=1e-6), "weight": 2}
    assert total["pair_agreement"] == {"value": 0.5, "weight": 2}
    assert total["krippendorff_alpha_interval"]["value"] > 0.99
    assert told["fields"]["currency"]["krippendorff_alpha"]["why"].startswith("every answer is the same")
    assert told["pairs"][0]["objects"] == 6


def test_counts_hold_no_text_of_a_document(counts_of: Counts) -> None:
    objects = [data_object("0", {"a": {"vendor_name": "Secret Vendor"}, "b": {"vendor_name": "Secret Vendor"}})]
    assert "ecret" not in json.dumps(counts_of(objects, "invoice-fields").as_json())


def test_boxes_match_one_to_one_at_the_stated_overlap(counts_of: Counts) -> None:
    objects = [
        data_object(
            "0",
            {
                "a": page(box("total_amount", 0, 0), box("vendor_name", 500, 0)),
                "b": page(box("total_amount", 0, 0), box("total_amount", 10, 0)),
                "c": page(),
            },
        )
    ]
    told = report(counts_of(objects, "invoice-boxes"))
    by_pair = {tuple(pair["workers"]): pair for pair in told["pairs"]}
    # a and b: four boxes, two of them one match, although both of b's boxes overlap a's.
    assert by_pair["a", "b"]["box_f1"] == {"value": 0.5, "weight": 4}
    assert by_pair["a", "b"]["box_iou"] == {"value": 1.0, "weight": 1}
    assert by_pair["a", "c"]["box_f1"] == {"value": 0.0, "weight": 2}
    assert by_pair["a", "c"]["box_iou"]["why"] == "no two boxes match"
    assert told["fields"]["vendor_name"]["box_f1"] == {"value": 0.0, "weight": 2}
    assert told["fields"]["total_amount"]["box_f1"] == {"value": pytest.approx(2 / 6, abs=1e-6), "weight": 6}
    assert told["job"]["box_f1"]["value"] == pytest.approx(2 / 8)


def test_a_stricter_overlap_matches_less(counts_of: Counts) -> None:
    objects = [data_object("0", {"a": page(box("total_amount", 0, 0)), "b": page(box("total_amount", 20, 0))})]
    assert report(counts_of(objects, "invoice-boxes", iou=0.5))["job"]["box_f1"]["value"] == 1.0
    told = report(counts_of(objects, "invoice-boxes", iou=0.75))
    assert (told["iou"], told["job"]["box_f1"]["value"]) == (0.75, 0.0)


def test_the_best_overlap_is_matched_first(counts_of: Counts) -> None:
    two = page(box("total_amount", 0, 0), box("total_amount", 30, 0))
    objects = [data_object("0", {"a": two, "b": page(box("total_amount", 25, 0), box("total_amount", 300, 0))})]
    told = report(counts_of(objects, "invoice-boxes"))
    assert told["job"]["box_iou"]["value"] == pytest.approx(95 / 105, abs=1e-6)


def test_counts_of_different_tasks_do_not_add_up(counts_of: Counts) -> None:
    with pytest.raises(EventError, match="cannot be added"):
        merged([counts_of([]), counts_of([], "invoice-boxes")])


@pytest.mark.parametrize("value", [None, {}, {"format": 2}, {"format": 1, "taskType": "x"}, []])
def test_what_is_no_counts_is_refused(value: object) -> None:
    with pytest.raises(EventError, match="counts"):
        AgreementCounts.from_json(value)


def test_names_with_tabs_stay_apart(counts_of: Counts) -> None:
    names = categories({"label": "a\tb", "type": "currency"})
    objects = [data_object("0", {"x": {"a\tb": "EUR"}, "y": {"a\tb": "USD"}})]
    told = report(counts_of(objects, "invoice-fields", names=names))
    assert told["pairs"][0]["cohen_kappa"]["value"] == 0.0


def test_ordered_types_also_agree_by_their_distance(counts_of: Counts) -> None:
    names = from_config({"labels": [{"label": label} for label in "abcde"], "task": {"choice": "ordered"}})

    def chose(label: str) -> dict[str, Any]:
        return {"documentType": {"label": label}}

    near = [data_object(str(n), {"x": chose("abcde"[n]), "y": chose("abcde"[n - 1])}) for n in range(1, 5)]
    far = [data_object(str(n), {"x": chose("abcde"[n]), "y": chose("abcde"[4 - n])}) for n in range(1, 5)]
    fields = [
        report(counts_of(objects, names=names))["fields"]["document_type"]["krippendorff_alpha_interval"]["value"]
        for objects in (near, far)
    ]
    assert fields[0] > 0.5
    assert fields[1] < 0


def test_where_several_types_hold_each_is_a_question_of_its_own(counts_of: Counts) -> None:
    names = from_config({"labels": [{"label": "paid"}, {"label": "stamped"}], "task": {"choice": "several"}})
    objects = [
        data_object("0", {"a": {"t": {"labels": ["paid"]}}, "b": {"t": {"labels": ["paid", "stamped"]}}}),
        data_object("1", {"a": {"t": {"labels": ["stamped"]}}, "b": {"t": {"labels": ["stamped"]}}}),
    ]
    told = report(counts_of(objects, names=names))
    assert told["fields"]["paid"]["pair_agreement"] == {"value": 1.0, "weight": 2}
    assert told["fields"]["paid"]["krippendorff_alpha"]["value"] == 1.0
    assert told["fields"]["stamped"]["pair_agreement"] == {"value": 0.5, "weight": 2}
    assert told["pairs"][0]["pair_agreement"] == {"value": 0.75, "weight": 4}
