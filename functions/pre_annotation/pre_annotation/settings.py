"""What the function is told by its environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pre_annotation.errors import PreAnnotationError, shown

TASK_TYPES = ("document-type", "invoice-boxes", "invoice-fields")

_URI = re.compile(r"s3://([^/]+)/?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Settings:
    """The task type, and the bucket and prefix of the label category configs (the prefix is empty or ends in `/`)."""

    task_type: str
    bucket: str
    prefix: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read TASK_TYPE and LABEL_CATEGORIES_URI; raise PreAnnotationError when one is missing or unusable."""
        task_type = environment.get("TASK_TYPE", "")
        if task_type not in TASK_TYPES:
            raise PreAnnotationError(
                f'environment variable TASK_TYPE is "{shown(task_type)}". Set it to one of {", ".join(TASK_TYPES)}.'
            )
        uri = environment.get("LABEL_CATEGORIES_URI", "")
        parts = _URI.fullmatch(uri.strip())
        if parts is None:
            raise PreAnnotationError(
                f'environment variable LABEL_CATEGORIES_URI is "{shown(uri)}", not an S3 URI. '
                "Set it to the folder of the label category configs: s3://bucket/prefix/."
            )
        prefix = parts[2] if not parts[2] or parts[2].endswith("/") else f"{parts[2]}/"
        return cls(task_type, parts[1], prefix)
