"""The errors this package raises. Each message says what is wrong, where, and what to do.

GroundTruthError
├── InputError            something the user gave cannot be used
│   ├── ManifestError     an input manifest, at a line
│   ├── TruthError        a truth file, at a line
│   ├── TemplateError     a worker template
│   └── RequestError      a job request or a command's argument
├── FunctionError         a Lambda function failed; carries its own error and traceback
│   └── ContractError     a function answered what Ground Truth would reject
├── StorageError          S3 refused or lacks an object
└── ServiceError          the service will not do what it was asked
    ├── ApiError          a SageMaker request, with AWS's error code
    └── TaskError         a worker's request about a task
        ├── NoSuchTaskError    the task or job is not this worker's, or not there
        ├── LateAnswerError    the task's time was over
        ├── ClosedTaskError    the task was given back, declined or withdrawn
        └── UnusableAnswerError  what was submitted is no answer
"""


class GroundTruthError(Exception):
    """Anything this package raises on purpose."""


class InputError(GroundTruthError):
    """Something the user gave cannot be used."""


class ManifestError(InputError):
    """An input manifest cannot be used; the message names the line."""


class TruthError(InputError):
    """A truth file cannot be used; the message names the line."""


class TemplateError(InputError):
    """A worker template cannot be used."""


class RequestError(InputError):
    """A job request or a command's argument cannot be used."""


class FunctionError(GroundTruthError):
    """A Lambda function failed. `function_traceback` is the function's own, empty when it gave none."""

    def __init__(self, message: str, function_traceback: str = "") -> None:
        super().__init__(message)
        self.function_traceback = function_traceback


class ContractError(FunctionError):
    """A function answered what Ground Truth would reject."""


class StorageError(GroundTruthError):
    """S3 refused a request or lacks an object; the message names the URI."""


class ServiceError(GroundTruthError):
    """The service will not do what it was asked; the message is for the person who asked."""


class ApiError(ServiceError):
    """A SageMaker request is refused. `code` is AWS's error code, `status` the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class TaskError(ServiceError):
    """A worker's request about a task is refused."""


class NoSuchTaskError(TaskError):
    """There is no such task or job for this worker: also when it is another worker's, or another team's."""


class LateAnswerError(TaskError):
    """The task's time was over. `may_take_again`: the object still needs answers, so the worker may go on with it."""

    def __init__(self, message: str, may_take_again: bool) -> None:
        super().__init__(message)
        self.may_take_again = may_take_again


class ClosedTaskError(TaskError):
    """The task was given back, declined, or withdrawn with its job."""


class UnusableAnswerError(TaskError):
    """What was submitted is no answer."""
