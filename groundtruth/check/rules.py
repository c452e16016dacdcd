"""The rules of `groundtruth check`, each with what Ground Truth does when it is broken. docs/check.md lists them."""

from groundtruth.check.finding import Rule, error, warning

_REFUSED = "The request is refused with a ValidationException."

# Requests: the service's model.
REQUEST_MISSING = error("request-missing", _REFUSED)
REQUEST_UNKNOWN = error("request-unknown-member", "The AWS clients refuse to send the request.")
REQUEST_TYPE = error("request-type", "The AWS clients refuse to send the request.")
REQUEST_LENGTH = error("request-length", _REFUSED)
REQUEST_RANGE = error("request-range", _REFUSED)
REQUEST_PATTERN = error("request-pattern", _REFUSED)
REQUEST_ENUM = error("request-enum", _REFUSED)

# Requests: what the model does not hold.
REQUEST_CHOICE = error("request-choice", _REFUSED)
REQUEST_TIME = error("request-time", _REFUSED)
REQUEST_REGION = error("request-region", "The job cannot reach it: everything a job uses is in the job's region.")
REQUEST_OBJECT = error("request-object", "The job fails: Ground Truth looks for one object at the URI.")
REQUEST_TAGS = error("request-tags", _REFUSED)
REQUEST_PUBLIC = error("request-public-workforce", "Nobody gets the tasks: the public workforce has been closed.")
REQUEST_ALGORITHM = error("request-algorithm", "The request is refused: custom jobs have no automated labeling.")
REQUEST_BUILT_IN_UI = warning(
    "request-built-in-ui", "The job is one of a built-in task type; no template of yours is shown."
)
REQUEST_CONCURRENCY = warning("request-concurrency", "The request is refused unless AWS support has raised your quota.")
REQUEST_STREAMING = warning(
    "request-streaming", "A streaming job ignores stopping conditions: it runs until it is stopped."
)
REQUEST_ORDER = warning("request-time-order", "A task that is taken late expires while somebody works on it.")
REQUEST_ACCOUNT = warning(
    "request-account", "The request is refused unless the team is shared with the role's account."
)

LABEL_ATTRIBUTE = error("label-attribute", _REFUSED)
FUNCTION_NAME = warning(
    "function-name",
    "With only the managed policy AmazonSageMakerGroundTruthExecution, the job's role may not invoke the function, and the job fails.",
)


def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of this page."""
    return tuple(value for value in globals().values() if isinstance(value, Rule))
