"""Memory that was freed goes back to the system.

glibc keeps it, in a heap for nearly every thread that ever ran: after a tracker or a portrait has
given way to another, tens of megabytes that nobody uses. Elsewhere nothing is done.
"""

import ctypes
from collections.abc import Callable
from functools import cache


def trim_heap() -> None:
    """Give back what is free; takes some milliseconds, and nobody waits for it."""
    _trimmer()(0)


@cache
def _trimmer() -> Callable[[int], int]:
    """Glibc's `malloc_trim`; where there is another library, nothing."""
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # musl has none; Windows has no CDLL(None)
        return lambda _: 0
    return trim
