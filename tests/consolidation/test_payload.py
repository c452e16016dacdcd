"""A payload is read whatever oddities it holds; one odd answer or object costs no other its label."""

import json

import pytest
from labelling_cases import URI, annotation, data_object, label_objects

from consolidation.errors import PayloadError
from consolidation.payload import Payload

GOOD = data_object("good", {"a": {"t": {"label": "invoice"}}, "b": {"t": {"label": "invoice"}}})
ODD_ANNOTATIONS = [
    None,
    "text",
    7,
    {},
    [None, 5, "x", []],
    [{"workerId": "a"}],
    [{"workerId": "a", "annotationData": None}],
    [{"workerId": "a", "annotationData": {}}],
    [{"workerId": "a", "annotationData": {"content": None}}],
    [{"workerId": "a", "annotationData": {"content": 5}}],
    [{"workerId": "a", "annotationData": {"s3Uri": 5}}],
    [{"workerId": 5, "annotationData": {"content": "{}"}}],
    [{"annotationData": {"content": '{"t": {"label": "invoice"}}'}}],
    [annotation("a", "")],
    [annotation("a", "{")],
    [annotation("a", "null")],
    [annotation("a", "[" * 100_000)],
    [annotation("a", '{"t":' * 5_000 + "1" + "}" * 5_000)],
    [annotation("a", '{"t": {"label": "\\ud800"}}')],
    [annotation("a", '{"t": {"label": "invoice", "score": NaN}}')],
    [annotation("a", f'{{"t": {"9" * 5_000}}}')],
]


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
@pytest.mark.parametrize("annotations", ODD_ANNOTATIONS, ids=range(len(ODD_ANNOTATIONS)))
def test_an_odd_object_gets_its_entry_and_costs_no_other_its_label(annotations, task_type):
    odd = {"datasetObjectId": "odd", "annotations": annotations}
    values, _, errors = label_objects([odd, GOOD, {"datasetObjectId": "bare"}], task_type)
    assert not errors
    assert list(values) == ["odd", "good", "bare"]
    assert values["bare"]["status"] == "no_answer"
    alone, _, _ = label_objects([GOOD], task_type)
    for value in (values["good"], alone["good"]):
        value.pop("posterior", None)  # it draws on all that the call's workers answered
    assert values["good"] == alone["good"]
    json.dumps(values, allow_nan=False, ensure_ascii=False).encode()


def test_entries_come_in_the_payloads_order():
    ids = ["7", "5", "10", "6"]
    values, _, _ = label_objects([data_object(object_id, {}) for object_id in ids], "document-type")
    assert list(values) == ids


def test_an_id_listed_twice_gets_one_entry_over_both_answers():
    payload = [
        data_object("1", {"a": {"t": {"label": "invoice"}}}),
        data_object("1", {"b": {"t": {"label": "invoice"}}}),
    ]
    values, _, _ = label_objects(payload, "document-type")
    assert (values["1"]["votes"], values["1"]["workers"]) == ({"invoice": 2}, 2)
    assert "the payload lists this object twice" in values["1"]["notes"]


def test_a_worker_answering_twice_counts_once_with_the_first_answer():
    once = data_object("1", {})
    once["annotations"] = [annotation("a", {"t": {"label": "invoice"}}), annotation("a", {"t": {"label": "receipt"}})]
    values, _, _ = label_objects([once], "document-type")
    assert values["1"]["votes"] == {"invoice": 1}
    assert "1 further answer of the same worker not counted" in values["1"]["notes"]


@pytest.mark.parametrize(
    "entry",
    [
        None,
        5,
        "x",
        [],
        {},
        {"annotations": []},
        {"datasetObjectId": None},
        {"datasetObjectId": ""},
        {"datasetObjectId": True},
        {"datasetObjectId": "\ud800"},
        {"datasetObjectId": "9" * 2_000},
    ],
)
def test_an_entry_without_a_usable_id_is_skipped_and_counted(entry):
    values, labelled, _ = label_objects([entry, GOOD], "document-type")
    assert list(values) == ["good"]
    assert labelled.skipped == 1


def test_a_number_as_id_is_returned_as_text():
    values, _, _ = label_objects([{"datasetObjectId": 7, "annotations": []}], "document-type")
    assert list(values) == ["7"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"{}", "not an array"),
        (b"\xff", "not JSON"),
        (b"[" * 200_000, "nested too deeply"),
    ],
)
def test_a_payload_that_is_none_is_refused_with_its_uri(body, told):
    with pytest.raises(PayloadError, match=told) as raised:
        Payload(URI, lambda _: body)
    assert URI in str(raised.value)


ANSWER = {"t": {"label": "invoice"}}
WRAPPED = {
    "answers": [
        {"workerId": "other", "answerContent": {"t": {"label": "receipt"}}},
        {"workerId": "a", "answerContent": ANSWER, "submissionTime": "2026-11-03T09:39:57Z"},
    ]
}


@pytest.mark.parametrize("key", ["s3Uri", "s3uri"])
@pytest.mark.parametrize(
    "stored",
    [
        ANSWER,
        [ANSWER],
        WRAPPED,
        {"answers": [{"answerContent": ANSWER}]},
        {"answerContent": ANSWER},
        json.dumps(ANSWER),
        {"answers": [{"workerId": "a", "answerContent": json.dumps(ANSWER)}]},
    ],
)
def test_an_answer_in_s3_is_read_bare_or_wrapped(stored, key):
    uri = "s3://acme-groundtruth-invoices/worker-response/iteration-1/7/2026-11-03_09:39:58.json"
    payload = json.dumps([{"datasetObjectId": "7", "annotations": [{"workerId": "a", "annotationData": {key: uri}}]}])
    bodies = {URI: payload.encode(), uri: json.dumps(stored).encode()}
    (read,) = Payload(URI, bodies.__getitem__).data_objects()
    assert read.answers[0].content == ANSWER


@pytest.mark.parametrize("stored", [None, b"{", {"answers": [{"workerId": "other", "answerContent": ANSWER}]}])
def test_an_answer_in_s3_that_cannot_be_read_is_told(stored):
    def read(uri):
        if uri == URI:
            return json.dumps(
                [{"datasetObjectId": "7", "annotations": [{"workerId": "a", "annotationData": {"s3Uri": "s3://b/k"}}]}]
            ).encode()
        if stored is None:
            raise PayloadError("s3://b/k could not be read: AccessDenied")
        return stored if isinstance(stored, bytes) else json.dumps(stored).encode()

    (found,) = Payload(URI, read).data_objects()
    assert found.answers[0].content is None
    assert found.answers[0].problem
