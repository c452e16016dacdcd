"""A read-only view of the event that Ground Truth sends to a consolidation function.

The event is documented as "post-annotation Lambda function request" on the developer guide's page
`sms-custom-templates-step3-lambda-requirements`; real events carry more keys, and `labelCategories` may be null or missing.
"""

from collections.abc import Mapping
from typing import Any

from consolidation.errors import EventError


class ConsolidationRequest:
    """The event's named properties. Raises EventError when a property that is always sent is not there."""

    def __init__(self, event: object) -> None:
        if not isinstance(event, Mapping):
            raise EventError(f"The event is {_kind(event)}, not an object. Send Ground Truth's consolidation event.")
        self._event: Mapping[str, Any] = event

    @property
    def labeling_job_arn(self) -> str:
        """ARN of the labeling job; Ground Truth lower-cases the job's name in it. Empty when missing."""
        arn = self._event.get("labelingJobArn")
        return arn if isinstance(arn, str) else ""

    @property
    def job_name(self) -> str:
        """The labeling job's name in lower case, from the ARN. Empty when there is none."""
        _, slash, name = self.labeling_job_arn.rpartition("/")
        return name.lower() if slash else ""

    @property
    def label_attribute_name(self) -> str:
        """The key under which each label must be returned."""
        return self._text("labelAttributeName")

    @property
    def label_categories(self) -> tuple[str, ...]:
        """The job's label categories in order; empty when they are null, missing or not a list."""
        categories = self._event.get("labelCategories")
        if not isinstance(categories, list):
            return ()
        names = (entry.get("label") if isinstance(entry, Mapping) else entry for entry in categories)
        return tuple(name for name in names if isinstance(name, str) and name.strip())

    @property
    def payload_uri(self) -> str:
        """The S3 URI of the payload file; its key contains colons."""
        payload = self._event.get("payload")
        uri = payload.get("s3Uri", payload.get("s3uri")) if isinstance(payload, Mapping) else None
        if not isinstance(uri, str) or not uri.startswith("s3://"):
            raise EventError(
                'The event has no "payload": {"s3Uri": "s3://bucket/key"}. Send Ground Truth\'s consolidation event.'
            )
        return uri

    @property
    def role_arn(self) -> str:
        """The labeling job's execution role, which may be assumed to read the payload."""
        return self._text("roleArn")

    def _text(self, key: str) -> str:
        value = self._event.get(key)
        if not isinstance(value, str) or not value:
            raise EventError(f'The event has no "{key}". Send Ground Truth\'s consolidation event.')
        return value


def _kind(value: object) -> str:
    return "null" if value is None else f"a {type(value).__name__}"
