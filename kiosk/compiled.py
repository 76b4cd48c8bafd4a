"""Functions compiled by numba, and kept on disk where there is a disk for it.

Where nothing may be written, where the disk is full, and where a power cut left half a file, they
are compiled anew at each start, which takes seconds, and the kiosk goes on.
"""

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numba
from numba.core.caching import FunctionCache

logger = logging.getLogger(__name__)


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """`numba.njit`, kept on disk where that can be.

    Args:
        options: numba's.
    """

    def compile_(function: Callable[..., Any]) -> Any:
        dispatcher = numba.njit(**options)(function)
        try:
            dispatcher._cache = _Kept(function)  # type: ignore[no-untyped-call]
        except RuntimeError:
            _say("there is no folder for it")
        return dispatcher

    return compile_


class _Kept(FunctionCache):
    """Numba's own, but that it goes on where it can neither read nor write."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except Exception as error:  # half a file may mean anything
            _say(f"{self.cache_path}: cannot be read, {type(error).__name__}")
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]
        except Exception as error:  # it reads its index before
            _say(f"{self.cache_path}: cannot be written, {type(error).__name__}")


@lru_cache
def _say(why: str) -> None:
    """Once for each reason."""
    logger.warning("what is compiled is not kept (%s), and is compiled at each start", why)
