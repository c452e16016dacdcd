"""The `groundtruth` command. Data goes to standard output; what is said to people goes to standard error."""

from groundtruth.command.main import main

__all__ = ["main"]
