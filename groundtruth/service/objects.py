"""Read access to one S3 object for a while: an address of this service with an expiry and a signature.

The embedded S3 answers whoever asks; what a worker's page gets is such an address instead, which reads that object alone.
"""

import hmac
import mimetypes
from collections.abc import Callable
from time import time
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from groundtruth.errors import GroundTruthError, TemplateError
from groundtruth.service.requests import s3_location
from groundtruth.storage import S3Location, Storage

PREFIX = "/objects"

_HEADERS = {
    # A task's frame has an origin of its own that is nobody's: it may read what its page was given the address of.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    # What lies in S3 is never a page of this service: it must not run as one.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Objects:
    """Makes the addresses, and answers at them. lifetime: how long one is good, in seconds."""

    def __init__(self, storage: Storage, key: bytes, lifetime: float, clock: Callable[[], float] = time) -> None:
        self._storage = storage
        self._key = key
        self._lifetime = lifetime
        self._clock = clock

    def sign(self, uri: str) -> str:
        """The address of an object, without the service's own: `/objects/bucket/key?…`. An https address of anything but S3 stays as it is.

        Raises TemplateError for what is neither.
        """
        try:
            location = s3_location(uri)
        except GroundTruthError as error:
            if uri.startswith("https://"):
                return uri
            raise TemplateError(f'"{uri}" is neither an S3 URI nor an https URL. Write s3://bucket/key') from error
        if not location.key:
            raise TemplateError(f'"{uri}" names no object. Write s3://bucket/key')
        expires = int(self._clock() + self._lifetime)
        path = quote(f"{location.bucket}/{location.key}")
        return f"{PREFIX}/{path}?expires={expires}&signature={self._signature(location, expires)}"

    async def answer(self, request: Request) -> Response:
        """The object that an address gives access to."""
        location = S3Location(request.path_params["bucket"], request.path_params["key"])
        if refusal := self._refusal(request, location):
            return PlainTextResponse(refusal, 403, _HEADERS)
        try:
            body = await run_in_threadpool(self._storage.get, location)
        except GroundTruthError as error:
            return PlainTextResponse(str(error), 404, _HEADERS)
        media_type = mimetypes.guess_type(location.key)[0] or "application/octet-stream"
        return Response(body, 200, _HEADERS | {"Cache-Control": f"private, max-age={int(self._lifetime)}"}, media_type)

    def _refusal(self, request: Request, location: S3Location) -> str | None:
        try:
            expires = int(request.query_params.get("expires", ""))
        except ValueError:
            expires = 0
        given = request.query_params.get("signature", "").encode("utf-8", "replace")
        if not hmac.compare_digest(self._signature(location, expires).encode(), given):
            return "This address gives access to no object."
        if expires < self._clock():
            return "This address has expired. Load the task again."
        return None

    def _signature(self, location: S3Location, expires: int) -> str:
        text = f"{location.bucket}\n{location.key}\n{expires}"
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), "sha256").hex()
