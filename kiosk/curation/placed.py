"""A face that no detector finds, by some twenty points that a curator has placed.

In go named points in the picture, out come all 478 landmarks: the mean face, seen as the points say
that the head is turned, and bent to go through them (thin-plate spline; Bookstein 1989). So a
cartoon, a carved face or a damaged one can become a portrait, too.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from kiosk.errors import PictureError
from kiosk.face import (
    CHIN,
    EYES,
    FOREHEAD,
    LEFT_CHEEK,
    LEFT_MOUTH,
    NOSE_BASE,
    NOSE_BRIDGE,
    NOSE_TIP,
    RIGHT_CHEEK,
    RIGHT_MOUTH,
)
from kiosk.messages import Floats
from kiosk.motion.face_model import load_face_model

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# left and right as seen in the picture
POINTS = {
    "left_eye_outer": EYES[0].outer, "left_eye_inner": EYES[0].inner,
    "left_eye_top": EYES[0].upper[4], "left_eye_bottom": EYES[0].lower[4],
    "left_iris": EYES[0].iris,
    "right_eye_outer": EYES[1].outer, "right_eye_inner": EYES[1].inner,
    "right_eye_top": EYES[1].upper[4], "right_eye_bottom": EYES[1].lower[4],
    "right_iris": EYES[1].iris,
    "left_brow_outer": 70, "left_brow_inner": 107,
    "right_brow_outer": 300, "right_brow_inner": 336,
    "nose_bridge": NOSE_BRIDGE, "nose_tip": NOSE_TIP, "nose_base": NOSE_BASE,
    "left_nostril": 129, "right_nostril": 358,
    "mouth_left": LEFT_MOUTH, "mouth_right": RIGHT_MOUTH,
    "upper_lip_top": 0, "upper_lip_bottom": 13, "lower_lip_top": 14, "lower_lip_bottom": 17,
    "chin": CHIN, "left_cheek": LEFT_CHEEK, "right_cheek": RIGHT_CHEEK, "hairline": FOREHEAD,
    "left_jaw": 172, "right_jaw": 397,
}  # fmt: skip
LEAST = 12
NEEDED = ("left_eye_outer", "right_eye_outer", "mouth_left", "mouth_right", "chin", "nose_tip")

Points = NDArray[np.float64]


def read_points(path: Path) -> dict[str, tuple[float, float]]:
    """Points by name, pixels of the picture, from a TOML file: ``chin = [512, 840]``.

    Raises:
        PictureError: the file cannot be read, or a point is unknown, missing or no place.
    """
    try:
        record = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise PictureError(f"{path.name}: cannot be read: {error}") from error
    return check_points(record, path.name)


def check_points(record: Mapping[str, Any], source: str) -> dict[str, tuple[float, float]]:
    """Points by name, from what a file or a page says.

    Args:
        record: [x, y] by name.
        source: what errors call it.

    Raises:
        PictureError: a point is unknown, missing or no place.
    """
    points: dict[str, tuple[float, float]] = {}
    for name, place in record.items():
        if name not in POINTS:
            raise PictureError(f"{source}: {name} is no point; there are {', '.join(POINTS)}")
        try:
            x, y = map(float, place)
        except (TypeError, ValueError) as error:
            raise PictureError(f"{source}: {name} must be [x, y], pixels") from error
        if not np.isfinite([x, y]).all():
            raise PictureError(f"{source}: {name} must be [x, y], pixels")
        points[name] = x, y
    _check_enough(points, source)
    return points


def infer_landmarks(points: Mapping[str, tuple[float, float]]) -> Floats:
    """All landmarks of a face: (478, 3), pixels.

    Args:
        points: some of `POINTS`, pixels; at least LEAST, and those NEEDED.
    """
    mean = load_face_model().mean
    numbers = [POINTS[name] for name in points]
    placed = np.array(list(points.values()), np.float64)
    seen = _project(mean, mean[numbers], placed)
    bend = RBFInterpolator(seen[numbers, :2], placed - seen[numbers, :2], degree=1)
    seen[:, :2] += bend(seen[:, :2])
    _round_irises(seen, mean)
    return seen.astype(np.float32)


def _project(mean: Points, some: Points, placed: Points) -> Points:
    """The mean face under the weak-perspective camera that sees some of it as placed: (478, 3)."""
    known = np.column_stack([some, np.ones(len(some))])
    rows = np.linalg.lstsq(known, placed, rcond=None)[0]  # (4, 2): x and y of the picture
    across, down = rows[:3].T
    scale = float(np.sqrt(np.linalg.norm(across) * np.linalg.norm(down)))
    # the camera's third axis, and then its first two at right angles (nearest rotation)
    frame = np.stack([across, down, np.cross(across, down) / scale]) / scale
    u, _, vt = np.linalg.svd(frame)
    rotation = u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt
    seen = scale * mean @ rotation.T
    shift = placed.mean(0) - (scale * some @ rotation.T)[:, :2].mean(0)
    seen[:, :2] += shift
    return np.asarray(seen)


def _round_irises(seen: Points, mean: Points) -> None:
    """Irises stay round where they were put, in place: as large in the eye as the mean face's."""
    for eye in EYES:
        wide = [np.linalg.norm(face[eye.inner, :2] - face[eye.outer, :2]) for face in (seen, mean)]
        ring = slice(eye.iris + 1, eye.iris + 5)
        offsets = mean[ring] - mean[eye.iris]
        seen[ring] = seen[eye.iris] + offsets * wide[0] / wide[1]


def _check_enough(points: Mapping[str, object], name: str) -> None:
    missing = [each for each in NEEDED if each not in points]
    if missing:
        raise PictureError(f"{name}: {', '.join(missing)} must be among the points")
    if len(points) < LEAST:
        raise PictureError(f"{name}: has {len(points)} points; {LEAST} are needed, more are better")
