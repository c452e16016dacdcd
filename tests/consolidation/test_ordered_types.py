"""Where types are ordered, the label is the median of the answers, a type that somebody chose."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelling_cases import categories, data_object, label_objects, label_one

from consolidation.label_categories import from_config, in_order_of

GRADES = ["unreadable", "poor", "fair", "good", "perfect"]
SCALE = replace(categories(*GRADES), choice="ordered")


def answer(grade):
    return {"quality": {"label": grade}}


def label_grades(*grades, names=SCALE, **settings):
    return label_one({f"w{n}": answer(grade) for n, grade in enumerate(grades)}, "document-type", names, **settings)


def test_the_median_wins_and_its_nearness_is_the_confidence():
    assert label_grades("fair", "good", "fair") == {
        "class_id": 2,
        "class-name": "fair",
        "votes": {"fair": 2, "good": 1},
        "confidence": 0.8333,
        "workers": 3,
        "status": "agreed",
        "chosen_by": "median",
    }


def test_the_label_is_the_middle_even_where_others_have_more_votes():
    value = label_grades("unreadable", "unreadable", "fair", "good", "good")
    assert (value["class-name"], value["votes"]["fair"]) == ("fair", 1)


def test_answers_all_over_the_scale_are_no_agreement():
    value = label_grades("unreadable", "fair", "perfect")
    assert (value["class-name"], value["confidence"], value["status"]) == ("fair", 0.3333, "low_agreement")


def test_the_config_says_that_categories_are_ordered_and_the_event_their_order():
    config = from_config({"labels": [{"label": grade} for grade in GRADES], "task": {"choice": "ordered"}})
    names = in_order_of(["perfect", "fair", "unreadable"], config)
    assert label_grades("perfect", "fair", "unreadable", names=names)["class_id"] == 1


@pytest.mark.parametrize(
    ("policy", "chosen"), [("category_order", "poor"), ("unresolved", None), ("worker_accuracy", None)]
)
def test_a_gap_in_the_middle_is_a_tie_and_never_a_type_between(policy, chosen):
    value = label_grades("poor", "good", tie_policy=policy)
    assert (value["class-name"], value["status"]) == (chosen, "tie")
    assert value["tie"] == {"labels": ["poor", "good"], "policy": policy}


def test_worker_accuracy_takes_the_side_of_the_better_worker():
    payload = [
        data_object(
            str(n), {"ann": answer("good"), "bob": answer("poor"), "cat": answer("good"), "dan": answer("good")}
        )
        for n in range(8)
    ]
    payload.append(data_object("tie", {"ann": answer("poor"), "bob": answer("perfect")}))
    values, _, _ = label_objects(payload, "document-type", SCALE, tie_policy="worker_accuracy")
    assert (values["tie"]["class-name"], values["tie"]["status"]) == ("poor", "tie")


def test_weighted_the_median_leans_towards_the_better_workers():
    payload = [
        data_object(
            str(n),
            {w: answer("good") for w in "abc"} | {w: answer(GRADES[(n + k) % 5]) for k, w in enumerate("xyz")},
        )
        for n in range(20)
    ]
    payload.append(data_object("odd", {w: answer("good") for w in "ab"} | {w: answer("unreadable") for w in "xyz"}))
    weighted, _, _ = label_objects(payload, "document-type", SCALE, method="weighted")
    plain, _, _ = label_objects(payload, "document-type", SCALE)
    assert (weighted["odd"]["class-name"], plain["odd"]["class-name"]) == ("good", "unreadable")


def test_labels_outside_the_scale_do_not_count():
    value = label_grades("fair", "fair", "excellent")
    assert (value["votes"], value["workers"], value["confidence"]) == ({"fair": 2}, 2, 1.0)
    assert value["notes"] == ["1 answer outside the ordered label categories not counted"]
    assert label_grades("excellent")["status"] == "no_answer"


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(GRADES), min_size=1, max_size=9),
    st.sampled_from(["majority", "weighted"]),
    st.sampled_from(["worker_accuracy", "category_order", "unresolved"]),
    st.randoms(),
)
def test_any_answers_give_a_chosen_type_whatever_their_order(grades, method, policy, rng):
    value = label_grades(*grades, method=method, tie_policy=policy)
    assert 0.0 <= value["confidence"] <= 1.0
    assert value["class-name"] in {*grades, None if value["status"] == "tie" else grades[0]}
    shuffled = [*enumerate(grades)]
    rng.shuffle(shuffled)
    again = label_one(
        {f"w{n}": answer(grade) for n, grade in shuffled}, "document-type", SCALE, method=method, tie_policy=policy
    )
    assert again == value
    if len(set(grades)) == 1:
        assert (value["class-name"], value["confidence"], value["status"]) == (grades[0], 1.0, "agreed")
