"""An AWS account, or what stands for one at an endpoint, as its caller may see it."""

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from groundtruth.check.policies import Document
from groundtruth.errors import GroundTruthError, RequestError

_MISSING = {
    "404",
    "NoSuchBucket",
    "NoSuchCORSConfiguration",
    "NoSuchEntity",
    "NoSuchKey",
    "NotFound",
    "ResourceNotFoundException",
    "ValidationError",
}
_REFUSED = {"403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


class RefusedError(GroundTruthError):
    """The caller may not see what a check asks for; the message names the action."""


class Account:
    """Read-only calls; each answers None for what does not exist.

    endpoint_url: of everything, None for AWS. make_client: makes the client of a service in another way.
    """

    def __init__(
        self,
        endpoint_url: str | None = None,
        region: str | None = None,
        make_client: Callable[[str], Any] | None = None,
    ) -> None:
        self._endpoint_url = endpoint_url
        self._region = region
        self._make_client = make_client or self._made
        self._clients: dict[str, Any] = {}
        self._making = Lock()  # boto3 makes clients in one thread at a time

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any] | None:
        """Call an operation by its Python name. Raises RefusedError, and RequestError when AWS cannot be asked at all."""
        try:
            answer: dict[str, Any] = getattr(self._client(service), operation)(**parameters)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _MISSING:
                return None
            if code in _REFUSED:
                raise RefusedError(f"{service}:{operation}") from error
            raise RequestError(f"{service} would not answer {operation}: {error}") from error
        except BotoCoreError as error:
            raise RequestError(
                f"{service} cannot be asked: {error} Set credentials, a region or --endpoint-url."
            ) from error
        return answer

    def _client(self, service: str) -> Any:
        with self._making:
            if service not in self._clients:
                self._clients[service] = self._make_client(service)
            return self._clients[service]

    def _made(self, service: str) -> Any:
        config = Config(connect_timeout=10, read_timeout=30, max_pool_connections=32, retries={"total_max_attempts": 3})
        return boto3.client(  # type: ignore[call-overload]
            service, region_name=self._region, endpoint_url=self._endpoint_url, config=config
        )

    def stack(self, name: str) -> dict[str, Any] | None:
        """A stack's description, with its outputs as a dictionary under `Outputs`."""
        answer = self.call("cloudformation", "describe_stacks", StackName=name)
        if answer is None:
            return None
        stack: dict[str, Any] = answer["Stacks"][0]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}
        return {**stack, "Outputs": outputs}

    def bucket_region(self, bucket: str) -> str | None:
        """The region of a bucket; None when there is no such bucket."""
        answer = self.call("s3", "get_bucket_location", Bucket=bucket)
        if answer is None:
            return None
        location = answer.get("LocationConstraint") or "us-east-1"
        return "eu-west-1" if location == "EU" else str(location)

    def cors_rules(self, bucket: str) -> list[dict[str, Any]]:
        """A bucket's CORS rules."""
        answer = self.call("s3", "get_bucket_cors", Bucket=bucket)
        return list(answer["CORSRules"]) if answer else []

    def head(self, bucket: str, key: str) -> dict[str, Any] | None:
        """An object's metadata."""
        return self.call("s3", "head_object", Bucket=bucket, Key=key)

    def role(self, arn: str) -> "Role | None":
        """A role with its policies."""
        name = arn.rsplit("/", 1)[-1]
        answer = self.call("iam", "get_role", RoleName=name)
        return None if answer is None else Role(self, name, answer["Role"])


class Role:
    """A role; its policies are read when they are first asked for."""

    def __init__(self, account: Account, name: str, description: dict[str, Any]) -> None:
        self.arn: str = description["Arn"]
        self.trust = _document(description["AssumeRolePolicyDocument"], name)
        self._account = account
        self._name = name

    @cached_property
    def policies(self) -> list[Document]:
        """The documents of its inline and attached policies."""
        return [*self._inline(), *self._attached()]

    def _inline(self) -> Iterator[Document]:
        answer = self._account.call("iam", "list_role_policies", RoleName=self._name) or {}
        for name in answer.get("PolicyNames", ()):
            policy = self._account.call("iam", "get_role_policy", RoleName=self._name, PolicyName=name)
            if policy is not None:
                yield _document(policy["PolicyDocument"], f"{self._name}/{name}")

    def _attached(self) -> Iterator[Document]:
        answer = self._account.call("iam", "list_attached_role_policies", RoleName=self._name) or {}
        for entry in answer.get("AttachedPolicies", ()):
            arn = entry["PolicyArn"]
            policy = self._account.call("iam", "get_policy", PolicyArn=arn)
            if policy is None:
                continue
            version = policy["Policy"]["DefaultVersionId"]
            document = self._account.call("iam", "get_policy_version", PolicyArn=arn, VersionId=version)
            if document is not None:
                yield _document(document["PolicyVersion"]["Document"], arn)


def _document(document: object, name: str) -> Document:
    """A policy document; moto gives those of a CloudFormation stack as the text of a Python dictionary."""
    if isinstance(document, str):
        try:
            document = ast.literal_eval(document)
        except (ValueError, SyntaxError):
            document = None
    if not isinstance(document, Mapping):
        raise RequestError(f"The policy {name} is no JSON object. Correct it.")
    return document
