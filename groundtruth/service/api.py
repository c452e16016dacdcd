"""SageMaker's wire protocol, AWS JSON 1.1: one address, the operation in a header, JSON in and out.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

import json
import logging
import re
import uuid
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from groundtruth.errors import ApiError, GroundTruthError
from groundtruth.service.operations import Operations

_LOG = logging.getLogger(__name__)
_TARGET = re.compile(r"SageMaker\.(\w+)")
_SIGNED_FOR = re.compile(r"Credential=[^/]+/\d{8}/([a-z0-9-]+)/")
_LONGEST_REQUEST = 2_000_000
"""Bytes: the longest members together are far shorter."""


class Api:
    """The endpoint. may_call: whether a request is from somebody who may use the API."""

    def __init__(self, operations: Operations, may_call: Callable[[Request], bool]) -> None:
        self._operations = operations
        self._may_call = may_call

    async def answer(self, request: Request) -> Response:
        """Answer one request: what it raises becomes an error as AWS writes it."""
        request_id = str(uuid.uuid4())
        try:
            content = await self._content(request)
            status = 200
        except ApiError as error:
            content, status = {"__type": error.code, "message": str(error)}, error.status
        except GroundTruthError as error:
            content, status = {"__type": "InternalFailure", "message": str(error)}, 500
        except Exception:  # noqa: BLE001 (the boundary of the request: it is recorded, and the client gets AWS's answer)
            _LOG.exception("The request %s failed.", request_id)
            message = f"Something went wrong here; the service's log says what, under {request_id}."
            content, status = {"__type": "InternalFailure", "message": message}, 500
        body = json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
        return Response(body, status, {"x-amzn-RequestId": request_id}, "application/x-amz-json-1.1")

    async def _content(self, request: Request) -> dict[str, Any]:
        if not self._may_call(request):
            raise ApiError(
                "AccessDeniedException",
                "The API answers clients on the machine that it runs on. Call it there, or through a tunnel to it.",
                403,
            )
        operation = _TARGET.fullmatch(request.headers.get("x-amz-target", ""))
        if operation is None:
            raise ApiError(
                "UnknownOperationException",
                "The X-Amz-Target header names no operation of SageMaker. Use an AWS client, with AWS_ENDPOINT_URL_SAGEMAKER set to this address.",
                404,
            )
        members = _members(await _body(request))
        return await run_in_threadpool(self._operations.call, operation[1], members, _region(request))


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_REQUEST:
            raise ApiError("RequestEntityTooLargeException", f"A request has at most {_LONGEST_REQUEST:,} bytes.", 413)
    return bytes(body)


def _members(body: bytes) -> dict[str, Any]:
    try:
        members = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ApiError("SerializationException", f"The request's body is not JSON: {error}.") from error
    if not isinstance(members, dict):
        raise ApiError("SerializationException", "The request's body is not a JSON object.")
    return members


def _region(request: Request) -> str:
    """The region that the client signed the request for."""
    found = _SIGNED_FOR.search(request.headers.get("authorization", ""))
    return found[1] if found else "us-east-1"
