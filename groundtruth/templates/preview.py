"""A live preview of a worker template: the page as a worker sees it, again whenever the template or its input changes.

The browser asks twice a second whether a file has changed: a stream of events would have to be cut off whenever the
preview ends. The page loads the offline Crowd elements, which show the answer when it is submitted, since no portal
takes it.
"""

import hashlib
import html
from collections.abc import Callable, Iterable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from groundtruth.crowd_elements import ENTRY, STATIC
from groundtruth.errors import InputError
from groundtruth.templates.documents import find_document
from groundtruth.templates.page import Page

ELEMENTS_URL = f"/crowd/{ENTRY}"
"""Where the preview serves the offline Crowd elements."""

_RELOAD = '<script src="/reload.js"></script>'
_RELOAD_SCRIPT = """\
"use strict";
(() => {
  let shown = null;
  const look = async () => {
    try {
      const version = await (await fetch("/version", { cache: "no-store" })).text();
      if (shown !== null && version !== shown) location.reload();
      shown = version;
    } catch {
      // The preview has been stopped; it may come back.
    }
    setTimeout(look, 400);
  };
  look();
})();
"""
_ERROR_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Template error</title>
<style>body {{ margin: 2rem; font: 1.1rem/1.5 system-ui, sans-serif; }} p {{ max-width: 50rem; overflow-wrap: anywhere; }}</style>
</head><body><h1>The template cannot be shown</h1><p role="alert">{message}</p><p>This page reloads when the file is saved.</p></body></html>
"""


class Documents:
    """The documents of a folder that pages have asked for, and no other file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Path] = {}

    def sign(self, uri: str) -> str:
        """The address of the document that an S3 URI names. Raises TemplateError when the folder lacks it."""
        file = find_document(uri, self._folder)
        if file is None:
            return uri
        name = hashlib.sha256(uri.encode()).hexdigest()[:24]
        self._files[name] = file
        return f"/documents/{name}"

    def file(self, name: str) -> Path | None:
        """The file behind an address that `sign` gave."""
        return self._files.get(name)


def preview_app(make_page: Callable[[], Page], watched: Iterable[Path], documents: Documents | None) -> Starlette:
    """The preview's web application.

    make_page: reads and renders; its InputError is shown in the page's place. watched: the files whose change reloads
    the page. documents: what `/documents` serves; None without a folder. Only loopback host names are answered.
    """
    files = tuple(watched)

    def show(_: Request) -> Response:
        try:
            page = make_page().html
        except InputError as error:
            return HTMLResponse(_ERROR_PAGE.format(message=html.escape(str(error))) + _RELOAD)
        return HTMLResponse(page + _RELOAD)

    def document(request: Request) -> Response:
        file = documents.file(request.path_params["name"]) if documents is not None else None
        return PlainTextResponse("No such document.", 404) if file is None else FileResponse(file)

    return Starlette(
        routes=[
            Route("/", show),
            Route("/documents/{name}", document),
            Route("/version", lambda _: PlainTextResponse("-".join(map(_version, files)))),
            Route("/reload.js", lambda _: Response(_RELOAD_SCRIPT, media_type="text/javascript")),
            Mount("/crowd", StaticFiles(directory=STATIC)),
        ],
        # A web page elsewhere could otherwise reach the preview through a host name that resolves to 127.0.0.1.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


def _version(file: Path) -> str:
    try:
        status = file.stat()
    except OSError:
        # Editors replace a file when they save it: for a moment it is not there.
        return "gone"
    return f"{status.st_mtime_ns}.{status.st_size}"
