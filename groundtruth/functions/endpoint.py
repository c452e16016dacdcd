"""Functions behind a Lambda endpoint: AWS, `sam local start-lambda`, moto."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from groundtruth.errors import FunctionError
from groundtruth.functions.invoker import parsed_response, request_bytes

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

_LONGEST_TIMEOUT = 900 + 30
"""Lambda's longest timeout and a margin, seconds."""


class LambdaEndpoint:
    """Invokes functions by boto3; `endpoint_url` points it at something else than AWS."""

    def __init__(self, endpoint_url: str | None = None, client: "LambdaClient | None" = None) -> None:
        config = Config(read_timeout=_LONGEST_TIMEOUT, retries={"total_max_attempts": 1})
        self._client: LambdaClient = client or boto3.client("lambda", endpoint_url=endpoint_url, config=config)

    def invoke(self, function: str, event: Mapping[str, object]) -> object:
        """See `Functions.invoke`."""
        request = request_bytes(function, event)
        try:
            answer = self._client.invoke(FunctionName=function, Payload=request)
            response = answer["Payload"].read()
        except (ClientError, BotoCoreError) as error:
            raise FunctionError(f"{function} cannot be invoked: {error}") from error
        if answer.get("FunctionError"):
            raise _function_error(function, response)
        return parsed_response(function, response)

    def check(self, function: str) -> None:
        """See `Functions.check`. `sam local start-lambda` answers invocations alone, so nothing can be told."""


def _function_error(function: str, response: bytes) -> FunctionError:
    try:
        parsed: object = json.loads(response)
    except ValueError:
        parsed = None
    detail: dict[str, object] = parsed if isinstance(parsed, dict) else {}
    message = f"{function} raised {detail.get('errorType', 'an error')}: {detail.get('errorMessage', 'no message')}"
    trace = detail.get("stackTrace") or []
    return FunctionError(message, "".join(map(str, trace)) if isinstance(trace, list) else str(trace))
