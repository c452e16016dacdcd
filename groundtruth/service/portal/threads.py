"""Where requests do their work with the database.

Few threads are quicker than many here: Python runs one at a time anyway, and each that is ready to run keeps the event loop waiting. There
are enough for writers to share commits, and for a page that counts much not to hold up those who work.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

THREADS = 8

_POOL = ThreadPoolExecutor(THREADS, "groundtruth-portal")


async def in_thread[**P, T](work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do the work in a thread, and wait for it without holding up other requests."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, lambda: work(*args, **kwargs))
