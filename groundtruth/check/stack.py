"""Checks a deployed stack, and what a job would use there: functions, execution role, buckets (contract section 3)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from groundtruth.check import rules
from groundtruth.check.account import Account, RefusedError, Role
from groundtruth.check.finding import Finding
from groundtruth.check.policies import allows, trusts
from groundtruth.check.request import INVOCABLE_WORDS
from groundtruth.errors import InputError
from groundtruth.jobs.simulated import functions_of_task
from groundtruth.storage import S3Location

_CORS_REMEDY = (
    'Give the bucket a CORS rule with AllowedMethods ["GET"], AllowedOrigins ["*"] and ExposeHeaders '
    '["Access-Control-Allow-Origin"], as in docs/deploy.md.'
)
_JOB_FUNCTIONS = ("PreAnnotationArn", "ConsolidationArn")
"""How the outputs end that name functions of jobs; a stack has others."""
_TASKS = ("document-type", "invoice-boxes", "invoice-fields")


@dataclass(frozen=True)
class JobParts:
    """What a job would use. functions: an output's or a request member's name to an ARN. images: bucket to one key of it. job: its name."""

    region: str
    partition: str = "aws"
    role: str | None = None
    functions: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    output: S3Location | None = None
    key: str | None = None
    job: str | None = None


def stack_findings(
    account: Account,
    name: str,
    *,
    task_type: str | None = None,
    images: Mapping[str, str] | None = None,
    request: Mapping[str, Any] | None = None,
    coming: frozenset[str] = frozenset(),
) -> tuple[list[Finding], dict[str, object]]:
    """Everything that is wrong with a stack, and what it holds.

    images: the buckets that the job's manifest names, each with one key. request: a job request, whose role, functions and output replace the stack's.
    coming: S3 URIs of objects that will be there when the job starts. Raises RequestError when AWS cannot be asked.
    """
    check = _StackCheck(account, f"stack {name}", coming)
    remedy = "Deploy it, or name another stack, region or --endpoint-url."
    stack = check.seen(lambda: account.stack(name), rules.STACK_MISSING.finding(f'There is no stack "{name}".', remedy))
    if stack is None:
        return check.findings, {}
    outputs: dict[str, str] = stack["Outputs"]
    check.status(stack["StackStatus"])
    check.outputs(outputs, task_type)
    parts = _with_request(_parts(stack["StackId"], outputs), request or {})
    parts = replace(parts, images={**parts.images, **(images or {})})
    check.buckets(parts)
    role = check.role(parts)
    check.functions(parts, role)
    return check.findings, {"region": parts.region, "functions": sorted(parts.functions.values()), "role": parts.role}


def _parts(stack_id: str, outputs: Mapping[str, str]) -> JobParts:
    arn = stack_id.split(":")
    functions = {key: value for key, value in outputs.items() if key.endswith(_JOB_FUNCTIONS) and ":function:" in value}
    output = outputs.get("OutputUri")
    bucket = outputs.get("BucketName")
    return JobParts(
        region=arn[3],
        partition=arn[1],
        role=outputs.get("ExecutionRoleArn"),
        functions=functions,
        images={bucket: "pages/page.png"} if bucket else {},
        output=_location(output),
        key=outputs.get("OutputKmsKeyArn"),
    )


def _with_request(parts: JobParts, request: Mapping[str, Any]) -> JobParts:
    """The parts that the request names instead of the stack's."""
    human = request.get("HumanTaskConfig")
    human = human if isinstance(human, Mapping) else {}
    consolidation = human.get("AnnotationConsolidationConfig")
    consolidation = consolidation if isinstance(consolidation, Mapping) else {}
    arns = {
        "PreHumanTaskLambdaArn": human.get("PreHumanTaskLambdaArn"),
        "AnnotationConsolidationLambdaArn": consolidation.get("AnnotationConsolidationLambdaArn"),
    }
    given = {name: arn for name, arn in arns.items() if isinstance(arn, str) and arn.count(":") >= 6}
    target = request.get("OutputConfig")
    target = target if isinstance(target, Mapping) else {}
    role = request.get("RoleArn")
    return replace(
        parts,
        functions=given or parts.functions,
        role=role if isinstance(role, str) else parts.role,
        output=_location(target.get("S3OutputPath")) or parts.output,
        key=target.get("KmsKeyId") or parts.key,
        job=name if isinstance(name := request.get("LabelingJobName"), str) else None,
    )


def _location(uri: object) -> S3Location | None:
    try:
        return S3Location.parse(uri) if isinstance(uri, str) else None
    except InputError:
        return None


class _StackCheck:
    """One check of one stack; collects findings, and what the caller may not see."""

    def __init__(self, account: Account, file: str, coming: frozenset[str] = frozenset()) -> None:
        self.findings: list[Finding] = []
        self._coming = coming
        self._account = account
        self._file = file

    def add(self, finding: Finding) -> None:
        self.findings.append(replace(finding, file=self._file))

    def seen[T](self, look: Callable[[], T | None], missing: Finding | None = None) -> T | None:
        """What a look at the account shows; None, with a finding, when it shows nothing or the caller may not look.

        missing: the finding when it shows nothing.
        """
        try:
            found = look()
        except RefusedError as error:
            message = f"You may not call {error}, so that it could not be checked."
            self.add(rules.STACK_UNSEEN.finding(message, "Run the check with credentials that may read the stack."))
            return None
        if found is None and missing is not None:
            self.add(missing)
        return found

    def status(self, status: str) -> None:
        if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"}:
            remedy = "Wait until it is complete, or correct what CloudFormation's events name."
            self.add(rules.STACK_STATUS.finding(f"The stack is {status}.", remedy))

    def outputs(self, outputs: Mapping[str, str], task_type: str | None) -> None:
        wanted = ["ExecutionRoleArn", "BucketName", "OutputUri"]
        for task in [task_type] if task_type else _TASKS:
            wanted += [f"{name}Arn" for name in functions_of_task(task)]
        for name in wanted:
            if name not in outputs:
                remedy = "Deploy the toolkit's template.yaml, or name the parts in a job request with --request."
                self.add(rules.STACK_OUTPUT.finding(f"The stack has no output {name}.", remedy, path=name))

    def buckets(self, parts: JobParts) -> None:
        names = [*parts.images, *([parts.output.bucket] if parts.output else [])]
        for bucket in dict.fromkeys(names):
            missing = rules.BUCKET_MISSING.finding(
                f'There is no bucket "{bucket}".', "Name one that exists.", path=bucket
            )
            region = self.seen(partial(self._account.bucket_region, bucket), missing)
            if region is None:
                continue
            if region != parts.region:
                message = f'The bucket "{bucket}" is in {region}, the stack in {parts.region}.'
                self.add(rules.BUCKET_REGION.finding(message, f"Use a bucket in {parts.region}.", path=bucket))
            if bucket in parts.images:
                self._cors(bucket)

    def _cors(self, bucket: str) -> None:
        cors = self.seen(lambda: self._account.cors_rules(bucket))
        if cors is None:
            return
        if not any("GET" in rule["AllowedMethods"] and rule["AllowedOrigins"] for rule in cors):
            having = "has CORS rules, none of which lets workers' pages GET" if cors else "has no CORS rule"
            self.add(rules.BUCKET_CORS.finding(f'The bucket "{bucket}" {having}.', _CORS_REMEDY, path=bucket))

    def role(self, parts: JobParts) -> Role | None:
        if parts.role is None:
            return None
        message = f"There is no role {parts.role}."
        missing = rules.ROLE_MISSING.finding(message, "Name the stack's ExecutionRoleArn.", path="RoleArn")
        role = self.seen(partial(self._account.role, parts.role), missing)
        if role is None:
            return None
        if not trusts(role.trust, "Service", "sagemaker.amazonaws.com"):
            message = f"The role {parts.role} does not trust sagemaker.amazonaws.com."
            remedy = "Add sagemaker.amazonaws.com with sts:AssumeRole to its trust policy."
            self.add(rules.ROLE_TRUST.finding(message, remedy, path="RoleArn"))
        policies = self.seen(lambda: role.policies)
        if policies is not None:
            self._permissions(parts, policies)
        return role

    def _permissions(self, parts: JobParts, policies: Iterable[Mapping[str, Any]]) -> None:
        documents = list(policies)

        def need(rule: Any, action: str, resource: str) -> None:
            if not allows(documents, action, resource):
                message = f"The role {parts.role} may not {action} on {resource}."
                self.add(rule.finding(message, f"Allow {action} on {resource} in one of its policies.", path="RoleArn"))

        s3 = f"arn:{parts.partition}:s3:::"
        for arn in parts.functions.values():
            need(rules.ROLE_INVOKE, "lambda:InvokeFunction", arn)
        for bucket, key in parts.images.items():
            need(rules.ROLE_S3, "s3:GetObject", f"{s3}{bucket}/{key}")
            need(rules.ROLE_S3, "s3:ListBucket", f"{s3}{bucket}")
        if parts.output is not None:
            output = parts.output.joined("job", "manifests", "output", "output.manifest")
            need(rules.ROLE_S3, "s3:PutObject", f"{s3}{output.bucket}/{output.key}")
        if parts.key is not None and parts.key.startswith("arn:"):
            for action in ("kms:GenerateDataKey", "kms:Decrypt"):
                need(rules.ROLE_KMS, action, parts.key)

    def functions(self, parts: JobParts, role: Role | None) -> None:
        for name, arn in parts.functions.items():
            message = f"{name}: there is no function {arn}."
            missing = rules.FUNCTION_MISSING.finding(message, "Deploy it, or name another.", path=name)
            function = self.seen(partial(self._account.call, "lambda", "get_function", FunctionName=arn), missing)
            if function is None:
                continue
            configuration = function["Configuration"]
            self._name(name, configuration["FunctionName"], role, arn)
            variables = configuration.get("Environment", {}).get("Variables", {})
            self._categories(name, variables, parts.job)
            if "consolidation" in name.lower():
                self._reads_answers(name, configuration["Role"], parts, role)

    def _name(self, name: str, function: str, role: Role | None, arn: str) -> None:
        """A name outside of the managed policy's words matters only to a role that has nothing better."""
        if any(word in function for word in INVOCABLE_WORDS):
            return
        policies = self.seen(lambda: role.policies) if role is not None else None
        if policies is not None and allows(policies, "lambda:InvokeFunction", arn):
            return
        message = f'{name}: the name "{function}" contains none of {", ".join(INVOCABLE_WORDS)}.'
        self.add(
            rules.FUNCTION_NAME.finding(message, "Give the function a FunctionName with SageMaker in it.", path=name)
        )

    def _categories(self, name: str, variables: Mapping[str, str], job: str | None) -> None:
        """A function of this toolkit finds its label category config where its environment says: the job's own, else the task type's."""
        prefix, task = _location(variables.get("LABEL_CATEGORIES_URI")), variables.get("TASK_TYPE")
        if prefix is None or task is None or "consolidation" in name.lower():
            return
        config = prefix.joined(f"{task}.json")
        own = prefix.joined(f"{job.lower()}.json") if job else config
        if not self._coming.isdisjoint({str(own), str(config)}):
            return
        if own != config and self.seen(partial(self._account.head, own.bucket, own.key)) is not None:
            return
        message = f"{name}: its label category config {config} does not exist."
        remedy = f"Upload it: aws s3 cp label_categories/{task}.json {config}"
        missing = rules.FUNCTION_CATEGORIES.finding(message, remedy, path=name)
        self.seen(partial(self._account.head, config.bucket, config.key), missing)

    def _reads_answers(self, name: str, function_role: str, parts: JobParts, role: Role | None) -> None:
        """By its own right, or by assuming the job's role, which must trust it."""
        own = self.seen(lambda: self._account.role(function_role))
        policies = self.seen(lambda: own.policies) if own is not None else None
        if policies is None or parts.output is None:
            return
        payload = parts.output.joined(
            "job", "annotations", "consolidated-annotation", "consolidation-request", "1.json"
        )
        if allows(policies, "s3:GetObject", f"arn:{parts.partition}:s3:::{payload.bucket}/{payload.key}"):
            return
        if (
            role is not None
            and allows(policies, "sts:AssumeRole", role.arn)
            and trusts(role.trust, "AWS", function_role)
        ):
            return
        message = f"{name}: its role {function_role} may neither read {parts.output}*/annotations/* nor assume the job's role."
        remedy = "Allow s3:GetObject there; or sts:AssumeRole on the job's role, whose trust policy then lists the function's."
        self.add(rules.FUNCTION_ANSWERS.finding(message, remedy, path=name))
