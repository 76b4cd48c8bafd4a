"""Functions compiled by numba, and kept on disk; where that goes wrong they are compiled anew.

numba itself fails when what it kept is damaged, when the disk is full, and when there is nowhere to
keep anything. None of that may stop a portrait: to compile it all takes some seconds.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numba
from numba.core import caching

logger = logging.getLogger(__name__)

FunctionCache: Any = caching.FunctionCache  # it has no types


def compiled(function: Callable[..., Any]) -> Any:
    """A function in machine code, which lets other threads of Python run meanwhile."""
    dispatcher: Any = numba.njit(nogil=True)(function)
    try:
        dispatcher._cache = Kept(function)  # what `cache=True` does, with its own
    except RuntimeError as error:  # no folder may be written
        _say("what is compiled cannot be kept, and is compiled at each start", error)
    return dispatcher


class Kept(FunctionCache):  # type: ignore[misc]
    """What numba keeps of one function."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What was kept for these types; None when it has to be compiled."""
        try:
            return super().load_overload(sig, target_context)
        except Exception as error:  # damaged bytes raise whatever they please
            _say("what was compiled is damaged, and made anew", error)
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep it, if the disk lets us."""
        try:
            super().save_overload(sig, data)
        except Exception as error:  # it reads its index first
            _say("what is compiled cannot be kept, and is compiled at each start", error)


_said: set[str] = set()


def _say(words: str, error: Exception) -> None:
    """Once for all functions; of each, why, to whoever wants to know."""
    logger.debug("%s: %r", words, error)
    if words not in _said:
        _said.add(words)
        logger.warning("%s (%s)", words, error)
