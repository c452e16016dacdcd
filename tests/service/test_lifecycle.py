"""A job's life, step by step, under a clock that the test turns: from its manifest to its output manifest."""

import json

from groundtruth.jobs import EngineSettings
from groundtruth.service.settings import ServiceSettings
from groundtruth.storage import S3Location
from tests.service.living import lines


def test_a_job_goes_from_its_manifest_to_its_output_manifest(life):
    life.create(lines(12))
    assert life.status == "InProgress"
    assert life.counters["Unlabeled"] == 12
    while life.work("Ann", "Bob"):
        pass
    assert life.status == "Completed"
    assert life.counters == {
        "TotalLabeled": 12,
        "HumanLabeled": 12,
        "MachineLabeled": 0,
        "FailedNonRetryableError": 0,
        "Unlabeled": 0,
    }
    output = life.output()
    assert [line["page"] for line in output] == list(range(12))
    assert all(line["Label"] == [{"by": "Ann"}, {"by": "Bob"}] for line in output)
    metadata = output[0]["Label-metadata"]
    assert (metadata["type"], metadata["job-name"], metadata["human-annotated"]) == (
        "groundtruth/custom",
        "Job-A",
        "yes",
    )
    described = life.jobs.describe("Job-A")
    assert (
        described["LabelingJobOutput"]["OutputDatasetS3Uri"] == "s3://data/out/Job-A/manifests/output/output.manifest"
    )


def test_the_first_batch_is_small_and_the_next_one_waits_for_it(life):
    life.create(lines(30), workers=1, task={"MaxConcurrentTaskCount": 15})
    ann = life.teams.join("clerks", "Ann").id

    def available() -> int:
        return life.tasks.open_jobs(ann)[0].available

    assert available() == 10
    life.work("Ann", most=9)
    assert available() == 1
    life.work("Ann")
    assert available() == 15
    life.work("Ann")
    assert available() == 5


def test_a_large_batch_is_opened_at_leisure_once_people_have_enough_to_do(life):
    life.settings = ServiceSettings(engine=EngineSettings(first_batch=90))
    life.create(lines(290), workers=1, pre=None)
    assert life.rests == []  # a batch that nobody is busy with yet
    ann = life.teams.join("clerks", "Ann").id
    assert life.tasks.open_jobs(ann)[0].available == 90
    life.work("Ann")
    assert life.tasks.open_jobs(ann)[0].available == 200
    assert len(life.rests) >= 5
    assert all(rest > 0 for rest in life.rests)


def test_functions_are_told_what_ground_truth_tells_them(life):
    life.storage.put(S3Location("data", "labels.json"), b'{"labels": [{"label": "total"}]}')
    life.create(lines(1), workers=1, LabelCategoryConfigS3Uri="s3://data/labels.json")
    life.work("Ann")
    pre, post = life.functions.events
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:labeling-job/job-a"
    assert pre == {"version": "2018-10-06", "labelingJobArn": arn, "dataObject": lines(1)[0]}
    assert post["labelCategories"] == ["total"]
    assert post["labelingJobArn"] == arn
    assert post["outputConfig"] == "s3://data/out/Job-A/annotations"
    assert post["maxHumanWorkersPerDataObject"] == 1
    assert life.functions.payloads[0][0]["dataObject"] == {"content": "invoice 0"}


def test_the_tree_has_ground_truths_files(life):
    life.settings = ServiceSettings(engine=EngineSettings(objects_per_consolidation=4))
    life.create(lines(12), workers=1)
    while life.work("Ann"):
        pass
    assert len(life.files("worker-response/iteration-1/*/*.json")) == 10
    assert len(life.files("worker-response/iteration-2/*/*.json")) == 2
    requests = life.files("consolidated-annotation/consolidation-request/*/*.json")
    responses = life.files("consolidated-annotation/consolidation-response/*/*.json")
    assert len(requests) == len(responses) == 4
    assert len(life.files("intermediate/*/annotations.json")) == 2


def test_answers_that_wait_too_long_are_consolidated_by_themselves(life):
    life.create(lines(10), workers=1)
    life.work("Ann", most=3)
    assert life.counters["HumanLabeled"] == 0
    life.clock.turn(61)
    life.run()
    assert life.counters["HumanLabeled"] == 3


def test_lines_that_have_the_label_go_to_nobody(life):
    given = lines(3)
    given[1] |= {"Label": "as it was", "Label-metadata": {"job-name": "earlier"}}
    life.create(given, workers=1)
    life.work("Ann")
    assert life.status == "Completed"
    output = life.output()
    assert output[1] == given[1]
    assert output[0]["Label"] == [{"by": "Ann"}]
    assert life.counters["TotalLabeled"] == 3
    assert life.counters["HumanLabeled"] == 2


def test_a_line_that_failed_before_is_tried_again(life):
    given = lines(1)
    given[0] |= {"Label-metadata": {"failure-reason": "ClientError: earlier"}}
    life.create(given, workers=1)
    life.work("Ann")
    (line,) = life.output()
    assert line["Label"] == [{"by": "Ann"}]
    assert "failure-reason" not in line["Label-metadata"]


def test_an_object_that_needs_no_human_keeps_its_line(life):
    life.functions.needs_human = lambda line: line["page"] != 1
    life.create(lines(3), workers=1)
    assert life.work("Ann") == 2
    assert life.status == "Completed"
    assert life.output()[1] == lines(3)[1]


def test_without_a_pre_annotation_function_the_line_is_the_task(life):
    life.create(lines(1), workers=1, pre=None)
    task = life.tasks.next_task(life.teams.join("clerks", "Ann").id, "Job-A")
    assert task.task_input == lines(1)[0]


def test_without_a_consolidation_function_the_label_refers_to_the_answers(life):
    life.create(lines(1), workers=2, post=None)
    life.work("Ann", "Bob")
    (line,) = life.output()
    assert line["Label"] == {}
    location = S3Location.parse(line["Label-metadata"]["worker-response-ref"])
    answers = json.loads(life.storage.get(location))["answers"]
    assert [answer["answerContent"] for answer in answers] == [{"by": "Ann"}, {"by": "Bob"}]
    assert answers[0]["workerId"].startswith("private.us-east-1.")
