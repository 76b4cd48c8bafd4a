"""What visitors wear and how they are lit, drawn over pictures of them.

In go a picture, (H, W, 3), the landmarks of the face in it, (478, 3) pixels, and its second, out
comes the same picture with glasses, a mask, a beard, a hat, in bad light, or seen at an angle.
Simple shapes: what matters is what they hide from a tracker, not how they look. What is seen at an
angle is the flat picture, turned: no side of a face comes into view that was not there.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import CHIN, EYES, FOREHEAD, NOSE_BASE, NOSE_BRIDGE, NOSE_TIP, OVAL, WHOLE_LIPS
from kiosk.messages import Bytes, Floats

Points = NDArray[np.floating[Any]]
Disguise = Callable[[Bytes, Floats, float], Bytes]  # picture, landmarks, second

DARK = (35, 28, 25)
CLOTH = (150, 190, 205)
HAIR = (60, 45, 38)
TILT_DEG, TURN_DEG = 15.0, 25.0
DIM = 1 / 8
NOISE = 3.0  # of 255
# the outline from ear to ear under the chin
_JAW = OVAL[OVAL.index(454) : OVAL.index(234) + 1]


def glasses(picture: Bytes, face: Floats, _at: float) -> Bytes:
    """Dark rims, a bridge and temples."""
    worn, thick = picture.copy(), _px(0.035 * _width(face))
    inner = []
    for eye, ear in zip(EYES, (127, 356), strict=True):
        middle = face[[eye.outer, eye.inner], :2].mean(axis=0)
        along = 0.85 * (face[eye.inner, :2] - face[eye.outer, :2])
        size = float(np.linalg.norm(along))
        angle = float(np.degrees(np.arctan2(along[1], along[0])))
        axes = _px(size), _px(0.8 * size)
        cv2.ellipse(worn, _pixel(middle), axes, angle, 0, 360, DARK, thick, cv2.LINE_AA)
        cv2.line(worn, _pixel(middle - along), _pixel(face[ear]), DARK, thick, cv2.LINE_AA)
        inner.append(_pixel(middle + along))
    cv2.line(worn, inner[0], inner[1], DARK, thick, cv2.LINE_AA)
    return worn


def mask(picture: Bytes, face: Floats, _at: float) -> Bytes:
    """A surgical mask from the nose to below the chin."""
    up = face[NOSE_BRIDGE, :2] - face[NOSE_TIP, :2]
    top = face[NOSE_TIP, :2] + 0.35 * up
    below = face[list(_JAW), :2] + 0.08 * (face[CHIN, :2] - face[NOSE_BASE, :2])
    shape = np.vstack([below, [face[123, :2], top, face[352, :2]]])
    worn = _filled(picture, shape, CLOTH)
    for share in (0.25, 0.5, 0.75):  # folds
        ends = (face[each, :2] + share * (face[CHIN, :2] - top) for each in (50, 280))
        cv2.line(worn, *map(_pixel, ends), (120, 160, 178), _px(0.01 * _width(face)), cv2.LINE_AA)
    return worn


def beard(picture: Bytes, face: Floats, _at: float) -> Bytes:
    """A full one, moustache included; the lips are free."""
    above = 0.5 * (face[[50, 280], :2] + face[[123, 352], :2])
    under = face[NOSE_BASE, :2]
    below = face[list(_JAW), :2] + 0.15 * (face[CHIN, :2] - under)
    cheeks = [0.6 * above[n] + 0.4 * face[each, :2] for n, each in enumerate((61, 291))]
    outline = np.vstack([below, [cheeks[0], under, cheeks[1]]])
    hairy = _filled(picture, outline, HAIR, grain=18.0)
    lips = np.zeros(picture.shape[:2], np.uint8)
    hull = cv2.convexHull(face[list(WHOLE_LIPS), :2].astype(np.float32))
    cv2.fillConvexPoly(lips, hull.round().astype(np.int32), 255, cv2.LINE_AA)
    free = lips[..., None] / 255
    return np.asarray(hairy * (1 - free) + picture * free, np.uint8)


def hat(picture: Bytes, face: Floats, _at: float) -> Bytes:
    """A brim down to the brows, its shadow over the eyes."""
    up = face[FOREHEAD, :2] - face[NOSE_BRIDGE, :2]
    brow = face[NOSE_BRIDGE, :2] + 0.5 * up
    side = np.array([-up[1], up[0]]) * 1.6
    crown = np.array([brow - side, brow + side, brow + side + 3 * up, brow - side + 3 * up])
    shade = np.array([brow - side, brow + side, brow + side - up, brow - side - up])
    shadow = _filled(np.full(picture.shape, 255, np.uint8), shade, (115, 115, 115))
    soft = cv2.GaussianBlur(shadow, (0, 0), 0.05 * _width(face))
    return _filled(np.asarray(picture * (soft / 255.0), np.uint8), crown, DARK)


def dim(picture: Bytes, _face: Floats, at: float) -> Bytes:
    """An eighth of the light, and the noise of a camera that makes up for it."""
    return _noisy(DIM * picture, at, NOISE)


def changing(picture: Bytes, _face: Floats, at: float) -> Bytes:
    """Light that comes and goes every three seconds, and wanders from side to side."""
    columns = np.linspace(-1.0, 1.0, picture.shape[1])[None, :, None]
    level = 0.6 + 0.4 * np.sin(2 * np.pi * at / 3.0)
    lean = 0.5 * np.sin(2 * np.pi * at / 5.3)
    return _noisy(picture * np.clip(level * (1 + lean * columns), 0.05, 1.2), at, NOISE)


def from_below(picture: Bytes, face: Floats, _at: float) -> Bytes:
    """The picture leaned back, as a low camera has it."""
    return _tilted(picture, face, np.radians([-TILT_DEG, 0.0]))


def from_above(picture: Bytes, face: Floats, _at: float) -> Bytes:
    """The picture leaned forward, as a high camera has it."""
    return _tilted(picture, face, np.radians([TILT_DEG, 0.0]))


def from_the_side(picture: Bytes, face: Floats, _at: float) -> Bytes:
    """The picture turned away."""
    return _tilted(picture, face, np.radians([0.0, TURN_DEG]))


DISGUISES: dict[str, Disguise] = {
    "glasses": glasses,
    "mask": mask,
    "beard": beard,
    "hat": hat,
    "dim": dim,
    "changing light": changing,
    "from below": from_below,
    "from above": from_above,
    "from the side": from_the_side,
}


def _tilted(picture: Bytes, face: Floats, about: Points) -> Bytes:
    """A flat picture turned about the middle of the face: about x, about y, radians."""
    height, width = picture.shape[:2]
    focal = 2.0 * width
    x, y = face[NOSE_BASE, :2].tolist()
    rotation = cv2.Rodrigues(np.array([*about, 0.0]))[0]
    plane = rotation[:, [0, 1]]
    # points of the picture, from the face on, to the camera's plane at focal distance
    onto = np.array([[focal, 0, 0], [0, focal, 0], [0, 0, 1]])
    lifted = np.column_stack([plane, np.array([0.0, 0.0, focal])])
    back = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])
    there = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]])
    across = back @ onto @ lifted @ there
    seen = cv2.warpPerspective(picture, across, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.uint8)


def _filled(
    picture: Bytes, outline: Points, colour: tuple[int, int, int], grain: float = 0.0
) -> Bytes:
    """The picture with a polygon of one colour, softly edged."""
    inside = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(inside, [outline.round().astype(np.int32)], 255, cv2.LINE_AA)
    cover = cv2.GaussianBlur(inside, (0, 0), 1.5)[..., None] / 255
    paint = np.full(picture.shape, colour, np.float64)
    if grain:
        paint += np.random.default_rng(0).normal(0.0, grain, picture.shape[:2])[..., None]
    return np.asarray(np.clip(picture * (1 - cover) + paint * cover, 0, 255), np.uint8)


def _noisy(picture: Points, at: float, spread: float) -> Bytes:
    rng = np.random.default_rng(round(1000 * at))
    return np.asarray(np.clip(picture + rng.normal(0.0, spread, picture.shape), 0, 255), np.uint8)


def _width(face: Floats) -> float:
    return float(np.ptp(face[:, 0]))


def _px(length: float) -> int:
    return max(round(length), 1)


def _pixel(point: Points) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))
