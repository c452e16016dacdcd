"""Where requests do their work with the database.

Few threads are quicker than many here: Python runs one at a time anyway, and each that is ready to run keeps the event loop waiting. There
are enough for writers to share commits, and for a page that counts much not to hold up those who work.
"""

from collections.abc import Callable

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync

THREADS = 8

_limiter: RunVar[CapacityLimiter] = RunVar("portal_threads")


async def in_thread[**P, T](work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do the work in a thread, and wait for it without holding up other requests."""
    try:
        limiter = _limiter.get()
    except LookupError:
        limiter = CapacityLimiter(THREADS)
        _limiter.set(limiter)
    return await run_sync(lambda: work(*args, **kwargs), limiter=limiter)
