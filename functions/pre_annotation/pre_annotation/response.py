"""What the function answers to Ground Truth."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PreAnnotationResponse:
    """A task, and whether workers are asked.

    Documentation: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-custom-templates-step3-lambda-requirements.html
    """

    task_input: dict[str, Any]
    is_human_annotation_required: bool = True

    def as_dict(self) -> dict[str, Any]:
        """The response as Ground Truth documents it: the flag is a JSON boolean under `isHumanAnnotationRequired`."""
        return {"taskInput": self.task_input, "isHumanAnnotationRequired": self.is_human_annotation_required}
