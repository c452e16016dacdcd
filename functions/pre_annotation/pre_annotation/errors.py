"""The one error of this function.

Ground Truth fails the job when the function raises and shows only that it raised. The message in the function's log is
all the job's owner gets, so it names the object or the file, the key, what is wrong and what to do. It never quotes a
document's text.
"""


class PreAnnotationError(Exception):
    """A manifest line cannot become a task, or the function's configuration cannot be used."""


def shown(text: str, longest: int = 80) -> str:
    """Text from outside as it may stand in a message: on one line, printable, and cut to `longest` characters."""
    printable = "".join(character if character.isprintable() else "?" for character in text[:longest])
    return printable if len(text) <= longest else f"{printable}..."
