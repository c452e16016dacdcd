"""The report joins each line with its workers' answers, whatever names their elements have, and compares them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundtruth.errors import ManifestError, RequestError
from groundtruth.report import Report
from groundtruth.report.statistics import figures
from groundtruth.workforce import TruthFile, score
from tests.report.conftest import LABELS, answer, field, fields_label

Job = Callable[..., Path]
Read = Callable[..., Report]
SURE = {
    "vendor_name": field("Acme Ltd", normalized="acme ltd"),
    "due_date": field(None, absent=True),
    "total_amount": field("1,204.50", 0.6, normalized="1204.50"),
}


def boxes_label(*boxes: tuple[int, int, int, int, int], names: dict[str, str]) -> dict[str, Any]:
    annotations = [dict(zip(("class_id", "left", "top", "width", "height"), box, strict=True)) for box in boxes]
    objects = [{"confidence": 0.9, "votes": 2, "workers": 2} for _ in boxes]
    size = [{"width": 1000, "height": 1400, "depth": 3}]
    return {
        "image_size": size, "annotations": annotations, "class-map": names, "objects": objects,
        "confidence": 0.9, "workers": 2, "status": "agreed",
    }  # fmt: skip


def test_another_style_of_the_same_value_is_no_difference(make_job: Job, read: Read):
    same = {"vendor_name": "ACME Ltd", "total_amount": "1.204,50", "not_on_document": {"due_date": True}}
    other = {"vendor_name": "Acme Ltd", "total_amount": "1,240.50", "due_date": "3 May 2026"}
    report = read(make_job([(fields_label(SURE), [answer("a", same), answer("b", other)])]))
    first, second = report.documents[0].answers
    assert first.against_label is not None
    assert first.against_label.differs == frozenset()
    assert second.against_label is not None
    assert {report.categories[at].name for at in second.against_label.differs} == {"due_date", "total_amount"}


@pytest.mark.parametrize(
    "content",
    [
        {"documentType": {"label": "Receipt"}},
        {"anything": {"invoice": False, "receipt": True}},
        {"choice": "receipt"},
        [{"documentType": {"label": "receipt"}}],
    ],
)
def test_a_document_type_is_found_by_its_shape(content: Any, make_job: Job, read: Read):
    value = {"class_id": 1, "class-name": "receipt", "votes": {"receipt": 1}, "confidence": 1.0, "status": "agreed"}
    labels = [{"label": "invoice", "displayName": "Invoice"}, {"label": "receipt", "displayName": "Receipt"}]
    report = read(make_job([(value, [answer("a", content)])]), labels=labels)
    assert report.documents[0].answers[0].content.choice == 1


def test_boxes_come_from_widgets_and_from_hidden_inputs(make_job: Job, read: Read):
    value = boxes_label((0, 10, 10, 100, 20), names={"0": "total_amount"})
    drawn = {"boundingBoxes": [{"label": "Total amount", "left": 12, "top": 11, "width": 100, "height": 20}]}
    report = read(make_job([(value, [answer("a", {"w": drawn}), answer("b", {"hidden": json.dumps(drawn)})])]))
    assert [one.against_label and one.against_label.right for one in report.documents[0].answers] == [2.0, 2.0]
    assert report.documents[0].size == (1000, 1400)


def test_a_line_that_failed_is_a_document_of_its_own_status(make_job: Job, read: Read):
    report = read(make_job([(fields_label(SURE), []), (None, [answer("a", {"vendor_name": "Acme"})])]))
    failed = report.documents[1]
    assert (failed.status, failed.reason) == ("failed", "ClientError: tasks expired")
    assert failed.answers[0].against_label is None
    assert figures(report).statuses == {"agreed": 1, "failed": 1}


def test_answers_follow_the_consolidation_request_when_lines_have_moved(make_job: Job, read: Read):
    manifest = make_job([(fields_label(SURE), [answer("a", {})]), (fields_label(SURE), [answer("b", {})])])
    requests = manifest.parents[2] / "annotations/consolidated-annotation/consolidation-request/iteration-1"
    requests.mkdir(parents=True)
    moved = [
        {"datasetObjectId": "0", "dataObject": {"s3Uri": "s3://acme/pages/p1.png"}},
        {"datasetObjectId": "1", "dataObject": {"s3Uri": "s3://acme/pages/p0.png"}},
    ]
    (requests / "t.json").write_text(json.dumps(moved))
    report = read(manifest)
    assert [report.workers[document.answers[0].worker] for document in report.documents] == [
        "private.local.b",
        "private.local.a",
    ]


def test_a_later_answer_of_a_worker_takes_the_place_of_the_earlier(make_job: Job, read: Read):
    late = answer("a", {"vendor_name": "New"}, submitted="2026-11-04T09:00:00Z")
    manifest = make_job([(fields_label(SURE), [answer("a", {"vendor_name": "Old"}), late])])
    (only,) = read(manifest).documents[0].answers
    assert only.content.fields == {0: ("New",)}


def test_a_job_among_several_labels_is_known_by_its_folder(make_job: Job, read: Read):
    manifest = make_job([(fields_label(SURE), [])], attribute="fields", name="job-2")
    line = json.loads(manifest.read_text())
    line |= {"kind": 0, "kind-metadata": {"class-name": "invoice", "job-name": "labeling-job/job-1"}}
    manifest.write_text(json.dumps(line) + "\n")
    assert read(manifest).attribute == "fields"
    assert read(manifest, attribute="kind", labels=()).kind.value == "document type"
    with pytest.raises(RequestError, match='no line carries the label "other"'):
        read(manifest, attribute="other")


def test_a_job_whose_objects_all_failed_is_said_to_be_one(make_job: Job, read: Read):
    with pytest.raises(ManifestError, match="If all objects failed, their lines say why"):
        read(make_job([(None, [])]))


def test_a_line_that_is_no_json_is_named(make_job: Job, read: Read):
    manifest = make_job([(fields_label(SURE), [])])
    manifest.write_text(manifest.read_text() + "{'a': 1}\n")
    with pytest.raises(ManifestError, match=r"output\.manifest, line 2"):
        read(manifest)


def test_accuracy_is_what_the_demo_counts(make_job: Job, read: Read, tmp_path: Path):
    truth = tmp_path / "truth.jsonl"
    fields = {"vendor_name": "Acme Ltd", "total_amount": "1204.50", "due_date": "2026-05-03"}
    truth.write_text("".join(json.dumps({"image": f"p{n}.png", "fields": fields}) + "\n" for n in range(2)))
    wrong = SURE | {"vendor_name": field("Somebody else")}
    manifest = make_job([(fields_label(SURE), []), (fields_label(wrong), [])])
    known = TruthFile.read(truth)
    report = read(manifest, truth=known)
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    expected = [score("invoice-fields", line["label"], known.of(line), LABELS).accuracy for line in lines]  # type: ignore[arg-type]
    got = [one.against_truth.right / one.against_truth.total for one in report.documents if one.against_truth]
    assert got == expected
    assert figures(report).accuracy == pytest.approx(3 / 6)


def test_reliability_counts_each_thing_at_its_own_confidence(make_job: Job, read: Read, tmp_path: Path):
    truth = tmp_path / "truth.jsonl"
    truth.write_text(json.dumps({"image": "p0.png", "fields": {"vendor_name": "Acme Ltd", "total_amount": "9"}}) + "\n")
    counted = figures(read(make_job([(fields_label(SURE), [])]), truth=TruthFile.read(truth))).reliability
    assert counted is not None
    by_bin = {at: (one.count, one.accuracy) for at, one in enumerate(counted.bins) if one is not None}
    assert by_bin == {6: (1, 0.0), 9: (2, 1.0)}
    assert counted.error == pytest.approx(0.6 / 3)


def test_workers_are_counted_by_answers_time_and_disagreement(make_job: Job, read: Read):
    right = {"vendor_name": "Acme Ltd", "total_amount": "1204.50", "not_on_document": {"due_date": True}}
    wrong = right | {"vendor_name": "Other"}
    objects = [(fields_label(SURE), [answer("a", right, 10), answer("b", wrong, 40)]) for _ in range(3)]
    first, second = figures(read(make_job(objects))).workers
    assert (first.answers, first.median_seconds, first.disagreement) == (3, 10, 0)
    assert second.disagreement == pytest.approx(1 / 3)


def test_days_without_answers_between_others_count_nothing(make_job: Job, read: Read):
    days = ["2026-11-03T09:00:00Z", "2026-11-06T09:00:00Z"]
    objects = [(fields_label(SURE), [answer("a", {}, submitted=day)]) for day in days]
    counted = figures(read(make_job(objects)))
    assert [count for _, count in counted.throughput] == [1, 0, 0, 1]
    assert not counted.is_hourly
