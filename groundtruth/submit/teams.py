"""The work team that a job goes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groundtruth.errors import RequestError, ServiceError
from groundtruth.status import Connection
from groundtruth.submit.places import LOCAL_ACCOUNT

_PRIVATE = ":workteam/private-crowd/"
_PUBLIC = ":workteam/public-crowd/"
_NAMED = 10


@dataclass(frozen=True)
class Team:
    """A work team. to_make: it is made when the job is submitted, which only the local service permits. portal: where its people work."""

    arn: str
    to_make: bool = False
    portal: str = ""

    @property
    def name(self) -> str:
        """Its name."""
        return self.arn.rsplit("/", 1)[-1]

    @property
    def is_private(self) -> bool:
        """Whether its people are one's own, not a vendor's."""
        return _PRIVATE in self.arn


def find_team(connection: Connection, given: str | None) -> Team:
    """The team of an ARN or a name; the only one there is when none is given. Raises RequestError when it is not to be found."""
    if given is None:
        return _only_team(connection)
    if given.startswith("arn:"):
        return _by_arn(connection, given)
    described = connection.sagemaker("describe_workteam", WorkteamName=given)
    if described is not None:
        return _team(connection, described["Workteam"])
    if connection.is_local:
        return Team(
            f"arn:aws:sagemaker:{connection.region}:{LOCAL_ACCOUNT}{_PRIVATE}{given}", True, _portal(connection, {})
        )
    raise RequestError(
        f'--workteam: there is no private work team "{given}" in {connection.region}. {_known(connection)}'
    )


def make_team(connection: Connection, team: Team) -> None:
    """Make the team on the local service; people join it with `groundtruth worker add`."""
    connection.sagemaker(
        "create_workteam",
        WorkteamName=team.name,
        Description=team.name,
        MemberDefinitions=[{"OidcMemberDefinition": {"Groups": [team.name]}}],
    )


def region_of_team(given: str | None) -> str | None:
    """The region that a team's ARN names: the job's."""
    parts = (given or "").split(":")
    return parts[3] if len(parts) > 5 and parts[0] == "arn" and parts[3] and _PUBLIC not in (given or "") else None


def _by_arn(connection: Connection, arn: str) -> Team:
    if _PRIVATE not in arn:
        return Team(
            arn
        )  # a vendor's is not described by DescribeWorkteam; what is no team's ARN at all, the checks say
    name = arn.rsplit("/", 1)[-1]
    try:
        described = connection.sagemaker("describe_workteam", WorkteamName=name)
    except ServiceError:  # one may start jobs without being allowed to look at teams
        return Team(arn)
    if described is None:
        raise RequestError(f'--workteam: there is no private work team "{name}". {_known(connection)}')
    return Team(arn, portal=_portal(connection, described["Workteam"]))


def _only_team(connection: Connection) -> Team:
    teams = _teams(connection)
    if len(teams) == 1:
        return _team(connection, teams[0])
    raise RequestError(f"--workteam: say which work team the job is for. {_known(connection)}")


def _known(connection: Connection) -> str:
    names = [team["WorkteamName"] for team in _teams(connection)]
    more = ", ..." if len(names) > _NAMED else ""
    if names:
        return f"There are: {', '.join(names[:_NAMED])}{more}."
    if connection.is_local:
        return "There is none yet; a name of yours makes one: --workteam clerks."
    return "There is none: make one in the SageMaker console, under Ground Truth, Labeling workforces."


def _teams(connection: Connection) -> list[Mapping[str, Any]]:
    return list((connection.sagemaker("list_workteams", MaxResults=100) or {}).get("Workteams", ()))


def _team(connection: Connection, described: Mapping[str, Any]) -> Team:
    return Team(described["WorkteamArn"], portal=_portal(connection, described))


def _portal(connection: Connection, described: Mapping[str, Any]) -> str:
    if connection.is_local:
        return f"{connection.client('sagemaker').meta.endpoint_url}/portal/"
    domain = described.get("SubDomain", "")
    return f"https://{domain}" if domain else ""
