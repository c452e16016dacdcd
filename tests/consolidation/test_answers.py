"""Answers are found by their shape, whatever the template calls its elements."""

import json

import pytest
from labelling_cases import box, categories

from consolidation.answers import LabelAnswer, find_boxes, find_fields, find_label

TYPES = categories(
    {"label": "invoice", "displayName": "Invoice"}, {"label": "credit_note", "displayName": "Credit note"}
)
FIELDS = categories(
    {"label": "total_amount", "displayName": "Total amount", "type": "amount"},
    {"label": "due_date", "displayName": "Due date", "type": "date"},
    {"label": "currency", "displayName": "Currency", "type": "currency"},
)


@pytest.mark.parametrize(
    "answer",
    [
        {"documentType": {"label": "Invoice"}},
        {"crowd-image-classifier": {"label": "invoice", "workerComment": "blurred"}},
        {"anything": {"labels": ["Invoice"]}},
        {"radio": {"invoice": True, "credit_note": False}},
        {"invoice": {"on": True}, "credit_note": {"on": False}},
        {"group1": {"Invoice": True}, "group2": {"Credit note": False}},
        {"select": "Invoice"},
        {"select": {"value": "invoice"}},
        {"select": ["invoice"]},
        {"select": "INVOICE ", "comment": "the scan is skewed"},
        {"form": {"documentType": {"label": "Invoice"}, "comment": "x"}},
    ],
)
def test_the_label_is_found_in_every_shape(answer):
    assert find_label(answer, TYPES) == LabelAnswer("invoice")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, LabelAnswer(None)),
        ({"t": {}}, LabelAnswer(None)),
        ({"t": None, "u": 3, "v": [], "w": [[[]]]}, LabelAnswer(None)),
        ({"t": {"labels": []}}, LabelAnswer(None)),
        ({"t": {"invoice": False, "credit_note": False}}, LabelAnswer(None)),
        ({"t": {"labels": ["invoice", "credit_note"]}}, LabelAnswer(None, "several labels")),
        ({"t": {"invoice": True, "credit_note": True}}, LabelAnswer(None, "several labels")),
        ({"t": {"label": "Proforma &amp; more"}}, LabelAnswer("Proforma & more")),
        ({"a": "two", "b": "unknown strings"}, LabelAnswer(None)),
        ({"t": {"label": "   "}}, LabelAnswer(None)),
    ],
)
def test_what_is_no_single_label_is_told_apart(answer, expected):
    assert find_label(answer, TYPES) == expected


BOXES = [box("total_amount", 1, 2)]
WIDGET = {"boundingBoxes": BOXES, "inputImageProperties": {"width": 10, "height": 20}}


@pytest.mark.parametrize(
    "answer",
    [
        {"invoiceBoxes": WIDGET},
        {"x": [WIDGET]},
        {"form": {"inner": {"boxes": WIDGET}}},
        {"hidden": json.dumps(WIDGET)},
        {"invoiceBoxes": WIDGET, "comment": "ok", "checked": {"on": True}},
    ],
)
def test_boxes_are_found_in_every_shape(answer):
    (drawn,) = find_boxes(answer) or []
    assert drawn.boxes == BOXES
    assert drawn.image == {"width": 10, "height": 20}


def test_boxes_of_two_widgets_are_taken_together():
    found = find_boxes({"a": WIDGET, "b": {"boundingBoxes": [box("tax", 3, 4)]}})
    assert found is not None
    assert sorted(b["label"] for drawn in found for b in drawn.boxes) == ["tax", "total_amount"]


@pytest.mark.parametrize(
    "answer", [{}, {"x": {"polygons": []}}, {"x": {"boundingBoxes": "none"}}, {"x": "boundingBoxes {"}]
)
def test_an_answer_without_boxes_is_not_an_answer_of_no_boxes(answer):
    assert find_boxes(answer) is None


def test_an_empty_list_of_boxes_is_an_answer():
    assert find_boxes({"x": {"boundingBoxes": []}}) == [([], None)]


@pytest.mark.parametrize(
    "answer",
    [
        {"total_amount": "1,204.50", "not_on_document": {"due_date": True, "currency": False}},
        {"Total amount": " 1,204.50 ", "ticks": {"Due date": True}},
        {"total_amount": {"value": "1,204.50"}, "due_date": {"absent": True}},
        {"invoice": {"total_amount": "1,204.50", "not_on_document": {"due_date": True}}},
        {"total_amount": ["1,204.50"], "due_date": {"not_on_document": True}},
        {"total_amount": "1,204.50", "due_date": "  ", "due_date_missing": {"due_date": True}},
        {"total_amount": "1,204.50", "due_date": {"value": "", "absent": True}},
    ],
)
def test_texts_and_absent_fields_are_found_in_every_shape(answer):
    found = find_fields(answer, FIELDS)
    assert found.texts == {"total_amount": "1,204.50"}
    assert found.absent == {"due_date"}


@pytest.mark.parametrize(
    "answer",
    [{"currency": {"EUR": True, "USD": False}}, {"currency": {"label": "EUR"}}, {"currency": {"labels": ["EUR"]}}],
)
def test_a_choice_among_values_is_a_text(answer):
    assert find_fields(answer, FIELDS).texts == {"currency": "EUR"}


def test_numbers_of_sliders_are_texts_and_booleans_are_not():
    found = find_fields({"total_amount": 12.5, "due_date": True, "currency": None}, FIELDS)
    assert found.texts == {"total_amount": "12.5"}


def test_a_text_that_is_also_ticked_as_absent_counts_as_text():
    found = find_fields({"due_date": "2026-01-31", "not_on_document": {"due_date": True}}, FIELDS)
    assert found.texts == {"due_date": "2026-01-31"}
    assert (found.absent, found.contradictory) == (frozenset(), {"due_date"})


def test_unknown_inputs_are_kept_under_their_own_name_and_helpers_are_not():
    assert find_fields({"cost_centre": "4711", "_helper": "x"}, FIELDS).texts == {"cost_centre": "4711"}


def test_entities_that_leaked_through_the_form_are_resolved():
    assert find_fields({"vendor": "Smith &amp; Sons &#39;Ltd&#39;"}, FIELDS).texts == {"vendor": "Smith & Sons 'Ltd'"}
