"""How a road fares, told in figures and in words: to staff, to programs, to the operator."""

from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING

from kiosk.config import Config
from kiosk.control.status import StageStatus, Status
from kiosk.control.view import View, view_of
from kiosk.health import SILENCE_S, Health, Recent, Report, resident_mb
from kiosk.hook import Hook
from kiosk.messages import Face, Visitor
from kiosk.room import Room
from kiosk.thrift import Thrift

if TYPE_CHECKING:
    from kiosk.mirror import Mirror

START_S = 60.0  # by then a portrait should move
STALE_S = 3.0  # without new layers for so long, the still artwork is shown


class Standing:
    """One road's.

    Args:
        config: the settings.
        hook: knows what hangs.
        health: keeps the figures.
        mirror: the stage that sees visitors; None while there is none.
        room: what is around it.
        thrift: how many pictures there are.
    """

    def __init__(
        self,
        config: Config,
        hook: Hook,
        health: Health,
        *,
        mirror: "Callable[[], Mirror | None]",
        room: Room,
        thrift: Thrift,
    ) -> None:
        self._config, self._hook, self._health = config, hook, health
        self._mirror, self._thrift, self._clock = mirror, thrift, health.now
        self._voice, self._camera = room.voice, room.camera
        self._began, self._version = health.now(), version("tableau-vivant")
        self.dark = False  # on purpose, which is no fault
        self.remarks: list[str] = []  # what staff should know, besides what is found out here

    def report(self, *, dropped: int) -> Report:
        """The figures so far; ``dropped``: messages that nobody took."""
        return self._health.report(
            dropped=dropped, engine=self._engine, portrait=self._hook.pack.meta.id
        )

    def status(self, *, dropped: int) -> Status:
        """How it fares now."""
        hook, recent, mirror = self._hook, self._health.recent(), self._mirror()
        unhealthy = tuple(self._ills(recent))
        return Status(
            version=self._version,
            portrait=hook.pack.meta.id,
            engine=self._engine,
            up_s=round(self._clock() - self._began, 1),
            attended=mirror is not None and mirror.attended,
            state="attract" if mirror is None else mirror.state.value,
            fps=recent.fps,
            latency_ms=recent.latency_ms,
            shown_age_s=recent.age_s,
            trying=hook.trying,
            dropped=dropped,
            rss_mb=round(resident_mb(), 1),
            stages={
                name: StageStatus(self._health.age(name), self._health.failures(name))
                for name in ("camera", "mirror", "generator")
            },
            faults=(*unhealthy, *self._faults()),
            unhealthy=unhealthy,
            dark=self.dark,
            quality_step=self._thrift.step,
        )

    def view(self) -> View | None:
        """What the camera sees, in figures; None: nothing yet."""
        mirror = self._mirror()
        frame = None if mirror is None else mirror.frame
        if mirror is None or frame is None:
            return None
        return view_of(frame.image, mirror.faces, self._clock() - frame.captured_at)

    def seen(self) -> tuple[Visitor | None, tuple[Face, ...]]:
        """The visitor, and all faces."""
        mirror = self._mirror()
        return (None, ()) if mirror is None else (mirror.visitor, mirror.faces)

    @property
    def _engine(self) -> str:
        portrait = self._hook.portrait()
        return "none" if portrait is None else portrait.engine.name

    def _ills(self, recent: Recent) -> Iterator[str]:
        """With these the portrait does not live."""
        for stage in self._health.silent(SILENCE_S):
            yield f"{stage} has not been heard of for {SILENCE_S:.0f} s or more"
        up_s = self._clock() - self._began
        if up_s > START_S and (recent.age_s is None or recent.age_s > STALE_S):
            yield "the portrait does not move: the still artwork hangs"

    def _faults(self) -> Iterator[str]:
        """With these it does, and yet staff should know."""
        if not self._config.display.disclosure:
            yield "the note that the movement is generated is switched off"
        if lacking := self._hook.fault:
            yield lacking
        if slowed := self._thrift.fault:
            yield slowed
        if (fault := self._camera.fault) and not self.dark:  # at night it is black, and may be
            yield fault
        if heard := self._voice.fault:
            yield heard
        yield from self.remarks
