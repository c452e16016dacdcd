"""Polygons, points and spans of several workers merge into those they agree on, known by the shape of the answers."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from labelling_cases import annotation, box, categories, label_objects

LABELS = categories(
    "vendor_name", "subtotal", {"label": "total_amount", "displayName": "Total amount", "occurs": "once"}
)
SIZE = {"width": 1240, "height": 1754}


def polygons(*outlines: tuple[str, list[tuple[float, float]]], **size: int) -> dict[str, Any]:
    marks = [{"label": label, "vertices": [{"x": x, "y": y} for x, y in corners]} for label, corners in outlines]
    return {"page": {"polygons": marks, "inputImageProperties": SIZE | size}}


def points(*places: tuple[str, float, float]) -> dict[str, Any]:
    marks = [{"label": label, "x": x, "y": y} for label, x, y in places]
    return {"page": {"keypoints": marks, "inputImageProperties": SIZE}}


def spans(*found: tuple[str, int, int]) -> dict[str, Any]:
    return {
        "text": {"entities": [{"label": label, "startOffset": start, "endOffset": end} for label, start, end in found]}
    }


def slanted(x: float, y: float, width: float = 200, height: float = 40) -> list[tuple[float, float]]:
    """A line of text on a page that lies askew."""
    return [(x, y), (x + width, y + 20), (x + width - 4, y + 20 + height), (x - 4, y + height)]


def label_marks(*answers: object, text: str | None = None, **options: Any) -> dict[str, Any]:
    entry = {
        "datasetObjectId": "0",
        "dataObject": {"s3Uri": "s3://acme/p1.png"} if text is None else {"content": text},
        "annotations": [annotation(f"w{number}", answer) for number, answer in enumerate(answers)],
    }
    values, _, errors = label_objects([entry], "invoice-boxes", LABELS, **options)
    assert not errors, errors
    return values["0"]


def outline(annotation_: dict[str, Any]) -> list[tuple[float, float]]:
    return [(corner["x"], corner["y"]) for corner in annotation_["vertices"]]


def test_outlines_that_all_drew_alike_become_one_in_the_keys_of_boxes():
    answer = polygons(("Total amount", slanted(900, 1400)))
    assert label_marks(answer, answer, answer) == {
        "image_size": [{"width": 1240, "height": 1754, "depth": 3}],
        "annotations": [
            {
                "class_id": 2,
                "vertices": [
                    {"x": 900, "y": 1400},
                    {"x": 1100, "y": 1420},
                    {"x": 1096, "y": 1460},
                    {"x": 896, "y": 1440},
                ],
            }
        ],
        "class-map": {"2": "total_amount"},
        "objects": [{"confidence": 1.0, "votes": 3, "workers": 3}],
        "confidence": 1.0,
        "workers": 3,
        "status": "agreed",
    }


def test_it_does_not_matter_at_which_corner_a_worker_began_nor_which_way_round():
    corners = slanted(300, 300)
    ways = [corners, corners[2:] + corners[:2], corners[::-1]]
    value = label_marks(*(polygons(("subtotal", way)) for way in ways))
    assert len(value["annotations"]) == 1
    assert set(outline(value["annotations"][0])) == set(corners)
    assert value["confidence"] == 1.0


def test_a_merged_outline_is_closer_to_the_truth_than_a_careless_workers():
    truth = slanted(300, 300)
    careless = [(x + 9, y - 8) for x, y in truth]
    near = [[(x + dx, y + dy) for x, y in truth] for dx, dy in ((1, 0), (-1, 1), (0, -1))]
    value = label_marks(*(polygons(("subtotal", corners)) for corners in (*near, careless)))
    for (x, y), (wanted_x, wanted_y) in zip(outline(value["annotations"][0]), truth, strict=True):
        assert abs(x - wanted_x) <= 1.5
        assert abs(y - wanted_y) <= 1.5


def test_outlines_with_more_corners_merge_with_those_of_fewer():
    square = [(100, 100), (300, 100), (300, 200), (100, 200)]
    finer = [(101, 100), (200, 99), (300, 101), (299, 200), (200, 201), (100, 199)]
    value = label_marks(polygons(("subtotal", square)), polygons(("subtotal", finer)), polygons(("subtotal", square)))
    assert value["objects"][0]["votes"] == 3
    assert value["objects"][0]["confidence"] > 0.97


def test_concave_outlines_are_compared_by_what_they_cover():
    """A frame around a table's rim and the table's middle share their outer box, but not an inch of paper."""
    rim = [(100, 100), (500, 100), (500, 500), (400, 500), (400, 200), (200, 200), (200, 500), (100, 500)]
    middle = [(210, 210), (390, 210), (390, 500), (210, 500)]
    value = label_marks(polygons(("subtotal", rim)), polygons(("subtotal", middle)), box_quorum=0.5)
    assert [entry["votes"] for entry in value["objects"]] == [1, 1]


def test_an_outline_is_cut_at_the_edge_of_the_image():
    value = label_marks(polygons(("subtotal", [(1200, 10), (1300, 10), (1300, 50), (1200, 50)])))
    assert outline(value["annotations"][0]) == [(1200, 10), (1240, 10), (1240, 50), (1200, 50)]
    assert value["notes"] == ["1 polygon reaching beyond the image cut to it"]


def test_points_within_the_radius_become_one_near_most_of_them():
    value = label_marks(points(("subtotal", 500, 500)), points(("subtotal", 502, 499)), points(("subtotal", 515, 500)))
    (place,) = value["annotations"]
    assert 500 <= place["x"] <= 503
    assert 499 <= place["y"] <= 500
    assert value["objects"][0]["votes"] == 3
    assert value["status"] == "agreed"


def test_the_radius_of_points_is_a_share_of_the_images_diagonal():
    far = [points(("subtotal", 500, 500)), points(("subtotal", 540, 500))]
    assert [entry["votes"] for entry in label_marks(*far)["objects"]] == [1, 1]
    assert [entry["votes"] for entry in label_marks(*far, point_radius=0.02)["objects"]] == [2]


def test_start_and_end_of_a_span_are_voted_for():
    text = "ACME PAPER LTD  INVOICE 10437  TOTAL 1,204.50 EUR"
    value = label_marks(
        spans(("vendor_name", 0, 14), ("total_amount", 37, 45)),
        spans(("vendor_name", 0, 10), ("total_amount", 37, 45)),
        spans(("vendor_name", 0, 14), ("total_amount", 37, 49)),
        text=text,
    )
    assert value["annotations"] == {
        "labels": [{"label": "vendor_name"}, {"label": "total_amount"}],
        "entities": [
            {"label": "vendor_name", "startOffset": 0, "endOffset": 14},
            {"label": "total_amount", "startOffset": 37, "endOffset": 45},
        ],
    }
    assert value["objects"] == [
        {"confidence": 0.9048, "votes": 3, "workers": 3},
        {"confidence": 0.8889, "votes": 3, "workers": 3},
    ]
    assert value["status"] == "agreed"


def test_a_span_beyond_the_text_is_cut_to_it():
    value = label_marks(spans(("vendor_name", 0, 99), ("subtotal", 50, 60)), text="ACME 😀")
    assert value["annotations"]["entities"] == [{"label": "vendor_name", "startOffset": 0, "endOffset": 7}]
    assert value["notes"] == ["1 span not used: outside the text", "1 span reaching beyond the text cut to it"]


@pytest.mark.parametrize(
    ("one", "several"),
    [
        (
            polygons(("subtotal", [(100, 100), (300, 100), (300, 140), (100, 140)])),
            polygons(
                ("subtotal", [(100, 100), (190, 100), (190, 140), (100, 140)]),
                ("subtotal", [(210, 100), (300, 100), (300, 140), (210, 140)]),
            ),
        ),
        (spans(("subtotal", 0, 30)), spans(("subtotal", 0, 12), ("subtotal", 16, 30))),
    ],
    ids=["polygons", "spans"],
)
def test_a_place_marked_as_one_and_as_several_is_reported(one, several):
    value = label_marks(one, several, one)
    (split,) = value["splits"]
    assert (split["label"], split["one"], split["several"]) == ("subtotal", 2, 1)
    assert "1 place marked as one by some and as several by others" in value["notes"]


def test_a_mark_without_quorum_and_a_second_one_of_what_occurs_once_are_dropped():
    twice = points(("total_amount", 100, 100), ("total_amount", 800, 900), ("subtotal", 400, 400))
    value = label_marks(twice, twice, points(("total_amount", 100, 100)), points(("total_amount", 100, 100)))
    assert value["annotations"] == [{"class_id": 2, "x": 100, "y": 100}, {"class_id": 1, "x": 400, "y": 400}]
    assert [(d["label"], d["reason"]) for d in value["dropped"]] == [("total_amount", "occurs once")]
    lone = label_marks(points(("subtotal", 1, 1)), points(), points())
    assert [(d["label"], d["votes"], d["reason"]) for d in lone["dropped"]] == [("subtotal", 1, "quorum")]


@pytest.mark.parametrize(("policy", "kept"), [("category_order", ["vendor_name"]), ("unresolved", [])])
def test_a_tie_of_labels_is_reported(policy, kept):
    value = label_marks(points(("subtotal", 9, 9)), points(("vendor_name", 9, 9)), tie_policy=policy)
    assert list(value["class-map"].values()) == kept
    told = (value["objects"] if kept else value["dropped"])[0]
    assert told["tie"] == {"labels": ["vendor_name", "subtotal"], "policy": policy}
    assert (value["status"], value["reason"].split(",")[0]) == ("tie", "1 mark with a tie of labels")


def test_nobody_marking_anything_is_an_agreed_answer():
    value = label_marks(spans(), spans(), text="ACME")
    assert (value["annotations"], value["status"], value["confidence"]) == (
        {"labels": [], "entities": []},
        "agreed",
        1.0,
    )


def test_a_task_may_have_boxes_beside_polygons_and_points():
    answer = {
        **polygons(("subtotal", slanted(300, 300))),
        "boxes": {"boundingBoxes": [box("vendor_name", 10, 10)], "inputImageProperties": SIZE},
        "dots": {"keypoints": [{"label": "total_amount", "x": 5, "y": 6}], "inputImageProperties": SIZE},
    }
    value = label_marks(answer, answer)
    assert [sorted(annotation_) for annotation_ in value["annotations"]] == [
        ["class_id", "height", "left", "top", "width"],
        ["class_id", "vertices"],
        ["class_id", "x", "y"],
    ]
    assert (value["confidence"], len(value["objects"])) == (1.0, 3)


def test_marks_are_found_inside_json_of_a_hidden_input():
    answer = {
        "hidden": '{"drawn": {"polygons": [{"label": "subtotal", "vertices": [{"x":1,"y":1},{"x":9,"y":1},{"x":9,"y":9}]}]}}'
    }
    assert len(label_marks(answer, answer)["annotations"]) == 1


def test_what_cannot_be_used_is_left_out_and_noted():
    bad = {
        "page": {
            "polygons": [
                {"label": "subtotal", "vertices": [{"x": 1, "y": 1}, {"x": 2, "y": 2}]},
                {"label": "subtotal", "vertices": [{"x": 1, "y": 1}, {"x": "a", "y": 2}, {"x": 3, "y": 3}]},
                {"label": "subtotal", "vertices": [{"x": float(n % 2), "y": n} for n in range(500)]},
                {"label": " ", "vertices": []},
                {"label": "subtotal"},
                "polygon",
                {"label": "subtotal", "vertices": [{"x": 5000, "y": 1}, {"x": 5002, "y": 2}, {"x": 5000, "y": 9}]},
            ],
            "keypoints": [{"label": "subtotal", "x": -3, "y": 5}, {"label": "subtotal", "x": None, "y": 5}],
            "inputImageProperties": SIZE,
        }
    }
    value = label_marks(bad)
    assert value["annotations"] == []
    assert value["notes"] == [
        "1 point not used: a coordinate is not a number",
        "1 point not used: outside the image",
        "1 polygon not used: a coordinate is not a number",
        "1 polygon not used: it has no area",
        "1 polygon not used: more than 200 corners",
        "1 polygon not used: no vertices",
        "1 polygon not used: outside the image",
        "2 polygons not used: no label",
        "nothing to label: no worker marked anything",
    ]


def test_answers_without_marks_do_not_count():
    value = label_marks({}, points(("subtotal", 5, 5)), "not JSON")
    assert (value["workers"], value["confidence"]) == (1, 1.0)
    assert "1 answer without marks not counted" in value["notes"]


def test_one_payload_may_hold_objects_with_boxes_and_objects_with_marks():
    entries = [
        {"datasetObjectId": "0", "annotations": [annotation("a", points(("subtotal", 5, 5)))]},
        {
            "datasetObjectId": "1",
            "annotations": [
                annotation("a", {"b": {"boundingBoxes": [box("subtotal", 5, 5)], "inputImageProperties": SIZE}})
            ],
        },
    ]
    values, _, errors = label_objects(entries, "invoice-boxes", LABELS)
    assert not errors
    assert (values["0"]["annotations"][0]["x"], values["1"]["annotations"][0]["left"]) == (5, 5)


@pytest.mark.parametrize(
    "answer",
    [
        polygons(
            *(
                ("subtotal", [(x, y), (x + 8, y), (x + 8, y + 8), (x, y + 8)])
                for x in range(0, 1200, 80)
                for y in range(0, 1700, 90)
            )
        ),
        spans(*(("subtotal", start, start + 2) for start in range(0, 900, 3))),
    ],
    ids=["polygons", "spans"],
)
def test_a_value_that_is_too_long_keeps_what_fits_and_says_so(answer):
    value = label_marks(answer, answer, text="x" * 2_000 if "text" in answer else None)
    kept = told(value)
    assert 20_000 > len(json.dumps(value)) > 15_000
    assert (value["status"], value["cut"]) == ("error", ["annotations"])
    assert len(kept) == len(value["objects"]) > 50


place = st.tuples(st.integers(-50, 1300), st.integers(-50, 1800))
labels = st.sampled_from(["vendor_name", "subtotal", "total_amount", "other"])
some_polygons = st.lists(st.tuples(labels, st.lists(place, min_size=3, max_size=7)), max_size=3).map(
    lambda m: polygons(*m)
)
some_points = st.lists(st.tuples(labels, st.integers(-9, 1300), st.integers(-9, 1800)), max_size=4).map(
    lambda m: points(*m)
)
some_spans = st.lists(st.tuples(labels, st.integers(0, 60), st.integers(0, 80)), max_size=4).map(lambda m: spans(*m))
crowds = st.one_of(*(st.lists(kind, min_size=1, max_size=4) for kind in (some_polygons, some_points, some_spans)))
relaxed = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
TEXT = "ACME PAPER LTD  INVOICE 10437  TOTAL 1,204.50 EUR"


def label_crowd(answers, **options):
    return label_marks(*answers, text=TEXT if "text" in answers[0] else None, **options)


def inside(annotation_: dict[str, Any]) -> bool:
    if "startOffset" in annotation_:
        return 0 <= annotation_["startOffset"] < annotation_["endOffset"] <= len(TEXT)
    corners = annotation_.get("vertices", [annotation_])
    return all(0 <= corner["x"] <= 1240 and 0 <= corner["y"] <= 1754 for corner in corners)


def told(value: dict[str, Any]) -> list[dict[str, Any]]:
    annotations = value["annotations"]
    return annotations["entities"] if isinstance(annotations, dict) else annotations


@relaxed
@given(crowds, st.sampled_from(["majority", "weighted"]), st.randoms())
def test_any_marks_give_bounded_values_in_the_frame_whatever_their_order(answers, method, rng):
    value = label_crowd(answers, method=method)
    assert 0.0 <= value["confidence"] <= 1.0
    assert all(0.0 <= entry["confidence"] <= 1.0 for entry in value["objects"])
    assert len(told(value)) == len(value["objects"])
    assert all(map(inside, told(value)))
    shuffled = []
    for answer in answers:
        ((name, widget),) = answer.items()
        key = next(key for key in widget if key != "inputImageProperties")
        marks = rng.sample(widget[key], len(widget[key]))
        shuffled.append({name: widget | {key: marks}})
    entry = {
        "datasetObjectId": "0",
        "dataObject": {"content": TEXT} if "text" in answers[0] else {},
        "annotations": [annotation(f"w{number}", answer) for number, answer in enumerate(shuffled)],
    }
    rng.shuffle(entry["annotations"])
    again, _, _ = label_objects([entry], "invoice-boxes", LABELS, method=method)
    assert again["0"] == value


def apart(drawn: list[Any]) -> list[Any]:
    """Marks that nobody could take for one another."""
    return [(label, *rest) for (label, *rest) in drawn]


@relaxed
@given(
    st.lists(labels, min_size=1, max_size=5),
    st.sampled_from(["polygons", "points", "spans"]),
    st.integers(2, 4),
    st.randoms(),
)
def test_unanimous_marks_come_back_unchanged(names, kind, workers, rng):
    names = list(dict.fromkeys(names))
    if kind == "points":
        answer = points(*((name, 100 + 200 * n, rng.randrange(1754)) for n, name in enumerate(names)))
    elif kind == "spans":
        answer = spans(*((name, 9 * n, 9 * n + rng.randrange(1, 9)) for n, name in enumerate(names)))
    else:
        star = [(0, 0), (100, rng.randrange(40)), (90, 60), (50, rng.randrange(20, 70)), (rng.randrange(30), 90)]
        answer = polygons(*((name, [(x + 200 * n, y + 300) for x, y in star]) for n, name in enumerate(names)))
    value = label_crowd([answer] * workers)
    assert (value["status"], value["confidence"]) == ("agreed", 1.0)
    (widget,) = answer.values()
    marks = next(marks for key, marks in widget.items() if key != "inputImageProperties")
    geometry = [{key: part for key, part in mark.items() if key != "label"} for mark in marks]
    found = [{key: part for key, part in mark.items() if key not in ("label", "class_id")} for mark in told(value)]
    assert sorted(map(str, found)) == sorted(map(str, geometry))
