"""A look before the work: one PNG of what was found in a picture, and of how it will move.

Made in seconds, before anything is learnt: the puppet's own pictures, which a portrait comes to.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.curation.study import Study
from kiosk.errors import PictureError
from kiosk.face import EYES, LIPS, MESH, OVAL
from kiosk.messages import Bytes
from kiosk.motion.target import MotionTarget
from kiosk.motion.telling import telling_motions
from kiosk.puppet.limits import find_limits
from kiosk.rig.raster import to_pixels

Pixel = TypeVar("Pixel", bound=np.generic)

CELL = 420  # pixels, a side
GAP, PAPER = 6, 24
FACE_COLOUR, PART_COLOUR, CANVAS_COLOUR = (90, 220, 255), (255, 210, 60), (255, 80, 80)
WALL = (60, 60, 200)  # behind the sitter that was cut out


def save_preview(study: Study, path: Path) -> None:
    """Write the sheet: artwork, landmarks, the sitter cut out, the ground; then how they move.

    Raises:
        PictureError: it cannot be written.
    """
    found = [_artwork(study), _landmarks(study), _sitter(study), study.plate]
    puppet = study.puppet()
    limits = find_limits(puppet.rig.mesh, puppet.figure.matte)
    motions = telling_motions(MotionTarget("preview", study.landmarks, limits))
    rows = [row_of(found), row_of([puppet.frame(motion) for motion in motions])]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        done, data = cv2.imencode(".png", np.vstack(rows)[:, :, ::-1])
        assert done
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise PictureError(f"{path}: cannot be written ({error.strerror})") from error


def row_of(pictures: Sequence[Bytes]) -> Bytes:
    """Pictures (H, W, 3) side by side, each within a square."""
    return np.hstack([_cell(picture) for picture in pictures])


def _artwork(study: Study) -> Bytes:
    """The whole picture, the canvas marked."""
    picture = study.artwork.copy()
    left, top, side = study.canvas
    thick = max(2, max(picture.shape) // 200)
    cv2.rectangle(picture, (left, top), (left + side, top + side), CANVAS_COLOUR, thick)
    return picture


def _landmarks(study: Study) -> Bytes:
    picture = _square(study.crop())
    points = np.round(to_pixels(study.landmarks[:, :2], CELL)).astype(int)
    parts = {*OVAL, *LIPS, *(number for eye in EYES for number in (*eye.upper, *eye.lower))}
    for number, (x, y) in enumerate(points):
        if number in parts or number >= MESH:
            cv2.circle(picture, (int(x), int(y)), 2, PART_COLOUR, -1, cv2.LINE_AA)
        else:
            cv2.circle(picture, (int(x), int(y)), 1, FACE_COLOUR, -1, cv2.LINE_AA)
    return picture


def _sitter(study: Study) -> Bytes:
    """The sitter alone, on a colour that no painting has."""
    picture, matte = _square(study.crop()), _square(study.matte)[..., None]
    return np.asarray(matte * picture + (1 - matte) * np.array(WALL), np.uint8)


def _square(picture: NDArray[Pixel]) -> NDArray[Pixel]:
    return np.asarray(cv2.resize(picture, (CELL, CELL), interpolation=cv2.INTER_AREA))


def _cell(picture: Bytes) -> Bytes:
    """A picture within a square, its shape kept."""
    share = CELL / max(picture.shape[:2])
    size = (round(picture.shape[1] * share), round(picture.shape[0] * share))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    cell = np.full((CELL + GAP, CELL + GAP, 3), PAPER, np.uint8)
    top, left = (CELL - size[1]) // 2, (CELL - size[0]) // 2
    cell[top : top + size[1], left : left + size[0]] = small
    return cell
