"""The value of each field that most workers entered, compared by what it means."""

import pytest
from labelling_cases import categories, data_object, label_objects, label_one

FORM = categories(
    {"label": "vendor_name", "displayName": "Vendor name"},
    {"label": "invoice_date", "type": "date"},
    {"label": "due_date", "type": "date", "dateOrder": "month-first"},
    {"label": "total_amount", "type": "amount"},
    {"label": "subtotal", "type": "amount"},
    {"label": "currency", "type": "currency"},
    {"label": "purchase_order", "type": "identifier", "required": False},
)


def label_form(*answers, **settings):
    return label_one(
        {f"w{number}": answer for number, answer in enumerate(answers)}, "invoice-fields", FORM, **settings
    )


def label_field(name, *texts, **settings):
    """The value of one field, None standing for blank and False for absent."""
    answers = [
        {name: text} if text else {"vendor_name": "x", "not_on_document": {name: text is False}} for text in texts
    ]
    return label_form(*answers, **settings)["fields"][name]


def test_the_value_is_what_a_worker_typed_beside_its_normal_form():
    assert label_field("total_amount", "1,204.50", "1.204,50", "1,204.50") == {
        "value": "1,204.50",
        "normalized": "1204.50",
        "votes": 3,
        "confidence": 1.0,
        "workers": 3,
        "status": "agreed",
    }


def test_the_confidence_is_the_winners_share_and_the_others_are_told():
    value = label_field("total_amount", "12.00", "12.00", "17.00")
    assert (value["normalized"], value["votes"], value["confidence"]) == ("12.00", 2, 0.6667)
    assert value["others"] == [{"value": "17.00", "votes": 1}]


def test_not_on_the_document_is_an_answer():
    assert label_field("due_date", False, False, "2026-01-31") == {
        "value": None,
        "absent": True,
        "votes": 2,
        "confidence": 0.6667,
        "workers": 3,
        "status": "agreed",
        "others": [{"value": "2026-01-31", "votes": 1}],
    }


def test_blank_is_no_vote_but_counted():
    value = label_field("due_date", "2026-01-31", "2026-01-31", None)
    assert (value["votes"], value["blank"], value["workers"], value["confidence"]) == (2, 1, 3, 1.0)


def test_a_value_that_most_left_blank_is_not_agreed():
    value = label_field("due_date", "2026-01-31", None, None)
    assert (value["normalized"], value["status"], value["reason"]) == (
        "2026-01-31",
        "low_agreement",
        "2 of 3 workers left it blank",
    )


def test_a_field_that_all_left_blank_has_no_answer():
    value = label_field("due_date", None, None)
    assert (value["value"], value["status"], value["blank"], value["votes"]) == (None, "no_answer", 2, 0)
    assert "absent" not in value


def test_a_field_that_may_be_left_blank_is_absent_when_blank():
    value = label_field("purchase_order", None, None, "PO 1")
    assert (value["value"], value["absent"], value["votes"], value["blank"]) == (None, True, 2, 2)


def test_an_empty_form_says_nothing_even_of_fields_that_may_be_blank():
    value = label_form({}, {"purchase_order": "PO 1"}, {"purchase_order": "PO-1"})["fields"]["purchase_order"]
    assert (value["normalized"], value["votes"], value["blank"]) == ("PO1", 2, 1)


def test_a_text_beside_a_tick_counts_and_is_noted():
    value = label_form({"due_date": "2026-01-31", "not_on_document": {"due_date": True}})
    assert value["fields"]["due_date"]["normalized"] == "2026-01-31"
    assert value["notes"] == ["due_date: 1 worker ticked it as absent and entered a text, which counts"]


@pytest.mark.parametrize(
    "texts", [("03/04/26", "2026-04-03"), ("03/04/26", "3.4.2026"), ("2026-04-03", "03/04/26", "03/04/26")]
)
def test_an_ambiguous_answer_joins_the_clear_one_it_can_mean(texts):
    value = label_field("invoice_date", *texts)
    assert (value["normalized"], value["confidence"], value["settled_by"]) == ("2026-04-03", 1.0, "answers")


def test_other_dates_of_the_document_settle_how_it_writes_them():
    value = label_form(
        {"invoice_date": "03/04/26", "due_date": "25/04/26"}, {"invoice_date": "03/04/26", "due_date": "25/04/26"}
    )["fields"]["invoice_date"]
    assert (value["normalized"], value["settled_by"]) == ("2026-04-03", "document")


def test_the_label_categorys_date_order_settles_the_rest():
    value = label_field("due_date", "03/04/26", "03/04/26")
    assert (value["normalized"], value["settled_by"]) == ("2026-03-04", "dateOrder")


def test_what_nothing_settles_stays_ambiguous_and_says_so():
    value = label_field("invoice_date", "03/04/26", "03/04/26")
    assert (value["value"], value["normalized"], value["ambiguous"]) == ("03/04/26", None, ["2026-03-04", "2026-04-03"])
    assert (value["status"], value["confidence"]) == ("agreed", 1.0)


def test_clear_answers_that_contradict_settle_nothing():
    value = label_field("invoice_date", "03/04/26", "2026-04-03", "2026-03-04")
    assert (value["status"], value["confidence"]) == ("tie", pytest.approx(1 / 3, abs=1e-4))


def test_other_amounts_of_the_document_settle_the_decimal_mark():
    comma = label_form({"total_amount": "1.204", "subtotal": "950,00"})["fields"]["total_amount"]
    point = label_form({"total_amount": "1.204", "subtotal": "950.00"})["fields"]["total_amount"]
    assert (comma["normalized"], comma["settled_by"]) == ("1204.00", "document")
    assert (point["normalized"], point["settled_by"]) == ("1.204", "document")


def test_a_dollar_sign_joins_the_dollar_that_another_worker_named():
    assert label_field("currency", "$", "CAD")["normalized"] == "CAD"
    assert label_field("currency", "$", "$")["normalized"] is None


def test_the_best_raw_answer_is_the_most_frequent():
    assert label_field("vendor_name", "ACME Ltd.", "Acme Ltd.", "Acme Ltd.")["value"] == "Acme Ltd."


def test_among_equally_frequent_ones_it_is_the_one_closest_to_the_others():
    assert label_field("vendor_name", "AcmePaperLtd", "Acme Paper Ltd.", "Acme Paper Ltd")["value"] == "Acme Paper Ltd"


def test_an_answer_that_is_not_of_the_type_still_counts_as_text():
    value = label_field("total_amount", "see page 2", "See page 2.", "12.00")
    assert (value["value"], value["normalized"], value["votes"]) == ("see page 2", None, 2)


@pytest.mark.parametrize("policy", ["category_order", "unresolved", "worker_accuracy"])
def test_a_tie_between_values_is_reported_and_not_guessed(policy):
    value = label_field("total_amount", "12.00", "17.00", tie_policy=policy)
    assert (value["value"], value["status"], value["votes"]) == (None, "tie", 1)
    assert value["tie"] == {"values": ["12.00", "17.00"], "policy": policy}


def test_worker_accuracy_settles_a_tie_when_one_worker_is_better():
    payload = [
        data_object(
            f"{item}",
            {
                "ann": {"total_amount": f"{item}.00"},
                "bob": {"total_amount": f"{item}.99"},
                "cat": {"total_amount": f"{item}.00"},
                "dan": {"total_amount": f"{item}.00"},
            },
        )
        for item in range(10)
    ]
    payload.append(data_object("tie", {"ann": {"total_amount": "5.00"}, "bob": {"total_amount": "6.00"}}))
    values, _, _ = label_objects(payload, "invoice-fields", FORM)
    field = values["tie"]["fields"]["total_amount"]
    assert (field["normalized"], field["status"]) == ("5.00", "tie")
    weighted, _, _ = label_objects(payload, "invoice-fields", FORM, method="weighted")
    field = weighted["tie"]["fields"]["total_amount"]
    assert (field["normalized"], field["status"]) == ("5.00", "agreed")


def test_fields_outside_the_categories_are_texts():
    value = label_form({"cost_centre": "A-1"}, {"cost_centre": "a1"})
    assert value["fields"]["cost_centre"]["normalized"] == "a1"
    assert list(value["fields"])[-1] == "cost_centre"


def test_every_category_has_a_field_and_the_object_is_as_good_as_its_worst():
    value = label_form({"vendor_name": "ACME", "total_amount": "1.00"}, {"vendor_name": "ACME", "total_amount": "2.00"})
    assert list(value["fields"]) == [category.label for category in FORM.categories]
    assert value["status"] == "tie"
    assert value["reason"] == "tie: total_amount; no_answer: invoice_date, due_date, subtotal, currency"
    mean = sum(field["confidence"] for field in value["fields"].values()) / len(value["fields"])
    assert value["confidence"] == pytest.approx(mean, abs=1e-4)


def test_a_blank_field_beside_answered_ones_is_low_agreement_of_the_object():
    complete = {
        "vendor_name": "ACME",
        "invoice_date": "2026-01-31",
        "due_date": "2026-01-31",
        "total_amount": "1",
        "currency": "EUR",
    }
    value = label_form(complete, complete)
    assert (value["status"], value["reason"]) == ("low_agreement", "no_answer: subtotal")


def test_a_form_that_all_left_empty_has_no_answer():
    value = label_form({}, {"comment": "  "})
    assert (value["status"], value["confidence"], value["workers"]) == ("no_answer", 0.0, 2)


def test_an_object_without_answers_has_no_fields():
    assert label_form() == {
        "fields": {},
        "confidence": 0.0,
        "workers": 0,
        "status": "no_answer",
        "reason": "the object came without answers",
    }
