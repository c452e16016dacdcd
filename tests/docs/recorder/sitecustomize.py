"""On the Python path of a command, writes every AWS operation that the command calls to the file named by RECORDED_CALLS."""

import os
from typing import Any

from botocore.client import BaseClient

_call = BaseClient._make_api_call


def _recorded(self: BaseClient, operation_name: str, api_params: Any) -> Any:
    with open(os.environ["RECORDED_CALLS"], "a", encoding="utf-8") as calls:
        calls.write(f"{self.meta.service_model.service_name}:{operation_name}\n")
    return _call(self, operation_name, api_params)


BaseClient._make_api_call = _recorded
