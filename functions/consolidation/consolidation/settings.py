"""What the function's environment decides, read once per container."""

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from consolidation.errors import SettingsError

DOCUMENT_TYPE = "document-type"
INVOICE_BOXES = "invoice-boxes"
INVOICE_FIELDS = "invoice-fields"
TASK_TYPES = (DOCUMENT_TYPE, INVOICE_BOXES, INVOICE_FIELDS)

MAJORITY = "majority"
WEIGHTED = "weighted"
METHODS = (MAJORITY, WEIGHTED)

WORKER_ACCURACY = "worker_accuracy"
CATEGORY_ORDER = "category_order"
UNRESOLVED = "unresolved"
TIE_POLICIES = (WORKER_ACCURACY, CATEGORY_ORDER, UNRESOLVED)

LOGICAL_TABLE_NAME = "WorkerStatisticsTable"
"""What `sam local` and `groundtruth` make of a reference to the template's table: its logical id. Nothing is deployed there, so there is no table."""
HALF_LIFE_DAYS = 180.0
LONGEST_HALF_LIFE = 730.0

LEAST_BOX_IOU = 0.4
"""Two people who frame the same 10 pixels come within two pixels of each other at every edge: an IoU down to 0.43."""
POINT_RADIUS = 0.01
"""Of the image's diagonal: about two thirds of a line of text on a page."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to consolidate. Shares and confidences are 0 to 1.

    worker_statistics_table: name of the table that keeps what is known of workers; empty for none. half_life: days after which that counts half.
    """

    task_type: str
    label_categories_uri: str = ""
    method: str = MAJORITY
    tie_policy: str = WORKER_ACCURACY
    minimum_confidence: float = 0.5
    box_iou: float = LEAST_BOX_IOU
    box_quorum: float = 0.5
    assume_job_role: bool = False
    point_radius: float = POINT_RADIUS
    box_words: tuple[str, str] | None = None
    worker_statistics_table: str = ""
    half_life: float = HALF_LIFE_DAYS

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Settings from environment variables (docs/architecture.md lists them).

        Raises SettingsError naming the variable, its value and what it may be.
        """
        return cls(
            task_type=_choice(environment, "TASK_TYPE", TASK_TYPES, None),
            label_categories_uri=environment.get("LABEL_CATEGORIES_URI", "").strip(),
            method=_choice(environment, "CONSOLIDATION_METHOD", METHODS, MAJORITY),
            tie_policy=_choice(environment, "TIE_POLICY", TIE_POLICIES, WORKER_ACCURACY),
            minimum_confidence=_share(environment, "MINIMUM_CONFIDENCE", 0.5),
            box_iou=_share(environment, "BOX_IOU", LEAST_BOX_IOU, above_zero=True),
            box_quorum=_share(environment, "BOX_QUORUM", 0.5),
            assume_job_role=_choice(environment, "ASSUME_JOB_ROLE", ("true", "false"), "false") == "true",
            point_radius=_share(environment, "POINT_RADIUS", POINT_RADIUS, above_zero=True),
            box_words=_folders(environment),
            worker_statistics_table=_table(environment),
            half_life=_number(
                environment,
                "WORKER_STATISTICS_HALF_LIFE_DAYS",
                HALF_LIFE_DAYS,
                (1.0, LONGEST_HALF_LIFE),
                "from 1 to 730",
            ),
        )


def _table(environment: Mapping[str, str]) -> str:
    name = environment.get("WORKER_STATISTICS_TABLE", "").strip()
    return "" if name == LOGICAL_TABLE_NAME else name


def _choice(environment: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str | None) -> str:
    """The variable's value in lower case, one of `allowed`; an empty or missing one means the default."""
    value = environment.get(name, "").strip().lower() or default
    if value is None:
        raise SettingsError(f"{name} is not set. Set it to one of {', '.join(allowed)} in the function's environment.")
    if value not in allowed:
        raise SettingsError(f'{name} is "{value}". Set it to one of {", ".join(allowed)}.')
    return value


def _share(environment: Mapping[str, str], name: str, default: float, *, above_zero: bool = False) -> float:
    """The variable's value as a number between 0 and 1."""
    least = sys.float_info.min if above_zero else 0.0
    return _number(environment, name, default, (least, 1.0), "above 0 and up to 1" if above_zero else "from 0 to 1")


def _number(environment: Mapping[str, str], name: str, default: float, bounds: tuple[float, float], told: str) -> float:
    """The variable's value as a number within `bounds`, both included; `told` tells them."""
    text = environment.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not bounds[0] <= value <= bounds[1]:
        raise SettingsError(f'{name} is "{text}". Set it to a number {told}, such as {default:g}.')
    return value


def _folders(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """The folders of page images and of their words, from `pages:words`; None for none."""
    text = environment.get("BOX_WORDS", "").strip()
    if not text:
        return None
    images, _, words = (part.strip("/") for part in text.partition(":"))
    if not images or not words or ":" in words:
        raise SettingsError(
            f'BOX_WORDS is "{text}". Set it to the folders of the images and of their words, such as pages:words.'
        )
    return images, words
