"""How good the simulated workers are: every mistake they make has a number here."""

import math
from dataclasses import dataclass, fields

from groundtruth.errors import RequestError

_SHARES = frozenset(
    {
        "accuracy",
        "confusion",
        "captions",
        "misses",
        "spurious_boxes",
        "typing_errors",
        "restyling",
        "blanks",
        "empty_answers",
        "spam_workers",
        "no_answer",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkforceSettings:
    """The mistakes of a simulated workforce. A share is a number from 0 to 1.

    The defaults are a small team that has been shown the instructions once; on real receipts its boxes overlap the true
    ones about as well (median IoU 0.89) as those of people whose errors were recorded (0.92). A worker who is less
    accurate than the mean is also less careful by the same factor: misses more, draws and types more loosely. Raises
    RequestError for a number that cannot be.
    """

    accuracy: float = 0.94
    """Mean over the workers: the chance to put the right label on one thing (a page, a box, a typed value)."""
    accuracy_spread: float = 0.03
    """Standard deviation of that chance between workers."""
    confusion: float = 0.8
    """Share of wrong labels that fall on a look-alike (subtotal for total, due date for invoice date) rather than
    anywhere.
    """
    box_jitter: float = 0.03
    """Standard deviation of each edge of a box, as a share of the box's height."""
    box_jitter_pixels: float = 0.7
    """The same in pixels, added to it: the hand's own precision, whatever the size of the box."""
    captions: float = 0.03
    """Share of boxes drawn so wide or so high that they take in the field's caption."""
    misses: float = 0.03
    """Share of boxes not drawn, and of values on the page declared "not on this document"."""
    spurious_boxes: float = 0.03
    """Share of answers with a box around something that was not asked for."""
    typing_errors: float = 0.003
    """Chance of a slip of the finger for each character typed."""
    restyling: float = 0.15
    """Share of values typed in another style than printed: 1204.50 for 1,204.50, another date style, another case."""
    blanks: float = 0.01
    """Share of values left blank without saying why."""
    empty_answers: float = 0.002
    """Share of answers submitted with nothing in them."""
    spam_workers: float = 0.05
    """Share of the workers who answer at random, rounded to whole workers."""
    no_answer: float = 0.0
    """Chance that an answer never comes."""
    seconds: float | None = None
    """Median time on one task; None takes 8 s for a document type, 55 s for boxes, 80 s for fields."""
    seconds_spread: float = 0.5
    """Standard deviation of the natural logarithm of that time."""

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = getattr(self, setting.name)
            if value is None and setting.name == "seconds":
                continue
            highest = 1.0 if setting.name in _SHARES else math.inf
            if not isinstance(value, int | float) or not math.isfinite(value) or not 0 <= value <= highest:
                wanted = "a share from 0 to 1" if setting.name in _SHARES else "a number, 0 or more"
                raise RequestError(f"workforce setting {setting.name} = {value!r}: must be {wanted}.")
