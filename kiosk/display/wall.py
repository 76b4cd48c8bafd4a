"""What hangs on one screen: a portrait, or, for a moment, the next one fading in; and its glass.

The context must be current in every call. The fade is drawn on a picture of its own, for a canvas
redraws only what moves.
"""

import time
from collections.abc import Callable

import cv2
import numpy as np

from kiosk.display.canvas import Canvas
from kiosk.display.captions import draw_caption, place_caption
from kiosk.display.glass import Glass
from kiosk.display.graphics import Program, Target
from kiosk.display.hanging import Hanging
from kiosk.display.placement import Placement, Rectangle
from kiosk.display.shaders import FADE
from kiosk.display.view import View, level_at, shift_at
from kiosk.errors import DisplayError
from kiosk.hours import time_of_day
from kiosk.messages import Bytes, Layers


class Wall:
    """One screen's wall.

    Args:
        hanging: the first portrait.
        clock: monotonic seconds.
        time_of_day: HH:MM.
    """

    def __init__(
        self,
        hanging: Hanging,
        clock: Callable[[], float] = time.monotonic,
        time_of_day: Callable[[], str] = time_of_day,
    ) -> None:
        self._clock, self._time_of_day = clock, time_of_day
        self._settings = hanging.settings
        self._glass = Glass(hanging.size, hanging.settings.wall_rgb)
        self._canvas = Canvas(hanging)
        self._fade: _Fade | None = None
        self.dark = False  # on purpose
        width, height = hanging.size
        self._rgba = np.zeros((height, width, 4), np.uint8)

    @property
    def placement(self) -> Placement:
        """Where the newest portrait's picture and canvas are."""
        return self._canvas.placement

    @property
    def fades(self) -> bool:
        """Whether one portrait is giving way to another."""
        return self._fade is not None

    def hang(self, hanging: Hanging) -> None:
        """Shows another portrait, still; it fades in over what is seen now.

        Raises:
            DisplayError: the graphics card has no room for it; what hangs goes on hanging.
        """
        assert hanging.size == self._canvas.picture.size
        new = Canvas(hanging)
        fade = None
        if hanging.settings.crossfade_s > 0:
            try:
                fade = _Fade(self._picture, self._clock(), hanging.settings.crossfade_s)
            except DisplayError:
                new.delete()
                raise
        self._end_fade()
        self._canvas.delete()
        self._canvas, self._fade = new, fade

    def draw(self, layers: Layers | None) -> None:
        """Composes one frame; without layers the artwork as it hangs."""
        self._canvas.draw(layers)
        if self._fade is not None:
            share = self._fade.share(self._clock())
            if share < 1:
                self._fade.draw(self._canvas.picture, share)
            else:
                self._end_fade()

    def read(self) -> Bytes:
        """The picture of the whole screen: (height, width, 3) uint8 RGB, top row first."""
        self._seen.read(self._rgba)
        return np.asarray(cv2.cvtColor(self._rgba, cv2.COLOR_RGBA2RGB), np.uint8)

    def finish(self) -> None:
        """Waits until the picture is composed: OpenGL works ahead."""
        self._seen.finish()

    def present(self, area: Rectangle, rows: int) -> None:
        """Copies the picture to an area of the window, which has so many rows of pixels."""
        self._seen.present(area, rows)

    def delete(self) -> None:
        """Gives the graphics card's memory back."""
        self._end_fade()
        self._canvas.delete()
        self._glass.delete()

    def lay(self, overlay: Bytes | None) -> None:
        """Lays the operator's overlay, (h, w, 4), over it; None takes it away."""
        self._glass.lay("overlay", overlay)

    def caption(self, text: str) -> None:
        """Shows what is to be read; an empty text takes it away."""
        size = self._canvas.picture.size
        ink = draw_caption(text, self._settings, size)
        self._glass.lay("caption", ink if text else None, place_caption(ink.shape, size))

    @property
    def _seen(self) -> Target:
        """The picture through its glass."""
        shift = shift_at(self._clock(), self._settings.shift_px)
        light = level_at(self._time_of_day(), self._settings.brightness)
        level = 0.0 if self.dark else light
        return self._glass.through(self._picture, View(shift, level))

    @property
    def _picture(self) -> Target:
        return self._canvas.picture if self._fade is None else self._fade.picture

    def _end_fade(self) -> None:
        if self._fade is not None:
            self._fade.delete()
            self._fade = None


class _Fade:
    """What was seen, giving way to another portrait's picture.

    Args:
        seen: what is seen now; it is copied.
        began: seconds.
        seconds: that it takes.
    """

    def __init__(self, seen: Target, began: float, seconds: float) -> None:
        self._began, self._seconds = began, seconds
        self._before, self.picture = Target(*seen.size), Target(*seen.size)
        self._program = Program(FADE, ("before", "after"))
        for copy in (self._before, self.picture):
            self._mix(copy, seen, seen, 0.0)

    def share(self, now: float) -> float:
        """How much of it is past, 0 to 1 or more."""
        return (now - self._began) / self._seconds

    def draw(self, new: Target, share: float) -> None:
        self._mix(self.picture, self._before, new, share * share * (3 - 2 * share))

    def delete(self) -> None:
        self._before.delete()
        self.picture.delete()
        self._program.delete()

    def _mix(self, target: Target, before: Target, after: Target, share: float) -> None:
        self._program.set({"share": share})
        textures = {"before": before.texture, "after": after.texture}
        self._program.draw(target, [(0, 0, *target.size)], textures)
