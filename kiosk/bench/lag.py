"""How late the portrait is, from the visitor's movement to the composed picture.

A clip stands before the camera and the road runs; every picture is kept with two times: of the
frame that it descends from, and of when it was composed. A tracker then reads both faces. Against
the first time the portrait is late by what motion's filters hold back, against the second by
everything.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.app import Road
from kiosk.bench.engines import Percentiles
from kiosk.camera.capture import read_pictures
from kiosk.camera.source import clip_path
from kiosk.config import Config, TrackingSettings
from kiosk.display.screen import open_screen
from kiosk.face import LANDMARKS
from kiosk.messages import Bytes, Frame, Layers
from kiosk.motion.agreement import Agreement, agree_signals, signals_of
from kiosk.portraits.store import choose_pack
from kiosk.tracking.landmarker import Landmarker

Points = NDArray[np.float64]

GREETED_S = 4.0  # by then the visitor is followed
RATE = 30.0  # a lag is told in frames of this


@dataclass(frozen=True)
class LagFigures:
    """One clip's; the field names are those of the file."""

    clip: str
    pictures: int
    fps: float
    latency_ms: Percentiles  # from capture to composed
    motion_frames: int  # late against the frame that a picture descends from; of 1/30 s
    whole_frames: int  # late against the visitor when it is composed
    r: float  # mean agreement of all signals at the whole lag


class Album:
    """Keeps every composed picture, when its frame was taken and when it was composed."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.captured: list[float] = []
        self.composed: list[float] = []
        self.pictures: list[Bytes] = []

    def __call__(self, picture: Bytes, layers: Layers) -> None:
        """Takes one in."""
        self.composed.append(self._clock())
        self.captured.append(layers.captured_at)
        self.pictures.append(picture.copy())


def time_lag(
    config: Config, *, seconds: float, clock: Callable[[], float] = time.monotonic
) -> LagFigures:
    """Run the road with a clip for so many seconds, and `GREETED_S` before them."""
    pack = choose_pack(config.portraits)
    road = Road(config, pack, clock=clock)
    album = Album(clock)
    road.watch(album)
    with ExitStack() as stack:
        screen = stack.enter_context(open_screen(pack, config.display, offscreen=True))
        stack.enter_context(road)
        road.run(screen, seconds=GREETED_S + seconds)
    report, camera = road.report(), road.camera
    portrait = _read_signals(album.pictures)
    visitor = _read_signals(image for _, image in read_pictures(clip_path(config.camera.source)))
    due = np.arange(camera.began + GREETED_S, album.composed[-1], 1 / RATE)
    shown = (np.round((due - camera.began) * camera.fps).astype(int)) % len(visitor)
    by_motion = agree_at(due, visitor[shown], np.array(album.captured), portrait)
    in_all = agree_at(due, visitor[shown], np.array(album.composed), portrait)
    return LagFigures(
        clip=config.camera.source,
        pictures=len(album.pictures),
        fps=report.fps,
        latency_ms=report.latency_ms,
        motion_frames=by_motion.lag_frames,
        whole_frames=in_all.lag_frames,
        r=round(float(np.mean(list(in_all.r.values()))), 3),
    )


def agree_at(due: Points, visitor: Points, came: Points, portrait: Points) -> Agreement:
    """Compare what was seen at regular times with what came when it would.

    Args:
        due: (T,) seconds, RATE of them a second.
        visitor: (T, 8) their signals then, see `signals_of`.
        came: (N,) seconds.
        portrait: (N, 8) its signals then.
    """
    steady = np.column_stack([np.interp(due, came, signal) for signal in portrait.T])
    return agree_signals(visitor, steady)


def _read_signals(pictures: Iterable[Bytes]) -> Points:
    """What a tracker reads off the nearest face of each picture: (T, 8), see `signals_of`."""
    nobody = np.full((LANDMARKS, 3), np.nan, np.float32)
    with closing(Landmarker(TrackingSettings())) as landmarker:
        looks = (landmarker(Frame(image, n / RATE)).faces for n, image in enumerate(pictures))
        return signals_of(np.array([faces[0].landmarks if faces else nobody for faces in looks]))
