"""The document type that most workers chose, ties by named policies, and what is told about it."""

import pytest
from labelling_cases import categories, data_object, label_objects, label_one

TYPES = categories(
    {"label": "invoice", "displayName": "Invoice"}, {"label": "credit_note", "displayName": "Credit note"}, "receipt"
)


def label_type(*labels, **settings):
    answers = {f"w{number}": {"documentType": {"label": label}} for number, label in enumerate(labels)}
    return label_one(answers, "document-type", TYPES, **settings)


def test_the_majority_wins_and_its_share_is_the_confidence():
    assert label_type("Invoice", "invoice", " CREDIT NOTE ") == {
        "class_id": 0,
        "class-name": "invoice",
        "votes": {"invoice": 2, "credit_note": 1},
        "vote_share": 0.6667,
        "posterior": 0.9378,
        "confidence": 0.6667,
        "workers": 3,
        "status": "agreed",
    }


def test_below_the_minimum_confidence_the_status_says_so():
    value = label_type("invoice", "invoice", "receipt", "credit_note", minimum_confidence=0.6)
    assert (value["class-name"], value["confidence"], value["status"]) == ("invoice", 0.5, "low_agreement")
    assert "0.50 is below 0.6" in value["reason"]


@pytest.mark.parametrize("policy", ["worker_accuracy", "category_order", "unresolved"])
def test_a_tie_is_always_reported(policy):
    value = label_type("credit_note", "invoice", tie_policy=policy)
    assert value["status"] == "tie"
    assert value["tie"] == {"labels": ["invoice", "credit_note"], "policy": policy}
    assert value["confidence"] == 0.5
    assert value["reason"].startswith("tie between invoice and credit_note")


def test_category_order_prefers_the_first_category_and_not_the_alphabet():
    value = label_type("credit_note", "invoice", tie_policy="category_order")
    assert (value["class-name"], value["class_id"]) == ("invoice", 0)


def test_an_unresolved_tie_has_no_class():
    value = label_type("credit_note", "invoice", tie_policy="unresolved")
    assert (value["class-name"], value["class_id"]) == (None, None)


def test_workers_who_cannot_be_told_apart_leave_a_tie_unresolved():
    assert label_type("credit_note", "invoice", tie_policy="worker_accuracy")["class-name"] is None


def test_worker_accuracy_prefers_the_worker_who_is_mostly_right():
    """Ann agrees with the others throughout, Bob never does; in the tie between them Ann counts."""
    payload = [
        data_object(
            str(item),
            {
                "ann": {"t": {"label": "invoice"}},
                "bob": {"t": {"label": "receipt"}},
                "cat": {"t": {"label": "invoice"}},
                "dan": {"t": {"label": "invoice"}},
            },
        )
        for item in range(8)
    ]
    payload.append(data_object("tie", {"ann": {"t": {"label": "credit_note"}}, "bob": {"t": {"label": "invoice"}}}))
    values, _, _ = label_objects(payload, "document-type", TYPES, tie_policy="worker_accuracy")
    assert (values["tie"]["class-name"], values["tie"]["status"]) == ("credit_note", "tie")
    assert "resolved to credit_note" in values["tie"]["reason"]


def test_weighted_votes_let_two_good_workers_outvote_three_bad_ones():
    """Three workers answer at random all along; the other two agree with one another and are believed."""
    names = ["invoice", "credit_note", "receipt"]
    payload = []
    for item in range(60):
        truth = names[item % 3]
        answers = {"good1": truth, "good2": truth, "good3": truth}
        answers |= {f"bad{n}": names[(item * (n + 2) + item // 3 + n) % 3] for n in range(3)}
        payload.append(data_object(str(item), {w: {"t": {"label": label}} for w, label in answers.items()}))
    odd = {"good1": "invoice", "good2": "invoice", "bad0": "receipt", "bad1": "receipt", "bad2": "receipt"}
    payload.append(data_object("odd", {worker: {"t": {"label": label}} for worker, label in odd.items()}))
    majority, _, _ = label_objects(payload, "document-type", TYPES)
    weighted, _, _ = label_objects(payload, "document-type", TYPES, method="weighted")
    assert majority["odd"]["class-name"] == "receipt"
    assert weighted["odd"]["class-name"] == "invoice"
    assert weighted["odd"]["confidence"] > 0.5


def test_few_answers_do_not_ruin_the_weighted_confidence():
    """With one object a worker, nobody can be told apart, so the vote decides and certainty stays moderate."""
    value = label_type("invoice", "invoice", "receipt", method="weighted")
    assert value["class-name"] == "invoice"
    assert 0.5 < value["confidence"] < 0.99


def test_an_unknown_label_stays_and_is_named():
    value = label_type("proforma", "proforma", "invoice")
    assert (value["class-name"], value["class_id"], value["unknown"]) == ("proforma", 3, ["proforma"])
    assert "not among the label categories" in value["notes"][0]


def test_labels_outside_the_categories_are_numbered_after_them_in_sorted_order():
    assert label_type("zeta", "zeta", "alpha")["class_id"] == 4


def test_answers_that_cannot_be_used_are_counted_and_do_not_vote():
    value = label_one(
        {
            "a": {"t": {"label": "invoice"}},
            "b": {},
            "c": {"t": {"labels": ["invoice", "receipt"]}},
            "d": "{not json",
            "e": [1, 2],
        },
        "document-type",
        TYPES,
    )
    assert (value["class-name"], value["workers"], value["confidence"], value["status"]) == (
        "invoice",
        1,
        1.0,
        "agreed",
    )
    assert value["notes"] == [
        "1 answer with several labels not counted",
        "1 answer without a label not counted",
        "2 answers could not be read: not JSON; not an object",
    ]


@pytest.mark.parametrize(
    ("answers", "status", "told"),
    [
        ({}, "no_answer", "without answers"),
        ({"a": {}, "b": {"t": {}}}, "no_answer", "no worker chose anything"),
        ({"a": "{", "b": "[1, 2]"}, "error", "2 answers could not be read"),
    ],
)
def test_without_a_usable_answer_the_status_says_why(answers, status, told):
    value = label_one(answers, "document-type", TYPES)
    assert (value["class_id"], value["class-name"], value["votes"]) == (None, None, {})
    assert (value["confidence"], value["workers"], value["status"]) == (0.0, 0, status)
    assert told in value["reason"]
