"""Whether a portrait holds still before a visitor who does: one picture of them, over and over.

The gallery's own road runs with two things changed, so that only unrest is measured: the breath is
off (``motion.breath = 0``; it moves the head on purpose), and nobody is alone, so nothing idles.
What a visitor's neutral is learnt from has been seen for `SETTLE_S` before counting begins.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from kiosk.messages import Bytes
from kiosk.motion.settings import MotionSettings
from kiosk.portraits.pack import Pack
from kiosk.training.liveliness import Movement, movement_of
from kiosk.training.rehearsed import Moment, Rehearsed

RATE = 30.0
SETTLE_S = 23.0  # the neutral's memory is twenty seconds long; then three more
WATCH_S = 2.0
LOOK_EVERY = 12  # frames while settling


@dataclass(frozen=True, slots=True)
class Stillness:
    """How far the portrait of a still visitor moves; None where no face was seen."""

    told: Movement | None  # the landmarks that the generator is given
    seen: Movement | None  # those that a tracker finds in the picture


def hold_still(pack: Pack, image: Bytes) -> Stillness:
    """Show one picture of a visitor, (H, W, 3), until all has settled; then measure."""
    with Rehearsed(pack, MotionSettings(breath=0.0)) as rehearsed:
        moments = [(moment.told, moment.seen) for moment in _hold(rehearsed, image)]
    told, seen = (np.array(landmarks) for landmarks in zip(*moments, strict=True))
    return Stillness(told=movement_of(told), seen=movement_of(seen))


def _hold(rehearsed: Rehearsed, image: Bytes) -> Iterator[Moment]:
    settling, watching = round(SETTLE_S * RATE), round(WATCH_S * RATE)
    faces = rehearsed.find(image, 0.0)
    for number in range(settling):
        # the tracker sees the same picture: it is asked only often enough to remember the face
        at = number / RATE
        looks = number % LOOK_EVERY == 0
        faces = rehearsed.find(image, at) if looks else replace(faces, captured_at=at)
        rehearsed.follow(faces)
    for number in range(settling, settling + watching):
        yield rehearsed.show(number, number / RATE, image)
