"""The Crowd elements, offline: plain custom elements written from the documented behaviour of Ground Truth's own.

`STATIC` is a folder to serve as it is, with `Access-Control-Allow-Origin: *` (a sandboxed frame loads the modules from
an opaque origin). A page loads `ENTRY` with a plain `<script src>`. How an answer leaves the page is described in
`static/form/portal.js` and in docs/crowd-elements.md.
"""

import re
from pathlib import Path

STATIC = Path(__file__).parent / "static"
ENTRY = "crowd-html-elements.js"

_TAG = re.compile(r'^  "(crowd-[a-z-]+)": \w+,$', re.MULTILINE)


def element_names() -> tuple[str, ...]:
    """The tag names of all elements, in alphabetical order, as `static/elements.js` defines them."""
    return tuple(_TAG.findall((STATIC / "elements.js").read_text(encoding="utf-8")))
