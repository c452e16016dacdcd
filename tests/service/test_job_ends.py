"""A job's life when time runs out, people decline, or its owner or a condition stops it."""

import pytest

from groundtruth.errors import ApiError, ClosedTaskError
from tests.service.living import lines


def test_an_object_whose_time_on_offer_is_over_is_labeled_with_what_there_is_or_fails(life):
    life.create(lines(3), workers=2, task={"TaskAvailabilityLifetimeInSeconds": 3600})
    life.work("Ann", most=2)
    life.clock.turn(3601)
    life.run()
    assert life.status == "Completed"
    assert life.counters["FailedNonRetryableError"] == 1
    first, _, last = life.output()
    assert first["Label"] == [{"by": "Ann"}]
    assert "Label" not in last
    assert last["Label-metadata"]["failure-reason"].startswith("ClientError: Annotation tasks expired.")
    assert last["Label-metadata"]["human-annotated"] == "true"


def test_who_works_when_the_time_on_offer_ends_may_finish(life):
    life.create(lines(1), workers=2, task={"TaskAvailabilityLifetimeInSeconds": 3600})
    ann = life.teams.join("clerks", "Ann").id
    life.clock.turn(3500)
    task = life.tasks.next_task(ann, "Job-A")
    life.clock.turn(200)
    life.run()
    assert life.status == "InProgress"
    assert life.tasks.next_task(life.teams.join("clerks", "Bob").id, "Job-A") is None
    life.tasks.submit(task.assignment_id, ann, {"by": "Ann"})
    life.run()
    assert life.status == "Completed"
    assert life.output()[0]["Label"] == [{"by": "Ann"}]


def test_an_object_that_as_many_decline_as_should_answer_fails(life):
    life.create(lines(1), workers=2)
    for name in ("Ann", "Bob"):
        worker = life.teams.join("clerks", name).id
        life.tasks.decline(life.tasks.next_task(worker, "Job-A").assignment_id, worker)
    life.run()
    assert life.status == "Completed"
    assert life.counters["FailedNonRetryableError"] == 1


def test_a_task_whose_time_is_over_goes_to_somebody_else(life):
    life.create(lines(1), workers=1)
    ann, bob = (life.teams.join("clerks", name).id for name in ("Ann", "Bob"))
    assert life.tasks.next_task(ann, "Job-A")
    assert life.tasks.next_task(bob, "Job-A") is None
    life.clock.turn(601)
    life.run()
    assert life.tasks.next_task(bob, "Job-A")


@pytest.mark.parametrize(
    ("conditions", "labeled"),
    [({"MaxHumanLabeledObjectCount": 12}, 12), ({"MaxPercentageOfInputDatasetLabeled": 50}, 15)],
)
def test_a_stopping_condition_ends_the_job_and_keeps_the_rest_for_the_next(life, conditions, labeled):
    life.create(lines(30), workers=1, StoppingConditions=conditions)
    while life.work("Ann"):
        pass
    assert life.status == "Stopped"
    assert life.counters["HumanLabeled"] == labeled
    output = life.output()
    assert len(output) == 30
    assert sum("Label" in line for line in output) == labeled


def test_a_stopped_job_labels_what_is_answered_and_refuses_the_rest(life):
    life.create(lines(5), workers=2)
    life.work("Ann", "Bob", most=2)
    eve = life.teams.join("clerks", "Eve").id
    task = life.tasks.next_task(eve, "Job-A")
    life.jobs.stop("Job-A")
    assert life.status == "Stopping"
    with pytest.raises(ClosedTaskError, match="no more answers"):
        life.tasks.submit(task.assignment_id, eve, {})
    life.run()
    assert life.status == "Stopped"
    assert ["Label" in line for line in life.output()] == [True, True, False, False, False]
    with pytest.raises(ApiError, match="cannot be stopped: its status is Stopped"):
        life.jobs.stop("Job-A")


def test_a_job_that_is_too_old_ends(life):
    life.create(lines(2), workers=1)
    life.work("Ann", most=1)
    life.clock.turn(30 * 86_400 + 1)
    life.run()
    assert life.status == "Failed"
    assert "expired after 30 days" in life.jobs.describe("Job-A")["FailureReason"]
