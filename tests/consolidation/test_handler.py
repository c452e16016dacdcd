"""The function as Ground Truth calls it, over S3 by HTTP."""

import json
from io import StringIO

import pytest
from labelling_cases import box, data_object, page

from consolidation.errors import EventError, PayloadError, SettingsError

BUCKET = "acme-groundtruth-invoices"
SECRET = "CONFIDENTIAL-4711"


def put(s3, key, value):
    s3.put_object(Bucket=BUCKET, Key=key, Body=value if isinstance(value, bytes) else json.dumps(value).encode())


def values_of(entries):
    return {e["datasetObjectId"]: e["consolidatedAnnotation"]["content"]["Invoice-Label"] for e in entries}


def types(*labels):
    return data_object("7", {f"w{number}": {"t": {"label": label}} for number, label in enumerate(labels)})


def test_the_response_is_the_contracts_array(invoke):
    assert invoke([types("invoice", "invoice")]) == [
        {
            "datasetObjectId": "7",
            "consolidatedAnnotation": {
                "content": {
                    "Invoice-Label": {
                        "class_id": 0,
                        "class-name": "invoice",
                        "votes": {"invoice": 2},
                        "vote_share": 1.0,
                        "posterior": 0.965,
                        "unknown": ["invoice"],
                        "confidence": 1.0,
                        "workers": 2,
                        "status": "agreed",
                        "notes": [
                            "no label category config: s3://acme-groundtruth-invoices/categories/invoices-q3.json could not be read: NoSuchKey. "
                            "Check that the object still exists. s3://acme-groundtruth-invoices/categories/document-type.json could not be read: "
                            "NoSuchKey. Check that the object still exists.",
                            "not among the label categories, so class ids from 0 on hold in this value only: invoice",
                        ],
                    }
                }
            },
        }
    ]


def test_an_empty_payload_gives_an_empty_response(invoke):
    assert invoke([]) == []


CONFIG = {
    "document-version": "2018-11-28",
    "labels": [{"label": "receipt"}, {"label": "invoice", "displayName": "Rechnung"}],
}


@pytest.mark.parametrize("name", ["invoices-q3", "document-type"])
def test_the_config_of_the_job_or_of_the_task_type_gives_the_categories(invoke, s3, name):
    put(s3, f"categories/{name}.json", CONFIG)
    value = values_of(invoke([types("rechnung", "invoice")]))["7"]
    assert (value["class_id"], value["class-name"], value["votes"]) == (1, "invoice", {"invoice": 2})
    assert "notes" not in value


def test_the_jobs_own_config_comes_before_the_task_types(invoke, s3):
    put(s3, "categories/document-type.json", {"labels": ["other"]})
    put(s3, "categories/invoices-q3.json", CONFIG)
    assert values_of(invoke([types("invoice")]))["7"]["class_id"] == 1


def test_the_events_categories_win_for_the_order(invoke, s3):
    put(s3, "categories/document-type.json", CONFIG)
    value = values_of(invoke([types("Rechnung")], labelCategories=["credit_note", "invoice", "receipt"]))["7"]
    assert (value["class_id"], value["class-name"]) == (1, "invoice")


@pytest.mark.parametrize("categories", [None, [], "x", {"a": 1}])
def test_null_and_odd_categories_of_the_event_leave_the_order_to_the_config(invoke, s3, categories):
    put(s3, "categories/document-type.json", CONFIG)
    assert values_of(invoke([types("invoice")], labelCategories=categories))["7"]["class_id"] == 1


@pytest.mark.parametrize("config", [b"{", [], {"labels": 5}, {"labels": [5, {"label": ""}, {"x": 1}]}])
def test_a_broken_config_is_noted_and_costs_no_label(invoke, s3, config):
    put(s3, "categories/document-type.json", config)
    value = values_of(invoke([types("invoice")]))["7"]
    assert (value["class-name"], value["status"]) == ("invoice", "agreed")
    assert any("label category config" in note for note in value["notes"])


def test_a_config_is_kept_for_a_minute(s3):
    from consolidation.storage import CategoryConfigs  # noqa: PLC0415

    reads, now = [], [0.0]

    def read(uri):
        reads.append(uri)
        return json.dumps(CONFIG).encode()

    configs = CategoryConfigs(read, "s3://b/", "document-type", clock=lambda: now[0])
    for now[0] in (0.0, 30.0, 59.0, 61.0):
        assert len(configs.of_job("job")) == 2
    assert reads == ["s3://b/job.json"] * 2


def test_answers_that_lie_in_s3_are_read(invoke, s3):
    put(s3, "out/answer 1.json", {"b": page(box("total", 10, 10))["invoiceBoxes"]})
    uri = f"s3://{BUCKET}/out/answer 1.json"
    annotations = [
        {"workerId": "a", "annotationData": {"s3Uri": uri}},
        {"workerId": "b", "annotationData": {"s3uri": uri}},
    ]
    entries = invoke([{"datasetObjectId": "7", "annotations": annotations}], "invoice-boxes", labelCategories=["total"])
    assert values_of(entries)["7"]["objects"] == [{"confidence": 1.0, "votes": 2, "workers": 2}]


def test_an_answer_missing_from_s3_costs_only_itself(invoke):
    annotations = [{"workerId": "a", "annotationData": {"s3Uri": f"s3://{BUCKET}/gone.json"}}]
    values = values_of(invoke([{"datasetObjectId": "8", "annotations": annotations}, types("invoice")]))
    assert (values["8"]["status"], values["8"]["reason"]) == (
        "error",
        "1 answer could not be read: its file in S3 could not be read",
    )
    assert values["7"]["status"] == "agreed"


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        (f"s3://{BUCKET}/gone.json", "NoSuchKey. Check that the object still exists."),
        ("s3://no-such-bucket-at-all/gone.json", "NoSuchBucket. Check the bucket's name."),
        ("s3://bucket-only", "is not an S3 URI"),
    ],
)
def test_a_payload_that_cannot_be_read_names_its_uri_and_the_remedy(invoke, uri, told):
    with pytest.raises(PayloadError) as raised:
        invoke([], payload={"s3Uri": uri})
    assert uri in str(raised.value)
    assert told in str(raised.value)


def test_a_payload_that_may_not_be_read_names_the_permission(monkeypatch):
    from botocore.exceptions import ClientError  # noqa: PLC0415

    from consolidation import storage  # noqa: PLC0415

    class Refusing:
        def get_object(self, **_):
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, "GetObject")

    monkeypatch.setattr(storage, "_s3_client", lambda role: Refusing())
    with pytest.raises(
        PayloadError, match=r"s3://b/k could not be read: AccessDenied\. .*s3:GetObject.*ASSUME_JOB_ROLE"
    ):
        storage.ObjectReader()("s3://b/k")


def test_the_jobs_role_is_assumed_when_told_to(invoke):
    from moto.core import DEFAULT_ACCOUNT_ID  # noqa: PLC0415
    from moto.sts.models import sts_backends  # noqa: PLC0415

    role = "arn:aws:iam::123456789012:role/another-execution-role"
    assert values_of(invoke([types("invoice")], ASSUME_JOB_ROLE="true", roleArn=role))["7"]["class-name"] == "invoice"
    assumed = [
        r.role_arn
        for backends in (sts_backends[DEFAULT_ACCOUNT_ID],)
        for b in backends.values()
        for r in b.assumed_roles
    ]
    assert role in assumed


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({"payload": None}, '"payload"'),
        ({"payload": {}}, '"payload"'),
        ({"payload": {"s3Uri": 5}}, '"payload"'),
        ({"labelAttributeName": None}, '"labelAttributeName"'),
        ({"labelAttributeName": ""}, '"labelAttributeName"'),
    ],
)
def test_an_event_without_what_ground_truth_sends_is_refused(invoke, event, told):
    with pytest.raises(EventError, match=told):
        invoke([], **event)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"TASK_TYPE": "polygons"},
            'TASK_TYPE is "polygons". Set it to one of document-type, invoice-boxes, invoice-fields.',
        ),
        ({"TASK_TYPE": ""}, "TASK_TYPE is not set."),
        ({"CONSOLIDATION_METHOD": "best"}, "CONSOLIDATION_METHOD"),
        ({"TIE_POLICY": "random"}, "TIE_POLICY"),
        ({"BOX_IOU": "0"}, 'BOX_IOU is "0". Set it to a number above 0 and up to 1, such as 0.4.'),
        ({"BOX_QUORUM": "half"}, 'BOX_QUORUM is "half". Set it to a number from 0 to 1, such as 0.5.'),
        ({"MINIMUM_CONFIDENCE": "nan"}, "MINIMUM_CONFIDENCE"),
        ({"ASSUME_JOB_ROLE": "yes"}, "ASSUME_JOB_ROLE"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(invoke, settings, told):
    with pytest.raises(SettingsError) as raised:
        invoke([], **settings)
    assert told in str(raised.value)


@pytest.fixture
def log(monkeypatch):
    """What the function logs."""
    from consolidation import handler as module  # noqa: PLC0415

    stream = StringIO()
    handler = module.logger.registered_handler
    monkeypatch.setattr(handler, "stream", stream)
    return stream


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
def test_logs_hold_counts_and_never_an_answer(invoke, log, capsys, task_type):
    answers = {
        "a": {"documentType": {"label": SECRET}, "vendor": SECRET},
        "b": {"b": {"boundingBoxes": [box(SECRET, 1, 1)]}, "vendor": SECRET},
        "c": f'{{"broken {SECRET}',
    }
    source = {"content": f"ACME {SECRET}"}
    invoke([{**data_object("7", answers), "dataObject": source}], task_type)
    printed = log.getvalue() + "".join(capsys.readouterr())
    assert SECRET not in printed
    (line,) = [json.loads(text) for text in log.getvalue().splitlines() if '"Consolidated"' in text]
    assert (line["job"], line["objects"], line["answers"]) == ("invoices-q3", 1, 2)


def test_an_objects_failure_is_logged_without_the_errors_message(invoke, log, monkeypatch):
    from consolidation import document_type  # noqa: PLC0415

    def failing(data_object, names):
        raise ValueError(SECRET)

    monkeypatch.setattr(document_type, "collect", failing)
    assert values_of(invoke([types("invoice")]))["7"]["status"] == "error"
    (line,) = [json.loads(text) for text in log.getvalue().splitlines() if "Consolidation failed" in text]
    assert (line["dataset_object_id"], line["error"]) == ("7", "ValueError")
    assert any("test_handler.py" in place for place in line["where"])
    assert SECRET not in log.getvalue()


def test_metrics_count_objects_answers_agreement_ties_and_objects_without_a_label(invoke, capsys):
    payload = [
        types("invoice", "invoice"),
        data_object("8", {"a": {"t": {"label": "invoice"}}, "b": {"t": {"label": "receipt"}}}),
        data_object("9", {}),
    ]
    invoke(payload, TIE_POLICY="unresolved")
    (metrics,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert metrics["TaskType"] == "document-type"
    assert {name: metrics[name] for name in ("Objects", "Answers", "Ties", "ObjectsWithoutLabel", "Agreement")} == {
        "Objects": [3.0],
        "Answers": [4.0],
        "Ties": [1.0],
        "ObjectsWithoutLabel": [2.0],
        "Agreement": [0.5],
    }
