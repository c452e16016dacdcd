"""Called as Ground Truth calls it: what the label category config and the environment ask for reaches the labels."""

import json

import pytest
from labelling_cases import annotation, box, data_object, page

BUCKET = "acme-groundtruth-invoices"


def labels(entries):
    return {e["datasetObjectId"]: e["consolidatedAnnotation"]["content"]["Invoice-Label"] for e in entries}


def config(s3, task_type, *names, **task):
    body = {"document-version": "2018-11-28", "labels": [{"label": name} for name in names], "task": task}
    s3.put_object(Bucket=BUCKET, Key=f"categories/{task_type}.json", Body=json.dumps(body).encode())


@pytest.mark.parametrize(
    ("choice", "answers", "expected"),
    [
        ("several", [["poor", "good"], ["good"], ["good", "fair"]], {"class_ids": [2]}),
        ("ordered", [["poor"], ["good"], ["fair"]], {"class_id": 1, "class-name": "fair", "chosen_by": "median"}),
        ("one", [["good"], ["good"], ["fair"]], {"class_id": 2, "class-name": "good"}),
    ],
)
def test_the_config_says_how_many_types_hold_and_whether_they_are_ordered(invoke, s3, choice, answers, expected):
    config(s3, "document-type", "poor", "fair", "good", choice=choice)
    payload = [data_object("0", {f"w{n}": {"t": {"labels": chosen}} for n, chosen in enumerate(answers)})]
    value = labels(invoke(payload))["0"]
    assert expected.items() <= value.items()
    assert "notes" not in value


def test_words_of_pages_are_read_from_s3(invoke, s3):
    config(s3, "invoice-boxes", "total_amount")
    words = {
        "width": 1240,
        "height": 1754,
        "words": [{"text": "9.00", "left": 100, "top": 100, "width": 60, "height": 20}],
    }
    s3.put_object(Bucket=BUCKET, Key="q3/words/acme/p001.json", Body=json.dumps(words).encode())
    answers = {
        "a": page(box("total_amount", 80, 85, 260, 80)),
        "b": page(box("total_amount", 101, 101, 58, 18)),
    }
    payload = [data_object("0", answers), data_object("1", answers)]
    payload[0]["dataObject"] = {"s3Uri": f"s3://{BUCKET}/q3/pages/acme/p001.png"}
    payload[1]["dataObject"] = {"s3Uri": f"s3://{BUCKET}/q3/pages/acme/p002.png"}
    values = labels(invoke(payload, "invoice-boxes", BOX_WORDS="pages:words"))
    assert [entry["votes"] for entry in values["0"]["objects"]] == [2]
    assert [entry["votes"] for entry in values["1"]["objects"]] == [1, 1]
    assert values["1"]["notes"] == ["the words of its page were not found: boxes are compared by their edges"]


def test_polygons_points_and_spans_get_labels_from_the_same_function(invoke, s3):
    config(s3, "invoice-boxes", "total_amount")
    corners = [{"x": 10, "y": 10}, {"x": 90, "y": 20}, {"x": 80, "y": 60}]
    size = {"width": 1240, "height": 1754}
    answers = {
        "polygon": {"polygons": [{"label": "total_amount", "vertices": corners}], "inputImageProperties": size},
        "point": {"keypoints": [{"label": "total_amount", "x": 10, "y": 20}], "inputImageProperties": size},
        "span": {"entities": [{"label": "total_amount", "startOffset": 6, "endOffset": 10}]},
    }
    payload = [
        {
            "datasetObjectId": name,
            "dataObject": {"content": "TOTAL 9.00"} if name == "span" else {"s3Uri": f"s3://{BUCKET}/p.png"},
            "annotations": [annotation(worker, {"marked": answer}) for worker in ("a", "b")],
        }
        for name, answer in answers.items()
    ]
    values = labels(invoke(payload, "invoice-boxes", POINT_RADIUS="0.02"))
    assert values["polygon"]["annotations"] == [{"class_id": 0, "vertices": corners}]
    assert values["point"]["annotations"] == [{"class_id": 0, "x": 10, "y": 20}]
    assert values["span"]["annotations"]["entities"] == [{"label": "total_amount", "startOffset": 6, "endOffset": 10}]
    assert {value["status"] for value in values.values()} == {"agreed"}
