"""Calls that use a table of worker statistics as the handler does, and a look into the table."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from labelling_cases import URI, categories, data_object

from consolidation.consolidate import statistics_kind
from consolidation.label_categories import LabelCategories
from consolidation.labelling import label_payload
from consolidation.settings import Settings
from consolidation.worker_statistics import Decay, Ledger
from consolidation.worker_statistics.table import Added, Job, WorkerTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "workers"
NOVEMBER = 1_793_491_200.0
"""2026-11-01, in seconds since 1970."""
TYPES = categories("invoice", "credit_note", "receipt")
ARN = "arn:aws:sagemaker:eu-west-1:123456789012:labeling-job/invoices-q3"


def create_table(client: "DynamoDBClient") -> None:
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "subject", "AttributeType": "S"},
            {"AttributeName": "period", "AttributeType": "S"},
        ],
        KeySchema=[{"AttributeName": "subject", "KeyType": "HASH"}, {"AttributeName": "period", "KeyType": "RANGE"}],
    )


def contents(client: "DynamoDBClient") -> dict[tuple[str, str], dict[str, Any]]:
    """Every item of the table by key, without the key."""
    items: list[dict[str, Any]] = []
    for page in client.get_paginator("scan").paginate(TableName=TABLE):
        items += page["Items"]
    return {(item.pop("subject")["S"], item.pop("period")["S"]): item for item in items}


def counters(client: "DynamoDBClient") -> dict[tuple[str, str], dict[str, int]]:
    """The counters of the table, without markers."""
    return {
        key: {name: int(value["N"]) for name, value in item.items() if name != "expires"}
        for key, item in contents(client).items()
        if key[1] != "counted"
    }


@dataclass
class Calls:
    """Calls of the function with one table, at a clock that the test sets."""

    client: "DynamoDBClient"
    now: float = NOVEMBER
    half_life: float = 180.0
    pauses: list[float] = field(default_factory=list)

    @property
    def table(self) -> WorkerTable:
        """A table as a new container of the function has it."""
        return WorkerTable(TABLE, Decay(self.half_life), self.client, lambda: self.now, self.pauses.append)

    def __call__(
        self,
        objects: Sequence[Mapping[str, Any]],
        *,
        task_type: str = "document-type",
        names: LabelCategories = TYPES,
        job: str = ARN,
        table: WorkerTable | None = None,
        between: Callable[[], object] = lambda: None,
        **settings: Any,
    ) -> dict[str, dict[str, Any]]:
        """The label values by id. between: what happens after the call has read and labelled, before it writes."""
        table = table or self.table
        chosen = Settings(task_type, **{"method": "weighted", **settings})
        whose = Job(job, "label", statistics_kind(chosen, names))
        ledger = Ledger(lambda ids, workers: table.read(whose, ids, workers))
        errors: list[Any] = []
        labelled = label_payload(
            URI,
            lambda _: json.dumps(list(objects)).encode(),
            categories=names,
            settings=chosen,
            label_attribute="label",
            record=lambda object_id, error: errors.append((object_id, error)),
            ledger=ledger,
        )
        assert not errors
        between()
        self.added: Added = table.add(whose, ledger.contributions)
        self.ledger = ledger
        return labelled.consolidated.values


class OneAtATime:
    """DynamoDB's promise that transactions do not mix, which moto does not keep for threads."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def locked(**arguments: Any) -> Any:
            with self._lock:
                return method(**arguments)

        return locked


def typed(object_id: str, **labels: str) -> dict[str, Any]:
    """A data object with one document type of each worker."""
    return data_object(object_id, {worker: {"t": {"label": label}} for worker, label in labels.items()})
