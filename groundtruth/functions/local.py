"""The functions of a SAM template, each in a process of its own that starts at its first invocation."""

import contextlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from groundtruth.errors import FunctionError
from groundtruth.functions.process import FunctionProcess
from groundtruth.functions.template import FunctionSpec


class LocalFunctions:
    """Invokes functions in local processes. Use as a context manager; threads may share it, and a function answers them one at a time.

    environment: what every function gets over its own variables (the S3 endpoint, credentials). log_folder: where each function's log
    goes, in `<logical id>.log`.
    """

    def __init__(self, specs: Sequence[FunctionSpec], environment: Mapping[str, str], log_folder: Path) -> None:
        self._specs = specs
        self._environment = environment
        self._log_folder = log_folder
        self._processes: dict[str, FunctionProcess] = {}
        self._open = contextlib.ExitStack()
        self._starting = threading.Lock()

    def __enter__(self) -> Self:
        self._log_folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self._processes.clear()

    def invoke(self, function: str, event: Mapping[str, object]) -> object:
        """See `Functions.invoke`."""
        return self._process(self._find(function)).invoke(event)

    def check(self, function: str) -> None:
        """See `Functions.check`."""
        self._find(function)

    def _process(self, spec: FunctionSpec) -> FunctionProcess:
        with self._starting:
            process = self._processes.get(spec.logical_id)
            if process is None:
                log = self._open.enter_context(self.log_path(spec.logical_id).open("ab"))
                environment = dict(spec.environment) | dict(self._environment)
                process = self._open.enter_context(FunctionProcess(spec, environment, log))
                self._processes[spec.logical_id] = process
        return process

    def log_path(self, logical_id: str) -> Path:
        """Where the log of a function is."""
        return self._log_folder / f"{logical_id}.log"

    def _find(self, function: str) -> FunctionSpec:
        for spec in self._specs:
            if spec.answers_to(function):
                return spec
        known = ", ".join(spec.logical_id for spec in self._specs) or "none"
        raise FunctionError(f'There is no function "{function}" in the SAM template. It declares: {known}.')
