"""What a report shows of a clip: its most telling moments, close up, and a short film.

In go moments, one after the other; of each kind only the most telling one is kept, so that the
length of a clip does not matter. The visitor is on the left, the portrait on the right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.display.recorder import Recorder
from kiosk.evaluation.rehearsed import Moment
from kiosk.messages import Bytes, Floats
from kiosk.motion.agreement import SIGNALS, signals_of

CLOSE_UP_PX = 320
CLOSE_UP = 1.35  # of the face's longer side
FILM_PX = 480  # height
FILM_S = 12.0
FILM_FPS = 30.0  # about; every picture is shown at its own time
GAP_PX = 8
PAPER = 24  # grey between the pictures
ARRIVAL_S = 1.0  # a portrait that is just changing hands shows nothing yet
FILM_NOTE = (
    "Left: the clip a portrait was judged with. "
    "Right: AI-generated movement: a still artwork animated by a computer"
)

Points = NDArray[np.float64]
Score = Callable[[Points, Points], float]  # of the visitor's signals and the portrait's


def _most(signal: str, sign: float) -> Score:
    column = SIGNALS.index(signal)
    return lambda visitor, _: sign * float(visitor[column])


def _shut(visitor: Points, portrait: Points) -> float:
    """High while both are shut: a portrait is a frame or two late, a blink is short."""
    column = SIGNALS.index("eyelids")
    return -float(max(visitor[column], portrait[column]))


KINDS: dict[str, Score] = {
    "eyes shut": _shut,
    "mouth open widest": _most("mouth", 1),
    "smile widest": _most("smile", 1),
    "brows highest": _most("brows", 1),
    "turned most to the left": _most("yaw", -1),
    "turned most to the right": _most("yaw", 1),
    "looking up most": _most("pitch", -1),
    "looking down most": _most("pitch", 1),
}


@dataclass(frozen=True, slots=True, eq=False)
class Highlight:
    """The most telling moment of its kind."""

    kind: str
    at: float  # second of the clip
    picture: Bytes  # (CLOSE_UP_PX, ..., 3)


class Highlights:
    """Keeps the most telling moments of a clip."""

    def __init__(self) -> None:
        self._best: dict[str, tuple[float, Moment]] = {}
        self._came: float | None = None

    def __call__(self, moment: Moment) -> None:
        """See one moment."""
        visitor = signals_of(moment.visitor[None])[0]
        portrait = signals_of(moment.seen[None])[0]
        if not (np.isfinite(visitor).all() and np.isfinite(portrait).all()):
            return
        self._came = moment.at if self._came is None else self._came
        if moment.at - self._came < ARRIVAL_S:
            return
        for kind, score in KINDS.items():
            value = score(visitor, portrait)
            if kind not in self._best or value > self._best[kind][0]:
                self._best[kind] = value, moment

    @property
    def found(self) -> list[Highlight]:
        """One of each kind; none when visitor and portrait were never both seen."""
        return [
            Highlight(kind, moment.at, _pair(moment)) for kind, (_, moment) in self._best.items()
        ]


class Film:
    """Films the first seconds in which a visitor leads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._recorder: Recorder | None = None
        self._began: float | None = None

    def __call__(self, moment: Moment) -> None:
        """See one moment."""
        if self._began is None and np.isfinite(moment.visitor).all():
            self._began = moment.at
        if self._began is None or moment.at - self._began > FILM_S:
            return
        picture = side_by_side(
            _fit_height(moment.image, FILM_PX), _fit_height(moment.picture, FILM_PX)
        )
        if self._recorder is None:
            size = picture.shape[1], picture.shape[0]
            self._recorder = Recorder(self.path, size, FILM_FPS, comment=FILM_NOTE)
        self._recorder.write(picture, moment.at)

    def close(self) -> None:
        """End the film; may be called again."""
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None


def side_by_side(left: Bytes, right: Bytes) -> Bytes:
    """Two pictures of one height, (H, ..., 3), with a gap between them."""
    gap = np.full((left.shape[0], GAP_PX, 3), PAPER, np.uint8)
    return np.hstack([left, gap, right])


def close_up(image: Bytes, landmarks: Floats) -> Bytes:
    """The face (478, 3), pixels of `image`, in a square: (CLOSE_UP_PX, CLOSE_UP_PX, 3)."""
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    side = float((high - low).max()) * CLOSE_UP
    corner, scale = (low + high) / 2 - side / 2, CLOSE_UP_PX / side
    shift = (0.5 - corner) * scale - 0.5  # OpenCV counts from the middle of a pixel
    square_from_image = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    smaller = cv2.GaussianBlur(image, (0, 0), 0.4 / scale) if scale < 0.8 else image
    return np.asarray(
        cv2.warpAffine(
            smaller,
            square_from_image,
            (CLOSE_UP_PX, CLOSE_UP_PX),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )
    )


def _pair(moment: Moment) -> Bytes:
    left = close_up(moment.image, moment.visitor)
    return side_by_side(left, close_up(moment.picture, moment.seen))


def _fit_height(image: Bytes, height: int) -> Bytes:
    width = max(round(image.shape[1] * height / image.shape[0]), 2)
    method = cv2.INTER_AREA if image.shape[0] > height else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)
