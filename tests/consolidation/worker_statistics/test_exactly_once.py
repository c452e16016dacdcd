"""Each object is counted once in the statistics, however often, in whatever order and however close together calls come."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from table_cases import ARN, Calls, OneAtATime, contents, counters, typed

from consolidation.worker_statistics import EVERYBODY, UNIT, Contribution
from consolidation.worker_statistics.table import Added, Job
from consolidation.worker_statistics.transactions import MOST_COUNTERS, MOST_ITEMS, groups

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NAMES = ("invoice", "credit_note", "receipt")
JOB = Job(ARN, "label", "document-type")


def batches(count: int = 6, size: int = 5, seed: int = 0) -> list[list[dict[str, Any]]]:
    """Calls of `size` objects each; workers a, b and c are mostly right, d guesses."""
    rng = random.Random(seed)
    made = []
    for batch in range(count):
        objects = []
        for item in range(size):
            truth = rng.choice(NAMES)
            labels = {worker: truth if rng.random() < 0.85 else rng.choice(NAMES) for worker in "abc"}
            objects.append(typed(f"{batch}-{item}", **labels, d=rng.choice(NAMES)))
        made.append(objects)
    return made


def markers(client: "DynamoDBClient") -> list[Contribution]:
    """What each counted object added."""
    return [Contribution.from_text(item["added"]["S"]) for item in contents(client).values() if "added" in item]


def assert_counters_are_the_sum_of_markers(client: "DynamoDBClient", objects: int) -> None:
    """The table is whole: so many objects are counted, and the counters hold what they added and nothing else."""
    added = markers(client)
    assert len(added) == objects
    sums: dict[str, dict[str, int]] = {}
    for contribution in added:
        for worker, each in contribution.counters.items():
            for counter, units in each.items():
                sums.setdefault(worker, {}).setdefault(counter, 0)
                sums[worker][counter] += units
    held = {subject.removeprefix("document-type/worker/"): each for (subject, _), each in counters(client).items()}
    held[EVERYBODY] = held.pop("document-type/everybody")
    assert held == sums


def test_one_pass_counts_every_answer_once(calls: Calls, dynamodb: "DynamoDBClient") -> None:
    for objects in batches():
        calls(objects)
        assert calls.added == Added(counted=len(objects))
    assert_counters_are_the_sum_of_markers(dynamodb, 30)
    workers = {subject for subject, _ in counters(dynamodb)}
    assert workers == {f"document-type/worker/{name}" for name in "abcd"} | {"document-type/everybody"}


def test_repeated_calls_leave_the_table_as_one_pass_does(calls: Calls, dynamodb: "DynamoDBClient") -> None:
    for objects in batches():
        calls(objects)
    once = contents(dynamodb)
    for objects in [*batches(), *reversed(batches())]:
        calls(objects)
        assert calls.added == Added()
    assert contents(dynamodb) == once


def test_a_call_repeated_at_once_gives_the_same_labels(calls: Calls) -> None:
    """Its own objects' earlier contribution is no evidence from outside."""
    for objects in batches():
        assert calls(objects) == calls(objects) == calls(objects)


def test_a_call_repeated_much_later_gets_its_labels_again(calls: Calls) -> None:
    """What others have taught since may change how sure a label is, and rarely the label."""
    first = [calls(objects) for objects in batches()]
    again = [calls(objects) for objects in batches()]
    labels = [
        [{key: value["class-name"] for key, value in values.items()} for values in each] for each in (first, again)
    ]
    changed = sum(one[key] != other[key] for one, other in zip(labels[0], labels[1], strict=True) for key in one)
    assert changed <= 1


def test_the_same_call_twice_at_once_is_counted_once(calls: Calls, dynamodb: "DynamoDBClient") -> None:
    """Both read before either writes."""
    objects = batches()[0]
    other = Calls(dynamodb)
    values = calls(objects, between=lambda: other(objects))
    assert other.added == Added(counted=5)
    assert calls.added == Added(before=5)
    assert values == calls(objects)
    assert_counters_are_the_sum_of_markers(dynamodb, 5)


def test_calls_that_share_some_objects_count_each_once(calls: Calls, dynamodb: "DynamoDBClient") -> None:
    one, two = batches()[:2]
    calls(one, between=lambda: Calls(dynamodb)([*one[:2], *two[:1]]))
    assert calls.added == Added(counted=3, before=2)
    calls([*one, *two])
    assert calls.added == Added(counted=4)
    assert_counters_are_the_sum_of_markers(dynamodb, 10)


def test_many_calls_at_the_same_time_count_each_object_once(dynamodb: "DynamoDBClient") -> None:
    client: Any = OneAtATime(dynamodb)
    runs = batches(count=8) * 3
    random.Random(1).shuffle(runs)
    with ThreadPoolExecutor(max_workers=6) as pool:
        list(pool.map(Calls(client), runs))
    assert_counters_are_the_sum_of_markers(dynamodb, 40)


def test_the_order_of_calls_changes_no_count_of_answers(dynamodb: "DynamoDBClient", calls: Calls) -> None:
    """What is taken to be right depends on what was known by then; who answered how much what does not, once objects weigh alike."""
    forward = {object_id: c for objects in batches() for object_id, c in _learned(calls, objects).items()}
    table = calls.table
    ids = list(forward)
    random.Random(3).shuffle(ids)
    for start in range(0, len(ids), 7):
        table.add(JOB, {object_id: forward[object_id] for object_id in ids[start : start + 7]})
    shuffled = counters(dynamodb)
    for key in contents(dynamodb):
        dynamodb.delete_item(TableName="workers", Key={"subject": {"S": key[0]}, "period": {"S": key[1]}})
    table.add(JOB, forward)
    assert counters(dynamodb) == shuffled


def _learned(calls: Calls, objects: list[dict[str, Any]]) -> dict[str, Contribution]:
    """What a call would add, without adding it."""
    table = calls.table
    table.add = lambda *_: Added()  # type: ignore[method-assign]
    calls(objects, table=table)
    return calls.ledger.contributions


@pytest.mark.parametrize("attribute", [{"job": ARN + "-again"}, {"task_type": "invoice-fields"}])
def test_another_job_or_task_is_another_object(calls: Calls, attribute: dict[str, Any]) -> None:
    objects = batches()[0]
    calls(objects)
    calls(objects, **attribute)
    assert calls.added == Added(counted=5)


def test_a_conflict_with_another_transaction_is_tried_again(calls: Calls, dynamodb: "DynamoDBClient") -> None:
    client = Failing(dynamodb, [_cancelled("None", "TransactionConflict"), _cancelled("ThrottlingError")])
    calls.client = client  # type: ignore[assignment]
    calls(batches()[0])
    assert calls.added == Added(counted=5)
    assert len(calls.pauses) == 2
    assert_counters_are_the_sum_of_markers(dynamodb, 5)


def test_conflicts_without_end_are_told_and_leave_nothing_half_counted(
    calls: Calls, dynamodb: "DynamoDBClient"
) -> None:
    client = Failing(dynamodb, [_cancelled("TransactionConflict")] * 100)
    calls.client = client  # type: ignore[assignment]
    values = calls(batches()[0])
    assert {value["status"] for value in values.values()} <= {"agreed", "low_agreement", "tie"}
    assert (calls.added.counted, calls.added.failed) == (0, 5)
    assert calls.added.problem == "TransactionCanceledException (TransactionConflict)"
    assert sum(calls.pauses) < 10
    assert contents(dynamodb) == {}


def test_what_trying_again_cannot_mend_is_not_tried_again(calls: Calls, dynamodb: "DynamoDBClient") -> None:
    client = Failing(dynamodb, [_refused("AccessDeniedException")])
    calls.client = client  # type: ignore[assignment]
    calls(batches()[0])
    assert (calls.added.failed, calls.added.problem, calls.pauses) == (5, "AccessDeniedException", [])


class Failing:
    """A client whose first transactions fail."""

    def __init__(self, client: "DynamoDBClient", errors: list[ClientError]) -> None:
        self._client = client
        self._errors = list(errors)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **arguments: Any) -> Any:
        if self._errors:
            raise self._errors.pop(0)
        return self._client.transact_write_items(**arguments)


def _cancelled(*codes: str) -> ClientError:
    response: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "Transaction cancelled"},
        "CancellationReasons": [{"Code": code} for code in codes],
    }
    return ClientError(response, "TransactWriteItems")


def _refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "TransactWriteItems")


def test_a_call_of_any_size_keeps_to_dynamodbs_limits(calls: Calls, dynamodb: "DynamoDBClient") -> None:
    """120 objects by 60 workers in one call."""
    calls.half_life = 10.0  # fewer months to read
    rng = random.Random(5)
    objects = []
    for item in range(120):
        chosen = rng.sample(range(60), 4)
        objects.append(typed(str(item), **{f"worker{number}": rng.choice(NAMES) for number in chosen}))
    calls(objects)
    assert calls.added == Added(counted=120)
    assert_counters_are_the_sum_of_markers(dynamodb, 120)
    assert calls(objects).keys() == {str(item) for item in range(120)}
    assert calls.added == Added()


def test_groups_hold_all_objects_once_and_stay_small() -> None:
    rng = random.Random(2)
    counters_of = {
        str(item): Contribution(
            {
                EVERYBODY: {f"counter {rng.randrange(900)}": UNIT for _ in range(20)},
                **{f"w{rng.randrange(300)}": {f"counter {rng.randrange(900)}": UNIT} for _ in range(5)},
            }
        )
        for item in range(400)
    }
    found = list(groups(counters_of))
    assert [object_id for group in found for object_id in group] == list(counters_of)
    for group in found:
        touched: dict[str, set[str]] = {}
        for object_id in group:
            for worker, each in counters_of[object_id].counters.items():
                touched.setdefault(worker, set()).update(each)
        assert len(group) + len(touched) <= MOST_ITEMS
        assert max(map(len, touched.values())) <= MOST_COUNTERS
