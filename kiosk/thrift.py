"""How many pictures a second the road makes: fewer while the machine is hot, all again when cool.

Of what could be spared only whole pictures spare much (docs/performance.md), and they spare the
more the hotter it is: a processor that is cooled in time is not slowed down by itself. A machine
that is merely slow needs no such help, for late messages are dropped anyhow; it is said.
"""

import logging
from collections.abc import Callable

from kiosk.camera.source import Camera
from kiosk.camera.through import CameraThrough
from kiosk.health import Recent
from kiosk.messages import Frame
from kiosk.temperatures import processor_c

logger = logging.getLogger(__name__)

RATES = (None, 20.0, 15.0, 12.0)  # pictures a second, step by step; below 10 a blink is a jump
HOT_C, COOL_C = 92.0, 80.0  # processors slow down between 95 and 105
HOT_S = 20.0  # of heat, before a step down
SETTLES_S = 180.0  # in which a step down shows what it does, before the next: metal cools slowly
COOL_S = 300.0  # of coolness, before a step up
HELD_S, LONGEST_S = 1800.0, 3600.0  # twice as long, up to so long, after a step up that held less
SLOW_FPS, SLOW_S = 12.0, 60.0  # fewer for so long are told
EVERY_S = 5.0  # sensors are files, and some take a while
STILL_S = 2.0  # without a new picture for so long it stands still, which is told elsewhere
EARLY = 0.25  # of the time between two pictures: a frame may come by so much too soon


class Thrift:
    """One road's. The main thread looks now and then, the camera's asks with every frame.

    Args:
        clock: monotonic seconds.
        temperature: of the hottest part that computes, where it tells.
        alone: whether slowness is told here; that of several portraits is `kiosk.pace`'s.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        temperature: Callable[[], float | None] = processor_c,
        *,
        alone: bool = True,
    ) -> None:
        self._clock, self._temperature, self._alone = clock, temperature, alone
        now = clock()
        self.step = 0  # 0: all pictures
        self.fault = ""  # what staff should know, in one line
        self._due = self._not_hot_at = self._not_cool_at = self._brisk_at = now
        self._up_at = self._down_at = -LONGEST_S  # when last such a step was taken
        self._patience_s = COOL_S
        self._next_at = 0.0  # before that, a frame is one too many; the camera's thread alone

    def spares(self, frame: Frame) -> bool:
        """Whether a frame is left out."""
        rate = RATES[self.step]
        if rate is None:
            return False
        if frame.captured_at < self._next_at - EARLY / rate:
            return True
        behind = frame.captured_at - self._next_at > 1 / rate
        self._next_at = (frame.captured_at if behind else self._next_at) + 1 / rate
        return False

    def heed(self, recently: Callable[[], Recent], camera_fps: float) -> None:
        """Look how hot it is, when it is time to; what changes is logged."""
        now = self._clock()
        if now < self._due:
            return
        self._due = now + EVERY_S
        celsius, recent = self._temperature(), recently()
        if celsius is not None:
            self._heed_heat(celsius, now)
        wanted = min(SLOW_FPS, 0.75 * (RATES[self.step] or camera_fps))
        still = recent.age_s is None or recent.age_s > STILL_S
        if still or recent.fps >= wanted or not self._alone:
            self._brisk_at = now
        self._tell(celsius, recent, slow=now - self._brisk_at >= SLOW_S)

    def _heed_heat(self, celsius: float, now: float) -> None:
        if celsius < HOT_C or now - self._down_at < SETTLES_S:
            self._not_hot_at = now
        if celsius > COOL_C:
            self._not_cool_at = now
        if now - self._not_hot_at >= HOT_S and self.step < len(RATES) - 1:
            held = now - self._up_at >= max(self._patience_s, HELD_S)
            self._down_at = now
            self._patience_s = COOL_S if held else min(2 * self._patience_s, LONGEST_S)
            self._take(self.step + 1, celsius, now)
        elif now - self._not_cool_at >= self._patience_s and self.step > 0:
            self._up_at = now
            self._take(self.step - 1, celsius, now)

    def _take(self, step: int, celsius: float, now: float) -> None:
        self.step, self._not_hot_at, self._not_cool_at = step, now, now
        rate = RATES[step]
        shown = "all pictures" if rate is None else f"{rate:.0f} pictures a second"
        logger.warning("the machine is at %.0f °C: %s are shown from now on", celsius, shown)

    def _tell(self, celsius: float | None, recent: Recent, *, slow: bool) -> None:
        rate, fault = RATES[self.step], ""
        if rate is not None:
            fault = (
                f"runs at reduced quality: {rate:.0f} pictures a second, for the machine is hot "
                f"({celsius or 0:.0f} °C): see to its fans and the air around it"
            )
        elif slow:
            fault = (
                f"moves at {recent.fps:.0f} pictures a second: is the camera slow, or the machine "
                "too hot, or busy with something else?"
            )
            if not self.fault:
                logger.warning("%s", fault)
        self.fault = fault


class SparingCamera(CameraThrough):
    """A camera of whose frames some are left out.

    Args:
        camera: gives them.
        thrift: knows how many.
    """

    def __init__(self, camera: Camera, thrift: Thrift) -> None:
        super().__init__(camera)
        self._thrift = thrift

    def __call__(self, message: None = None, /) -> Frame | None:
        """The next frame; None when none came, or it is one too many."""
        frame = super().__call__()
        return None if frame is None or self._thrift.spares(frame) else frame
