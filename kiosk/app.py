"""The whole road: builds every stage from the settings and a pack, runs them and ends them.

Threads: camera; tracking and motion; generator; and the main thread, which owns the screen. This is
the only module that knows all stages. What takes long to import waits until a thread needs it: the
still artwork hangs first.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from kiosk.camera.source import Camera, open_camera
from kiosk.config import Config
from kiosk.display.hanging import Hanging
from kiosk.display.screen import Screen
from kiosk.health import Health, Report
from kiosk.messages import Bytes, Frame, Layers, PortraitMotion
from kiosk.pipeline import Latest, Stage, Step, Worker, share_cores
from kiosk.portraits.pack import Pack, load_pack
from kiosk.portraits.playlist import Playlist
from kiosk.portraits.store import mark_of

if TYPE_CHECKING:
    from kiosk.generator.stage import GeneratorStage, Portrait
    from kiosk.mirror import Mirror
    from kiosk.motion.target import MotionTarget

logger = logging.getLogger(__name__)

IDLE_S = 1 / 30  # between two motions when no frame comes
STALE_S = 3.0  # without new layers for so long, the still artwork is shown
READY_POLL_S = 0.25
LOOK_S = 0.25  # between two looks at what shall hang
POLL_S = 0.1  # a window must be asked for its events now and then
JOIN_S = 20.0  # a network that is being loaded cannot be interrupted

Watcher = Callable[[Bytes, Layers], None]


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """A portrait that is about to hang."""

    pack: Pack
    target: "MotionTarget"
    portrait: "Portrait"
    hanging: Hanging


class Road:
    """One run, from the camera to the screen; a context manager."""

    def __init__(
        self, config: Config, pack: Pack, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._config = config
        self._pack = pack
        self._clock = clock
        self._stop = threading.Event()
        self._ready = threading.Event()  # the network has been loaded, or cannot be
        self._camera = open_camera(config.camera, clock=clock, wait=self._stop.wait)
        self._frames: Latest[Frame] = Latest()
        self._motions: Latest[PortraitMotion] = Latest()
        self._layers: Latest[Layers] = Latest()
        self._watchers: list[Watcher] = []
        self._arrivals: Latest[Arrival] = Latest()
        self._look_at, self._mark = clock(), mark_of(pack.folder)
        self._mirror: Mirror | None = None
        self._generator: GeneratorStage | None = None
        self._playlist = Playlist(
            [pack.meta.id, *config.portraits.others(pack.meta.id)],
            config.portraits.every_s,
            clock(),
        )
        self._engine = "none"
        self._broken: set[str] = set()  # engines that broke down in this run
        self._stack = ExitStack()
        self.health = Health(clock, log_every_s=config.log.every_s)
        self._workers = [
            Worker(step, health=self.health, stop=self._stop) for step in self._steps()
        ]

    def __enter__(self) -> "Road":
        self._stack.enter_context(share_cores())
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        for worker in self._workers:
            worker.join(JOIN_S)
        self._stack.close()

    @property
    def camera(self) -> Camera:
        """Where the frames come from."""
        return self._camera

    def watch(self, watcher: Watcher) -> None:
        """Have every composed picture shown to ``watcher`` too, with the layers it came from."""
        self._watchers.append(watcher)

    def hang(self, folder: Path, screen: Screen) -> threading.Thread:
        """Have another portrait take the place of the one that hangs, which goes on meanwhile.

        It is made ready in the thread that is returned; what fails there is logged, and nothing
        changes.

        Args:
            folder: its pack's.
            screen: where.
        """

        def prepare() -> None:
            from kiosk.sitter import motion_target

            try:
                pack = load_pack(folder)
                parts = motion_target(pack), self.build_portrait(pack), screen.prepare(pack)
            except Exception as error:  # whatever it is, a painting hangs
                logger.error("%s cannot be hung: %s", folder.name, error)
            else:
                self._arrivals.put(Arrival(pack, *parts))

        thread = threading.Thread(target=prepare, name="arrival", daemon=True)
        thread.start()
        return thread

    def _receive(self, screen: Screen) -> bool:
        """Hang what has arrived, if anything has; whether it has."""
        arrival = self._arrivals.take(0)
        if arrival is None:
            return False
        screen.hang(arrival.hanging)
        self._pack, self._mark = arrival.pack, mark_of(arrival.pack.folder)
        self._engine = arrival.portrait.engine.name
        if self._generator is not None:
            self._generator.hang(arrival.portrait)
        if self._mirror is not None:
            self._mirror.hang(arrival.target)
        logger.info("%s hangs now", arrival.pack.meta.id)
        return True

    def _look_for_another(self, screen: Screen) -> None:
        """Hang what the playlist says, or what has taken the place of the pack that hangs."""
        now = self._clock()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_S
        mark = mark_of(self._pack.folder)
        if mark not in (None, self._mark):
            self._mark = mark
            self.hang(self._pack.folder, screen)
            return
        attended = self._mirror is not None and self._mirror.attended
        due = self._playlist.due(now, attended=attended)
        if due is not None:
            self.hang(self._config.portraits.folder / due, screen)

    def run(self, screen: Screen, *, seconds: float | None = None) -> None:
        """Show what comes until the screen is closed, or for so many seconds from the first."""
        screen.show(None)
        shown_at = self._clock()
        ends_at: float | None = None
        last: Layers | None = None
        while not screen.closed and (ends_at is None or self._clock() < ends_at):
            self._stop.wait(shown_at + 1 / self._config.display.max_fps - self._clock())
            self._look_for_another(screen)
            if self._receive(screen):
                last = None
            layers = self._layers.take(POLL_S)
            if layers is not None and layers.portrait_id == self._pack.meta.id:
                shown_at, last = self._clock(), layers
                self._show(screen, layers)
            else:
                stale = self._clock() - shown_at > STALE_S
                screen.show(None if stale else last)
            if seconds and ends_at is None and (last or self.health.failures("generator")):
                ends_at = self._clock() + seconds
            self.health.say_every_minute(dropped=self._dropped)

    def report(self) -> Report:
        """The figures so far."""
        return self.health.report(
            dropped=self._dropped, engine=self._engine, portrait=self._pack.meta.id
        )

    @property
    def _dropped(self) -> int:
        return self._frames.dropped + self._motions.dropped + self._layers.dropped

    def _show(self, screen: Screen, layers: Layers) -> None:
        with self.health.timed("display"):
            screen.show(layers)
        self.health.shown(layers.captured_at)
        if self._watchers:
            image = screen.read()
            for watcher in self._watchers:
                watcher(image, layers)

    def _steps(self) -> list[Step]:
        return [
            Step("camera", self._start_camera, None, self._frames),
            Step(
                "mirror",
                self.build_mirror,
                self._frames,
                self._motions,
                IDLE_S,
                timed=False,
                paced=True,
            ),
            Step("generator", self._start_generator, self._motions, self._layers),
        ]

    def _start_camera(self) -> Camera:
        """A clip begins when there is something to see of it, and loading has the cores."""
        while not self._stop.is_set() and not self._ready.wait(READY_POLL_S):
            pass
        return self._camera

    def _start_generator(self) -> Stage[PortraitMotion, Layers]:
        try:
            return self.build_generator()
        finally:
            self._ready.set()

    def build_mirror(self) -> Stage[Frame, PortraitMotion]:
        """Tracking and motion; called in their own thread, where their libraries load."""
        from kiosk.mirror import Mirror
        from kiosk.motion.director import Director
        from kiosk.sitter import motion_target
        from kiosk.tracking.landmarker import Landmarker
        from kiosk.tracking.presence import Presence

        tracking = self._config.tracking
        self._mirror = Mirror(
            Landmarker(tracking),
            Presence(tracking, now=self._clock()),
            Director(motion_target(self._pack), self._config.motion, seed=0),
            health=self.health,
            clock=self._clock,
        )
        return self._mirror

    def build_generator(self) -> Stage[PortraitMotion, Layers]:
        """The stage that runs the network; called in its own thread."""
        from kiosk.generator.stage import GeneratorStage

        portrait = self.build_portrait(self._pack)
        self._engine = portrait.engine.name
        logger.info("%s runs on %s", self._pack.meta.id, portrait.engine.name)
        self._generator = GeneratorStage(portrait, give_up=self._broken.add)
        return self._generator

    def build_portrait(self, pack: Pack) -> "Portrait":
        """All that makes a pack's layers; any thread may call it."""
        from kiosk.generator.engine import choose_engine
        from kiosk.generator.stage import Portrait
        from kiosk.sitter import rig_of

        rig = rig_of(pack)
        engine = choose_engine(pack, rig, self._config.generator, without=self._broken)
        return Portrait(pack.meta.id, rig, engine)
