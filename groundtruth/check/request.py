"""Checks a SageMaker request as the service would, and by the rules that its model does not hold (contract section 9).

`request_findings` is pure: no file, no network. The local service refuses by it, and `groundtruth check` reports it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from groundtruth.check import rules
from groundtruth.check.finding import Finding
from groundtruth.check.model import member, model_findings, shown

LONGEST_TASK = 28_800
"""Seconds that a custom job's task may be worked on (API reference, HumanTaskConfig)."""

LONGEST_LIFETIME = 2_592_000
"""Seconds that a task may wait for a private or vendor team."""

CONCURRENT_WITHOUT_QUOTA = 1000

INVOCABLE_WORDS = ("GtRecipe", "LabelingFunction", "SageMaker", "sagemaker", "Sagemaker")
"""AmazonSageMakerGroundTruthExecution may invoke functions whose name contains one of these (version 3)."""

_RESERVED = {"source", "source-ref"}
_BUILT_IN = ("PRE-", "ACS-")


def request_findings(operation: str, request: Mapping[str, Any]) -> list[Finding]:
    """Everything that is wrong with a request to a SageMaker operation; an empty list when nothing is.

    operation: as the API has it, `CreateLabelingJob`. request: its members. Findings have a JSON path and no file.
    Raises RequestError when SageMaker has no such operation.
    """
    findings = list(model_findings(operation, request))
    broken = {finding.path for finding in findings}
    extra = _EXTRA_RULES.get(operation)
    if extra is not None:
        view = _View(request, broken)
        findings += extra(view)
    return findings


def label_attribute_findings(name: str, path: str = "LabelAttributeName", *, custom: bool = True) -> Iterator[Finding]:
    """What is wrong with a label attribute's name beyond the model's pattern (contract section 2.4).

    custom: whether the job is one of a custom workflow; some built-in task types need a name that ends in `-ref`.
    """
    if name in _RESERVED:
        yield rules.LABEL_ATTRIBUTE.finding(
            f'{path} is "{name}", which is the data object\'s own key.', "Name it after what is labeled.", path=path
        )
    for ending, reason in (
        ("-metadata", "Ground Truth's own keys end so"),
        ("-ref", "only mask and video labels end so"),
    ):
        if name.endswith(ending) and name not in _RESERVED and (custom or ending == "-metadata"):
            yield rules.LABEL_ATTRIBUTE.finding(
                f'{path} is "{name}", which ends in "{ending}": {reason}.', f'Leave out "{ending}".', path=path
            )


class _View:
    """A request of which members may be missing or broken: those read as absent, for the model has spoken of them."""

    def __init__(self, request: Mapping[str, Any], broken: set[str]) -> None:
        self._request = request
        self._broken = broken

    def get(self, path: str) -> Any:
        value: Any = self._request
        walked = ""
        for name in path.split("."):
            walked = member(walked, name)
            if not isinstance(value, Mapping) or name not in value or walked in self._broken:
                return None
            value = value[name]
        return value

    def has(self, path: str) -> bool:
        """Whether a member is there, be it right or wrong."""
        parent, _, name = path.rpartition(".")
        value = self.get(parent) if parent else self._request
        return isinstance(value, Mapping) and name in value


_HUMAN = "HumanTaskConfig"
_PRE = f"{_HUMAN}.PreHumanTaskLambdaArn"
_POST = f"{_HUMAN}.AnnotationConsolidationConfig.AnnotationConsolidationLambdaArn"
_UI = f"{_HUMAN}.UiConfig"
_TEMPLATE = f"{_UI}.UiTemplateS3Uri"
_TEAM = f"{_HUMAN}.WorkteamArn"
_S3 = "InputConfig.DataSource.S3DataSource"
_SNS = "InputConfig.DataSource.SnsDataSource"


def _labeling_job(request: _View) -> list[Finding]:
    custom = not any(name.startswith(_BUILT_IN) for _, name in _functions(request))
    name = request.get("LabelAttributeName")
    return [
        *(label_attribute_findings(name, custom=custom) if name else ()),
        *_sources(request),
        *_ui(request),
        *_objects(request),
        *_times(request, custom),
        *_team(request),
        *_regions(request),
        *_function_names(request),
        *_streaming_and_learning(request, custom),
        *_tags(request),
    ]


def _functions(request: _View) -> list[tuple[str, str]]:
    """The job's functions: the path of each one's ARN, and its name."""
    arns = ((path, request.get(path)) for path in (_PRE, _POST))
    return [(path, arn.split(":function:")[1].split(":")[0]) for path, arn in arns if arn]


def _sources(request: _View) -> Iterator[Finding]:
    at = "InputConfig.DataSource"
    if request.get(at) is not None and not request.has(_S3) and not request.has(_SNS):
        yield rules.REQUEST_CHOICE.finding(
            f"{at} names neither a manifest nor a topic.", "Add S3DataSource.ManifestS3Uri.", path=at
        )


def _ui(request: _View) -> Iterator[Finding]:
    if request.get(_UI) is None:
        return
    has_template, has_own = request.has(_TEMPLATE), request.has(f"{_UI}.HumanTaskUiArn")
    if has_template == has_own:
        yield rules.REQUEST_CHOICE.finding(
            f"{_UI} names {'both a template and a built-in interface' if has_own else 'no template'}.",
            "Give UiTemplateS3Uri, and no HumanTaskUiArn.",
            path=_UI,
        )
    elif has_own:
        yield rules.REQUEST_BUILT_IN_UI.finding(
            f"{_UI} names a built-in interface.",
            "For a custom job, give UiTemplateS3Uri.",
            path=f"{_UI}.HumanTaskUiArn",
        )


def _objects(request: _View) -> Iterator[Finding]:
    for path in (f"{_S3}.ManifestS3Uri", _TEMPLATE, "LabelCategoryConfigS3Uri"):
        uri = request.get(path)
        if uri and (uri.endswith("/") or "/" not in uri.split("://", 1)[1]):
            yield rules.REQUEST_OBJECT.finding(
                f"{path} is {shown(uri)}, which names no object.", "Write s3://bucket/key of the file.", path=path
            )


def _times(request: _View, custom: bool) -> Iterator[Finding]:
    limit_at, lifetime_at = f"{_HUMAN}.TaskTimeLimitInSeconds", f"{_HUMAN}.TaskAvailabilityLifetimeInSeconds"
    limit, lifetime = request.get(limit_at), request.get(lifetime_at)
    for path, value, most in (
        (limit_at, limit if custom else None, LONGEST_TASK),
        (lifetime_at, lifetime, LONGEST_LIFETIME),
    ):
        if value and value > most:
            yield rules.REQUEST_TIME.finding(
                f"{path} is {value:,}; it takes {most:,} at most.", f"Write {most} or less.", path=path
            )
    if limit and lifetime and lifetime < limit:
        yield rules.REQUEST_ORDER.finding(
            f"Tasks are available for {lifetime:,} s, less than the {limit:,} s that a worker may take.",
            "Make TaskAvailabilityLifetimeInSeconds the longer one.",
            path=lifetime_at,
        )
    concurrent = request.get(at := f"{_HUMAN}.MaxConcurrentTaskCount")
    if concurrent and concurrent > CONCURRENT_WITHOUT_QUOTA:
        yield rules.REQUEST_CONCURRENCY.finding(
            f"{at} is {concurrent:,}; more than {CONCURRENT_WITHOUT_QUOTA:,} needs a raised quota.",
            f"Write {CONCURRENT_WITHOUT_QUOTA} or less, or ask AWS support.",
            path=at,
        )


def _team(request: _View) -> Iterator[Finding]:
    team = request.get(_TEAM)
    if team and "/public-crowd/" in team:
        yield rules.REQUEST_PUBLIC.finding(f"{_TEAM} is the public workforce.", "Name a private team.", path=_TEAM)
    if request.has(at := f"{_HUMAN}.PublicWorkforceTaskPrice"):
        yield rules.REQUEST_PUBLIC.finding(f"{at} is a price for the public workforce.", "Remove it.", path=at)
    role = request.get("RoleArn")
    if team and role and "/private-crowd/" in team and team.split(":")[4] != role.split(":")[4]:
        yield rules.REQUEST_ACCOUNT.finding(
            f"The team is in the account {team.split(':')[4]}, the role in {role.split(':')[4]}.",
            "Name a role and a team of the account that starts the job.",
            path=_TEAM,
        )


def _regions(request: _View) -> Iterator[Finding]:
    """A job's region is its work team's; functions and topics must be there too."""
    team = request.get(_TEAM)
    if not team or "/public-crowd/" in team:
        return
    region = team.split(":")[3]
    for path in (_PRE, _POST, f"{_SNS}.SnsTopicArn", "OutputConfig.SnsTopicArn"):
        arn = request.get(path)
        if arn and arn.split(":")[3] != region:
            yield rules.REQUEST_REGION.finding(
                f"{path} is in {arn.split(':')[3] or 'no region'}, the work team in {region}.",
                f"Name one in {region}.",
                path=path,
            )


def _function_names(request: _View) -> Iterator[Finding]:
    for path, name in _functions(request):
        if not name.startswith(_BUILT_IN) and not any(word in name for word in INVOCABLE_WORDS):
            yield rules.FUNCTION_NAME.finding(
                f'The function\'s name "{name}" contains none of: {", ".join(INVOCABLE_WORDS)}.',
                "Give the function a FunctionName with SageMaker in it, or the role lambda:InvokeFunction on its ARN.",
                path=path,
            )


def _streaming_and_learning(request: _View, custom: bool) -> Iterator[Finding]:
    if request.has(_SNS) and request.has("StoppingConditions"):
        yield rules.REQUEST_STREAMING.finding(
            "A streaming job has StoppingConditions.",
            "Remove them, and stop the job when it is done.",
            path="StoppingConditions",
        )
    if custom and request.has(at := "LabelingJobAlgorithmsConfig"):
        yield rules.REQUEST_ALGORITHM.finding(f"{at} asks for automated labeling.", f"Remove {at}.", path=at)


def _tags(request: _View) -> Iterator[Finding]:
    seen = set()
    for index, tag in enumerate(request.get("Tags") or ()):
        key = tag.get("Key") if isinstance(tag, Mapping) else None
        if isinstance(key, str) and key in seen:
            yield rules.REQUEST_TAGS.finding(
                f'Tags holds the key "{key}" twice.', "Keep one of them.", path=f"Tags[{index}].Key"
            )
        seen.add(key if isinstance(key, str) else None)


def _render(request: _View) -> list[Finding]:
    if request.has("UiTemplate") != request.has("HumanTaskUiArn"):
        return []
    message = "The request names both a template and a built-in interface, or neither."
    return [rules.REQUEST_CHOICE.finding(message, "Give UiTemplate.Content, and no HumanTaskUiArn.", path="UiTemplate")]


def _workteam(request: _View) -> list[Finding]:
    kinds = ("CognitoMemberDefinition", "OidcMemberDefinition")
    return [
        rules.REQUEST_CHOICE.finding(
            f"MemberDefinitions[{index}] must hold one of {' and '.join(kinds)}.",
            "Give one.",
            path=f"MemberDefinitions[{index}]",
        )
        for index, entry in enumerate(request.get("MemberDefinitions") or ())
        if isinstance(entry, Mapping) and sum(kind in entry for kind in kinds) != 1
    ]


_EXTRA_RULES = {
    "CreateLabelingJob": _labeling_job,
    "RenderUiTemplate": _render,
    "CreateWorkteam": _workteam,
    "UpdateWorkteam": _workteam,
}
