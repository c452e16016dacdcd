"""Traces invocations with X-Ray where X-Ray is.

Importing the X-Ray SDK takes longer than importing everything else of this function, so it is left alone where no
daemon listens: on a developer's machine.
"""

import os
from collections.abc import Callable
from typing import Any

type Handler = Callable[..., dict[str, Any]]


def traced(handler: Handler) -> Handler:
    """The handler with a trace of each invocation and its S3 calls, without the response: it holds documents' text."""
    if "AWS_XRAY_DAEMON_ADDRESS" not in os.environ:
        return handler
    from aws_lambda_powertools import Tracer  # noqa: PLC0415

    traced_handler: Handler = Tracer(patch_modules=["botocore"]).capture_lambda_handler(handler, capture_response=False)
    return traced_handler
