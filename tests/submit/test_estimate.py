"""What a job will take is told from earlier jobs' times and from stated prices."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.submit.estimate import OBJECT_PRICES, Prices, TaskTime, estimate
from tests.submit.sagemaker import RefusalError

TIME = TaskTime(90.0, "test")
LIST = Prices()


def of(objects: int, workers: int = 3, prices: Prices = LIST, **more):
    situation = {"is_private": True, "is_local": False, "people": None} | more
    return estimate(objects, workers, TIME, prices, **situation)


def test_hours_are_objects_times_answers_times_seconds():
    guess = of(200, workers=4, people=5)
    assert (guess.answers, guess.hours, guess.days) == (800, 20.0, 0.5)


@pytest.mark.parametrize(
    ("objects", "cost"),
    [
        (0, 0),
        (1, 0.08),
        (50_000, 4000),
        (50_001, 4000.04),
        (100_000, 6000),
        (1_000_000, 42_000),
        (1_000_001, 42_000.02),
    ],
)
def test_the_list_price_goes_down_with_the_number_of_objects(objects: int, cost: float):
    assert of(objects).aws == pytest.approx(cost)


@given(st.integers(0, 3_000_000), st.integers(0, 10_000))
def test_more_objects_never_cost_less_nor_more_than_the_first_price(objects: int, more: int):
    now, then = of(objects).aws, of(objects + more).aws
    assert now <= then + 1e-6
    assert then - now <= more * OBJECT_PRICES[0][1] + 1e-6


def test_own_people_cost_by_the_hour_and_vendors_by_the_answer():
    own = of(100, prices=Prices(an_hour=30))
    assert (own.people, own.total) == (pytest.approx(225), pytest.approx(8 + 225))
    vendor = of(100, prices=Prices(an_answer=0.25, an_object=0.1), is_private=False)
    assert (vendor.people, vendor.aws, vendor.notes) == (75, 10, ())


def test_what_is_not_in_the_cost_is_said():
    assert "November 2026" in of(1).notes[0]
    assert "--hourly-wage" in of(1).notes[1]
    assert "--price" in of(1, is_private=False).notes[1]
    local = of(1, is_local=True)
    assert (local.aws, local.notes) == (0.0, ())


def answered(account, name: str, seconds: float, count: int, function: str) -> None:
    """A completed job with so many answers."""
    request = {
        "LabelingJobName": name,
        "OutputConfig": {"S3OutputPath": account.outputs["OutputUri"]},
        "HumanTaskConfig": {
            "WorkteamArn": "arn:aws:sagemaker:eu-west-1:123456789012:workteam/private-crowd/ap-clerks",
            "PreHumanTaskLambdaArn": account.outputs[function],
            "NumberOfHumanWorkersPerDataObject": 1,
        },
    }
    account.sagemaker.add_job(request, "Completed")
    for number in range(count):
        answer = {"workerId": "w", "timeSpentInSeconds": seconds, "submissionTime": "2026-11-03T09:39:57.902Z"}
        key = f"output/{name}/annotations/worker-response/iteration-1/{number}/2026-11-03_09:39:58.json"
        account.s3.put_object(Bucket=account.bucket, Key=key, Body=json.dumps({"answers": [answer]}))


def test_times_come_from_completed_jobs_of_the_same_function(account, plan):
    answered(account, "boxes-1", 40, 5, "InvoiceBoxesPreAnnotationArn")
    answered(account, "types", 3, 20, "DocumentTypePreAnnotationArn")
    answered(account, "empty", 3, 0, "InvoiceBoxesPreAnnotationArn")
    answered(account, "boxes-2", 80, 15, "InvoiceBoxesPreAnnotationArn")
    time = plan().estimate.time
    assert time == TaskTime(70.0, "the mean of 20 answers in boxes-1, boxes-2")


def test_a_few_answers_or_none_leave_the_stated_default(account, plan):
    answered(account, "boxes-1", 40, 5, "InvoiceBoxesPreAnnotationArn")
    assert plan().estimate.time.seconds == 120
    account.sagemaker.refuse["ListLabelingJobs"] = RefusalError("AccessDeniedException", "not you")
    time = plan().estimate.time
    assert (time.seconds, "not you" in time.source) == (120, True)
