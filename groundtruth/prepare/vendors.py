"""Who a document comes from, as its path tells."""

import re
from collections.abc import Callable

from groundtruth.errors import RequestError

_LONGEST = 200


def vendor_reader(source: str | None) -> Callable[[str], str | None]:
    """A function from a document's path to its vendor, None when it tells none.

    source: `folder`, the first folder of the path; or a regular expression, whose group `vendor`, else the first, else the whole match, is the vendor.
    Raises RequestError when it is neither.
    """
    if source is None:
        return lambda _: None
    if source == "folder":
        return lambda name: name.split("/")[0][:_LONGEST] if "/" in name else None
    try:
        pattern = re.compile(source)
    except re.error as error:
        raise RequestError(f'--vendor-from "{source}": no regular expression ({error}). Or write folder.') from error
    group: int | str = "vendor" if "vendor" in pattern.groupindex else min(pattern.groups, 1)

    def read(name: str) -> str | None:
        match = pattern.search(name)
        return (match[group] or "").strip()[:_LONGEST] or None if match else None

    return read
