"""Scripts and styles, held in memory: a task's frame asks for all of them anew, since browsers keep nothing for it."""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

_TEXT = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class _Asset:
    body: bytes
    packed: bytes
    content_type: str
    tag: str


class Assets:
    """Serves the files of a folder as they were when this was made. `headers` go with each; `replaced` stands in for files by name."""

    def __init__(self, folder: Path, headers: Mapping[str, str], replaced: Mapping[str, str] | None = None) -> None:
        texts = replaced or {}
        names = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())
        self._assets = {
            name: _asset(name, texts[name].encode() if name in texts else (folder / name).read_bytes())
            for name in names
        }
        self._headers = dict(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request below where this is mounted."""
        request = Request(scope)
        path = scope["path"].removeprefix(scope.get("root_path", "")).removeprefix("/")
        await self._response(request, path)(scope, receive, send)

    def _response(self, request: Request, path: str) -> Response:
        asset = self._assets.get(path)
        if asset is None:
            return PlainTextResponse("There is no such file.", 404)
        headers = self._headers | {"ETag": asset.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == asset.tag:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", "") and len(asset.packed) < len(asset.body):
            return Response(asset.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=asset.content_type)
        return Response(asset.body, headers=headers, media_type=asset.content_type)


def _asset(name: str, body: bytes) -> _Asset:
    content_type = _TEXT.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return _Asset(body, gzip.compress(body, mtime=0), content_type, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
