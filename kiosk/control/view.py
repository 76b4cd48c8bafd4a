"""What the camera sees, in figures: how light, and where faces are. Never the picture itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kiosk.messages import Bytes, Face

SPARSE = 4  # every so many pixels tell how light it is
LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
BLACK, WHITE = 0.05, 0.98


@dataclass(frozen=True, slots=True)
class Place:
    """Where a face is, in shares of the frame as it is seen."""

    x: float  # its middle
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class View:
    """One picture; the field names are those of the JSON."""

    age_s: float
    size: tuple[int, int]  # width, height in pixels
    light: float  # the mean, 0 to 1
    black: float  # share of the picture in which nothing can be seen,
    white: float  # and of that which is too light to
    faces: tuple[Place, ...]

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "View":
        """As it came over the socket."""
        faces = tuple(Place(**face) for face in record["faces"])
        return cls(**{**record, "size": tuple(record["size"]), "faces": faces})


def view_of(image: Bytes, faces: Iterable[Face], age_s: float) -> View:
    """The figures of one picture.

    Args:
        image: (H, W, 3) RGB.
        faces: those in it.
        age_s: since it was taken.
    """
    height, width = image.shape[:2]
    luma = image[::SPARSE, ::SPARSE] @ np.array(LUMA, np.float32) / 255
    return View(
        age_s=round(age_s, 2),
        size=(width, height),
        light=round(float(luma.mean()), 3),
        black=round(float((luma < BLACK).mean()), 3),
        white=round(float((luma > WHITE).mean()), 3),
        faces=tuple(_place(face, width, height) for face in faces),
    )


def _place(face: Face, width: int, height: int) -> Place:
    low, high = face.landmarks[:, :2].min(0), face.landmarks[:, :2].max(0)
    x, y = ((low + high) / 2 / (width, height)).tolist()
    return Place(round(x, 3), round(y, 3), round(float(high[0] - low[0]) / width, 3))
