"""Where several types may hold at once, each is voted on by itself."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelling_cases import categories, data_object, label_objects, label_one

from consolidation.label_categories import LabelCategories

NAMES = ["invoice", "handwritten", "stamped", "not_readable"]
TYPES = replace(
    categories("invoice", "handwritten", {"label": "stamped", "displayName": "Has a stamp"}, "not_readable"),
    choice="several",
)


def multi(*labels):
    """As crowd-classifier-multi-select answers."""
    return {"documentType": {"labels": list(labels)}}


def label_types(*answers, names=TYPES, **settings):
    return label_one({f"w{n}": answer for n, answer in enumerate(answers)}, "document-type", names, **settings)


def test_labels_that_more_than_half_chose_hold():
    value = label_types(multi("invoice", "Has a stamp"), multi("invoice"), multi("stamped", "invoice"))
    posteriors = [told.pop("posterior") for told in value["labels"].values()]
    assert 1.0 > posteriors[0] > posteriors[1] > 0.5
    assert value == {
        "class_ids": [0, 2],
        "class-map": {"0": "invoice", "2": "stamped"},
        "confidence-map": {"0": 1.0, "2": 0.6667},
        "labels": {
            "invoice": {"votes": 3, "share": 1.0, "chosen": True, "confidence": 1.0, "status": "agreed"},
            "stamped": {"votes": 2, "share": 0.6667, "chosen": True, "confidence": 0.6667, "status": "agreed"},
        },
        "confidence": 0.8333,
        "workers": 3,
        "status": "agreed",
    }


def test_a_label_that_few_chose_is_told_but_does_not_hold():
    value = label_types(multi("invoice"), multi("invoice", "handwritten"), multi("invoice"))
    assert value["class_ids"] == [0]
    assert value["labels"]["handwritten"].pop("posterior") < 0.5
    assert value["labels"]["handwritten"] == {
        "votes": 1,
        "share": 0.3333,
        "chosen": False,
        "confidence": 0.6667,
        "status": "agreed",
    }


def test_one_label_below_the_minimum_confidence_is_named():
    value = label_types(
        multi("invoice", "stamped"), multi("invoice", "stamped"), multi("invoice"), minimum_confidence=0.7
    )
    assert (value["status"], value["reason"]) == ("low_agreement", "low_agreement on stamped")
    assert [told["status"] for told in value["labels"].values()] == ["agreed", "low_agreement"]


@pytest.mark.parametrize("policy", ["worker_accuracy", "category_order", "unresolved"])
def test_a_tie_on_one_label_leaves_the_others_alone(policy):
    value = label_types(multi("invoice", "stamped"), multi("invoice"), tie_policy=policy)
    assert value["class_ids"] == [0]
    assert value["tie"] == {"labels": ["stamped"], "policy": policy}
    assert (value["status"], value["reason"]) == ("tie", "tie on stamped")
    assert (value["labels"]["stamped"]["chosen"], value["labels"]["invoice"]["status"]) == (None, "agreed")


def test_nobody_choosing_anything_is_an_agreed_answer():
    value = label_types(multi(), multi(), multi())
    assert (value["class_ids"], value["status"], value["confidence"], value["workers"]) == ([], "agreed", 1.0, 3)
    assert value["notes"] == ["nothing holds: no worker chose a label"]


@pytest.mark.parametrize(
    "answer",
    [
        {"t": {"labels": ["invoice", "stamped"]}},
        {"t": [{"labels": ["Invoice", "has a stamp"]}]},
        {"t": {"invoice": True, "stamped": True, "handwritten": False, "not_readable": False}},
        {"invoice": {"on": True}, "stamped": {"on": True}, "handwritten": {"on": False}},
        {"a": {"label": "invoice"}, "b": {"label": "stamped"}},
        {"t": {"labels": ["invoice", "stamped", "None of these"]}, "sure": {"on": True}, "comment": "blurred"},
    ],
)
def test_every_shape_of_several_labels_is_read(answer):
    assert list(label_types(answer)["class-map"].values()) == ["invoice", "stamped"]


@pytest.mark.parametrize(
    "answer",
    [{"t": {"labels": ["None of these"]}}, {"t": []}, {"t": {"invoice": False, "stamped": False}}],
)
def test_an_exclusion_category_and_nothing_ticked_mean_that_none_holds(answer):
    value = label_types(answer, answer)
    assert (value["class_ids"], value["status"], value["workers"]) == ([], "agreed", 2)


def test_an_answer_without_such_an_element_is_no_answer():
    value = label_types({"comment": "blurred"}, {}, {"sure": {"on": True}}, multi("invoice"))
    assert (value["workers"], value["notes"]) == (1, ["3 answers without labels not counted"])
    assert label_types({})["status"] == "no_answer"
    assert label_types("not JSON")["status"] == "error"


def test_without_categories_labels_count_as_written():
    value = label_types(multi("b", "a"), multi("b"), multi("b"), names=LabelCategories(choice="several"))
    assert (value["class_ids"], value["class-map"]) == ([1], {"1": "b"})


def test_weighted_a_posterior_stands_beside_the_share():
    """One worker ticks everything, three are careful: a label that one of them ticks with the careless one does not hold."""
    careful = [multi("invoice"), multi("invoice", "stamped"), multi("handwritten")]
    payload = [
        data_object(str(n), dict.fromkeys(("ann", "bob", "cat"), careful[n % 3]) | {"dan": multi(*NAMES)})
        for n in range(30)
    ]
    payload.append(
        data_object("odd", {"ann": multi("invoice"), "bob": multi("invoice", "stamped"), "dan": multi(*NAMES)})
    )
    values, _, _ = label_objects(payload, "document-type", TYPES, method="weighted")
    told = values["odd"]["labels"]
    assert (told["stamped"]["share"], told["stamped"]["votes"]) == (0.6667, 2)
    assert told["not_readable"]["chosen"] is False
    assert told["not_readable"]["posterior"] < told["stamped"]["posterior"] < told["invoice"]["posterior"]
    plain, _, _ = label_objects(payload, "document-type", TYPES)
    assert plain["odd"]["class_ids"] == [0, 2]


answers = st.lists(st.sets(st.sampled_from([*NAMES, "None of these"])), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60)
@given(answers, st.sampled_from(["majority", "weighted"]), st.randoms())
def test_any_answers_give_bounded_values_whatever_their_order(chosen, method, rng):
    rows = [(f"w{n}", multi(*sorted(labels))) for n, labels in enumerate(chosen)]
    value = label_one(dict(rows), "document-type", TYPES, method=method)
    rng.shuffle(rows)
    assert label_one(dict(rows), "document-type", TYPES, method=method) == value
    for told in value["labels"].values():
        assert 0.0 <= told["confidence"] <= 1.0
        assert 0.0 <= told.get("posterior", 0.5) <= 1.0
    assert 0.0 <= value["confidence"] <= 1.0
    if len({frozenset(labels) for labels in chosen}) == 1 and method == "majority":
        assert {*value["class-map"].values()} == chosen[0] - {"None of these"}
        assert value["status"] == "agreed"
