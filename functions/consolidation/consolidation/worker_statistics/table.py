"""The DynamoDB table that keeps worker statistics: reads what is known, and counts each object exactly once.

    subject                           period    what
    invoice-boxes/worker/<worker id>  2026-11   counters of one worker in one month
    invoice-boxes/everybody           2026-11   counters of all workers together
    object/<hash>                     counted   an object that is counted: the month, and what it added

An object's marker and the counters that it raises are written in one transaction, on the condition that there is no marker yet. So a call that is
repeated, crosses another or runs twice at once counts nothing twice, and one that fails midway leaves nothing half done. Every item
expires when its month is read no more. The table holds worker ids, names of labels and numbers, and nothing of documents or answers.
"""

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from consolidation.errors import StatisticsError
from consolidation.worker_statistics.contribution import EVERYBODY, Contribution, total
from consolidation.worker_statistics.history import History
from consolidation.worker_statistics.months import Decay, month_of
from consolidation.worker_statistics.transactions import groups

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SUBJECT, PERIOD, EXPIRES, MONTH, ADDED = "subject", "period", "expires", "month", "added"
COUNTED = "counted"
MOST_KEYS = 100
"""Of one BatchGetItem."""
MOST_ATTEMPTS = 8
FIRST_PAUSE = 0.05
"""Seconds before the second attempt, at most; each further pause may be twice as long."""
LEFT_ALONE = 60.0
"""Seconds for which a table that could not be reached is not tried again."""
_AGAIN = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_PASSING = frozenset(
    {
        "TransactionInProgressException",
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "InternalServerError",
    }
)

Item = dict[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Job:
    """Whose objects are counted. arn: of the labeling job. kind: task type, and how labels are chosen; each kind has statistics of its own."""

    arn: str
    label_attribute: str
    kind: str

    def marker(self, object_id: str) -> Key:
        """The key of an object's marker. Hashed, because an id may be as long and as telling as its owner likes."""
        name = json.dumps([self.arn.lower(), self.label_attribute, self.kind, object_id])
        return f"object/{hashlib.sha256(name.encode()).hexdigest()}", COUNTED

    def subject(self, worker: str) -> str:
        """The subject of a worker's counters, or of `EVERYBODY`'s."""
        return f"{self.kind}/worker/{worker}" if worker else f"{self.kind}/everybody"


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the objects to count: how many were counted now, were counted before, and could not be counted, and why not."""

    counted: int = 0
    before: int = 0
    failed: int = 0
    problem: str = ""


class WorkerTable:
    """Reads and writes the table. client: of DynamoDB, made with the first call. clock: seconds since 1970. pause: sleeps that many seconds."""

    def __init__(
        self,
        name: str,
        decay: Decay,
        client: "DynamoDBClient | None" = None,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name = name
        self._decay = decay
        self._made = client
        self._clock = clock
        self._pause = pause
        self._tried_again_at = 0.0

    def read(self, job: Job, ids: Sequence[str], workers: Sequence[str]) -> History:
        """What is known of these workers without what these objects added.

        Raises StatisticsError when the table cannot be read, and for a minute after that without trying.
        """
        weights = self._decay.weights(self._clock())
        markers = {job.marker(object_id): object_id for object_id in ids}
        owners = {job.subject(worker): worker for worker in (EVERYBODY, *workers)}
        keys = [*markers, *((subject, month) for subject in owners for month in weights)]
        counters: dict[tuple[str, str], dict[str, int]] = {}
        counted: dict[str, tuple[str, Contribution]] = {}
        for item in self._items(keys):
            key = item[SUBJECT]["S"], item[PERIOD]["S"]
            if key in markers:
                counted[markers[key]] = item[MONTH]["S"], Contribution.from_text(item[ADDED]["S"])
            else:
                counters[owners[key[0]], key[1]] = _counters(item)
        return History.summed(counters, counted, weights)

    def add(self, job: Job, contributions: Mapping[str, Contribution]) -> Added:
        """Counts these objects, by id, unless they are counted already. Raises nothing: what could not be counted is told."""
        results = [
            self._add_group(job, {object_id: contributions[object_id] for object_id in group})
            for group in groups(contributions)
        ]
        problems = [result.problem for result in results if result.problem]
        return Added(
            sum(result.counted for result in results),
            sum(result.before for result in results),
            sum(result.failed for result in results),
            problems[0] if problems else "",
        )

    def _add_group(self, job: Job, group: dict[str, Contribution]) -> Added:
        """Counts a group in one transaction, again without those that turn out to be counted already."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - loaded with the first client

        before, problem = 0, ""
        for attempt in range(MOST_ATTEMPTS):
            if not group:
                return Added(before=before)
            try:
                self._client().transact_write_items(TransactItems=self._transaction(job, group))
                return Added(len(group), before)
            except ClientError as error:
                repeated = _repeated(error, list(group))
                problem = _told(error)
                if not repeated and not _is_passing(error):
                    break
                group = {object_id: each for object_id, each in group.items() if object_id not in repeated}
                before += len(repeated)
                if not repeated:
                    self._pause(random.uniform(0.0, FIRST_PAUSE * 2**attempt))  # noqa: S311 - spreads attempts, guards nothing
            except BotoCoreError as error:
                problem = type(error).__name__
                break
        return Added(0, before, len(group), problem)

    def _transaction(self, job: Job, group: Mapping[str, Contribution]) -> list[Any]:
        """The markers, in the group's order, then the counters."""
        month = month_of(self._clock())
        expires = {"N": str(self._decay.expiry(month))}
        transaction: list[Any] = []
        for object_id, contribution in group.items():
            subject, period = job.marker(object_id)
            item: Item = {
                SUBJECT: {"S": subject},
                PERIOD: {"S": period},
                MONTH: {"S": month},
                ADDED: {"S": contribution.as_text()},
                EXPIRES: expires,
            }
            condition = {"ConditionExpression": "attribute_not_exists(#s)", "ExpressionAttributeNames": {"#s": SUBJECT}}
            transaction.append({"Put": {"TableName": self._name, "Item": item, **condition}})
        for worker, counters in sorted(total(group.values()).items()):
            key = {SUBJECT: {"S": job.subject(worker)}, PERIOD: {"S": month}}
            transaction.append({"Update": {"TableName": self._name, "Key": key, **_raised(counters, expires)}})
        return transaction

    def _items(self, keys: Sequence[Key]) -> Iterator[Item]:
        """The items with these keys that are there, consistently read. Raises StatisticsError."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - loaded with the first client

        if self._clock() < self._tried_again_at:
            raise StatisticsError(f"{self._name} could not be reached a moment ago, so it is left alone")
        try:
            for start in range(0, len(keys), MOST_KEYS):
                yield from self._batch(keys[start : start + MOST_KEYS])
        except (BotoCoreError, ClientError) as error:
            self._tried_again_at = self._clock() + LEFT_ALONE
            told = _told(error) if isinstance(error, ClientError) else type(error).__name__
            raise StatisticsError(f"{self._name} could not be read: {told}") from error

    def _batch(self, keys: Sequence[Key]) -> Iterator[Item]:
        wanted: list[Any] = [{SUBJECT: {"S": subject}, PERIOD: {"S": period}} for subject, period in keys]
        for attempt in range(MOST_ATTEMPTS):
            answer = self._client().batch_get_item(RequestItems={self._name: {"Keys": wanted, "ConsistentRead": True}})
            yield from answer["Responses"].get(self._name, [])
            left = answer.get("UnprocessedKeys", {}).get(self._name)
            if not left:
                return
            wanted = list(left["Keys"])
            self._pause(random.uniform(0.0, FIRST_PAUSE * 2**attempt))  # noqa: S311 - as above
        self._tried_again_at = self._clock() + LEFT_ALONE
        raise StatisticsError(f"{self._name} could not be read: it leaves keys unprocessed, as it is throttled")

    def _client(self) -> "DynamoDBClient":
        if self._made is None:
            import boto3  # noqa: PLC0415 - takes as long to import as everything else together
            from botocore.config import Config  # noqa: PLC0415

            config = Config(retries={"mode": "standard", "max_attempts": 3}, connect_timeout=2, read_timeout=5)
            self._made = boto3.client("dynamodb", config=config)
        return self._made


def _raised(counters: Mapping[str, int], expires: Mapping[str, str]) -> Item:
    """The update that adds to counters."""
    names = {f"#{number}": counter for number, counter in enumerate(counters)}
    values: Item = {f":{number}": {"N": str(units)} for number, units in enumerate(counters.values())}
    added = ",".join(f"{name} :{name[1:]}" for name in names)
    return {
        "UpdateExpression": f"ADD {added} SET #e=:e",
        "ExpressionAttributeNames": {**names, "#e": EXPIRES},
        "ExpressionAttributeValues": {**values, ":e": expires},
    }


def _counters(item: Item) -> dict[str, int]:
    return {name: int(value["N"]) for name, value in item.items() if name not in (SUBJECT, PERIOD, EXPIRES)}


def _reasons(error: Any) -> list[str]:
    """Why DynamoDB cancelled a transaction: a code for each of its items."""
    return [str(reason.get("Code", "")) for reason in error.response.get("CancellationReasons", ())]


def _repeated(error: Any, ids: Sequence[str]) -> set[str]:
    """The objects whose markers are there already. The markers come first in a transaction, in the order of `ids`."""
    codes = _reasons(error)[: len(ids)]
    return {object_id for object_id, code in zip(ids, codes, strict=False) if code == "ConditionalCheckFailed"}


def _is_passing(error: Any) -> bool:
    """Whether another attempt may succeed."""
    codes = [code for code in _reasons(error) if code not in ("", "None")]
    if codes:
        return all(code in _AGAIN for code in codes)
    return str(error.response.get("Error", {}).get("Code", "")) in _PASSING


def _told(error: Any) -> str:
    """The error's codes, without its message: that may quote keys."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    reasons = sorted({reason for reason in _reasons(error) if reason not in ("", "None")})
    return f"{code} ({', '.join(reasons)})" if reasons else code
