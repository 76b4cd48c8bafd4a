"""The whole road, offscreen, on screens of several sizes; and tracking, by faces in view."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.app import Road
from kiosk.bench.engines import Percentiles, percentiles
from kiosk.camera.capture import read_pictures
from kiosk.camera.source import clip_path
from kiosk.config import Config, TrackingSettings, speechless
from kiosk.display.screen import open_screen
from kiosk.messages import Bytes, Frame
from kiosk.portraits.store import choose_pack
from kiosk.tracking.landmarker import Landmarker

FRAME = (640, 480)  # width, height of the pictures in which several faces stand
ROWS = {1: (1, 1), 2: (1, 2), 3: (1, 3), 4: (2, 2), 5: (2, 3), 6: (2, 3)}  # rows, columns of faces
WARM_UP = 10


@dataclass(frozen=True)
class RoadFigures:
    """A run of the road; the field names are those of the file."""

    size: str
    engine: str
    fps: float
    latency_ms: Percentiles  # from capture to composed
    stages_ms: dict[str, Percentiles]
    rss_mb: float


@dataclass(frozen=True)
class FacesFigures:
    """Tracking with so many faces in view."""

    faces: int
    found: float  # of them, mean over the frames
    tracking_ms: Percentiles


def time_road(config: Config, *, seconds: float) -> RoadFigures:
    """Run the road for so many seconds."""
    pack = choose_pack(config.portraits)
    road = Road(speechless(config), pack)
    with ExitStack() as stack:
        screen = stack.enter_context(open_screen(pack, config.display, offscreen=True))
        stack.enter_context(road)
        road.run(screen, seconds=seconds)
        report = road.report()
    return RoadFigures(
        size="{}x{}".format(*config.display.size),
        engine=report.engine,
        fps=report.fps,
        latency_ms=report.latency_ms,
        stages_ms=report.stages_ms,
        rss_mb=report.rss_mb,
    )


def time_faces(
    settings: TrackingSettings,
    source: str,
    *,
    count: int,
    frames: int,
    clock: Callable[[], float] = time.perf_counter,
) -> FacesFigures:
    """Track pictures in which a clip's visitor stands `count` times.

    Args:
        settings: the table ``[tracking]``; as many faces as there are are looked for.
        source: a clip's path, or ``demo``.
        count: 1 to 6.
        frames: so many, from the clip's beginning.
        clock: seconds.
    """
    wanted = max(settings.max_faces, count)
    landmarker = Landmarker(settings.model_copy(update={"max_faces": wanted}))
    spent_ms, found = [], []
    try:
        for number, (_, image) in enumerate(read_pictures(clip_path(source))):
            if number == frames + WARM_UP:
                break
            picture = repeat_face(image, count)
            began = clock()
            faces = landmarker(Frame(picture, captured_at=number / 30)).faces
            if number >= WARM_UP:
                spent_ms.append(1000 * (clock() - began))
                found.append(len(faces))
    finally:
        landmarker.close()
    return FacesFigures(count, round(float(np.mean(found)), 2), percentiles(spent_ms))


def repeat_face(image: Bytes, count: int) -> Bytes:
    """A picture of FRAME's size in which another stands `count` times, side by side."""
    width, height = FRAME
    rows, columns = ROWS[count]
    picture = np.full((height, width, 3), 110, np.uint8)
    cell = min(width // columns, height // rows)
    side = min(image.shape[:2])
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    square = image[top : top + side, left : left + side]
    small = cv2.resize(square, (cell, cell), interpolation=cv2.INTER_AREA)
    for number in range(count):
        row, column = divmod(number, columns)
        x = column * width // columns + (width // columns - cell) // 2
        y = row * height // rows + (height // rows - cell) // 2
        picture[y : y + cell, x : x + cell] = small
    return picture
