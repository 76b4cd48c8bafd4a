"""Which portraits take turns, and at which hours: what staff have put together.

It lies beside the packs, in `.programme.toml`; while there is none, the playlist of ``config.toml``
holds all day.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, field_validator

from kiosk.config import PortraitSettings
from kiosk.errors import PackError
from kiosk.hours import TimeOfDay, held_at
from kiosk.portraits.meta import ID_PATTERN, Record, read_toml
from kiosk.portraits.toml import write_toml

PROGRAMME = ".programme.toml"
MOST_HOURS, MOST_PORTRAITS = 48, 100

Ids = tuple[Annotated[str, Field(pattern=ID_PATTERN)], ...]


class Hours(Record):
    """From this time of day until the next: which portraits take turns."""

    begins: TimeOfDay
    portraits: Ids = Field(min_length=1, max_length=MOST_PORTRAITS)


class Programme(Record):
    """A day; without hours nothing ever changes by itself."""

    every_s: float = Field(600.0, ge=5, le=86400)
    hours: tuple[Hours, ...] = Field((), max_length=MOST_HOURS)

    @field_validator("hours")
    @classmethod
    def _in_order(cls, hours: tuple[Hours, ...]) -> tuple[Hours, ...]:
        if len({each.begins for each in hours}) < len(hours):
            raise ValueError("two hours begin at the same time; join them")
        return tuple(sorted(hours, key=lambda each: each.begins))

    def at(self, time_of_day: str) -> tuple[str, ...]:
        """The portraits that take turns at HH:MM; before the first hours, last night's go on."""
        hours = [(each.begins, each.portraits) for each in self.hours]
        return held_at(time_of_day, hours) if hours else ()

    @classmethod
    def from_settings(cls, settings: PortraitSettings) -> "Programme":
        """What ``config.toml`` says: what hangs at first and the playlist, all day."""
        ids = tuple(dict.fromkeys((*settings.playlist, settings.portrait)))
        hours = Hours.model_construct(begins="00:00", portraits=ids)
        # what the settings say has been checked
        return cls.model_construct(
            every_s=settings.every_s, hours=(hours,) if settings.playlist else ()
        )


def read_programme(settings: PortraitSettings) -> Programme:
    """What holds now.

    Raises:
        PackError: the file is damaged.
    """
    record = read_toml(settings.folder / PROGRAMME, name=PROGRAMME)
    if record is None:
        return Programme.from_settings(settings)
    return Programme.from_record(record, name=PROGRAMME)


def write_programme(settings: PortraitSettings, programme: Programme) -> None:
    """Let a programme hold from now on, in one step.

    Raises:
        PackError: it cannot be written.
    """
    try:
        write_toml(settings.folder / PROGRAMME, programme.model_dump())
    except OSError as error:
        raise PackError(f"{PROGRAMME}: cannot be written: {error.strerror}") from error


def missing(programme: Programme, there: Sequence[str]) -> list[str]:
    """The portraits it names that are not there."""
    named = dict.fromkeys(each for hours in programme.hours for each in hours.portraits)
    return [each for each in named if each not in there]
