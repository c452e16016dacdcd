"""A job leaves what Ground Truth leaves: one line per data object, and the tree of files of contract section 6."""

import re

import pytest

from groundtruth.errors import ManifestError
from groundtruth.jobs import EngineSettings
from tests.jobs.conftest import Ground

LINES: list[dict[str, object]] = [{"source-ref": f"s3://docs/{n}.png", "page": n} for n in range(25)]

RAISES_AT_12 = """
def handler(event, context):
    if event["dataObject"]["page"] == 12:
        raise KeyError("supplier")
    return {"taskInput": {}}
"""


def test_every_line_keeps_its_keys_and_order_and_gets_a_label_with_the_services_metadata(ground: Ground):
    outcome = ground.run(LINES)
    lines = ground.lines()
    assert (outcome.status, outcome.counters.human_labeled, outcome.counters.answers) == ("Completed", 25, 75)
    assert [line["page"] for line in lines] == list(range(25))
    assert lines[7]["Label"] == {"answers": [{"id": "7"}] * 3}
    metadata = lines[7]["Label-metadata"]
    assert list(metadata) == ["type", "job-name", "human-annotated", "creation-date"]
    assert (metadata["type"], metadata["job-name"], metadata["human-annotated"]) == (
        "groundtruth/custom",
        "job-A",
        "yes",
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", metadata["creation-date"])


def test_the_tree_is_ground_truths(ground: Ground):
    ground.run(LINES, settings=EngineSettings(first_batch=10, objects_per_consolidation=4))
    second = r"\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d\.json"
    kinds = {re.sub(second, "T.json", re.sub(r"/\d+/T?", "/N/", name)) for name in ground.files("*")}
    assert kinds == {
        "annotations/worker-response/iteration-1/N/T.json",
        "annotations/worker-response/iteration-2/N/T.json",
        "annotations/consolidated-annotation/consolidation-request/iteration-1/T.json",
        "annotations/consolidated-annotation/consolidation-request/iteration-2/T.json",
        "annotations/consolidated-annotation/consolidation-response/iteration-1/T.json",
        "annotations/consolidated-annotation/consolidation-response/iteration-2/T.json",
        "annotations/intermediate/N/annotations.json",
        "manifests/output/output.manifest",
    }
    requests = [name for name in ground.files("*.json") if "consolidation-request" in name]
    assert len(requests) == 3 + 4  # 10 and 15 objects, 4 a request, none overwritten within a second
    assert len(ground.files("*.json")) == 25 + 2 * len(requests) + 2


def test_a_worker_response_holds_parsed_answers_and_the_payload_holds_them_as_text(ground: Ground):
    ground.run(LINES[:1], workers=1)
    (response,) = [name for name in ground.files("*.json") if "worker-response" in name]
    (answer,) = ground.json(response)["answers"]
    assert answer["answerContent"] == {"id": "0"}
    assert answer["timeSpentInSeconds"] == 12.5
    assert answer["acceptanceTime"] < answer["submissionTime"]
    assert answer["workerMetadata"]["identityData"]["identityProviderType"] == "Oidc"
    (request,) = [name for name in ground.files("*.json") if "consolidation-request" in name]
    assert ground.json(request) == [
        {
            "datasetObjectId": "0",
            "dataObject": {"s3Uri": "s3://docs/0.png"},
            "annotations": [{"workerId": "private.local.0", "annotationData": {"content": '{"id":"0"}'}}],
        }
    ]


def test_a_text_object_goes_as_content(ground: Ground):
    ground.run([{"source": "TOTAL 9.00"}])
    (request,) = [name for name in ground.files("*.json") if "consolidation-request" in name]
    assert ground.json(request)[0]["dataObject"] == {"content": "TOTAL 9.00"}


def test_events_are_those_of_real_jobs(ground: Ground):
    pre = "def handler(event, context): return {'taskInput': event}"
    post = """
def handler(event, context):
    content = {event["labelAttributeName"]: event}
    return [{"datasetObjectId": "0", "consolidatedAnnotation": {"content": content}}]
"""
    ground.run(LINES[:1], pre, post, label_categories=("a", "b"))
    task = dict(ground.workers.asked[0][1])
    assert task == {
        "version": "2018-10-06",
        "labelingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:labeling-job/job-a",
        "dataObject": LINES[0],
    }
    event = ground.lines()[0]["Label"]
    assert event["labelCategories"] == ["a", "b"]
    assert event["outputConfig"] == "s3://out/job-A/annotations"
    assert (event["maxHumanWorkersPerDataObject"], event["vpcEnabled"]) == (3, False)


def test_an_object_nobody_answered_fails_alone(ground: Ground):
    ground.workers.silent = {"3"}
    outcome = ground.run(LINES[:5])
    line = ground.lines()[3]
    assert outcome.status == "Completed"
    assert "Label" not in line
    assert line["Label-metadata"]["failure-reason"].startswith("ClientError: Annotation tasks expired.")
    assert line["Label-metadata"]["human-annotated"] == "true"
    assert (outcome.counters.failed, outcome.counters.human_labeled) == (1, 4)


def test_an_object_that_carries_the_label_or_needs_no_human_passes_as_it_is(ground: Ground):
    pre = """
def handler(event, context):
    return {"taskInput": {}, "isHumanAnnotationRequired": event["dataObject"]["page"] != 1}
"""
    labeled: dict[str, object] = {"source-ref": "s3://docs/x.png", "page": 9, "Label": {"kept": True}}
    outcome = ground.run([LINES[0], LINES[1], labeled], pre)
    assert ground.lines()[1:] == [LINES[1], labeled]
    assert (outcome.counters.without_human, outcome.counters.already_labeled) == (1, 1)
    assert [asked for asked, _ in ground.workers.asked] == ["0"]


def test_both_functions_are_optional(ground: Ground):
    outcome = ground.run(LINES[:2], None, None)
    line = ground.lines()[1]
    assert ground.workers.asked[1][1] == LINES[1]
    assert line["Label"] == {}
    response = line["Label-metadata"]["worker-response-ref"]
    assert response.startswith("s3://out/job-A/annotations/worker-response/iteration-1/1/")
    assert outcome.counters.human_labeled == 2


def test_a_function_that_raises_fails_the_job_and_keeps_every_finished_line(ground: Ground):
    outcome = ground.run(LINES, RAISES_AT_12)
    assert outcome.status == "Failed"
    assert outcome.failure_reason.startswith(
        "ClientError: Exception invoking the Lambda function. LambdaErrorCode: Unhandled"
    )
    assert "KeyError" in outcome.function_traceback
    assert [line["page"] for line in ground.lines()] == list(range(10))


def test_an_unreadable_line_ends_the_job_and_keeps_every_finished_line(ground: Ground):
    with pytest.raises(ManifestError, match="line 15"):
        ground.run([*LINES[:14], {"page": 1}])
    assert len(ground.lines()) == 10


@pytest.mark.parametrize(
    ("body", "kept", "said"),
    [
        ("entries[:1]", ["0"], "no usable entry for 2 object(s): 1, 2"),
        ("entries + entries", ["0", "1", "2"], 'a second entry for the object "0" is ignored'),
        ("entries + [dict(entries[0], datasetObjectId='99')]", ["0", "1", "2"], 'nobody asked for the object "99"'),
        (
            "[dict(entries[0], datasetObjectId=0)] + entries[1:]",
            ["1", "2"],
            '"datasetObjectId" is missing or not a string',
        ),
        ("[{'datasetObjectId': '0'}, 7] + entries[2:]", ["2"], "entry 1: it is not a JSON object"),
    ],
)
def test_what_ground_truth_would_reject_is_said_and_costs_only_its_own_object(
    ground: Ground, body: str, kept: list[str], said: str
):
    post = f"""
def handler(event, context):
    entries = [
        {{"datasetObjectId": n, "consolidatedAnnotation": {{"content": {{"Label": n}}}}}} for n in ("0", "1", "2")
    ]
    return {body}
"""
    outcome = ground.run(LINES[:3], post=post)
    assert outcome.status == "Completed"
    assert [line["Label"] for line in ground.lines() if "Label" in line] == kept
    assert said in "\n".join(outcome.warnings)
    assert outcome.counters.failed == 3 - len(kept)


def test_a_response_that_is_no_array_or_names_another_label_fails(ground: Ground):
    outcome = ground.run(LINES[:3], post="def handler(event, context): return {}")
    assert outcome.status == "Failed"
    assert "not an array" in outcome.failure_reason


def test_returned_metadata_is_ignored_and_said(ground: Ground):
    post = """
def handler(event, context):
    content = {"Label": "invoice", "Label-metadata": {"type": "mine"}}
    return [{"datasetObjectId": "0", "consolidatedAnnotation": {"content": content}}]
"""
    outcome = ground.run(LINES[:1], post=post)
    assert ground.lines()[0]["Label"] == "invoice"
    assert ground.lines()[0]["Label-metadata"]["type"] == "groundtruth/custom"
    assert '"Label-metadata" is ignored' in outcome.warnings[0]


@pytest.mark.parametrize(
    ("flag", "asked", "warned"),
    [
        ("'isHumanAnnotationRequired': False", False, False),
        ("'isHumanAnnotationRequired': 'false'", False, True),
        ("'humanAnnotationRequired': 'true'", True, True),
        ("'humanAnnotationRequired': False", False, True),
        ("'other': 1", True, False),
    ],
)
def test_every_spelling_of_the_human_flag_works_and_undocumented_ones_are_said(
    ground: Ground, flag: str, asked: bool, warned: bool
):
    outcome = ground.run(LINES[:1], f"def handler(event, context): return {{'taskInput': {{}}, {flag}}}")
    assert bool(ground.workers.asked) is asked
    assert bool(outcome.warnings) is warned


def test_a_pre_annotation_answer_without_a_task_fails_the_job(ground: Ground):
    outcome = ground.run(LINES[:1], "def handler(event, context): return {}")
    assert outcome.status == "Failed"
    assert 'has no "taskInput"' in outcome.failure_reason
