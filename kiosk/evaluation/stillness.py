"""Whether a portrait holds still before a visitor who does: one picture of them, over and over.

The gallery's own road runs with two things changed, so that only unrest is measured: the breath is
off (``motion.breath = 0``; it moves the head on purpose), and nobody is alone, so nothing idles.
What a visitor's neutral is learnt from has been seen for `SETTLE_S` before counting begins.

The picture is followed by optical flow, for a face tracker is not still itself: on one and the same
painting MediaPipe's landmarks stray by twice the bar. What it sees is told beside its own unrest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from kiosk.evaluation.liveliness import Movement, height_of, movement_of
from kiosk.evaluation.rehearsed import Moment, Rehearsed
from kiosk.messages import Bytes, Floats
from kiosk.motion.settings import MotionSettings
from kiosk.portraits.pack import Pack

RATE = 30.0
SETTLE_S = 23.0  # the neutral's memory is twenty seconds long; then three more
WATCH_S = 2.0
LOOK_EVERY = 12  # frames while settling
# of optical flow; on a painting shifted by known parts of a pixel it is out by 0.03 px
WINDOW_PX = 31
TEXTURE = 1e-4  # least eigenvalue of a window that can be followed
BLUR_PX = 1.0  # finer strokes would be followed to the wrong neighbour
STEPS = (cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 50, 1e-3)


@dataclass(frozen=True, slots=True)
class Stillness:
    """How far the portrait of a still visitor moves; None where nothing could be followed."""

    told: Movement | None  # the landmarks that the generator is given
    picture: Movement | None  # the same places, followed through the picture
    tracked: Movement | None  # the face as a face tracker sees it
    tracker: Movement | None  # that tracker's own unrest: it sees one picture only


def hold_still(pack: Pack, image: Bytes) -> Stillness:
    """Show one picture of a visitor, (H, W, 3), until all has settled; then measure."""
    told, seen, follower = [], [], None
    with Rehearsed(pack, MotionSettings(breath=0.0)) as rehearsed:
        for moment in _hold(rehearsed, image):
            told.append(moment.told)
            seen.append(moment.seen)
            follower = follower or PictureFollower(moment.picture, moment.told)
            follower.add(moment.picture)
        unrest = [rehearsed.watcher.look(moment.picture, moment.at).mean for _ in seen]
    assert follower is not None
    in_pixels = height_of(told[0]) * moment.picture.shape[0] / 2
    return Stillness(
        told=movement_of(np.array(told), height=height_of(told[0])),
        picture=movement_of(follower.places, height=in_pixels),
        tracked=movement_of(np.array(seen), height=in_pixels),
        tracker=movement_of(np.array(unrest), height=in_pixels),
    )


class PictureFollower:
    """Follows places of a picture through those after it, while they stay near (Lucas-Kanade).

    Args:
        picture: (S, S, 3) the first one.
        landmarks: (N, 3) where to begin, canvas coordinates.
    """

    def __init__(self, picture: Bytes, landmarks: Floats) -> None:
        self._first = _soften(picture)
        half = picture.shape[0] / 2
        self._begin = ((landmarks[:, None, :2] + 1) * half - 0.5).astype(np.float32)
        self._places: list[Floats] = []

    def add(self, picture: Bytes) -> None:
        """Find all places again in another picture."""
        found, good, _ = cv2.calcOpticalFlowPyrLK(
            self._first,
            _soften(picture),
            self._begin,
            self._begin.copy(),
            winSize=(WINDOW_PX, WINDOW_PX),
            maxLevel=0,
            criteria=STEPS,
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
            minEigThreshold=TEXTURE,
        )
        lost = good[:, 0] == 0
        self._places.append(np.where(lost[:, None], np.nan, found[:, 0]).astype(np.float32))

    @property
    def places(self) -> Floats:
        """(T, N, 2) pixels, NaN where a place was lost or has nothing to hold on to."""
        return np.array(self._places)


def _soften(picture: Bytes) -> Bytes:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), BLUR_PX), np.uint8)


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
