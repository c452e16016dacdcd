"""The function that consolidates finished jobs again: with the part in its event, or in S3."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from labelling_cases import box, data_object, page

from consolidation.errors import ConsolidationError, EventError, PayloadError, SettingsError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BUCKET = "acme-groundtruth-invoices"
ROOT = f"s3://{BUCKET}/output/reconsolidated/q3"
REQUEST = f"s3://{BUCKET}/output/q3/annotations/consolidated-annotation/consolidation-request/iteration-1/a.json"

Call = Callable[..., dict[str, Any]]
RUN: dict[str, Any] = {
    "taskType": "invoice-boxes",
    "labelAttributeName": "Boxes",
    "jobName": "Q3",
    "settings": {},
    "labelCategoryConfig": {"labels": [{"label": "total_amount"}]},
    "objectsAtOnce": 2,
    "agreementIou": 0.5,
}
OBJECTS = [
    data_object(str(number), {worker: page(box("total_amount", 10, 10 + number)) for worker in "abc"})
    for number in range(5)
]


@pytest.fixture
def call(s3: "S3Client", monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls the handler with an event."""
    from consolidation import reconsolidation_handler, storage  # noqa: PLC0415

    monkeypatch.setenv("LABEL_CATEGORIES_URI", f"s3://{BUCKET}/categories/")
    monkeypatch.setattr(reconsolidation_handler, "_read", storage.ObjectReader())
    storage._own_client.cache_clear()
    context = type("Context", (), dict.fromkeys(("function_name", "invoked_function_arn", "aws_request_id"), "x"))()
    context.memory_limit_in_mb = 512
    return lambda **event: reconsolidation_handler.reconsolidate(json.loads(json.dumps(event)), context)


def stored(s3: "S3Client", uri: str) -> Any:
    return json.loads(s3.get_object(Bucket=BUCKET, Key=uri.removeprefix(f"s3://{BUCKET}/"))["Body"].read())


def put(s3: "S3Client", uri: str, value: object) -> None:
    s3.put_object(Bucket=BUCKET, Key=uri.removeprefix(f"s3://{BUCKET}/"), Body=json.dumps(value).encode())


def test_a_part_in_the_event_is_answered_in_the_response(call: Call) -> None:
    answer = call(run=RUN, part={"content": json.dumps(OBJECTS)})
    assert [entry["datasetObjectId"] for entry in answer["entries"]] == list("01234")
    values = [entry["consolidatedAnnotation"]["content"]["Boxes"] for entry in answer["entries"]]
    assert [value["annotations"][0]["top"] for value in values] == [10, 11, 12, 13, 14]
    summary = answer["summary"]
    assert (summary["objects"], summary["answers"], summary["statuses"]) == (5, 15, {"agreed": 5})
    assert summary["sources"]["3"] == "s3://acme-groundtruth-invoices/3.png"
    assert [counts["objects"] for counts in summary["counts"]] == [5]


def test_a_part_in_s3_leaves_its_labels_and_summary_there(call: Call, s3: "S3Client") -> None:
    put(s3, REQUEST, OBJECTS)
    part = {"request": REQUEST, "response": f"{ROOT}/annotations/r.json", "summary": f"{ROOT}/annotations/s.json"}
    inline = call(run=RUN, part={"content": json.dumps(OBJECTS)})
    told = call(run=RUN, part=part)
    assert told == {"objects": 5, "answers": 15, "statuses": {"agreed": 5}, "response": part["response"]}
    assert stored(s3, part["response"]) == inline["entries"]
    assert stored(s3, part["summary"]) == inline["summary"]


def test_agreement_of_a_plan_is_that_of_its_parts_and_says_which_are_missing(call: Call, s3: "S3Client") -> None:
    counts = [
        call(run=RUN, part={"content": json.dumps(some)})["summary"]["counts"][0] for some in (OBJECTS[:2], OBJECTS[2:])
    ]
    plan = [{"summary": f"{ROOT}/annotations/{number}.json"} for number in range(3)]
    for number, one in enumerate(counts):
        put(s3, plan[number]["summary"], {"counts": [one]})
    put(s3, f"{ROOT}/plan.json", plan)
    report = f"{ROOT}/agreement.json"
    told = call(agreement={"plan": f"{ROOT}/plan.json", "report": report})
    assert told == {"objects": 5, "missing": 1, "report": report}
    assert stored(s3, report) == call(agreement={"counts": counts})["report"]


def test_agreement_of_nothing_is_none(call: Call, s3: "S3Client") -> None:
    assert call(agreement={"counts": []}) == {"counts": None, "report": None}
    put(s3, f"{ROOT}/plan.json", [])
    assert call(agreement={"plan": f"{ROOT}/plan.json", "report": f"{ROOT}/a.json"}) == {"missing": 0, "report": None}


def test_without_a_config_in_the_event_the_jobs_own_counts(call: Call, s3: "S3Client") -> None:
    put(s3, f"s3://{BUCKET}/categories/q3.json", {"labels": [{"label": "other"}, {"label": "total_amount"}]})
    answer = call(run={**RUN, "labelCategoryConfig": None}, part={"content": json.dumps(OBJECTS[:1])})
    assert answer["entries"][0]["consolidatedAnnotation"]["content"]["Boxes"]["class-map"] == {"1": "total_amount"}


def test_settings_of_the_event_come_before_the_environment(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOX_QUORUM", "1")
    objects = [data_object("0", {"a": page(box("total_amount", 0, 0)), "b": page()})]
    strict = call(run=RUN, part={"content": json.dumps(objects)})
    lenient = call(run={**RUN, "settings": {"BOX_QUORUM": "0"}}, part={"content": json.dumps(objects)})
    drawn = [
        len(answer["entries"][0]["consolidatedAnnotation"]["content"]["Boxes"]["annotations"])
        for answer in (strict, lenient)
    ]
    assert drawn == [0, 1]


@pytest.mark.parametrize(
    ("event", "error", "said"),
    [
        ({}, EventError, '"run"'),
        ({"run": RUN}, EventError, '"part"'),
        ({"run": RUN, "part": {}}, EventError, "part.request"),
        ({"run": {**RUN, "taskType": "letters"}, "part": {"content": "[]"}}, SettingsError, "TASK_TYPE"),
        ({"run": {**RUN, "settings": {"ASSUME_JOB_ROLE": "true"}}, "part": {"content": "[]"}}, EventError, "settings"),
        ({"run": {**RUN, "settings": {"BOX_IOU": "9"}}, "part": {"content": "[]"}}, SettingsError, "BOX_IOU"),
        ({"run": {**RUN, "objectsAtOnce": 0}, "part": {"content": "[]"}}, EventError, "objectsAtOnce"),
        ({"run": {**RUN, "agreementIou": 0}, "part": {"content": "[]"}}, EventError, "agreementIou"),
        ({"run": {**RUN, "labelCategoryConfig": 1}, "part": {"content": "[]"}}, EventError, "labelCategoryConfig"),
        ({"run": RUN, "part": {"content": "{"}}, PayloadError, "not a JSON array"),
        ({"run": RUN, "part": {"request": REQUEST}}, PayloadError, "NoSuchKey"),
        ({"agreement": {}}, EventError, "agreement.plan"),
        ({"agreement": {"counts": [1]}}, EventError, "counts"),
    ],
)
def test_what_cannot_be_used_is_named(call: Call, event: dict[str, Any], error: type[Exception], said: str) -> None:
    assert issubclass(error, ConsolidationError)
    with pytest.raises(error, match=said):
        call(**event)


def test_a_place_that_cannot_be_written_is_named(call: Call, s3: "S3Client") -> None:
    put(s3, REQUEST, OBJECTS)
    part = {"request": REQUEST, "response": "s3://no-such-bucket/a", "summary": "s3://no-such-bucket/b"}
    with pytest.raises(PayloadError, match=r"s3://no-such-bucket/b could not be written.*s3:PutObject"):
        call(run=RUN, part=part)
