"""Traces the handler where X-Ray listens, which is in Lambda.

Elsewhere (the runtime emulator, a local run, tests) tracing is off, and its SDK is not even imported: outside Lambda it loads botocore for its
sampling rules, which takes longer than everything else that the function imports.
"""

import os
from collections.abc import Callable
from typing import Any

Handler = Callable[..., list[dict[str, Any]]]


def traced(service: str) -> Callable[[Handler], Handler]:
    """A decorator that traces a handler in Lambda. Neither the response nor an exception goes into the trace: both may quote an answer."""

    def decorate(handler: Handler) -> Handler:
        if "LAMBDA_TASK_ROOT" not in os.environ or os.environ.get("AWS_SAM_LOCAL"):
            return handler
        from aws_lambda_powertools import Tracer  # noqa: PLC0415 - see above

        tracer = Tracer(service=service, auto_patch=False)
        return tracer.capture_lambda_handler(handler, capture_response=False, capture_error=False)

    return decorate
