"""Traces invocations with X-Ray where X-Ray is.

Importing the X-Ray SDK takes longer than importing everything else of this function, so it is left alone where no
daemon listens: on a developer's machine.
"""

import os
from collections.abc import Callable
from typing import Any

type Handler = Callable[..., dict[str, Any]]


def traced(handler: Handler) -> Handler:
    """The handler with a trace of each invocation, without the response: it holds documents' text."""
    if not _has_daemon():
        return handler
    from aws_lambda_powertools import Tracer  # noqa: PLC0415

    traced_handler: Handler = Tracer(auto_patch=False).capture_lambda_handler(handler, capture_response=False)
    return traced_handler


def trace_storage() -> None:
    """Trace the calls to S3 too. Loads botocore, so it waits until boto3 is needed."""
    if _has_daemon():
        from aws_lambda_powertools import Tracer  # noqa: PLC0415

        Tracer(auto_patch=False).patch(modules=["botocore"])


def _has_daemon() -> bool:
    return "AWS_XRAY_DAEMON_ADDRESS" in os.environ
