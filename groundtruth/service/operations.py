"""SageMaker's operations: each takes a request's members and gives the answer's."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from groundtruth.errors import ApiError, TemplateError
from groundtruth.functions import Functions
from groundtruth.service.jobs import JobFilter, LabelingJobs
from groundtruth.service.listing import DEFAULT_RESULTS, Listing
from groundtruth.service.requests import team_of_arn
from groundtruth.service.tagging import Tagging
from groundtruth.service.team_requests import TeamRequests
from groundtruth.service.validation import refuse, refuse_bad_job, refuse_bad_request
from groundtruth.storage import Storage
from groundtruth.templates import render

type Request = Mapping[str, Any]
type Answer = dict[str, Any]

_JOB_COLUMNS = {"Name": "name", "CreationTime": "created_at", "Status": "status"}
_TEAM_COLUMNS = {"Name": "name", "CreateDate": "created_at"}


@dataclass(frozen=True)
class Operations:
    """What the API does. sign: makes the read access that RenderUiTemplate grants."""

    jobs: LabelingJobs
    teams: TeamRequests
    tagging: Tagging
    storage: Storage
    functions: Functions
    sign: Callable[[str], str]

    @property
    def names(self) -> tuple[str, ...]:
        """The operations that are served."""
        return tuple(_SERVED)

    def call(self, operation: str, request: Request, region: str) -> Answer:
        """Do what a request asks for. Raises ApiError, with AWS's codes."""
        serve = _SERVED.get(operation)
        if serve is None:
            raise ApiError(
                "UnknownOperationException",
                f'The operation "{operation}" is not served here. There are: {", ".join(_SERVED)}.',
            )
        warnings = refuse_bad_request(operation, request)
        return serve(self, request, _Caller(region, warnings))


@dataclass(frozen=True)
class _Caller:
    """region: that the client signed for. warnings: what may be wrong with the request."""

    region: str
    warnings: tuple[str, ...]


def _create_labeling_job(service: Operations, request: Request, caller: _Caller) -> Answer:
    arn = request["HumanTaskConfig"]["WorkteamArn"]
    if not service.teams.has(team_of_arn(arn)):
        refuse([f'WorkteamArn: there is no work team "{team_of_arn(arn)}" here. Make it first, with CreateWorkteam.'])
    refuse_bad_job(request, service.storage, service.functions)
    job_arn = service.jobs.create(request, caller.region, caller.warnings)
    if tags := request.get("Tags"):
        service.tagging.add(job_arn, tags)
    return {"LabelingJobArn": job_arn}


def _describe_labeling_job(service: Operations, request: Request, _: _Caller) -> Answer:
    described = service.jobs.describe(request["LabelingJobName"])
    return described | {"Tags": service.tagging.list(described["LabelingJobArn"])}


def _list_labeling_jobs(service: Operations, request: Request, _: _Caller) -> Answer:
    which = JobFilter(request.get("NameContains"), request.get("StatusEquals"))
    page = service.jobs.list(which, _listing(request, _JOB_COLUMNS, "CreationTime"))
    return _page("LabelingJobSummaryList", page.entries, page.next_token)


def _list_labeling_jobs_for_workteam(service: Operations, request: Request, _: _Caller) -> Answer:
    team = team_of_arn(request["WorkteamArn"])
    if not service.teams.has(team):
        raise ApiError("ResourceNotFound", f'There is no work team "{team}". ListWorkteams tells the ones there are.')
    which = JobFilter(team=team, code_contains=request.get("JobReferenceCodeContains"))
    page = service.jobs.list_for_team(which, _listing(request, _JOB_COLUMNS, "CreationTime"))
    return _page("LabelingJobSummaryList", page.entries, page.next_token)


def _stop_labeling_job(service: Operations, request: Request, _: _Caller) -> Answer:
    service.jobs.stop(request["LabelingJobName"])
    return {}


def _render_ui_template(service: Operations, request: Request, _: _Caller) -> Answer:
    try:
        task_input = json.loads(request["Task"]["Input"])
        content = render(request["UiTemplate"]["Content"], task_input, sign=service.sign, name="UiTemplate.Content")
    except ValueError as error:
        return _not_rendered("InvalidTaskInput", f"Task.Input is not JSON: {error}.")
    except TemplateError as error:
        return _not_rendered("InvalidTemplate", str(error))
    return {"RenderedContent": content, "Errors": []}


def _not_rendered(code: str, message: str) -> Answer:
    return {"RenderedContent": "", "Errors": [{"Code": code, "Message": message}]}


def _create_workteam(service: Operations, request: Request, caller: _Caller) -> Answer:
    arn = service.teams.create(request, caller.region)
    if tags := request.get("Tags"):
        service.tagging.add(arn, tags)
    return {"WorkteamArn": arn}


def _describe_workteam(service: Operations, request: Request, _: _Caller) -> Answer:
    return {"Workteam": service.teams.describe(request["WorkteamName"])}


def _list_workteams(service: Operations, request: Request, _: _Caller) -> Answer:
    page = service.teams.list(request.get("NameContains"), _listing(request, _TEAM_COLUMNS, "Name"))
    return _page("Workteams", page.entries, page.next_token)


def _update_workteam(service: Operations, request: Request, _: _Caller) -> Answer:
    return {"Workteam": service.teams.update(request)}


def _delete_workteam(service: Operations, request: Request, _: _Caller) -> Answer:
    service.teams.delete(request["WorkteamName"])
    return {"Success": True}


def _add_tags(service: Operations, request: Request, _: _Caller) -> Answer:
    return {"Tags": service.tagging.add(request["ResourceArn"], request["Tags"])}


def _list_tags(service: Operations, request: Request, _: _Caller) -> Answer:
    return {"Tags": service.tagging.list(request["ResourceArn"])}


def _delete_tags(service: Operations, request: Request, _: _Caller) -> Answer:
    service.tagging.remove(request["ResourceArn"], request["TagKeys"])
    return {}


_SERVED: Mapping[str, Callable[[Operations, Request, _Caller], Answer]] = {
    "CreateLabelingJob": _create_labeling_job,
    "DescribeLabelingJob": _describe_labeling_job,
    "ListLabelingJobs": _list_labeling_jobs,
    "ListLabelingJobsForWorkteam": _list_labeling_jobs_for_workteam,
    "StopLabelingJob": _stop_labeling_job,
    "RenderUiTemplate": _render_ui_template,
    "CreateWorkteam": _create_workteam,
    "DescribeWorkteam": _describe_workteam,
    "ListWorkteams": _list_workteams,
    "UpdateWorkteam": _update_workteam,
    "DeleteWorkteam": _delete_workteam,
    "AddTags": _add_tags,
    "ListTags": _list_tags,
    "DeleteTags": _delete_tags,
}


def _listing(request: Request, columns: Mapping[str, str], default: str) -> Listing:
    return Listing(
        sort_by=columns[request.get("SortBy", default)],
        is_descending=request.get("SortOrder") == "Descending",
        results=request.get("MaxResults", DEFAULT_RESULTS),
        token=request.get("NextToken"),
        created_after=_seconds(request, "CreationTimeAfter"),
        created_before=_seconds(request, "CreationTimeBefore"),
        modified_after=_seconds(request, "LastModifiedTimeAfter"),
        modified_before=_seconds(request, "LastModifiedTimeBefore"),
    )


def _seconds(request: Request, member: str) -> float | None:
    value = request.get(member)
    if isinstance(value, str):
        raise ApiError(
            "SerializationException", f"{member} is {json.dumps(value)}, not a number of seconds since the epoch."
        )
    return None if value is None else float(value)


def _page(name: str, entries: tuple[Answer, ...], next_token: str | None) -> Answer:
    return {name: list(entries)} | ({"NextToken": next_token} if next_token else {})
