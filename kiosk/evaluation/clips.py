"""A clip looked through before long work is done with it: is it whole, does it show a face?

Nothing is kept of it but a count. Clips are read picture by picture: their length does not matter.
"""

from contextlib import closing
from pathlib import Path

import av

from kiosk.camera.capture import count_pictures, read_pictures
from kiosk.config import TrackingSettings
from kiosk.errors import CameraError
from kiosk.messages import Bytes, Frame
from kiosk.tracking.landmarker import Landmarker

WHOLE = 0.95  # of the pictures that a file says it holds; the last few are often not coded
FACE_EVERY = 5  # frames between two looks for the first face
MIN_SEEN = 24  # frames with a face: fewer say nothing about how a portrait moves


def check_clip(clip: Path) -> int:
    """How many pictures a clip holds.

    Raises:
        CameraError: it cannot be played, is cut short, or shows nobody.
    """
    count = count_pictures(clip)
    promised = _promised_pictures(clip)
    if not count:
        raise CameraError(f"{clip}: no frame can be read; give a clip that plays elsewhere")
    if count < WHOLE * promised:
        raise CameraError(
            f"{clip}: is cut short, {count} of {promised} pictures can be read; copy it again"
        )
    if not _shows_a_face(clip):
        raise CameraError(f"{clip}: no face is seen in it; give a clip of one that looks this way")
    return count


def check_seen(clip: Path, seen: int) -> None:
    """Refuse a clip with too few faces to judge by.

    Raises:
        CameraError: there are fewer than `MIN_SEEN`.
    """
    if seen < MIN_SEEN:
        raise CameraError(
            f"{clip}: a face is seen in {seen} pictures only; give at least a second of one"
        )


def picture_at(clip: Path, number: int) -> Bytes:
    """One picture of a clip, counted from 0: (H, W, 3)."""
    for which, (_, image) in enumerate(read_pictures(clip)):
        if which == number:
            return image
    raise CameraError(f"{clip}: has no picture {number}")


def _promised_pictures(clip: Path) -> int:
    """As many as the container's index says; 0 where it has none."""
    try:
        with av.open(str(clip)) as file:
            return int(file.streams.video[0].frames)
    except (av.FFmpegError, IndexError, OSError):  # what OpenCV plays is good enough
        return 0


def _shows_a_face(clip: Path) -> bool:
    with closing(Landmarker(TrackingSettings())) as landmarker:
        return any(
            landmarker(Frame(image, now)).faces
            for number, (now, image) in enumerate(read_pictures(clip))
            if number % FACE_EVERY == 0
        )
