"""Where SageMaker, S3 and the other services are: AWS, `groundtruth serve`, or what stands for AWS at an endpoint.

An option, or the usual AWS settings (environment, profile), say it. Of the local service it is enough to say where SageMaker is: its S3 is
found beside it, and throw-away credentials serve where there are none.
"""

import os
import re
import socket
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from groundtruth.errors import RequestError, ServiceError
from groundtruth.storage import RemoteS3
from groundtruth.storage.embedded import CREDENTIALS

THREADS = 32
"""Requests to S3 at a time."""

_AWS_HOST = re.compile(r"(.+\.)?(amazonaws\.com(\.cn)?|api\.aws|aws\.dev)")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_S3_PORT_STEP = 2
"""By default `groundtruth serve` has its S3 so many ports above its own."""

_MISSING = {"ResourceNotFound", "ResourceNotFoundException"}


@dataclass(frozen=True)
class Connection:
    """Clients of one account and region.

    endpoint_url: of every service, None for what the AWS settings say. s3_url: of S3 alone, None for the same. is_local: SageMaker is not AWS's.
    """

    session: boto3.Session
    region: str
    endpoint_url: str | None
    s3_url: str | None
    is_local: bool
    _clients: dict[str, Any] = field(default_factory=dict)
    _making: Lock = field(default_factory=Lock)  # boto3 makes clients in one thread at a time

    def client(self, service: str) -> Any:
        """The client of a service. Raises RequestError when none can be made."""
        with self._making:
            if service not in self._clients:
                url = self.s3_url if service == "s3" and self.s3_url else self.endpoint_url
                self._clients[service] = _client(self.session, service, url, self.region)
            return self._clients[service]

    @property
    def storage(self) -> RemoteS3:
        """S3."""
        return RemoteS3(self.s3_url or self.endpoint_url, self.client("s3"))

    def sagemaker(self, operation: str, **parameters: Any) -> dict[str, Any] | None:
        """Call a SageMaker operation by its Python name; None when it names what does not exist.

        Raises RequestError for a request that is refused or credentials that are missing, ServiceError for everything else.
        """
        try:
            answer: dict[str, Any] = getattr(self.client("sagemaker"), operation)(**parameters)
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
            if code in _MISSING or (code == "ValidationException" and _is_missing(operation, message)):
                return None
            kind = RequestError if code in {"ValidationException", "ResourceInUse"} else ServiceError
            raise kind(f"SageMaker would not {operation.replace('_', ' ')}: {message} ({code})") from error
        except BotoCoreError as error:
            raise ServiceError(f"SageMaker cannot be asked: {error}") from error
        return answer


def _is_missing(operation: str, message: str) -> bool:
    """AWS tells of a job or team that is not there by a ValidationException as well."""
    return (
        operation.startswith("describe") and re.search(r"not (exist|found)|no such", message, re.IGNORECASE) is not None
    )


def connect(endpoint_url: str | None = None, region: str | None = None) -> Connection:
    """Find out where the services are. Raises RequestError when that is not said, or no credentials are.

    endpoint_url: of SageMaker and everything else. region: where not that of the AWS settings.
    """
    try:
        session = boto3.Session(region_name=region or os.environ.get("AWS_REGION") or None)
        known: str | None = session.region_name
        where = known or CREDENTIALS["AWS_DEFAULT_REGION"]
        url = _url_of(session, "sagemaker", endpoint_url, where)
        is_local = not _is_aws(url)
        if known is None and not is_local:
            raise RequestError("No region is set. Set AWS_REGION or a profile's region, or name --endpoint-url.")
        if session.get_credentials() is None:
            if not is_local:
                raise RequestError("There are no AWS credentials. Set a profile (AWS_PROFILE), or name --endpoint-url.")
            key, secret = CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"]
            session = boto3.Session(key, secret, region_name=where)
        s3_url = _s3_url(session, url, endpoint_url, where) if is_local else None
    except (BotoCoreError, ValueError) as error:
        raise RequestError(f"AWS cannot be asked: {error}") from error
    return Connection(session, where, endpoint_url, s3_url, is_local)


def _s3_url(session: boto3.Session, sagemaker: str, endpoint_url: str | None, region: str) -> str | None:
    """Where S3 is when SageMaker is not AWS's; None for where the AWS settings say."""
    if any(os.environ.get(name) for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")):
        return os.environ.get("AWS_ENDPOINT_URL_S3") if endpoint_url else None
    own = _url_of(session, "s3", None, region)
    if not _is_aws(own):
        return own
    parts = urlsplit(sagemaker)
    if parts.hostname in _LOOPBACK and parts.port and _listens(parts.hostname, parts.port + _S3_PORT_STEP):
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return f"http://{host}:{parts.port + _S3_PORT_STEP}"
    if endpoint_url is None:
        raise RequestError("SageMaker is the local service, but where its S3 is, is not said. Set AWS_ENDPOINT_URL_S3.")
    return endpoint_url


def _url_of(session: boto3.Session, service: str, endpoint_url: str | None, region: str) -> str:
    return str(_client(session, service, endpoint_url, region).meta.endpoint_url)


def _client(session: boto3.Session, service: str, url: str | None, region: str) -> Any:
    config = Config(
        connect_timeout=10,
        read_timeout=60,
        max_pool_connections=THREADS,
        retries={"mode": "standard", "max_attempts": 5},
    )
    try:
        return session.client(service, region_name=region, endpoint_url=url, config=config)  # type: ignore[call-overload]
    except (BotoCoreError, ValueError) as error:
        raise RequestError(f"{service} cannot be asked: {error}") from error


def _is_aws(url: str) -> bool:
    return _AWS_HOST.fullmatch(urlsplit(url).hostname or "") is not None


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
