"""Boxes of several workers merge into those they agree on."""

import pytest
from labelling_cases import box, categories, data_object, label_objects, label_one, page

LABELS = categories(
    {"label": "vendor_name"}, {"label": "subtotal"}, {"label": "total_amount", "displayName": "Total amount"}
)
TOTAL = ("total_amount", 900, 1400, 150, 40)


def label_page(*answers, **settings):
    return label_one(
        {f"w{number}": answer for number, answer in enumerate(answers)}, "invoice-boxes", LABELS, **settings
    )


def places(value):
    return [(a["class_id"], a["left"], a["top"], a["width"], a["height"]) for a in value["annotations"]]


def test_boxes_that_all_drew_become_one_in_the_built_in_shape():
    value = label_page(page(box(*TOTAL)), page(box(*TOTAL)), page(box(*TOTAL)))
    assert value == {
        "image_size": [{"width": 1240, "height": 1754, "depth": 3}],
        "annotations": [{"class_id": 2, "left": 900, "top": 1400, "width": 150, "height": 40}],
        "class-map": {"2": "total_amount"},
        "objects": [{"confidence": 1.0, "votes": 3, "workers": 3}],
        "confidence": 1.0,
        "workers": 3,
        "status": "agreed",
    }


def test_display_names_mean_the_same_label():
    value = label_page(page(box("Total amount", 10, 10)), page(box(" total_AMOUNT", 10, 10)))
    assert value["class-map"] == {"2": "total_amount"}


def test_one_bad_box_moves_next_to_nothing():
    value = label_page(
        page(box("subtotal", 100, 100, 100, 40)),
        page(box("subtotal", 100, 100, 100, 40)),
        page(box("subtotal", 101, 100, 100, 40)),
        page(box("subtotal", 80, 90, 125, 60)),
    )
    assert places(value) == [(1, 99, 100, 102, 40)]


def test_two_boxes_of_one_worker_never_merge():
    value = label_page(page(box("subtotal", 10, 10), box("subtotal", 14, 12)), page(), box_quorum=0.5)
    assert [entry["votes"] for entry in value["objects"]] == [1, 1]


def test_the_closer_of_a_workers_two_boxes_joins():
    value = label_page(
        page(box("subtotal", 100, 100)), page(box("subtotal", 120, 100), box("subtotal", 101, 100)), box_quorum=1.0
    )
    assert places(value) == [(1, 101, 100, 100, 40)]
    assert [dropped["left"] for dropped in value["dropped"]] == [120]


def test_workers_who_drew_nothing_there_count_against_a_box():
    value = label_page(page(box(*TOTAL)), page(), page(), page())
    assert value["annotations"] == []
    (dropped,) = value["dropped"]
    assert dropped == {
        "label": "total_amount",
        "left": 900,
        "top": 1400,
        "width": 150,
        "height": 40,
        "votes": 1,
        "reason": "quorum",
    }


def test_a_box_kept_by_the_quorum_is_only_as_sure_as_the_share_who_drew_it():
    value = label_page(page(box(*TOTAL)), page(box(*TOTAL)), page(), page())
    assert value["objects"] == [{"confidence": 0.5, "votes": 2, "workers": 4}]


def test_nobody_drawing_anything_is_an_agreed_answer():
    value = label_page(page(), page(), page())
    assert (value["annotations"], value["status"], value["confidence"], value["workers"]) == ([], "agreed", 1.0, 3)
    assert value["notes"] == ["nothing to label: no worker drew a box"]


def test_an_answer_without_boxes_at_all_is_no_answer():
    value = label_page({}, page(box(*TOTAL)))
    assert (value["workers"], value["confidence"]) == (1, 1.0)
    assert value["notes"] == ["1 answer without boundingBoxes not counted"]
    assert label_page({}, {})["status"] == "no_answer"


def test_the_label_is_voted_inside_the_merged_box():
    spot = (100, 100)
    value = label_page(page(box("total_amount", *spot)), page(box("subtotal", *spot)), page(box("total_amount", *spot)))
    assert value["class-map"] == {"2": "total_amount"}
    assert value["objects"][0] == {
        "confidence": 0.6667,
        "votes": 2,
        "workers": 3,
        "labels": {"subtotal": 1, "total_amount": 2},
    }
    assert value["status"] == "agreed"


def test_boxes_of_one_label_join_before_closer_ones_of_another():
    """Two workers labelled two overlapping lines each: equal labels pair up although other pairs overlap as much."""
    value = label_page(
        page(box("subtotal", 100, 100), box("total_amount", 100, 110)),
        page(box("subtotal", 100, 107), box("total_amount", 100, 101)),
        box_iou=0.5,
    )
    assert value["class-map"] == {"1": "subtotal", "2": "total_amount"}
    assert all(entry["votes"] == 2 and "labels" not in entry for entry in value["objects"])


@pytest.mark.parametrize(
    ("policy", "kept"), [("category_order", ["subtotal"]), ("unresolved", []), ("worker_accuracy", [])]
)
def test_a_tie_of_labels_in_a_box_is_reported(policy, kept):
    value = label_page(page(box("total_amount", 10, 10)), page(box("subtotal", 10, 10)), tie_policy=policy)
    assert list(value["class-map"].values()) == kept
    assert value["status"] == "tie"
    told = value["objects"][0] if kept else value["dropped"][0]
    assert told["tie"] == {"labels": ["subtotal", "total_amount"], "policy": policy}
    if not kept:
        assert (told["label"], told["reason"]) == (None, "tie")


def test_the_objects_confidence_is_the_mean_soft_f1_over_workers():
    """Two of three agree exactly (F1 of 1), the third drew nothing (F1 of 0)."""
    value = label_page(page(box(*TOTAL)), page(box(*TOTAL)), page())
    assert value["confidence"] == 0.6667
    assert value["objects"][0]["confidence"] == 0.6667


def test_a_worker_with_extra_boxes_lowers_the_objects_confidence():
    extra = [box("vendor_name", 10, 10), box("vendor_name", 10, 200)]
    value = label_page(page(box(*TOTAL)), page(box(*TOTAL)), page(box(*TOTAL), *extra))
    assert value["confidence"] == pytest.approx((1 + 1 + 2 * 1 / (3 + 1)) / 3, abs=1e-4)


def test_low_agreement_says_why():
    value = label_page(page(box("subtotal", 10, 10)), page(box("subtotal", 500, 10)), page(box("subtotal", 10, 900)))
    assert (value["status"], value["confidence"]) == ("low_agreement", 0.0)
    assert value["reason"] == "confidence 0.00 is below 0.5"


def test_labels_outside_the_categories_are_numbered_after_them_and_noted():
    value = label_page(
        page(box("zeta", 10, 10), box("alpha", 10, 500)), page(box("zeta", 10, 10), box("alpha", 10, 500))
    )
    assert value["class-map"] == {"3": "alpha", "4": "zeta"}
    assert "alpha, zeta" in value["notes"][0]


def test_annotations_come_in_reading_order():
    boxes = [box("total_amount", 10, 900), box("vendor_name", 600, 10), box("subtotal", 10, 10)]
    value = label_page(page(*boxes), page(*reversed(boxes)))
    assert [a["class_id"] for a in value["annotations"]] == [1, 0, 2]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({**box("subtotal", 1, 1), "width": -5}, "width and height are not above zero"),
        ({**box("subtotal", 1, 1), "height": 0}, "width and height are not above zero"),
        ({**box("subtotal", 1, 1), "left": None}, "a coordinate is not a number"),
        ({**box("subtotal", 1, 1), "left": True}, "a coordinate is not a number"),
        ({**box("subtotal", 1, 1), "left": "far"}, "a coordinate is not a number"),
        ({**box("subtotal", 1, 1), "left": float("nan")}, "a coordinate is no number up to 1,000,000"),
        ({**box("subtotal", 1, 1), "left": float("inf")}, "a coordinate is not a number"),
        ({**box("subtotal", 1, 1), "left": 10**400}, "a coordinate is not a number"),
        ({**box("subtotal", 1, 1), "left": 10**9}, "a coordinate is no number up to 1,000,000"),
        ({**box("subtotal", 1, 1), "label": ""}, "no label"),
        ({**box("subtotal", 1, 1), "label": 7}, "no label"),
        ({"label": "subtotal"}, "a coordinate is not a number"),
        ("box", "not an object"),
        ([], "not an object"),
        (box("subtotal", 5000, 10), "outside the image"),
        (box("subtotal", -500, 10), "outside the image"),
    ],
)
def test_a_box_that_cannot_be_used_is_noted_and_costs_only_itself(broken, told):
    value = label_page(page(broken, box(*TOTAL)), page(box(*TOTAL)))
    assert places(value) == [(2, 900, 1400, 150, 40)]
    assert value["notes"] == [f"1 box not used: {told}"]
    assert value["confidence"] == 1.0


def test_numbers_written_as_text_are_read():
    drawn = {"label": "subtotal", "left": "10", "top": "20.0", "width": " 30", "height": "4e1"}
    assert places(label_page(page(drawn), page(drawn))) == [(1, 10, 20, 30, 40)]


def test_a_box_reaching_beyond_the_image_is_cut_to_it():
    value = label_page(page(box("subtotal", 1200, -10, 100, 40)), page(box("subtotal", 1200, -10, 100, 40)))
    assert places(value) == [(1, 1200, 0, 40, 30)]
    assert value["notes"] == ["2 boxes reaching beyond the image cut to it"]


def test_boxes_of_the_same_image_at_another_scale_are_rescaled():
    value = label_page(
        page(box("subtotal", 100, 200)),
        page(box("subtotal", 100, 200)),
        page(box("subtotal", 50, 100, 50, 20), width=620, height=877),
    )
    assert places(value) == [(1, 100, 200, 100, 40)]
    assert value["confidence"] == 1.0
    assert value["notes"] == ["workers report image sizes 620x877 beside 1240x1754: their boxes were rescaled"]


def test_boxes_of_another_image_shape_are_noted_and_left_as_they_are():
    value = label_page(
        page(box("subtotal", 10, 10)),
        page(box("subtotal", 10, 10)),
        page(box("subtotal", 10, 10), width=1754, height=1240),
    )
    assert value["image_size"] == [{"width": 1240, "height": 1754, "depth": 3}]
    assert "not the same aspect ratio" in value["notes"][0]
    assert value["objects"][0]["votes"] == 3


def test_without_an_image_size_the_value_says_so():
    answer = {"b": {"boundingBoxes": [box("subtotal", 10, 10)], "inputImageProperties": {"width": "wide"}}}
    value = label_page(answer, answer)
    assert value["image_size"] == []
    assert value["notes"] == ["no answer tells the image's size"]


def test_tiny_boxes_keep_at_least_a_pixel():
    drawn = box("subtotal", 10.4, 10.4, 0.1, 0.1)
    assert places(label_page(page(drawn), page(drawn))) == [(1, 10, 10, 1, 1)]


def test_a_worker_drawing_the_same_box_twice_counts_once():
    value = label_page(page(box(*TOTAL), box(*TOTAL)), page(box(*TOTAL)))
    assert len(value["annotations"]) == 1
    assert value["confidence"] == 1.0


def test_scribbles_by_the_hundred_are_left_alone_and_noted():
    scribbles = [box("subtotal", 100 + number % 20, 100 + number // 20, 300, 300) for number in range(250)]
    value = label_page(
        page(*scribbles), page(*[{**drawn, "left": drawn["left"] + 0.5} for drawn in scribbles]), box_quorum=1.0
    )
    assert value["annotations"] == []
    assert any("too many lie on one another" in note for note in value["notes"])


def test_weighted_labels_follow_the_better_worker():
    """Ann and Bob disagree on the last page. Ann has agreed with the others throughout, Bob has not."""
    fields = ["vendor_name", "subtotal", "total_amount"]
    payload = []
    for item in range(12):
        right = page(*[box(label, 100, 100 + 200 * row) for row, label in enumerate(fields)])
        wrong = page(*[box(fields[(row + 1) % 3], 100, 100 + 200 * row) for row in range(3)])
        payload.append(data_object(f"{item:02}", {"ann": right, "bob": wrong, "cat": right, "dan": right}))
    payload.append(data_object("last", {"ann": page(box("subtotal", 10, 10)), "bob": page(box("vendor_name", 10, 10))}))
    values, _, _ = label_objects(payload, "invoice-boxes", LABELS, method="weighted")
    assert values["last"]["class-map"] == {"1": "subtotal"}
    resolved, _, _ = label_objects(payload, "invoice-boxes", LABELS, tie_policy="worker_accuracy")
    assert resolved["last"]["class-map"] == {"1": "subtotal"}
    assert resolved["last"]["status"] == "tie"


def test_of_a_label_that_occurs_once_the_box_with_most_votes_stays():
    names = categories({"label": "total_amount", "occurs": "once"}, {"label": "item", "occurs": "many"})
    rows = [box("item", 10, top) for top in (10, 60, 110)]
    answers = {
        "a": page(box("total_amount", 500, 900), box("total_amount", 500, 300), *rows),
        "b": page(box("total_amount", 500, 900), box("total_amount", 500, 300), *rows),
        "c": page(box("total_amount", 500, 900), *rows),
    }
    value = label_one(answers, "invoice-boxes", names)
    assert [(a["class_id"], a["top"]) for a in value["annotations"]] == [(1, 10), (1, 60), (1, 110), (0, 900)]
    (dropped,) = value["dropped"]
    assert (dropped["top"], dropped["votes"], dropped["reason"]) == (300, 2, "occurs once")


def test_a_box_that_others_drew_as_two_is_reported():
    lines = [box("vendor_name", 100, 100, 200, 20), box("vendor_name", 100, 125, 200, 20)]
    value = label_page(page(box("vendor_name", 100, 100, 200, 45)), page(*lines), page(*lines))
    assert (
        value["splits"]
        == [{"label": "vendor_name", "left": 100, "top": 100, "width": 200, "height": 35, "one": 1, "several": 2}]
        or value["splits"][0]["one"] == 1
    )
    assert "1 place drawn as one box by some and as several by others" in value["notes"]


def test_a_box_beside_or_around_one_other_is_no_split():
    around = label_page(page(box("subtotal", 100, 100, 200, 45)), page(box("subtotal", 110, 105, 100, 20)))
    beside = label_page(page(box("subtotal", 100, 100)), page(box("subtotal", 100, 100), box("subtotal", 100, 200)))
    others = label_page(
        page(box("subtotal", 100, 100, 200, 45)),
        page(box("vendor_name", 100, 100, 200, 20), box("vendor_name", 100, 125, 200, 20)),
    )
    assert all("splits" not in value for value in (around, beside, others))
