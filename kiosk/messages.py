"""What passes between the stages: frozen records whose arrays are never written to once sent.

Each carries ``captured_at``, the monotonic second of the frame it descends from, so that latency
can be read off at any point of the road and the newest always wins.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture from the camera."""

    image: Bytes  # (H, W, 3) RGB
    captured_at: float


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face seen in a frame."""

    track_id: int  # the same person keeps the same number while in view
    landmarks: Floats  # (478, 3) MediaPipe face mesh; pixels of the frame, z toward the scene
    score: float  # 0 to 1


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """All faces of one frame; empty when there are none."""

    faces: tuple[Face, ...]
    frame_size: tuple[int, int]  # width, height in pixels
    captured_at: float
    lightened: float = 1.0  # by this the picture had been multiplied in which they were found


@dataclass(frozen=True, slots=True, eq=False)
class Visitor:
    """The leading face, or none."""

    face: Face | None
    since: float  # when this visitor came, or when the last one left
    frame_size: tuple[int, int]
    captured_at: float
    noticed: Face | None = None  # the nearest other face that is not known for a picture


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """How a sitter's head is turned and what it expresses, relative to the painted neutral.

    Zero everywhere (and scale 1) is the painting as it hangs. Eyes are ordered as seen: the one on
    the left of the picture first.
    """

    rotation: Floats  # (3,) rotation vector, radians; x right, y down, z into the picture
    translation: Floats  # (2,) canvas units (half the canvas's side)
    scale: float
    expression: Floats  # (468, 3) offsets of the mesh before the head turns; canvas units
    closure: Floats  # (2,) 0 as painted, 1 shut, negative opened wider
    gaze: Floats  # (2, 2) shift of each iris in widths of its eye, x right, y down


@dataclass(frozen=True, slots=True, eq=False)
class PortraitMotion:
    """What one sitter shall do now."""

    portrait_id: str
    motion: Motion
    captured_at: float
    # where the visitor sees it from, eased: -1 to 1 across and down the mirrored frame; 0: nobody
    view: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """The maps that the display composes over the artwork's canvas.

    Row 0 is the top; pixel centres at x + 0.5. ``r`` is the generator's resolution.
    """

    portrait_id: str
    flow: Floats  # (r, r, 2) source minus target, canvas units, x then y
    light: Floats  # (r, r) change of log luminance of what the flow shows
    paint: Floats  # (r, r, 3) RGB, 0 to 1
    cover: Floats  # (r, r) 0 shows the moved artwork, 1 the paint
    captured_at: float
    view: tuple[float, float] = (0.0, 0.0)  # as in `PortraitMotion`
