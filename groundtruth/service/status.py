"""The status of a job, as it is kept and as it is told.

Kept are two more than Ground Truth has, for a job that is about to end: its last labels and its output manifest are still being written.
"""

INITIALIZING = "Initializing"
IN_PROGRESS = "InProgress"
STOPPING = "Stopping"
FINISHING = "Finishing"
FAILING = "Failing"
COMPLETED = "Completed"
FAILED = "Failed"
STOPPED = "Stopped"

ENDED = (COMPLETED, FAILED, STOPPED)
UNDER_WAY = (INITIALIZING, IN_PROGRESS, STOPPING, FINISHING, FAILING)

END_OF = {STOPPING: STOPPED, FINISHING: COMPLETED, FAILING: FAILED}
"""What a job that is about to end will be."""

WAY_TO = {end: way for way, end in END_OF.items()}

_TOLD = {FINISHING: IN_PROGRESS, FAILING: IN_PROGRESS}


def told(status: str) -> str:
    """The status as Ground Truth tells it."""
    return _TOLD.get(status, status)


def kept(status: str) -> tuple[str, ...]:
    """The kept statuses that are told as this one."""
    return (status, *(inner for inner, outer in _TOLD.items() if outer == status))
