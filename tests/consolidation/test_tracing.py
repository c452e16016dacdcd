"""Tracing costs nothing where nobody listens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FUNCTION = Path(__file__).parents[2] / "functions" / "consolidation"
PROGRAM = """
import sys
import app
print(app.handler.__name__, *sorted({"numpy", "boto3", "botocore.client", "aws_xray_sdk"} & set(sys.modules)))
"""


def imported(**environment: str) -> list[str]:
    """The name of the handler and the heavy modules that importing the function loads."""
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("LAMBDA_", "AWS_", "POWERTOOLS_"))
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=FUNCTION,
        env=inherited | {"TASK_TYPE": "invoice-boxes"} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize("environment", [{}, {"LAMBDA_TASK_ROOT": "/var/task", "AWS_SAM_LOCAL": "true"}])
def test_outside_lambda_nothing_heavy_is_imported(environment):
    assert imported(**environment) == ["handler"]


def test_in_lambda_the_handler_is_traced():
    assert imported(LAMBDA_TASK_ROOT="/var/task") == ["handler", "aws_xray_sdk"]
