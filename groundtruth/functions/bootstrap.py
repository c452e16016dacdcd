"""Runs one Lambda function in a process of its own. Started by `process.py`, with the standard library alone.

Requests come on standard input, answers leave on the descriptor that was standard output: each is a line of JSON. What the function
itself prints or logs goes to standard error, so that it cannot disturb the answers.

    first line     {"handler": "app.handler", "path": [...], "context": {...}}
    each request   {"event": ..., "request_id": "...", "deadline": seconds since the epoch}
    each answer    {"response": ...} or {"error": {"type": ..., "message": ..., "traceback": ...}}
"""

import importlib
import json
import os
import sys
import time
import traceback
from io import TextIOWrapper
from types import SimpleNamespace
from typing import Any, TextIO


class Context(SimpleNamespace):
    """The context object of a Lambda invocation."""

    deadline: float

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's timeout."""
        return max(0, int((self.deadline - time.time()) * 1000))


def _error(error: BaseException) -> str:
    """The answer that says what was raised. The log gets it too, as in Lambda."""
    frames = "".join(traceback.format_exception(error))
    sys.stderr.write(frames)
    sys.stderr.flush()
    return json.dumps({"error": {"type": type(error).__name__, "message": str(error), "traceback": frames}})


def _load(handler: str, path: list[str]) -> Any:
    sys.path[:] = [*path[:1], *[entry for entry in sys.path if entry], *path[1:]]
    module, _, function = handler.rpartition(".")
    return getattr(importlib.import_module(module.replace("/", ".")), function)


def _invoke(handler: Any, request: dict[str, Any], context: dict[str, Any]) -> str:
    try:
        details = Context(**context, aws_request_id=request["request_id"], deadline=request["deadline"])
        return json.dumps({"response": handler(request["event"], details)}, allow_nan=False, separators=(",", ":"))
    except BaseException as error:  # noqa: BLE001 (the boundary: whatever the function raises is its answer, as in Lambda)
        return _error(error)


def _answer(answers: TextIO, line: str) -> None:
    answers.write(line + "\n")
    answers.flush()


def main() -> None:
    """Load the handler, then answer requests until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(line_buffering=True, encoding="utf-8", errors="backslashreplace")
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    start = json.loads(requests.readline())
    try:
        handler = _load(start["handler"], start["path"])
    except BaseException as error:  # noqa: BLE001 (the boundary: an import error is the function's answer, as in Lambda)
        _answer(answers, _error(error))
        return
    _answer(answers, json.dumps({"response": "ready"}))
    for line in requests:
        _answer(answers, _invoke(handler, json.loads(line), start["context"]))


if __name__ == "__main__":
    main()
