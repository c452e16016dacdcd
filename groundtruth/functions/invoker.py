"""What the engine needs of Lambda, and the limits Lambda sets."""

import json
from collections.abc import Mapping
from typing import Protocol

from groundtruth.errors import FunctionError

PAYLOAD_LIMIT = 6 * 1024 * 1024
"""Bytes of a synchronous request or response (Lambda quotas page)."""


class Functions(Protocol):
    """Invokes Lambda functions."""

    def invoke(self, function: str, event: Mapping[str, object]) -> object:
        """Invoke the function with this ARN, name or logical id; return what it answered, parsed from JSON.

        Raises FunctionError when there is no such function, when it raises, runs out of time, or passes a limit.
        """

    def check(self, function: str) -> None:
        """Raise FunctionError when it can be told without invoking it that there is no such function."""


def request_bytes(function: str, event: Mapping[str, object]) -> bytes:
    """The event as Lambda receives it. Raises FunctionError above the request limit."""
    request = json.dumps(event, separators=(",", ":")).encode()
    if len(request) > PAYLOAD_LIMIT:
        raise FunctionError(
            f"{function}: the event has {len(request):,} bytes; Lambda takes at most {PAYLOAD_LIMIT:,}."
        )
    return request


def parsed_response(function: str, response: bytes) -> object:
    """What the function answered. Raises FunctionError above the response limit or when it is not JSON."""
    if len(response) > PAYLOAD_LIMIT:
        raise FunctionError(
            f"{function} answered {len(response):,} bytes; Lambda returns at most {PAYLOAD_LIMIT:,}. "
            "Consolidate fewer objects a call, or move bulk into S3 with a reference in the label."
        )
    try:
        return json.loads(response)
    except ValueError as error:
        raise FunctionError(f"{function} answered something that is not JSON: {error}.") from error
