"""Pace, expected end and workers' pace are what the answers' times say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.status.files import Answer
from groundtruth.status.pace import DAY, HOUR, done, pace, worker_paces

T0 = 1_800_000_000.0


def answer(at: float, data_object: str = "0", worker: str = "w", seconds: float | None = 30.0) -> Answer:
    return Answer(data_object, worker, T0 + at - 30, T0 + at, seconds)


def of(answers, completed=None, share=1.0):
    """The moments of answers, one an object."""
    moments = [one.submitted for one in answers if one.submitted is not None]
    return done(answers, moments if completed is None else completed, share)


def steady(count: int, every: float = 60.0) -> list[Answer]:
    """One object each `every` seconds, one answer each."""
    return [answer(30 + number * every, str(number)) for number in range(count)]


def test_an_hourly_pace_counts_from_the_first_task_that_was_taken():
    found = pace(of(steady(60)), T0 + HOUR, 0, has_ended=False)
    assert found.objects == pytest.approx(60)
    assert found.answers == pytest.approx(60)


def test_the_last_hour_is_told_apart_from_the_whole_time():
    answers = [*steady(10), *[answer(9 * HOUR + number * 30, f"b{number}") for number in range(120)]]
    found = pace(of(answers), T0 + 10 * HOUR, 0, has_ended=False)
    assert found.objects == pytest.approx(13)
    assert found.recent_objects == pytest.approx(120)


def test_answers_that_are_some_of_all_are_counted_for_all():
    answers = steady(60)
    moments = [one.submitted for one in answers for _ in range(4)]
    found = pace(of(answers, moments, share=0.25), T0 + HOUR, 0, has_ended=False)
    assert (found.objects, found.answers) == (pytest.approx(240), pytest.approx(240))


def test_the_expected_end_is_at_the_latest_days_pace_nights_included():
    answers = [answer(2 * DAY + number * 60, str(number)) for number in range(480)]
    old = [answer(number, f"old{number}") for number in range(5000)]
    now = T0 + 3 * DAY - 60
    found = pace(of([*old, *answers]), now, 240, has_ended=False)
    assert found.expected_end == datetime.fromtimestamp(now, UTC) + timedelta(hours=12)


def test_there_is_no_expected_end_without_a_pace_or_without_anything_left():
    assert pace(of([]), T0, 5, has_ended=False).expected_end is None
    assert pace(of(steady(3)), T0 + HOUR, 0, has_ended=False).expected_end is None
    assert pace(of(steady(3)), T0 + 3 * DAY, 9, has_ended=False).expected_end is None


def test_a_job_that_has_ended_has_the_pace_up_to_its_last_answer():
    found = pace(of(steady(60)), T0 + 9 * DAY, 3, has_ended=True)
    assert found.objects == pytest.approx(60, rel=0.02)
    assert (found.recent_objects, found.expected_end) == (None, None)


def test_workers_are_told_by_their_answers_and_the_median_of_their_times():
    given_ = [answer(1, "a", "v", 10), answer(2, "b", "v", 90), answer(3, "c", "v", 20), answer(9, "a", "w", None)]
    first, second = worker_paces(given_)
    assert (first.worker, first.answers, first.seconds) == ("v", 3, 20)
    assert (second.worker, second.answers, second.seconds) == ("w", 1, None)
    assert second.last == datetime.fromtimestamp(T0 + 9, UTC)


moments = st.none() | st.floats(T0, T0 + 40 * DAY)


@given(
    st.lists(
        st.builds(
            Answer, st.sampled_from("abc"), st.sampled_from("vw"), moments, moments, st.none() | st.floats(0, 1e9)
        )
    ),
    st.floats(T0 - DAY, T0 + 50 * DAY),
    st.integers(0, 100_000),
    st.booleans(),
)
def test_any_times_give_figures_that_are_not_negative(answers, now, unlabeled, has_ended):
    found = pace(of(answers), now, unlabeled, has_ended=has_ended)
    rates = (found.objects, found.answers, found.recent_objects, found.recent_answers)
    assert all(rate is None or rate >= 0 for rate in rates)
    assert found.expected_end is None or found.expected_end.timestamp() >= now - 1
    assert sum(worker.answers for worker in worker_paces(answers)) == len(answers)
