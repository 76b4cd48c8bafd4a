"""The whole road: builds every stage from the settings and a pack, runs them and ends them.

Threads: camera; tracking and motion; generator; and the main thread, which owns the screen. This is
the only module that knows all stages. What takes long to import waits until a thread needs it: the
still artwork hangs first.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from kiosk.camera.source import Camera
from kiosk.comeback import Comeback, end_if_only_that_helps
from kiosk.config import Config
from kiosk.control.status import Status
from kiosk.control.view import View
from kiosk.crew import Crew
from kiosk.display.screen import Screen
from kiosk.errors import ControlError, StalledError
from kiosk.health import Figures, Health, Report
from kiosk.hook import Hook
from kiosk.messages import Bytes, Frame, Layers, PortraitMotion
from kiosk.narrator import Narrator
from kiosk.onlookers import Onlookers, Watcher
from kiosk.operator import Operator
from kiosk.pipeline import Latest, Stage, Step, share_cores
from kiosk.portraits.override import Override
from kiosk.portraits.pack import Pack
from kiosk.portraits.store import find_pack
from kiosk.room import Room, own_room
from kiosk.service.night import is_night, remember
from kiosk.stages import build_mirror, build_portrait
from kiosk.standing import STALE_S, Standing
from kiosk.thrift import SparingCamera, Thrift

if TYPE_CHECKING:
    from kiosk.generator.stage import Portrait
    from kiosk.mirror import Mirror

Beat = Callable[[], None]

logger = logging.getLogger(__name__)

IDLE_S = 1 / 30  # between two motions when no frame comes
READY_POLL_S = 0.25
POLL_S = 0.1  # a window must be asked for its events now and then
HOPELESS_S = 600.0  # without new layers for so long after it had moved, only a new process helps
JOIN_S = 20.0  # a network that is being loaded cannot be interrupted


class Road:
    """One run, from the camera to the screen; a context manager."""

    def __init__(
        self,
        config: Config,
        pack: Pack,
        room: Room | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._clock = clock
        self._room = room = room or own_room(config, clock=clock)
        self._stop, self._voice = room.stop, room.voice
        self._thrift = Thrift(clock, alone=not room.name)
        self.comeback = Comeback(config.generator.engine, clock=clock)
        self._hook = Hook(
            pack,
            config.portraits,
            build=self.build_portrait,
            clock=clock,
            building=room.building,
            comeback=self.comeback,
        )
        self._ready = threading.Event()  # the network has been loaded, or cannot be
        self._frames: Latest[Frame] = Latest()
        self._motions: Latest[PortraitMotion] = Latest()
        self.layers: Latest[Layers] = Latest(changed=room.arrived)
        self._mirror: Mirror | None = None
        self._stack = ExitStack()
        self.health = Health(clock, log_every_s=config.log.every_s, name=room.name)
        self._servants: list[threading.Thread] = []
        self._onlookers = Onlookers()
        self._narrator = Narrator(self._voice, captions=config.performances.captions, clock=clock)
        self._standing = Standing(
            config,
            self._hook,
            self.health,
            mirror=lambda: self._mirror,
            room=room,
            thrift=self._thrift,
        )
        self.remarks = self._standing.remarks
        self._overlay = Operator(self.status, self._standing.seen, clock=clock)
        self._shown_at = self._fades_until = clock()
        self._dark = is_night()  # is to be
        self._last: Layers | None = None  # that were shown, of what hangs
        self._crew = Crew(self._steps(), health=self.health, stop=self._stop)

    def __enter__(self) -> "Road":
        self._stack.enter_context(share_cores())
        self._stack.callback(self._voice.close)
        self._crew.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._crew.join(JOIN_S)
        for servant in self._servants:
            servant.join(JOIN_S)
        self._stack.close()

    @property
    def camera(self) -> Camera:
        """Where the frames come from."""
        return self._room.camera

    def watch(self, watcher: Watcher) -> None:
        """Have every composed picture shown to ``watcher`` too, with the layers it came from."""
        self._onlookers.watch(watcher)

    def hang(self, folder: Path) -> None:
        """Have another pack's portrait take the place of the one that hangs, once it is ready."""
        self._hook.order(folder)

    def hang_by_id(self, portrait_id: str, place: int = 1) -> None:
        """The same by name.

        Raises:
            PackError: there is no such portrait.
            ControlError: there is no such place.
        """
        if place != 1:
            raise ControlError(f"place is {place}; one portrait hangs here: leave place out")
        self.hang(find_pack(portrait_id, [self._config.portraits.folder]))

    def tune(self, portrait_id: str, override: Override) -> None:
        """Try out gains and limits on the portrait that hangs, until another one hangs.

        Raises:
            ControlError: it does not hang.
        """
        if not self._hook.tune(portrait_id, override):
            raise ControlError(f"{portrait_id} does not hang now; hang it first")

    def darken(self, dark: bool) -> None:
        """Let the screen be black and see nobody, as at night, or wake again."""
        self._dark = dark
        remember(dark)

    def picture(self, timeout_s: float) -> Bytes | None:
        """What the screen shows: (H, W, 3) RGB; None when it cannot be had in time."""
        return self._onlookers.look(timeout_s)

    def run(
        self, screen: Screen, *, seconds: float | None = None, beat: Beat = lambda: None
    ) -> None:
        """Show what comes until the screen is closed, or for so many seconds from the first.

        Args:
            screen: what it is shown on.
            seconds: from the first moving picture; None: without end.
            beat: is called whenever something was really shown.

        Raises:
            StalledError: the portrait moves no more, and only a new process can help.
        """
        self.begin(screen)
        ends_at: float | None = None
        while not screen.closed and (ends_at is None or self._clock() < ends_at):
            self._stop.wait(self._shown_at + 1 / self._config.display.max_fps - self._clock())
            layers = self.step(screen, self.patience_s)
            beat()
            if layers is not None:
                self.shown(layers)
            end_if_only_that_helps([self.comeback])
            if seconds and ends_at is None and self.moves:
                ends_at = self._clock() + seconds
            self._onlookers.serve(screen, layers)

    def begin(self, screen: Screen) -> None:
        """Show the still artwork, and begin to make ready whatever portraits are to come."""
        screen.show(None)
        given = (screen, self._stop)
        servant = threading.Thread(target=self._hook.serve, args=given, name="hook", daemon=True)
        servant.start()
        self._servants.append(servant)
        self._surround()
        self._shown_at = self._fades_until = self._clock()

    def step(self, screen: Screen, patience_s: float) -> Layers | None:
        """Hang what is ready, and compose what has come.

        Args:
            screen: what it is shown on.
            patience_s: how long layers are waited for.

        Returns:
            The layers, if new ones were composed.
        """
        self._look_after_stages()
        self._heed_darkness(screen)
        self._hook.look(attended=self._mirror is not None and self._mirror.attended)
        if self._hook.receive(screen):
            self._surround()
            self._last = None
            self._fades_until = self._clock() + self._config.display.crossfade_s
        layers = self.layers.take(patience_s)
        if layers is not None and layers.portrait_id == self._hook.pack.meta.id:
            self._shown_at, self._last = self._clock(), layers
            with self.health.timed("display"):
                screen.show(layers)
        else:
            layers = None
            stale = self._clock() - self._shown_at > STALE_S
            screen.show(None if stale else self._last)
        self._overlay.serve(screen)
        self._narrator.serve(screen)
        self.health.say_every_minute(dropped=self._dropped)
        self._thrift.heed(self.health.recent, self.camera.fps)
        return layers

    def shown(self, layers: Layers) -> None:
        """What was composed has been presented."""
        self.health.shown(layers.captured_at)

    @property
    def patience_s(self) -> float:
        """How long layers may be waited for before the screen must be seen to again."""
        fades = self._clock() < self._fades_until
        return 1 / self._config.display.max_fps if fades else POLL_S

    @property
    def moves(self) -> bool:
        """Whether the portrait has begun to move, or cannot."""
        return self._last is not None or self.health.failures("generator") > 0

    def report(self) -> Report:
        """The figures so far."""
        return self._standing.report(dropped=self._dropped)

    def status(self) -> Status:
        """How it fares now."""
        return self._standing.status(dropped=self._dropped)

    def figures(self) -> Figures:
        """What was counted since the start."""
        return self.health.figures()

    def view(self) -> View | None:
        """What the camera sees, in figures; None: nothing yet."""
        return self._standing.view()

    @property
    def _dropped(self) -> int:
        return self._frames.dropped + self._motions.dropped + self.layers.dropped

    def _heed_darkness(self, screen: Screen) -> None:
        if self._mirror is not None:  # another one may have been built
            self._mirror.asleep = self._dark
        if self._dark != self._standing.dark:
            self._standing.dark = self._dark
            screen.darken(self._dark)
            self._voice.mute(self._dark)

    def _look_after_stages(self) -> None:
        self._crew.look_after()
        still_s = self._clock() - self._shown_at
        if self._crew.lost or (self.health.moved and still_s > HOPELESS_S):
            raise StalledError("the portrait moves no more, whatever is done; begin anew")

    def _surround(self) -> None:
        """Let be heard what belongs around the portrait that hangs."""
        pack = self._hook.pack
        if any(performance.sound for performance in pack.performances):
            self._voice.open()
        self._voice.ambience(pack.ambience)

    def _steps(self) -> list[Step]:
        return [
            Step(
                "camera",
                self._start_camera,
                None,
                self._frames,
                shared=True,
                on_dismissal=self._room.camera.forget,
            ),
            Step(
                "mirror",
                self.build_mirror,
                self._frames,
                self._motions,
                IDLE_S,
                timed=False,
                paced=True,
            ),
            Step("generator", self._start_generator, self._motions, self.layers),
        ]

    def _start_camera(self) -> Camera:
        """A clip begins when there is something to see of it, and loading has the cores."""
        while not self._stop.is_set() and not self._ready.wait(READY_POLL_S):
            pass
        return SparingCamera(self._room.camera, self._thrift)

    def _start_generator(self) -> Stage[PortraitMotion, Layers]:
        try:
            return self.build_generator()
        finally:
            self._ready.set()

    def build_mirror(self) -> Stage[Frame, PortraitMotion]:
        """Tracking and motion; called in their own thread, where their libraries load."""
        self._mirror = None
        self._mirror = build_mirror(
            self._config,
            self._room,
            self._hook,
            narrator=self._narrator,
            health=self.health,
            clock=self._clock,
        )
        return self._mirror

    def build_generator(self) -> Stage[PortraitMotion, Layers]:
        """The stage that runs the network; called in its own thread."""
        from kiosk.generator.stage import GeneratorStage

        self._hook.make_ready()
        return GeneratorStage(self._hook.portrait, give_up=self._hook.give_up)

    def build_portrait(self, pack: Pack, without: Collection[str] = ()) -> "Portrait":
        """All that makes a pack's layers, without engines of these names."""
        return build_portrait(self._config, pack, without)
