"""The errors this package raises. Each message says what is wrong, where, and what to do.

    GroundTruthError
    ├── InputError            something the user gave cannot be used
    │   ├── ManifestError     an input manifest, at a line
    │   ├── TruthError        a truth file, at a line
    │   ├── TemplateError     a worker template
    │   └── RequestError      a job request or a command's argument
    ├── FunctionError         a Lambda function failed; carries its own error and traceback
    │   └── ContractError     a function answered what Ground Truth would reject
    └── StorageError          S3 refused or lacks an object
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
