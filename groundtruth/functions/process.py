"""One Lambda function in a process of its own, as Lambda keeps it warm."""

import json
import os
import select
import subprocess
import sys
import sysconfig
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Self

from groundtruth.errors import FunctionError
from groundtruth.functions.invoker import parsed_response, request_bytes
from groundtruth.functions.template import FunctionSpec

_INIT_TIMEOUT = 30.0
"""Seconds for the first import; Lambda itself gives 10 and tries again."""

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT", "SSL_CERT_FILE", "AWS_CA_BUNDLE")
_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
_WITHOUT_LAMBDA = {
    "POWERTOOLS_TRACE_DISABLED": "true",
    "AWS_XRAY_SDK_ENABLED": "false",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
}
"""There is no X-Ray daemon here, and code folders stay clean."""


class FunctionProcess:
    """A running function. Invocations come one at a time; a function that times out or dies starts anew at the next one."""

    def __init__(self, spec: FunctionSpec, environment: Mapping[str, str], log: BinaryIO) -> None:
        self._spec = spec
        self._environment = environment
        self._log = log
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._unread = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None

    def invoke(self, event: Mapping[str, object]) -> object:
        """See `Functions.invoke`."""
        request = request_bytes(self._spec.logical_id, event)
        with self._lock:
            if self._process is None:
                self._start()
            deadline = time.time() + self._spec.timeout
            head = json.dumps({"request_id": str(uuid.uuid4()), "deadline": deadline})
            return self._exchange(head[:-1].encode() + b',"event":' + request + b"}", self._spec.timeout)

    def _start(self) -> None:
        spec = self._spec
        if not spec.code.is_dir():
            raise FunctionError(f"{spec.logical_id}: its code folder {spec.code} is not there.")
        packages = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
        own = {
            "AWS_LAMBDA_FUNCTION_NAME": spec.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "_HANDLER": spec.handler,
            "LAMBDA_TASK_ROOT": str(spec.code),
        }
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        # Isolated and without site: neither this package nor the folder of the caller is on the function's path.
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter)
            [sys.executable, "-I", "-S", str(_BOOTSTRAP)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=spec.code,
            env=inherited | _WITHOUT_LAMBDA | own | dict(self._environment),
        )
        self._unread = b""
        context = {
            "function_name": spec.name,
            "function_version": "$LATEST",
            "memory_limit_in_mb": spec.memory,
            "invoked_function_arn": f"arn:aws:lambda:us-east-1:123456789012:function:{spec.name}",
            "log_group_name": f"/aws/lambda/{spec.name}",
            "log_stream_name": "local",
        }
        start = {"handler": spec.handler, "path": [str(spec.code), *packages], "context": context}
        self._exchange(json.dumps(start).encode(), _INIT_TIMEOUT)

    def _exchange(self, line: bytes, seconds: float) -> object:
        """Send a line and wait for the answer's line."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        try:
            process.stdin.write(line + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it died: reading says so
        answer = self._read_line(seconds)
        if answer is None:
            self.stop()
            raise FunctionError(f"{self._spec.logical_id}: Task timed out after {seconds:.2f} seconds.")
        if not answer:
            code = process.wait()
            self.stop()
            raise FunctionError(
                f"{self._spec.logical_id}: the function's process ended without an answer (exit status {code})."
            )
        return self._parsed(answer)

    def _parsed(self, answer: bytes) -> object:
        outcome = parsed_response(self._spec.logical_id, answer)
        assert isinstance(outcome, dict)
        if "error" in outcome:
            error = outcome["error"]
            raise FunctionError(
                f"{self._spec.logical_id} raised {error['type']}: {error['message']}", str(error["traceback"])
            )
        return outcome["response"]

    def _read_line(self, seconds: float) -> bytes | None:
        """The next line; None when the time is up, empty when the process has ended."""
        process = self._process
        assert process is not None
        assert process.stdout is not None
        descriptor = process.stdout.fileno()
        deadline = time.monotonic() + seconds
        chunks = [self._unread]
        while b"\n" not in chunks[-1]:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not select.select([descriptor], [], [], remaining)[0]:
                return None
            chunk = os.read(descriptor, 1 << 20)
            if not chunk:
                return b""
            chunks.append(chunk)
        line, _, self._unread = b"".join(chunks).partition(b"\n")
        return line
