"""The whole road: builds every stage from the settings and a pack, runs them and ends them.

Threads: camera; tracking and motion; generator; and the main thread, which owns the screen. This is
the only module that knows all stages. What takes long to import waits until a thread needs it: the
still artwork hangs first.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from kiosk.camera.source import Camera, open_camera
from kiosk.config import Config
from kiosk.control.peephole import Peephole
from kiosk.control.status import StageStatus, Status
from kiosk.display.screen import Screen
from kiosk.errors import ControlError
from kiosk.health import SILENCE_S, Health, Recent, Report, resident_mb
from kiosk.hook import Hook
from kiosk.hours import time_of_day
from kiosk.messages import Bytes, Face, Frame, Layers, PortraitMotion, Visitor
from kiosk.narrator import Narrator
from kiosk.operator import Operator
from kiosk.pipeline import Latest, Stage, Step, Worker, share_cores
from kiosk.portraits.override import Override
from kiosk.portraits.pack import Pack
from kiosk.portraits.store import find_pack
from kiosk.sound.sound import Sound

if TYPE_CHECKING:
    from kiosk.generator.stage import Portrait
    from kiosk.mirror import Mirror

logger = logging.getLogger(__name__)

IDLE_S = 1 / 30  # between two motions when no frame comes
START_S = 60.0  # by then a portrait should move
STALE_S = 3.0  # without new layers for so long, the still artwork is shown
READY_POLL_S = 0.25
POLL_S = 0.1  # a window must be asked for its events now and then
JOIN_S = 20.0  # a network that is being loaded cannot be interrupted

Watcher = Callable[[Bytes, Layers], None]


class Road:
    """One run, from the camera to the screen; a context manager."""

    def __init__(
        self, config: Config, pack: Pack, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._config = config
        self._clock = clock
        self._hook = Hook(pack, config.portraits, build=self.build_portrait, clock=clock)
        self._stop = threading.Event()
        self._ready = threading.Event()  # the network has been loaded, or cannot be
        self._camera = open_camera(config.camera, clock=clock, wait=self._stop.wait)
        self._frames: Latest[Frame] = Latest()
        self._motions: Latest[PortraitMotion] = Latest()
        self._layers: Latest[Layers] = Latest()
        self._watchers: list[Watcher] = []
        self._mirror: Mirror | None = None
        self._stack = ExitStack()
        self.health = Health(clock, log_every_s=config.log.every_s)
        self._servants: list[threading.Thread] = []
        self._peephole = Peephole()
        self._overlay = Operator(self.status, self._seen, clock=clock)
        self._sound = Sound(config.sound, clock=clock)
        self._narrator = Narrator(self._sound, captions=config.performances.captions, clock=clock)
        self._began, self._version = clock(), version("tableau-vivant")
        self._workers = [
            Worker(step, health=self.health, stop=self._stop) for step in self._steps()
        ]

    def __enter__(self) -> "Road":
        self._stack.enter_context(share_cores())
        self._stack.callback(self._sound.close)
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
        for worker in (*self._workers, *self._servants):
            worker.join(JOIN_S)
        self._stack.close()

    @property
    def camera(self) -> Camera:
        """Where the frames come from."""
        return self._camera

    def watch(self, watcher: Watcher) -> None:
        """Have every composed picture shown to ``watcher`` too, with the layers it came from."""
        self._watchers.append(watcher)

    def hang(self, folder: Path) -> None:
        """Have another pack's portrait take the place of the one that hangs, once it is ready."""
        self._hook.order(folder)

    def hang_by_id(self, portrait_id: str) -> None:
        """The same by name.

        Raises:
            PackError: there is no such portrait.
        """
        self.hang(find_pack(portrait_id, [self._config.portraits.folder]))

    def tune(self, portrait_id: str, override: Override) -> None:
        """Try out gains and limits on the portrait that hangs, until another one hangs.

        Raises:
            ControlError: it does not hang.
        """
        if not self._hook.tune(portrait_id, override):
            raise ControlError(f"{portrait_id} does not hang now; hang it first")

    def picture(self, timeout_s: float) -> Bytes | None:
        """What the screen shows: (H, W, 3) RGB; None when it cannot be had in time."""
        return self._peephole.look(timeout_s)

    def run(self, screen: Screen, *, seconds: float | None = None) -> None:
        """Show what comes until the screen is closed, or for so many seconds from the first."""
        screen.show(None)
        self._serve(screen)
        self._surround()
        shown_at = fades_until = self._clock()
        ends_at: float | None = None
        last: Layers | None = None
        while not screen.closed and (ends_at is None or self._clock() < ends_at):
            self._stop.wait(shown_at + 1 / self._config.display.max_fps - self._clock())
            self._hook.look(attended=self._mirror is not None and self._mirror.attended)
            if self._hook.receive(screen):
                self._surround()
                last, fades_until = None, self._clock() + self._config.display.crossfade_s
            fades = self._clock() < fades_until
            layers = self._layers.take(1 / self._config.display.max_fps if fades else POLL_S)
            if layers is not None and layers.portrait_id == self._hook.pack.meta.id:
                shown_at, last = self._clock(), layers
                self._show(screen, layers)
            else:
                stale = self._clock() - shown_at > STALE_S
                screen.show(None if stale else last)
            if seconds and ends_at is None and (last or self.health.failures("generator")):
                ends_at = self._clock() + seconds
            self._peephole.serve(screen)
            self._overlay.serve(screen)
            self._narrator.serve(screen)
            self.health.say_every_minute(dropped=self._dropped)

    def report(self) -> Report:
        """The figures so far."""
        portrait = self._hook.portrait()
        return self.health.report(
            dropped=self._dropped,
            engine="none" if portrait is None else portrait.engine.name,
            portrait=self._hook.pack.meta.id,
        )

    def status(self) -> Status:
        """How it fares now."""
        hook, recent = self._hook, self.health.recent()
        portrait = hook.portrait()
        return Status(
            version=self._version,
            portrait=hook.pack.meta.id,
            engine="none" if portrait is None else portrait.engine.name,
            up_s=round(self._clock() - self._began, 1),
            attended=self._mirror is not None and self._mirror.attended,
            state="attract" if self._mirror is None else self._mirror.state.value,
            fps=recent.fps,
            latency_ms=recent.latency_ms,
            shown_age_s=recent.age_s,
            trying=hook.trying,
            dropped=self._dropped,
            rss_mb=round(resident_mb(), 1),
            stages={
                name: StageStatus(self.health.age(name), self.health.failures(name))
                for name in ("camera", "mirror", "generator")
            },
            faults=tuple(self._faults(recent)),
        )

    def _seen(self) -> tuple[Visitor | None, tuple[Face, ...]]:
        """The visitor, and all faces."""
        mirror = self._mirror
        return (None, ()) if mirror is None else (mirror.visitor, mirror.faces)

    def _faults(self, recent: Recent) -> Iterator[str]:
        for stage in self.health.silent(SILENCE_S):
            yield f"{stage} has not been heard of for {SILENCE_S:.0f} s or more"
        up_s = self._clock() - self._began
        if up_s > START_S and (recent.age_s is None or recent.age_s > STALE_S):
            yield "the portrait does not move: the still artwork hangs"
        if not self._config.display.disclosure:
            yield "the note that the movement is generated is switched off"
        if fault := self._sound.fault:
            yield fault

    @property
    def _dropped(self) -> int:
        return self._frames.dropped + self._motions.dropped + self._layers.dropped

    def _serve(self, screen: Screen) -> None:
        """Begin to make ready whatever portraits are to come."""
        given = (screen, self._stop)
        servant = threading.Thread(target=self._hook.serve, args=given, name="hook", daemon=True)
        servant.start()
        self._servants.append(servant)

    def _surround(self) -> None:
        """Let be heard what belongs around the portrait that hangs."""
        pack = self._hook.pack
        if any(performance.sound for performance in pack.performances):
            self._sound.open()
        self._sound.ambience(pack.ambience)

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
        from kiosk.experience import Experience
        from kiosk.mirror import Mirror
        from kiosk.motion.director import Director
        from kiosk.motion.settings import calmed
        from kiosk.repertoire import Repertoire
        from kiosk.tracking.landmarker import Landmarker
        from kiosk.tracking.presence import Presence

        self._mirror, hook = None, self._hook
        tracking, experience = self._config.tracking, self._config.experience
        motion = calmed(self._config.motion) if experience.reduced_motion else self._config.motion
        performances = self._config.performances
        repertoire = Repertoire(
            performances,
            self._config.display.language,
            lambda: hook.pack.performances,
            time_of_day=time_of_day,
        )
        visits = Experience(
            experience, self._clock(), repertoire, story_after_s=performances.story_after_s
        )
        self._mirror = Mirror(
            Landmarker(tracking),
            Presence(tracking, now=self._clock()),
            Director(
                hook.target(),
                motion,
                seed=0,
                smile=experience.smile,
                ahead_s=lambda: self.health.recent().latency_ms / 1000,
            ),
            hook.target,
            experience=self._narrator.narrating(visits),
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
        from kiosk.generator.engine import choose_engine
        from kiosk.generator.stage import Portrait
        from kiosk.sitter import rig_of

        rig = rig_of(pack)
        engine = choose_engine(pack, rig, self._config.generator, without=without)
        return Portrait(pack.meta.id, rig, engine)
