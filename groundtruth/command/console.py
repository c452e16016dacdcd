"""The terminal: messages and progress on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

console = Console(stderr=True, highlight=False)


class Bar:
    """A progress bar whose length may become known later."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def start(self, total: int) -> None:
        """Set the length."""
        self._progress.update(self._task, total=total)

    def step(self) -> None:
        """Go on by one."""
        self._progress.advance(self._task)


@contextmanager
def progress_bar(description: str) -> Iterator[Bar]:
    """Show a bar while the block runs; on a terminal only."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Bar(progress, progress.add_task(description, total=None))
