"""Lambda's entry point: the handler setting is `app.handler`."""

from pre_annotation.handler import handler

__all__ = ["handler"]
