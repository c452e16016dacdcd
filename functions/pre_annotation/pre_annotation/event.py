"""The event that Ground Truth sends for each data object, as a read-only view."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pre_annotation.errors import PreAnnotationError

_JOB_ARN = re.compile(r"arn:[^/]+:labeling-job/([a-zA-Z0-9-]{1,63})")


class PreAnnotationEvent:
    """A pre-annotation request. Keys that are not named here are tolerated, and `version` is never compared.

    Documentation: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-custom-templates-step3-lambda-requirements.html
    """

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._event = event

    @property
    def labeling_job_arn(self) -> str:
        """ARN of the labeling job; Ground Truth writes the job's name in lower case here."""
        arn = self._event.get("labelingJobArn")
        if not isinstance(arn, str) or _JOB_ARN.fullmatch(arn) is None:
            raise PreAnnotationError(
                'event key "labelingJobArn" is not the ARN of a labeling job. '
                "Send arn:aws:sagemaker:REGION:ACCOUNT:labeling-job/NAME, as Ground Truth does."
            )
        return arn

    @property
    def job_name(self) -> str:
        """Name of the labeling job in lower case, whatever the case in the ARN."""
        return self.labeling_job_arn.rpartition("/")[2].lower()

    @property
    def data_object(self) -> Mapping[str, Any]:
        """The whole manifest line with all its keys; in a streaming job, the message sent to the input topic."""
        line = self._event.get("dataObject")
        if isinstance(line, str):  # a message body that was not parsed on its way
            line = _parsed(line)
        if not isinstance(line, dict):
            raise PreAnnotationError(
                f'event key "dataObject" is {_json_type(line)}, not a manifest line. Send the line as a JSON object.'
            )
        return line


def _parsed(body: str) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return body


def _json_type(value: object) -> str:
    names: dict[type, str] = {str: "a string", list: "a list", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "missing or null")
