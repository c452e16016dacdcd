"""What the service decides where AWS documents nothing, each with our choice as the default."""

from dataclasses import dataclass, field

from groundtruth.jobs import EngineSettings

DAY = 86_400.0


@dataclass(frozen=True)
class ServiceSettings:
    """Times are in seconds.

    engine: what simulated jobs decide as well. longest_pause: a task that its worker stopped to resume later goes back to the team after
    this. job_lifetime: a job that is not done by then ends (30 days, issue 121 of AllenInstitute/ophys_etl_pipelines);
    status_when_too_old: how. status_when_stopping_condition_met: how a job ends that met a stopping condition.
    unfinished_lines_in_output: the output manifest of a job that was stopped or failed has also the lines without a label, so that the next job can
    go on with them. longest_wait_for_consolidation: objects that are answered wait this long for others to fill a consolidation request with.
    pre_annotations_at_once: invocations of the pre-annotation function that may run at the same time.
    storage_patience: how long S3 may be away before a job fails. tick: how often the background work looks for what time has brought about.
    """

    engine: EngineSettings = field(default_factory=EngineSettings)
    longest_pause: float = 28_800.0
    job_lifetime: float = 30 * DAY
    status_when_too_old: str = "Failed"
    status_when_stopping_condition_met: str = "Stopped"
    unfinished_lines_in_output: bool = True
    longest_wait_for_consolidation: float = 60.0
    pre_annotations_at_once: int = 8
    storage_patience: float = 120.0
    tick: float = 0.5
