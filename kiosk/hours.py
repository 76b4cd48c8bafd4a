"""Hours of the day, as HH:MM: what has begun holds until the next, past midnight."""

import time
from collections.abc import Sequence
from typing import Annotated, TypeVar

from pydantic import Field

TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]

Held = TypeVar("Held")


def time_of_day() -> str:
    """Now."""
    return time.strftime("%H:%M")


def time_in(seconds: float) -> str:
    """In so many seconds."""
    return time.strftime("%H:%M", time.localtime(time.time() + seconds))


def held_at(now: str, hours: Sequence[tuple[str, Held]]) -> Held:
    """What holds at a time: that of the last hour that has begun; before the first, last night's.

    Args:
        now: HH:MM.
        hours: when each begins, and what holds from then on; at least one.
    """
    in_order = sorted(hours, key=lambda each: each[0])
    begun = [held for begins, held in in_order if begins <= now]
    return begun[-1] if begun else in_order[-1][1]
