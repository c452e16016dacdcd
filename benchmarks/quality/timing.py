"""How long a method takes: the fastest of several rounds, since a busy machine only ever makes it slower, and a first round loads what later ones have."""

from collections.abc import Callable

ROUNDS = 5
ENOUGH = 3.0
"""Seconds together after which no further round is made."""


def fastest[T](measure: Callable[[], T], seconds: Callable[[T], float | None]) -> T:
    """The outcome of the fastest round. seconds: how long a round took, None when it failed: then that is the outcome."""
    best = measure()
    spent = least = seconds(best)
    for _ in range(ROUNDS - 1):
        if spent is None or least is None or spent >= ENOUGH:
            break
        outcome = measure()
        took = seconds(outcome)
        if took is None:
            return outcome
        spent += took
        if took < least:
            best, least = outcome, took
    return best


def of_merged(outcome: object) -> float | None:
    """The seconds of a merge, which is seconds and what came out, or why it failed."""
    return outcome[0] if isinstance(outcome, tuple) else None
