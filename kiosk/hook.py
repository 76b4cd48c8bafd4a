"""What hangs, and what comes next: portraits change while the road runs.

The one that hangs is kept as one value, which the stages ask for with each message; only the main
thread puts another portrait in its place. What takes long is done in a thread of its own, one
portrait at a time, and what fails there is logged: a painting hangs.
"""

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.config import PortraitSettings
from kiosk.display.hanging import Hanging
from kiosk.display.screen import Screen
from kiosk.errors import DisplayError, EngineError
from kiosk.pipeline import Latest
from kiosk.portraits.pack import Pack, load_pack
from kiosk.portraits.playlist import Playlist
from kiosk.portraits.store import find_packs, mark_of

if TYPE_CHECKING:
    from kiosk.generator.stage import Portrait
    from kiosk.motion.target import MotionTarget

logger = logging.getLogger(__name__)

LOOK_S = 0.25  # between two looks at what shall hang
ORDER_S = 0.25

Build = Callable[[Pack, Collection[str]], "Portrait"]


@dataclass(frozen=True, slots=True, eq=False)
class Hung:
    """The portrait on the wall."""

    pack: Pack
    portrait: "Portrait | None"  # None: its engine is not ready
    mark: tuple[int, int] | None  # of its folder when it was read


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """The next one."""

    hung: Hung
    hanging: Hanging


class Hook:
    """One screen's hook.

    Args:
        pack: what hangs at first.
        settings: the table ``[portraits]``.
        build: makes a pack's portrait, without engines of certain names.
        clock: monotonic seconds.
    """

    def __init__(
        self, pack: Pack, settings: PortraitSettings, *, build: Build, clock: Callable[[], float]
    ) -> None:
        self._build, self._clock = build, clock
        self._hung = Hung(pack, None, mark_of(pack.folder))
        self._target: tuple[Pack, MotionTarget] | None = None
        self._folder = settings.folder
        self._playlist = Playlist(_known(pack, settings), settings.every_s, clock())
        self._broken: set[str] = set()  # engines that broke down
        self._orders: Latest[Path] = Latest()
        self._arrivals: Latest[Arrival] = Latest()
        self._look_at = clock()
        self._swapping = threading.Lock()  # held for an instant
        self._building = threading.Lock()  # PyTorch captures one graph at a time

    @property
    def pack(self) -> Pack:
        """What hangs."""
        return self._hung.pack

    def portrait(self) -> "Portrait | None":
        """What makes its layers, if that is ready."""
        return self._hung.portrait

    def target(self) -> "MotionTarget":
        """What moves it; for the mirror's thread alone."""
        from kiosk.sitter import motion_target

        pack = self._hung.pack
        if self._target is None or self._target[0] is not pack:
            self._target = pack, motion_target(pack)
        return self._target[1]

    def give_up(self, engine: str) -> None:
        """Do not use an engine again that broke down, unless no other works."""
        self._broken.add(engine)

    def make_ready(self) -> None:
        """Build what makes the layers of the portrait that hangs; anew, if that broke down.

        Raises:
            KioskError: it cannot be built.
        """
        with self._swapping:  # what is broken is let go of first, with its memory
            self._hung = hung = replace(self._hung, portrait=None)
        portrait = self._make(hung.pack)
        with self._swapping:
            if self._hung.pack is hung.pack:  # else another one hangs by now
                self._hung = replace(hung, portrait=portrait)
        logger.info("%s runs on %s", portrait.portrait_id, portrait.engine.name)

    def order(self, folder: Path) -> None:
        """Have a pack's portrait hung when it is ready; a later order takes its place."""
        self._orders.put(folder)

    def look(self, *, attended: bool) -> None:
        """Order what the playlist says, or what lies in the place of the pack that hangs now."""
        now = self._clock()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_S
        hung = self._hung
        mark = mark_of(hung.pack.folder)
        if mark not in (None, hung.mark):
            with self._swapping:
                self._hung = replace(self._hung, mark=mark)  # once
            self.order(hung.pack.folder)
        elif due := self._playlist.due(now, attended=attended):
            self.order(self._folder / due)

    def serve(self, screen: Screen, stop: threading.Event) -> None:
        """Make ready what is ordered, one after the other, until told to stop."""
        while not stop.is_set():
            folder = self._orders.take(ORDER_S)
            if folder is None:
                continue
            try:
                mark = mark_of(folder)
                pack = load_pack(folder)
                hung = Hung(pack, self._make(pack), mark)
                arrival = Arrival(hung, screen.prepare(pack))
            except Exception as error:  # whatever it is
                logger.error("%s cannot be hung: %s", folder.name, error)
            else:
                self._arrivals.put(arrival)

    def receive(self, screen: Screen) -> bool:
        """Hang what is ready, if anything is; whether it was hung."""
        arrival = self._arrivals.take(0)
        if arrival is None:
            return False
        try:
            screen.hang(arrival.hanging)
        except DisplayError as error:
            logger.error("%s cannot be hung: %s", arrival.hung.pack.meta.id, error)
            return False
        with self._swapping:
            self._hung = arrival.hung
        self._playlist.hung(self._clock())
        logger.info("%s hangs now", arrival.hung.pack.meta.id)
        return True

    def _make(self, pack: Pack) -> "Portrait":
        with self._building:
            try:
                return self._build(pack, self._broken)
            except EngineError:
                if not self._broken:
                    raise
                self._broken.clear()  # what broke down may have healed
                return self._build(pack, ())


def _known(pack: Pack, settings: PortraitSettings) -> list[str]:
    """What hangs, and the portraits of the playlist that follow it; unknown ones are told."""
    there = [folder.name for folder in find_packs([settings.folder])]
    wanted = settings.others(pack.meta.id)
    for portrait_id in wanted:
        if portrait_id not in there:
            known = ", ".join(there) or "none"
            logger.warning(
                "playlist: %s: there is no such portrait; there are: %s", portrait_id, known
            )
    return [pack.meta.id, *(each for each in wanted if each in there)]
