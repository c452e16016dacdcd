"""The errors of this function; all but the last fail a whole call. Each message says what is wrong, where, and what to do.

    ConsolidationError
    ├── SettingsError    an environment variable of the function cannot be used
    ├── EventError       the event lacks what Ground Truth always sends
    ├── PayloadError     the payload cannot be read; the message names the URI
    └── StatisticsError  the table of worker statistics cannot be read; caught: labels are made without it

What is wrong with one answer or one object never raises: it is told in that object's label value.
"""


class ConsolidationError(Exception):
    """Anything this function raises on purpose."""


class SettingsError(ConsolidationError):
    """An environment variable of the function cannot be used."""


class EventError(ConsolidationError):
    """The event lacks what Ground Truth always sends."""


class PayloadError(ConsolidationError):
    """The payload cannot be read; the message names the URI and the remedy."""


class StatisticsError(ConsolidationError):
    """The table of worker statistics cannot be read; the message names it."""
