"""A function runs in a process of its own, as in Lambda: its own path, environment, log, time limit and errors."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundtruth.errors import FunctionError
from groundtruth.functions import FunctionSpec, LocalFunctions

CODE = """
import os, sys, time

calls = 0

def echo(event, context):
    return event

def surroundings(event, context):
    try:
        import groundtruth
        package = True
    except ImportError:
        package = False
    import numpy
    return {
        "package": package, "own": os.environ.get("OWN"), "secret": os.environ.get("SECRET_OF_THE_CALLER"),
        "task_root": os.environ["LAMBDA_TASK_ROOT"], "pid": os.getpid(), "numpy": bool(numpy.__version__),
        "name": context.function_name, "memory": context.memory_limit_in_mb, "arn": context.invoked_function_arn,
        "millis": context.get_remaining_time_in_millis(), "request": context.aws_request_id, "stdin": sys.stdin.read(),
    }

def noisy(event, context):
    print("to standard output")
    print("to standard error", file=sys.stderr)
    os.write(1, b"straight to the descriptor\\n")
    return "quiet"

def count(event, context):
    global calls
    calls += 1
    if event.get("sleep"):
        time.sleep(event["sleep"])
    if event.get("exit"):
        os._exit(3)
    return calls

def raises(event, context):
    raise ValueError("the amount of INV-10442 is odd")

def huge(event, context):
    return "x" * (7 * 1024 * 1024)

def nan(event, context):
    return float("nan")

def leaves(event, context):
    sys.exit("bye")
"""


@pytest.fixture
def functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalFunctions]:
    monkeypatch.setenv("SECRET_OF_THE_CALLER", "x")
    code = tmp_path / "code"
    code.mkdir()
    (code / "app.py").write_text(CODE)
    (code / "broken.py").write_text("import no_such_module")
    names = ("echo", "surroundings", "noisy", "count", "raises", "huge", "nan", "leaves", "missing")
    specs = [FunctionSpec(n, f"SageMaker-{n}", code, f"app.{n}", 1, 256, {"OWN": n}) for n in names]
    specs.append(FunctionSpec("broken", "broken", code, "broken.handler", 1))
    specs.append(FunctionSpec("nowhere", "nowhere", tmp_path / "none", "app.handler", 1))
    with LocalFunctions(specs, {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"}, tmp_path / "logs") as running:
        yield running


def test_an_event_comes_back_as_it_went_whatever_it_holds(functions: LocalFunctions):
    event = {"text": 'a\n"b" \u20ac \U0001f9fe', "list": [1, 2.5, None, True], "big": "x" * 2_000_000}
    assert functions.invoke("arn:aws:lambda:us-east-1:123456789012:function:echo", event) == event


def test_it_sees_its_own_surroundings_and_not_the_callers(functions: LocalFunctions, tmp_path: Path):
    seen = functions.invoke("surroundings", {})
    assert isinstance(seen, dict)
    assert (seen["package"], seen["secret"], seen["own"], seen["stdin"]) == (False, None, "surroundings", "")
    assert (seen["numpy"], seen["name"], seen["memory"]) == (True, "SageMaker-surroundings", 256)
    assert seen["task_root"] == str(tmp_path / "code")
    assert 0 < seen["millis"] <= 1000
    assert functions.invoke("surroundings", {})["pid"] == seen["pid"]  # type: ignore[index]


def test_what_it_prints_is_in_its_log_and_not_in_its_answer(functions: LocalFunctions):
    assert functions.invoke("noisy", {}) == "quiet"
    log = functions.log_path("noisy").read_text()
    assert "to standard output" in log
    assert "to standard error" in log
    assert "straight to the descriptor" in log


def test_an_exception_comes_with_the_functions_own_traceback_and_is_in_its_log(functions: LocalFunctions):
    with pytest.raises(FunctionError, match="raises raised ValueError: the amount of INV-10442 is odd") as raised:
        functions.invoke("raises", {})
    assert 'raise ValueError("the amount of INV-10442 is odd")' in raised.value.function_traceback
    assert "the amount of INV-10442 is odd" in functions.log_path("raises").read_text()


def test_it_is_kept_warm_and_starts_anew_after_a_time_out_or_a_crash(functions: LocalFunctions):
    assert [functions.invoke("count", {}), functions.invoke("count", {})] == [1, 2]
    started = time.monotonic()
    with pytest.raises(FunctionError, match=r"Task timed out after 1.00 seconds"):
        functions.invoke("count", {"sleep": 30})
    assert time.monotonic() - started < 10
    assert functions.invoke("count", {}) == 1
    with pytest.raises(FunctionError, match="ended without an answer .exit status 3"):
        functions.invoke("count", {"exit": True})
    assert functions.invoke("count", {}) == 1


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("huge", "Lambda returns at most 6,291,456"),
        ("nan", "ValueError"),
        ("leaves", "SystemExit: bye"),
        ("missing", "has no attribute 'missing'"),
        ("broken", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("nowhere", "code folder .* is not there"),
        ("unheard-of", 'no function "unheard-of" in the SAM template. It declares: echo'),
    ],
)
def test_every_other_failure_is_one_clear_error(functions: LocalFunctions, function: str, said: str):
    with pytest.raises(FunctionError, match=said):
        functions.invoke(function, {})


def test_an_event_above_lambdas_limit_is_refused(functions: LocalFunctions):
    with pytest.raises(FunctionError, match="Lambda takes at most 6,291,456"):
        functions.invoke("echo", {"x": "y" * 6_300_000})
