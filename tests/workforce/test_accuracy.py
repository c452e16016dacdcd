"""Accuracy counts what the label got right against the truth, and nothing twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.errors import RequestError
from groundtruth.workforce import Box, Score, Truth, score

LABELS = [
    {"label": "vendor_name", "displayName": "Vendor name", "type": "text"},
    {"label": "invoice_date", "displayName": "Invoice date", "type": "date"},
    {"label": "total_amount", "displayName": "Total amount", "type": "amount"},
]
TRUTH = Truth(
    "invoice",
    1000,
    1000,
    (Box("vendor_name", 10, 10, 100, 20), Box("total_amount", 500, 800, 100, 20)),
    {"vendor_name": "Acme Paper Ltd.", "invoice_date": None, "total_amount": "1,204.50"},
)
CLASS_MAP = {"0": "vendor_name", "2": "total_amount"}


def annotation(class_id, left, top, width=100, height=20):
    return {"class_id": class_id, "left": left, "top": top, "width": width, "height": height}


def boxes(*annotations):
    return {"annotations": list(annotations), "class-map": CLASS_MAP, "status": "agreed"}


@pytest.mark.parametrize(
    ("value", "correct"),
    [({"class-name": "invoice"}, 1), ({"class-name": "receipt"}, 0), ({"status": "tie"}, 0), (None, 0), ({}, 0)],
)
def test_a_document_type_is_right_or_not(value, correct):
    assert score("document-type", value, TRUTH, ["invoice"]) == Score(correct, 1)


def test_a_document_whose_type_nobody_knows_is_not_scored():
    assert score("document-type", {"class-name": "invoice"}, Truth(None, 1, 1), ["invoice"]).accuracy is None


def test_boxes_that_overlap_well_are_found():
    found = score("invoice-boxes", boxes(annotation(0, 12, 11), annotation(2, 505, 802)), TRUTH, LABELS)
    assert found == Score(4, 4, 2, 0, 0)
    assert found.accuracy == 1


def test_a_wrong_label_a_poor_overlap_and_a_second_box_count_against_the_label():
    wrong_label = score("invoice-boxes", boxes(annotation(2, 10, 10)), TRUTH, LABELS)
    assert (wrong_label.true_positives, wrong_label.false_positives, wrong_label.false_negatives) == (0, 1, 2)
    poor = score("invoice-boxes", boxes(annotation(0, 70, 10)), TRUTH, LABELS)
    assert (poor.true_positives, poor.false_positives, poor.false_negatives) == (0, 1, 2)
    twice = score("invoice-boxes", boxes(annotation(0, 10, 10), annotation(0, 11, 10)), TRUTH, LABELS)
    assert (twice.true_positives, twice.false_positives, twice.false_negatives) == (1, 1, 1)


def test_no_label_is_wrong():
    assert score("invoice-boxes", None, TRUTH, LABELS) == Score(0, 2, 0, 0, 2)
    assert score("invoice-fields", None, TRUTH, LABELS) == Score(0, 3)
    assert score("invoice-fields", {"status": "error", "fields": {}}, TRUTH, LABELS) == Score(0, 3)


def test_only_what_was_asked_is_scored():
    assert score("invoice-boxes", boxes(annotation(0, 10, 10)), TRUTH, LABELS[:1]) == Score(2, 2, 1, 0, 0)
    assert score(
        "invoice-fields", {"fields": {"vendor_name": {"value": "ACME PAPER LTD"}}}, TRUTH, LABELS[:1]
    ) == Score(1, 1)


def test_scores_add_up_to_the_micro_f1():
    perfect = score("invoice-boxes", boxes(annotation(0, 10, 10), annotation(2, 500, 800)), TRUTH, LABELS)
    total = sum([perfect, score("invoice-boxes", None, TRUTH, LABELS)], Score())
    assert total.accuracy == pytest.approx(2 * 2 / (2 * 2 + 0 + 2))


@pytest.mark.parametrize(
    ("label", "answer", "right"),
    [
        ("vendor_name", {"value": "acme paper ltd"}, True),
        ("vendor_name", {"value": "Acme Pape Ltd"}, False),
        ("total_amount", {"value": "1.204,50", "normalized": "1204.50"}, True),
        ("total_amount", {"value": "EUR 1204,5"}, True),
        ("total_amount", {"value": "1,204.05", "normalized": "1204.05"}, False),
        ("total_amount", {"value": None, "absent": True}, False),
        ("invoice_date", {"value": None, "absent": True}, True),
        ("invoice_date", {"value": None}, False),
        ("invoice_date", {"value": "31.01.2026"}, False),
    ],
)
def test_fields_are_compared_by_meaning(label, answer, right):
    asked = [entry for entry in LABELS if entry["label"] == label]
    assert score("invoice-fields", {"fields": {label: answer}}, TRUTH, asked).correct == right


def test_a_date_order_decides_an_ambiguous_date():
    truth = Truth(None, 0, 0, (), {"date": "03/04/2026"})
    day_first = [{"label": "date", "type": "date", "dateOrder": "day-first"}]
    assert score("invoice-fields", {"fields": {"date": {"value": "2026-04-03"}}}, truth, day_first).correct == 1
    assert score("invoice-fields", {"fields": {"date": {"value": "2026-03-04"}}}, truth, day_first).correct == 0


def test_a_task_that_cannot_be_scored_is_named():
    with pytest.raises(RequestError, match="'invoice-lines' cannot be scored"):
        score("invoice-lines", {}, TRUTH, LABELS)


rectangle = st.builds(annotation, st.sampled_from([0, 2]), *[st.integers(0, 900)] * 2, *[st.integers(1, 300)] * 2)


@given(st.lists(rectangle, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_boxes_does_not_change_the_score(annotations, chance):
    first = score("invoice-boxes", boxes(*annotations), TRUTH, LABELS)
    chance.shuffle(annotations)
    again = score("invoice-boxes", boxes(*annotations), TRUTH, LABELS)
    assert first == again
    assert first.true_positives + first.false_positives == len(annotations)
    assert first.true_positives + first.false_negatives == len(TRUTH.boxes)
