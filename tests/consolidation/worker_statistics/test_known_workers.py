"""What earlier calls learned decides where a call's own objects cannot tell, fades with age, and costs no label when it cannot be had."""

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from labelling_cases import box, categories, data_object, label_objects, page
from table_cases import ARN, NOVEMBER, TYPES, Calls, contents, counters, typed

from consolidation.settings import Settings
from consolidation.worker_statistics import Decay, History
from consolidation.worker_statistics.known import accuracies, confusions
from consolidation.worker_statistics.table import Added, Job

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MONTH = 30.4375 * 86_400.0
JOB = Job(ARN, "label", "document-type")
NAMES = ("invoice", "credit_note", "receipt")
FIELDS = categories({"label": "number", "type": "identifier"}, {"label": "total", "type": "amount"})
BOXES = categories("total", "date")


def teach_types(calls: Calls, count: int = 12) -> None:
    """Calls in which good1 and good2 agree with most, and bad1 to bad3 answer something else in turn."""
    for batch in range(count):
        objects = []
        for item in range(5):
            truth, other = NAMES[(batch + item) % 3], NAMES[(batch + 2 * item + 1) % 3]
            answers = {"good1": truth, "good2": truth, "good3": truth, f"bad{batch % 3}": other}
            objects.append(typed(f"{batch}-{item}", **answers))
        calls(objects)


ODD = typed("odd", good1="invoice", good2="invoice", bad0="receipt", bad1="receipt", bad2="receipt")


def test_a_single_object_is_settled_by_who_was_right_before(calls: Calls) -> None:
    alone, _, _ = label_objects([ODD], "document-type", TYPES, method="weighted")
    assert alone["odd"]["class-name"] == "receipt"
    teach_types(calls)
    value = calls([ODD])["odd"]
    assert (value["class-name"], value["vote_share"]) == ("invoice", 0.4)
    assert value["posterior"] == value["confidence"] > 0.5


def test_by_majority_they_decide_ties_only(calls: Calls) -> None:
    teach_types(calls)
    tied = typed("tied", good1="invoice", bad0="receipt")
    values = calls([ODD, tied], method="majority")
    assert (values["odd"]["class-name"], values["odd"]["confidence"]) == ("receipt", 0.6)
    assert (values["tied"]["class-name"], values["tied"]["status"]) == ("invoice", "tie")
    alone, _, _ = label_objects([tied], "document-type", TYPES)
    assert alone["tied"]["class-name"] is None


def test_without_a_table_each_call_stands_alone(calls: Calls) -> None:
    teach_types(calls)
    known, _, _ = label_objects([ODD], "document-type", TYPES, method="weighted")
    assert known["odd"]["class-name"] == "receipt"


def test_labels_of_boxes_and_their_edges_use_what_is_known(calls: Calls) -> None:
    settings: dict[str, Any] = {"task_type": "invoice-boxes", "names": BOXES}
    for batch in range(10):
        answers = {name: page(box("total", 10, 10), box("date", 10, 200)) for name in ("good1", "good2", "good3")}
        answers[f"bad{batch % 2}"] = page(box("date", 10, 10), box("total", 10, 200))
        calls([data_object(f"{batch}-{item}", answers) for item in range(4)], **settings)
    odd = data_object(
        "odd",
        {"good1": page(box("total", 10, 10)), "bad0": page(box("date", 12, 10)), "bad1": page(box("date", 12, 10))},
    )
    value = calls([odd], **settings)["odd"]
    assert list(value["class-map"].values()) == ["total"]
    alone, _, _ = label_objects([odd], "invoice-boxes", BOXES, method="weighted")
    assert list(alone["odd"]["class-map"].values()) == ["date"]


def test_values_of_fields_use_what_is_known(calls: Calls) -> None:
    settings: dict[str, Any] = {"task_type": "invoice-fields", "names": FIELDS}
    for batch in range(10):
        answers = {name: {"number": f"INV-{batch}", "total": "10.00"} for name in ("good1", "good2", "good3")}
        answers[f"bad{batch % 2}"] = {"number": f"INV-{batch}9", "total": "1000.00"}
        calls([data_object(f"{batch}-{item}", answers) for item in range(4)], **settings)
    said = {"good1": {"number": "A1"}, "bad0": {"number": "B2"}, "bad1": {"number": "B2"}}
    odd = data_object("odd", dict(said))
    assert calls([odd], **settings)["odd"]["fields"]["number"]["value"] == "A1"


def test_scales_and_several_types_are_known_too(calls: Calls, dynamodb: "DynamoDBClient") -> None:
    from consolidation.label_categories import from_config  # noqa: PLC0415

    for choice in ("ordered", "several"):
        names = from_config({"labels": [{"label": name} for name in NAMES], "task": {"choice": choice}})
        values = calls([typed("1", a="invoice", b="invoice")], names=names)
        assert values["1"]["status"] == "agreed"
        assert calls.added == Added(counted=1)
        assert (f"document-type-{choice}/worker/a", "2026-11") in contents(dynamodb)


def test_what_is_known_fades_by_half_each_half_life(calls: Calls) -> None:
    teach_types(calls)
    months = 6
    calls.half_life = months * 30.4375
    now = calls.table.read(JOB, [], ["good1"])
    calls.now += months * MONTH
    later = calls.table.read(JOB, [], ["good1"])
    assert later.answers == pytest.approx(now.answers / 2)
    for worker, told in now.counts.items():
        for counter, count in told.items():
            assert later.counts[worker][counter] == pytest.approx(count / 2)


def test_a_call_repeated_within_the_month_finds_the_same_weights() -> None:
    decay = Decay(90.0)
    assert decay.weights(NOVEMBER) == decay.weights(NOVEMBER + 29 * 86_400)


def test_months_are_read_as_long_as_they_are_kept_and_no_longer(calls: Calls, dynamodb: "DynamoDBClient") -> None:
    calls.half_life = 60.0
    teach_types(calls, 1)
    expiries = {int(item["expires"]["N"]) for item in contents(dynamodb).values()}
    (expiry,) = expiries
    calls.now = expiry - 1.0
    assert calls.table.read(JOB, [], ["good1"]).answers > 0
    calls.now = expiry + 1.0
    assert calls.table.read(JOB, [], ["good1"]).answers == 0
    assert calls.now - NOVEMBER > 3 * 60 * 86_400


def test_the_half_life_may_change_at_any_time(calls: Calls) -> None:
    teach_types(calls, 2)
    calls.now += 12 * MONTH
    fades = []
    for calls.half_life in (100.0, 200.0, 400.0):
        fades.append(calls.table.read(JOB, [], []).answers)
    assert fades == sorted(fades)


def test_answers_about_other_types_tell_of_accuracy_only() -> None:
    counts = {"answers": 100.0, "right": 90.0, '["cat", "cat"]': 90.0, '["dog", "cat"]': 10.0}
    history = History({"w": counts, "": counts})
    (matrix,) = confusions(history, ["w"], ["invoice", "receipt"]).counts
    assert matrix.sum() == pytest.approx(20.0)
    assert matrix.trace() == pytest.approx(18.0)
    assert accuracies(history, ["w", "new"]).right.tolist() == [90.0, 0.0]


def test_the_table_holds_no_more_than_ids_labels_and_numbers(calls: Calls, dynamodb: "DynamoDBClient") -> None:
    secret = "CONFIDENTIAL-4711"
    answers = {"a": {"number": secret, "total": "10.00"}, "b": {"number": secret, "total": "11.00"}}
    calls([data_object(secret, answers)], task_type="invoice-fields", names=FIELDS)
    told = str(contents(dynamodb))
    assert secret not in told
    assert "10.00" not in told
    assert "invoice-fields/worker/a" in told


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://dynamodb.eu-west-1.amazonaws.com"),
        ClientError({"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "m"}}, "BatchGetItem"),
        ClientError({"Error": {"Code": "AccessDeniedException", "Message": "m"}}, "BatchGetItem"),
    ],
)
def test_a_table_that_cannot_be_read_costs_no_label(calls: Calls, dynamodb: "DynamoDBClient", error: Exception) -> None:
    teach_types(calls)
    before = counters(dynamodb)
    reads = []

    class Unreachable:
        def batch_get_item(self, **_: Any) -> Any:
            reads.append(1)
            raise error

    calls.client = Unreachable()  # type: ignore[assignment]
    table = calls.table
    alone, _, _ = label_objects([ODD], "document-type", TYPES, method="weighted")
    for seconds, tried in ((0.0, 1), (59.0, 1), (61.0, 2)):
        calls.now = NOVEMBER + seconds
        assert calls([ODD], table=table) == alone
        assert "workers could" in calls.ledger.problem
        assert len(reads) == tried
    assert counters(dynamodb) == before


def test_a_throttled_read_asks_again_for_the_keys_that_are_left(calls: Calls, dynamodb: "DynamoDBClient") -> None:
    teach_types(calls)

    class Throttled:
        def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - DynamoDB's name
            keys = RequestItems["workers"]["Keys"]
            answer: Any = dynamodb.batch_get_item(
                RequestItems={"workers": {**RequestItems["workers"], "Keys": keys[:9]}}
            )
            left = keys[9:]
            return {**answer, "UnprocessedKeys": {"workers": {"Keys": left}} if left else {}}

    whole = calls.table.read(JOB, ["0-1"], ["good1"])
    calls.client = Throttled()  # type: ignore[assignment]
    calls.half_life = 60.0
    few = calls.table.read(JOB, ["0-1"], ["good1"])
    assert few == whole
    assert calls.pauses


def test_a_table_that_stays_throttled_is_given_up(calls: Calls) -> None:
    class Throttled:
        def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - as above
            return {"Responses": {}, "UnprocessedKeys": RequestItems}

    calls.client = Throttled()  # type: ignore[assignment]
    assert calls([ODD])["odd"]["class-name"] == "receipt"
    assert "throttled" in calls.ledger.problem
    assert sum(calls.pauses) < 15


@pytest.mark.parametrize(
    ("environment", "table", "half_life"),
    [
        ({}, "", 180.0),
        ({"WORKER_STATISTICS_TABLE": ""}, "", 180.0),
        ({"WORKER_STATISTICS_TABLE": "WorkerStatisticsTable"}, "", 180.0),
        (
            {"WORKER_STATISTICS_TABLE": "stack-WorkerStatisticsTable-1A", "WORKER_STATISTICS_HALF_LIFE_DAYS": "30"},
            "stack-WorkerStatisticsTable-1A",
            30.0,
        ),
    ],
    ids=["none", "off", "not deployed", "deployed"],
)
def test_the_environment_says_whether_there_is_a_table(
    environment: dict[str, str], table: str, half_life: float
) -> None:
    settings = Settings.from_environment({"TASK_TYPE": "document-type", **environment})
    assert (settings.worker_statistics_table, settings.half_life) == (table, half_life)
