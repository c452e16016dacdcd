"""The Lambda entry points: `app.handler` for Ground Truth, `app.reconsolidate` for jobs that are consolidated again."""

from typing import TYPE_CHECKING, Any

from consolidation.handler import handler

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

__all__ = ["handler", "reconsolidate"]


def reconsolidate(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """See `consolidation.reconsolidation_handler`, which only the function that needs it imports."""
    from consolidation.reconsolidation_handler import reconsolidate as answer  # noqa: PLC0415

    return answer(event, context)
