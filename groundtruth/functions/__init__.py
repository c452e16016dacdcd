"""Calls Lambda functions as Ground Truth does: by ARN, through the Lambda contract, in another process.

A function is found in a SAM template and runs in a process of its own, with its own `sys.path` and environment (the
default), or behind any Lambda endpoint: `sam local start-lambda`, moto, AWS.
"""

from groundtruth.functions.endpoint import LambdaEndpoint
from groundtruth.functions.invoker import Functions
from groundtruth.functions.local import LocalFunctions
from groundtruth.functions.template import FunctionSpec, read_functions

__all__ = ["FunctionSpec", "Functions", "LambdaEndpoint", "LocalFunctions", "read_functions"]
