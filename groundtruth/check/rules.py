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


_LINE_FAILS = "The job fails, or the object does."

# Manifests: a line.
MANIFEST_ENCODING = error("manifest-encoding", "The job fails: the manifest cannot be read.")
MANIFEST_BOM = error("manifest-bom", "The job fails: the first line is not JSON.")
MANIFEST_DOCUMENT = error("manifest-document", "The job fails: no line is a data object.")
MANIFEST_JSON = error("manifest-json", "The job fails: the line is no data object.")
MANIFEST_OBJECT = error("manifest-object", "The job fails: the line is no data object.")
MANIFEST_BLANK = error("manifest-blank-line", "The job fails: a blank line is no data object.")
MANIFEST_EMPTY = error("manifest-empty", "The job fails: there is nothing to label.")
MANIFEST_LINE_LENGTH = error("manifest-line-length", _LINE_FAILS)
MANIFEST_ATTRIBUTE_LENGTH = error("manifest-attribute-length", _LINE_FAILS)
MANIFEST_DUPLICATE_KEY = error(
    "manifest-duplicate-key", "One of the two values is dropped, and AWS does not say which."
)
MANIFEST_SOURCE = error("manifest-source", _LINE_FAILS)
MANIFEST_URI = error("manifest-uri", "The object fails: there is nothing to show to workers.")
MANIFEST_RESERVED_KEY = error("manifest-reserved-key", _LINE_FAILS)
MANIFEST_LABEL_COLLISION = error(
    "manifest-label-collision",
    "The object counts as labeled: it goes to no worker, and its own value stands as the label.",
)

# Manifests: the whole.
MANIFEST_COUNT = error("manifest-count", "The job is refused.")
MANIFEST_LABELED = warning(
    "manifest-labeled", "Only lines without the label go to workers; the others are passed through."
)
MANIFEST_REPEATED = warning("manifest-repeated", "Workers label the object once for every line, and each time counts.")
MANIFEST_MIXED = warning("manifest-mixed-sources", "A function or template that expects one kind fails on the other.")
MANIFEST_BUCKETS = warning(
    "manifest-buckets",
    "Images load only from buckets that have a CORS rule, are in the job's region and open to its role.",
)
MANIFEST_IMAGE_TYPE = warning("manifest-image-type", "Browsers do not show it in an image widget: workers see no page.")

# Objects in S3.
OBJECT_MISSING = error("object-missing", "The object fails: there is nothing to show to workers.")
OBJECT_REFUSED = error("object-refused", "The object fails, unless the job's role may read what you may not.")
OBJECT_SIZE = error("object-size", "The image does not load for workers.")


# JSON files.
JSON = error("json", "The file is refused.")
JSON_DUPLICATE_KEY = error("json-duplicate-key", "One of the two values is dropped without a word.")

# Label category configs.
_FUNCTION_REFUSES = "This project's pre-annotation functions refuse the file, and the job fails."
CATEGORIES_LABELS = error("categories-labels", "The job fails: it has no label categories.")
CATEGORIES_NAME = error("categories-name", "The job fails: a category's name is a text of 256 characters at most.")
CATEGORIES_TWICE = error("categories-twice", "The job fails: answers could mean either category.")
CATEGORIES_COUNT = error("categories-count", "The job is refused.")
CATEGORIES_MANY = warning("categories-many", "It is not known whether AWS's element shows more than ten.")
CATEGORIES_INSTRUCTIONS = error("categories-instructions", "The job is refused.")
CATEGORIES_VERSION = warning("categories-version", "Ground Truth may not read the file.")
CATEGORIES_KEY = error("categories-key", _FUNCTION_REFUSES)
CATEGORIES_UNKNOWN = warning("categories-unknown-key", f"Ground Truth ignores it. {_FUNCTION_REFUSES}")


# Templates: Liquid.
_NOT_RENDERED = "The page cannot be rendered: workers see no task, and every object fails."
TEMPLATE_LIQUID = error("template-liquid", _NOT_RENDERED)
TEMPLATE_FILTER = error("template-filter", _NOT_RENDERED)
TEMPLATE_SIZE = error("template-size", "The template is refused.")
TEMPLATE_UNDEFINED = error(
    "template-undefined", "It renders as nothing: everything a template knows stands in task.input."
)

# Templates: elements.
TEMPLATE_SCRIPT = error("template-script", "No Crowd element works: workers can answer nothing and submit nothing.")
TEMPLATE_MODULE = error("template-module", "The script does not run in a worker's page.")
TEMPLATE_FORM = error("template-form", "There is nothing to submit: every task runs out.")
TEMPLATE_OUTSIDE_FORM = error("template-outside-form", "It is no part of the answer.")
TEMPLATE_ELEMENT = error("template-element", "It shows nothing and adds nothing to the answer.")
TEMPLATE_AUGMENTED_AI = warning(
    "template-augmented-ai", "AWS's script has it; the offline Crowd elements do not, and show nothing."
)
TEMPLATE_UNCLOSED = error("template-unclosed", "Everything that follows is taken into it, and may not show.")
TEMPLATE_NAME = error("template-name", "What workers enter there is no part of the answer.")
TEMPLATE_NAME_TWICE = error("template-name-twice", "One of the two overwrites the other in the answer.")
TEMPLATE_ATTRIBUTE = error("template-attribute", "The element does not work: AWS documents the attribute as required.")
TEMPLATE_VALUE = error("template-value", "The element does not work: it cannot read the attribute.")
TEMPLATE_REGION = warning(
    "template-region", "AWS documents the region as required; workers miss what it would tell them."
)
TEMPLATE_LABELS_LIMIT = error("template-labels-limit", "The element is documented to take no more.")
TEMPLATE_LABELS_MANY = warning(
    "template-labels-many",
    "The built-in job takes fifty, but what the element does above its ten is not known.",
)
TEMPLATE_RADIO = warning(
    "template-radio", "It has no effect: a group of radio buttons gives each its own name and cannot be required."
)
TEMPLATE_SUBMIT = warning("template-submit", "The button submits nothing: crowd-form listens to crowd-button alone.")

# Templates: values.
TEMPLATE_S3_URI = error("template-s3-uri", "A browser cannot open an S3 URI: workers see no page.")
TEMPLATE_READ_ACCESS = warning(
    "template-read-access", "If it is an S3 URI, a browser cannot open it, and workers see no page."
)
TEMPLATE_JSON_ATTRIBUTE = warning(
    "template-json-attribute",
    "AWS documents to_json both escaped and not: if it is not, the attribute ends at the first quote.",
)
TEMPLATE_JSON_APOSTROPHE = warning(
    "template-json-apostrophe",
    "AWS documents to_json both escaped and not: if it is not, an apostrophe in the data ends the attribute.",
)
TEMPLATE_JSON_TEXT = warning(
    "template-json-text", "AWS documents to_json both escaped and not: if it is not, data becomes markup of the page."
)
TEMPLATE_SCRIPT_VALUE = warning(
    "template-script-value",
    "Liquid escapes for HTML, not for JavaScript: quotes arrive as entities, or end the script.",
)
TEMPLATE_SKIP_AUTOESCAPE = warning(
    "template-skip-autoescape", "What stands in the data becomes markup and script of the page."
)


# Template, task input and label categories together.
TASK_FUNCTION = error("task-function", 'The whole job fails with "Exception invoking the Lambda function".')
TASK_ANSWER = error("task-answer", "The object has no task, and the job fails.")
TASK_ANSWER_FORM = warning("task-answer-form", "It is not documented what Ground Truth makes of it.")
TASK_RENDER = error("task-render", _NOT_RENDERED)
TASK_UNDEFINED = warning("task-undefined", "It renders as nothing.")
LABELS_UNKNOWN = error(
    "labels-unknown", "Workers can choose what the job does not know: those answers count for no category."
)
LABELS_MISSING = warning("labels-missing", "Workers can never give that label.")


# A stack, and what a job uses there.
STACK_MISSING = error("stack-missing", "No job can be started from it.")
STACK_STATUS = error("stack-status", "What it holds may be half made or half removed.")
STACK_OUTPUT = error("stack-output", "No job request can be made from the stack's outputs alone.")
STACK_UNSEEN = warning("stack-unseen", "It is not known whether a job would work.")
FUNCTION_MISSING = error("function-missing", 'The whole job fails with "Exception invoking the Lambda function".')
FUNCTION_CATEGORIES = error("function-categories", "The pre-annotation function fails, and with it the job.")
FUNCTION_ANSWERS = error(
    "function-answers", "The consolidation function cannot read the workers' answers: no object gets a label."
)
ROLE_MISSING = error("role-missing", "The request is refused.")
ROLE_TRUST = error("role-trust", "The request is refused: Ground Truth cannot become the role.")
ROLE_INVOKE = error("role-invoke", "The job fails, unless the function's own policy lets the role invoke it.")
ROLE_S3 = error("role-s3", "The job fails, unless the bucket's own policy lets the role in.")
ROLE_KMS = error(
    "role-kms", "The job fails when it writes its output, unless the key's own policy lets the role use it."
)
BUCKET_MISSING = error("bucket-missing", "The job fails: there is no such bucket.")
BUCKET_REGION = error(
    "bucket-region", "The job is refused, or its images do not load: everything must be in the job's region."
)
BUCKET_CORS = error("bucket-cors", "The page image does not load, and workers cannot submit.")


def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of this page."""
    return tuple(value for value in globals().values() if isinstance(value, Rule))
