"""The Lambda entry point: `app.handler`."""

from consolidation.handler import handler

__all__ = ["handler"]
