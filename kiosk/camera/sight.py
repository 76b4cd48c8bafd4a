"""Whether a camera sees anything: black, blown out or slow for long is what staff can mend.

A few pixels are looked at once a second, and nothing of them is kept. What is black is no fault of
the device's: it stays open, and the portrait idles until there is light.
"""

from typing import Any

import numpy as np

from kiosk.messages import Bytes

SPARSE = 16  # every so many pixels tell
EVERY_S = 1.0
LONG_S = 20.0  # until it is said: longer than somebody stands close before the lens
# 0 to 255. A covered lens still has noise, up to some 15 with the gain turned up; a dark room with
# a lamp in it is not black: all but the brightest twentieth must be
BLACK, WHITE, ALL_BUT = 20, 250, 0.05
LEAST_FPS = 10.0  # webcams expose for a fifth of a second in the dark, and blinks are lost
LEAST_PX, LONGEST_SHAPE = 32, 4.0  # no camera is smaller, or so much wider than high


WORDS = {
    "black": "sees nothing but black: is the lens covered, or the room dark?",
    "white": "sees nothing but white: does a lamp or the sun shine into it?",
    "slow": "gives only {rate:.0f} pictures a second: more light lets it expose faster",
}


class Sight:
    """One camera's.

    Args:
        now: seconds.
    """

    def __init__(self, now: float) -> None:
        self.forget(now)

    def forget(self, now: float) -> None:
        """The camera is away, or another one."""
        self.fault = ""  # what staff should know, without the camera's name; empty: all is well
        self._ill, self._ill_since = "", now
        self._looked_at, self._count = now, 0  # pictures since then

    @property
    def black(self) -> bool:
        """Whether nothing but black was seen when looked last."""
        return self._ill == "black"

    def heed(self, image: Bytes, now: float) -> None:
        """Look at a picture, when it is time to.

        Args:
            image: (H, W, 3) RGB.
            now: seconds.
        """
        self._count += 1
        past_s = now - self._looked_at
        if past_s < EVERY_S:
            return
        rate = self._count / past_s
        # a long time between two looks is a pause, and no slow camera
        ill = _judge(image, slow=rate < LEAST_FPS and past_s < 2 * EVERY_S)
        if ill != self._ill:
            self._ill, self._ill_since = ill, now
        self._looked_at, self._count = now, 0
        long = ill and now - self._ill_since >= LONG_S
        self.fault = WORDS[ill].format(rate=rate) if long else ""


def _judge(image: Bytes, *, slow: bool) -> str:
    green = image[::SPARSE, ::SPARSE, 1]
    low, high = np.quantile(green, (ALL_BUT, 1 - ALL_BUT)).tolist()
    if high < BLACK:
        return "black"
    if low > WHITE:
        return "white"
    return "slow" if slow else ""


def odd(image: Any) -> str:
    """What is odd about something that should be a picture, in words; empty: nothing."""
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        return "it gives what is no picture"
    if image.ndim != 3 or image.shape[2] != 3:
        return "it gives pictures without colours, or with others than three"
    height, width = image.shape[:2]
    short, long = sorted((height, width))
    if short < LEAST_PX or long > LONGEST_SHAPE * short:
        return f"it gives pictures of {width} x {height}"
    return ""
