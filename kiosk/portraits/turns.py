"""Who is due: the programme as it lies on the disk now, and the portraits that are really there."""

import logging
from collections.abc import Callable
from pathlib import Path

from kiosk.config import PortraitSettings
from kiosk.errors import PackError
from kiosk.hours import time_of_day
from kiosk.portraits.playlist import Playlist
from kiosk.portraits.programme import PROGRAMME, Programme, missing, read_programme
from kiosk.portraits.store import find_packs
from kiosk.portraits.toml import mark_of_file

logger = logging.getLogger(__name__)


class Turns:
    """The portraits' turns on one hook.

    Args:
        settings: the table ``[portraits]``.
        now: seconds; since then the first portrait hangs.
        time_of_day: HH:MM.
    """

    def __init__(
        self,
        settings: PortraitSettings,
        now: float,
        time_of_day: Callable[[], str] = time_of_day,
    ) -> None:
        self._settings, self._time_of_day = settings, time_of_day
        self._playlist = Playlist(now)
        self._mark: int | None = -1  # not read
        self.programme = Programme()

    def due(self, hanging: str, *, now: float, attended: bool) -> Path | None:
        """The pack of the portrait that shall hang from now on; None while none is due.

        Args:
            hanging: what hangs.
            now: seconds.
            attended: whether somebody leads the portrait that hangs.
        """
        if self._settings.gallery:  # where several hang at a time nobody takes turns
            return None
        self._read()
        ids = self.programme.at(self._time_of_day())
        if not ids:
            return None
        there = self._there()
        due = self._playlist.due(
            [each for each in ids if each in there],
            hanging,
            every_s=self.programme.every_s,
            now=now,
            attended=attended,
        )
        return None if due is None else self._settings.folder / due

    def hung(self, now: float) -> None:
        """A portrait hangs since now: its time begins."""
        self._playlist.hung(now)

    def _read(self) -> None:
        """The programme, when it has changed; a damaged one leaves the last one."""
        mark = mark_of_file(self._settings.folder / PROGRAMME)
        if mark == self._mark:
            return
        self._mark = mark
        try:
            self.programme = read_programme(self._settings)
        except PackError as error:
            logger.error("%s; what took turns before goes on", error)
            return
        there = self._there()
        if absent := missing(self.programme, there):
            known = ", ".join(there) or "none"
            logger.warning("no such portraits: %s; there are: %s", ", ".join(absent), known)

    def _there(self) -> list[str]:
        """The ids of the packs; none while their folder cannot be read."""
        try:
            return [folder.name for folder in find_packs([self._settings.folder])]
        except OSError as error:
            logger.debug("%s: cannot be read: %s", self._settings.folder, error)
            return []
