"""What hangs on the wall, watched: is the screen black, does the picture move, since when?

Xvfb keeps what it shows in a file (X's own dump format, `XWDFile.h`). It is looked at twenty times
a second, from outside, so that nothing of the kiosk's can flatter it.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

EVERY_S = 0.05
SPARSE = 4  # of the pixels, in either direction
DARK = 4.0  # of 255, mean; the artworks that ship are lighter, a window that is not drawn yet is 0
STILL_S = 1.0  # an idle portrait breathes: a picture without a change for so long does not live
STEADY_S = 3.0  # it must have lived for so long, to have healed


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the screen."""

    at: float
    light: float  # mean of 255; 0 where there is no screen
    mark: int  # another one for another picture


@dataclass(frozen=True, slots=True)
class Healing:
    """What a fault has done to the screen, in seconds."""

    healed_s: float  # until it lived again for good; 0: it never ceased to
    black_s: float  # the longest it was black, or not there


class Wall:
    """A screen that is watched until it is closed.

    Args:
        framebuffer: the file in which the screen's server keeps what it shows.
    """

    def __init__(self, framebuffer: Path) -> None:
        self._framebuffer = framebuffer
        self._looks: list[Look] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="wall", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Watch no more."""
        self._stop.set()
        self._thread.join()

    def heal(
        self, strike: Callable[[], object], *, within_s: float, bites_s: float = 3.0
    ) -> Healing:
        """Strike, and wait until the portrait lives again.

        Args:
            strike: does it.
            within_s: seconds it may take.
            bites_s: a fault needs so long to show.

        Raises:
            AssertionError: it does not heal in time; says what was seen.
        """
        struck_at = time.monotonic()
        strike()
        while True:
            time.sleep(EVERY_S)
            now = time.monotonic()
            since = [look for look in self._looks if look.at >= struck_at]
            found = lives_since(since, struck_at)
            ready = now - struck_at >= bites_s and found is not None and now - found >= STEADY_S
            if ready and found is not None:
                return Healing(round(max(found - struck_at, 0.0), 1), longest_black_s(since))
            assert now - struck_at < within_s + STEADY_S, (
                f"not healed within {within_s:g} s; black for {longest_black_s(since):.1f} s"
            )

    def black(self) -> bool:
        """Whether it is now."""
        return not self._looks or self._looks[-1].light < DARK

    def _watch(self) -> None:
        while not self._stop.wait(EVERY_S):
            self._looks.append(look_at(self._framebuffer))


def look_at(framebuffer: Path) -> Look:
    """One look; no file is no light."""
    now = time.monotonic()
    try:
        dump = np.fromfile(framebuffer, np.uint8)
        header = dump[:100].view(">u4")
        begins = int(header[0]) + 12 * int(header[19])
        width, height, line = int(header[4]), int(header[5]), int(header[12])
        rows = dump[begins : begins + height * line].reshape(height, line)
        pixels = rows[::SPARSE, : 4 * width].reshape(-1, width, 4)[:, ::SPARSE, :3]
    except (OSError, ValueError, IndexError):
        return Look(now, 0.0, 0)
    return Look(now, float(pixels.mean()), hash(pixels.tobytes()))


def lives_since(looks: list[Look], from_: float) -> float | None:
    """Since when it has lived without a pause; None when it does not now."""
    since: float | None = from_
    changed_at, mark = from_, looks[0].mark if looks else 0
    for look in looks:
        if look.light < DARK or look.at - changed_at > STILL_S:
            since = None
        if look.mark != mark:
            changed_at, mark = look.at, look.mark
            if since is None and look.light >= DARK:
                since = look.at
    return since


def longest_black_s(looks: list[Look]) -> float:
    """The longest it was black at a stretch."""
    longest, began = 0.0, None
    for look in looks:
        if look.light >= DARK:
            began = None
            continue
        began = look.at if began is None else began
        longest = max(longest, look.at - began)
    return round(longest, 1)
