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

from kiosk.comeback import Comeback
from kiosk.config import PortraitSettings
from kiosk.display.hanging import Hanging
from kiosk.display.screen import Screen
from kiosk.errors import DisplayError, EngineError, PackError
from kiosk.heap import trim_heap
from kiosk.pipeline import Latest
from kiosk.portraits.meta import PackMeta
from kiosk.portraits.override import Override, mark_of_override
from kiosk.portraits.pack import Pack, load_meta, load_pack
from kiosk.portraits.store import mark_of
from kiosk.portraits.turns import Turns

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
    changes: int | None  # mark of what staff have changed about it
    saved: PackMeta  # what the pack and its changes say
    tried: PackMeta | None = None  # what staff are trying out

    @property
    def meta(self) -> PackMeta:
        """What moves it."""
        return self.tried or self.saved


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """A portrait that shall hang."""

    folder: Path


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """The next one."""

    order: Order
    hung: Hung
    hanging: Hanging


class Hook:
    """One screen's hook.

    Args:
        pack: what hangs at first.
        settings: the table ``[portraits]``.
        build: makes a pack's portrait, without engines of certain names.
        clock: monotonic seconds.
        building: held meanwhile; hooks of one process share it.
        comeback: knows when a better engine is to be tried; None: never.
    """

    def __init__(
        self,
        pack: Pack,
        settings: PortraitSettings,
        *,
        build: Build,
        clock: Callable[[], float],
        building: "threading.Lock | None" = None,  # a function to Python until 3.13
        comeback: Comeback | None = None,
    ) -> None:
        self._comeback = comeback
        self._build, self._clock = build, clock
        self._hung = Hung(pack, None, *_marks(pack.folder), pack.meta)
        self._target: tuple[Hung, MotionTarget] | None = None
        self._turns = Turns(settings, clock())
        self._broken: set[str] = set()  # engines that broke down
        self._orders: Latest[Order] = Latest()
        self._awaited: Order | None = None  # the newest, until it hangs or cannot
        self._arrivals: Latest[Arrival] = Latest()
        self._look_at = clock()
        self._swapping = threading.Lock()  # held for an instant
        self._replaced = threading.Event()  # a portrait has gone, and its memory with it
        self._building = building or threading.Lock()  # PyTorch captures one graph at a time

    @property
    def pack(self) -> Pack:
        """What hangs."""
        return self._hung.pack

    @property
    def trying(self) -> bool:
        """Whether staff are trying something out on it."""
        return self._hung.tried is not None

    @property
    def fault(self) -> str:
        """What staff should know of its engine; empty: all is well."""
        return "" if self._comeback is None else self._comeback.fault

    def portrait(self) -> "Portrait | None":
        """What makes its layers, if that is ready."""
        return self._hung.portrait

    def target(self) -> "MotionTarget":
        """What moves it; for the mirror's thread alone."""
        from kiosk.sitter import motion_target

        hung = self._hung
        if self._target is None or self._target[0].meta is not hung.meta:
            self._target = hung, motion_target(replace(hung.pack, meta=hung.meta))
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
                self._hung = replace(self._hung, portrait=portrait)
        self._replaced.set()
        logger.info("%s runs on %s", portrait.portrait_id, portrait.engine.name)

    def order(self, folder: Path) -> None:
        """Have a pack's portrait hung when it is ready; a later order takes its place."""
        order = Order(folder)
        with self._swapping:
            self._awaited = order
            self._orders.put(order)

    def tune(self, portrait_id: str, override: Override) -> bool:
        """Try out other gains and limits on what hangs, until another portrait hangs.

        Returns:
            Whether that portrait hangs.
        """
        with self._swapping:
            hung = self._hung
            if hung.pack.meta.id != portrait_id:
                return False
            self._hung = replace(hung, tried=override.over(hung.saved))
        return True

    def look(self, *, attended: bool) -> None:
        """Order what is due, or what lies in the place of the pack that hangs; heed changes."""
        now = self._clock()
        if self._comeback is not None:
            self._comeback.notice(attended)
        if now < self._look_at or self._awaited is not None:  # what was ordered comes first
            return
        self._look_at = now + LOOK_S
        hung = self._hung
        mark = mark_of(hung.pack.folder)
        if mark not in (None, hung.mark):
            with self._swapping:
                self._hung = replace(self._hung, mark=mark)  # once
            self.order(hung.pack.folder)
        elif due := self._turns.due(hung.pack.meta.id, now=now, attended=attended):
            self.order(due)
        elif hung.changes != mark_of_override(hung.pack.folder):
            self._heed_changes(hung.pack.folder)

    def serve(self, screen: Screen, stop: threading.Event) -> None:
        """Make ready what is ordered, one after the other, until told to stop."""
        while not stop.is_set():
            order = self._orders.take(ORDER_S)
            if order is None:
                self._try_better()
                if self._replaced.is_set():
                    self._replaced.clear()
                    trim_heap()
                continue
            folder = order.folder
            try:
                marks = _marks(folder)
                pack = load_pack(folder)
                hung = Hung(pack, self._make(pack), *marks, pack.meta)
                arrival = Arrival(order, hung, screen.prepare(pack))
            except Exception as error:  # whatever it is
                logger.error("%s cannot be hung: %s", folder.name, error)
                self._done_with(order)
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
        finally:
            self._done_with(arrival.order)
        with self._swapping:
            self._hung = arrival.hung
        self._replaced.set()
        self._turns.hung(self._clock())
        logger.info("%s hangs now", arrival.hung.pack.meta.id)
        return True

    def _try_better(self) -> None:
        """Take a better engine than the one that runs, when it is time to try and one works.

        Engines agree with one another, so nobody sees that another one draws.
        """
        hung, comeback = self._hung, self._comeback
        if hung.portrait is None or comeback is None:
            return
        if not comeback.due(hung.portrait.engine.name, self._broken):
            return
        with self._building:
            try:
                better = self._build(hung.pack, ())
            except Exception as error:  # whatever it is: what runs goes on
                logger.warning("%s: no better engine can be had: %s", hung.pack.meta.id, error)
                return
        if better.engine.name == hung.portrait.engine.name:
            return
        with self._swapping:
            if self._hung.portrait is hung.portrait:  # else it has broken down, too, or is gone
                self._hung = replace(self._hung, portrait=better)
                self._broken.clear()
        self._replaced.set()
        logger.info("%s runs on %s", better.portrait_id, better.engine.name)

    def _done_with(self, order: Order) -> None:
        with self._swapping:
            if self._awaited is order:
                self._awaited = None

    def _heed_changes(self, folder: Path) -> None:
        """What staff have changed about the portrait that hangs moves it from now on."""
        changes = mark_of_override(folder)
        try:
            meta = load_meta(folder)
        except PackError as error:  # a pack that is gone; what hangs goes on hanging
            logger.error("%s", error)
            meta = self._hung.saved
        relabelled = meta.label != self._hung.saved.label
        with self._swapping:
            if self._hung.pack.folder == folder:
                self._hung = replace(self._hung, saved=meta, tried=None, changes=changes)
        if relabelled:  # a label is drawn when its portrait is hung
            self.order(folder)

    def _make(self, pack: Pack) -> "Portrait":
        with self._building:
            try:
                return self._build(pack, self._broken)
            except EngineError:
                if not self._broken:
                    raise
                self._broken.clear()  # what broke down may have healed
                return self._build(pack, ())


def _marks(folder: Path) -> tuple[tuple[int, int] | None, int | None]:
    return mark_of(folder), mark_of_override(folder)
