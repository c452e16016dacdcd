"""The chapter on categorical answers: every method on every crowd, whole and with two answers an object."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import crowds
from crowds import Crowd
from methods import AWS, OURS, Peers, Result, categorical
from report import Table, bold_best
from scores import BINS, LEAST_PROBABILITY, Scores, score
from timing import ENOUGH, ROUNDS, fastest

DRAWS = (0, 1, 2)
ANSWERS_DRAWN = 2


@dataclass(frozen=True)
class Run:
    """A method on a crowd: its scores, or why there are none."""

    seconds: float
    scores: Scores | None
    error: str = ""


Runs = dict[str, list[Run]]


def chapter(folder: Path, libraries: Peers, tell: Callable[[str], None]) -> Iterator[str]:
    """The chapter's paragraphs, in Markdown. folder: holds the crowds. tell: hears what is being measured."""
    whole = [crowds.read(folder, name) for name in crowds.NAMES]
    names = [OURS, AWS, *libraries.methods("categorical")]
    runs = {name: [_timed(name, crowd, libraries, tell) for crowd in whole] for name in names}
    drawn = {
        name: [_run(name, crowd.drawn(ANSWERS_DRAWN, seed), libraries, tell) for crowd in whole for seed in DRAWS]
        for name in names
    }
    yield "## Categorical answers"
    yield _words(whole)
    yield "### Accuracy, %"
    yield _by_crowd(runs, lambda scores: scores.accuracy, 2, highest=True)
    yield from _behind(runs, whole)
    yield "### Calibration error, %"
    yield _by_crowd(runs, lambda scores: scores.calibration_error, 1, highest=False)
    yield "### Macro-F1, %"
    yield _by_crowd(runs, lambda scores: scores.macro_f1, 2, highest=True)
    yield "### Log loss"
    yield _by_crowd(runs, lambda scores: scores.log_loss, 3, highest=False)
    yield "### Means of the six"
    yield _means(runs)
    yield f"### Accuracy with {ANSWERS_DRAWN} answers an object, %"
    yield f"Drawn at random {len(DRAWS)} times (seeds {', '.join(map(str, DRAWS))}); the mean of the draws."
    yield _by_crowd(_mean_draws(drawn), lambda scores: scores.accuracy, 2, highest=True)
    yield from _failures({name: runs[name] + drawn[name] for name in names})


def _timed(method: str, crowd: Crowd, libraries: Peers, tell: Callable[[str], None]) -> Run:
    return fastest(lambda: _run(method, crowd, libraries, tell), lambda run: run.seconds if run.scores else None)


def _run(method: str, crowd: Crowd, libraries: Peers, tell: Callable[[str], None]) -> Run:
    result: Result = categorical(method, crowd, libraries)
    tell(f"{crowd.name}, {len(crowd.votes)} answers: {method}, {result.error or f'{result.seconds:.2f} s'}")
    if result.probabilities is None:
        return Run(result.seconds, None, result.error)
    return Run(result.seconds, score(result.probabilities, crowd.truth))


def _words(whole: list[Crowd]) -> str:
    sizes = "; ".join(
        f"{crowd.name} {crowd.objects} objects, {crowd.classes} classes, {crowd.workers} workers, {len(crowd.votes)} answers"
        for crowd in whole
    )
    return (
        f"{sizes}. Whatever draws at random is seeded with 0. Seconds are processor time; what takes less than {ENOUGH:.0f} of them is done up to "
        f"{ROUNDS} times, and the fastest counts. Where the top classes of an object tie, it scores the fraction "
        f"that a random pick would earn. Calibration error: expected, {BINS} bins. Log loss in nats, probabilities at least "
        f"{LEAST_PROBABILITY:g}. Methods that tell labels only (MMSR, KOS) count as certain; CROWDLAB, which wants a classifier, "
        "gets smoothed vote shares for one."
    )


def _behind(runs: Runs, whole: list[Crowd]) -> Iterator[str]:
    """Where another method is ahead of ours, by how many objects, and how many chance accounts for."""
    told: list[str] = []
    for position, crowd in enumerate(whole):
        reached = {name: each[position].scores for name, each in runs.items()}
        ours = reached[OURS]
        name, best = max(((n, s) for n, s in reached.items() if s), key=lambda entry: entry[1].accuracy)
        if ours and best.accuracy > ours.accuracy:
            known = int((crowd.truth >= 0).sum())
            ahead = (best.accuracy - ours.accuracy) * known / 100.0
            chance = (known * ours.accuracy * (100.0 - ours.accuracy)) ** 0.5 / 100.0
            told.append(
                f"{crowd.name}: {name} {best.accuracy:.2f}, ours {ours.accuracy:.2f}, {ahead:.1f} of {known} objects (standard error {chance:.1f})"
            )
    if told:
        yield (
            f"Where another method is ahead: {'; '.join(told)}. No setting is changed for that: what gains a few objects there loses as "
            "many elsewhere, on these crowds, on parts of them and on simulated ones."
        )


def _mean(runs: list[Run], figure: Callable[[Scores], float]) -> float | None:
    scores = [run.scores for run in runs]
    return fmean(figure(s) for s in scores if s) if all(scores) else None


def _by_crowd(runs: Runs, figure: Callable[[Scores], float], digits: int, *, highest: bool) -> str:
    rows = {
        name: [*(figure(run.scores) if run.scores else None for run in each), _mean(each, figure)]
        for name, each in runs.items()
    }
    return bold_best(Table(("method", *crowds.NAMES, "mean"), rows, (digits,) * 7, (highest,) * 7))


def _means(runs: Runs) -> str:
    rows = {
        name: [
            _mean(each, lambda scores: scores.accuracy),
            _mean(each, lambda scores: scores.macro_f1),
            _mean(each, lambda scores: scores.calibration_error),
            _mean(each, lambda scores: scores.log_loss),
            fmean(run.seconds for run in each),
            max(run.seconds for run in each),
        ]
        for name, each in runs.items()
    }
    heads = ("method", "accuracy %", "macro-F1 %", "calibration error %", "log loss", "seconds a set", "longest")
    return bold_best(Table(heads, rows, (2, 2, 1, 3, 3, 3), (True, True, False, False, False, False)))


def _mean_draws(drawn: Runs) -> Runs:
    """One run a crowd, its accuracy the mean of the crowd's draws."""
    times = len(DRAWS)
    return {
        name: [_mean_run(each[start : start + times]) for start in range(0, len(each), times)]
        for name, each in drawn.items()
    }


def _mean_run(draws: list[Run]) -> Run:
    failed = [run.error for run in draws if not run.scores]
    if failed:
        return Run(draws[0].seconds, None, failed[0])
    scores = [run.scores for run in draws if run.scores]
    means = Scores(
        *(fmean(getattr(s, name) for s in scores) for name in ("accuracy", "macro_f1", "calibration_error", "log_loss"))
    )
    return Run(fmean(run.seconds for run in draws), means)


def _failures(runs: Runs) -> Iterator[str]:
    for name, each in runs.items():
        errors = sorted({run.error for run in each if run.error})
        if errors:
            yield f"{name} failed on some: {'; '.join(errors)}."
