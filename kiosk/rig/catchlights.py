"""The catchlights in a painting's eyes, found: small, far brighter than the iris, and within it.

One that runs into the white of the eye cannot be told from it. Then none is found in either eye: of
a pair, both stay behind or both go with the iris.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.face import EYES, Eye
from kiosk.messages import Bytes, Floats
from kiosk.rig.raster import to_pixels

_ACROSS, _SEEN = 96, 1.5  # the window in which an iris is looked at: pixels, iris radii each way
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_BLUR = 0.05  # iris radii: cracks and scratches are finer
_WITHIN = 1.02  # iris radii
_BRIGHTER = 45.0  # than the iris, of 255
_SMALLEST, _LARGEST = 0.06, 0.3  # its radius, in iris radii
_EDGE = 0.3  # of its brightness: where it ends
_RIVAL = 0.6  # a second light is at least so bright, beside the first


@dataclass(frozen=True, slots=True)
class Catchlight:
    """The small mirror image of a window in a painted eye; canvas units."""

    centre: tuple[float, float]
    radius: float


def find_catchlights(picture: Bytes, landmarks: Floats) -> list[list[Catchlight]]:
    """The catchlights of each eye, or of none.

    Args:
        picture: (S, S, 3) RGB, the canvas as it hangs.
        landmarks: (478, 3) canvas coordinates.
    """
    found = [_find_in(eye, picture, landmarks) for eye in EYES]
    return found if all(found) else [[] for _ in EYES]


def _find_in(eye: Eye, picture: Bytes, landmarks: Floats) -> list[Catchlight]:
    iris, edge = landmarks[eye.iris, :2], landmarks[eye.iris + 1 : eye.iris + 5, :2]
    radius = float(np.linalg.norm(edge - iris, axis=1).mean())
    unit = _ACROSS / 2 / _SEEN  # pixels of the window in an iris radius
    scale = radius * len(picture) / 2 / unit  # pixels of the picture in one of the window
    x, y = to_pixels(iris[None], len(picture))[0] - scale * (_ACROSS - 1) / 2
    window = cv2.warpAffine(
        picture,
        np.array([[scale, 0, x], [0, scale, y]], np.float32),
        (_ACROSS, _ACROSS),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    luma = cv2.GaussianBlur(window.astype(np.float32) @ _LUMA, (0, 0), _BLUR * unit)

    steps = (np.arange(_ACROSS) - (_ACROSS - 1) / 2) / unit
    disc = np.hypot(steps, steps[:, None]) < _WITHIN
    outline = landmarks[[*eye.upper, *eye.lower[-2:0:-1]], :2]
    lids = np.zeros((_ACROSS, _ACROSS), np.uint8)
    inside = ((outline - iris) / radius * unit + (_ACROSS - 1) / 2).round().astype(np.int32)
    cv2.fillPoly(lids, [inside], (1,))
    seen = disc & (lids > 0)
    if not seen.any():
        return []
    level = float(np.median(luma[seen]))
    rest = np.where(seen, luma, 0)
    least, found = level + _BRIGHTER, []
    while (peak := float(rest.max())) > least:
        bright = luma > level + _EDGE * (peak - level)
        _, parts = cv2.connectedComponents(bright.astype(np.uint8))
        part = parts == parts[np.unravel_index(np.argmax(rest), rest.shape)]
        rows, columns = np.nonzero(part)
        size = (max(np.ptp(columns), np.ptp(rows)) + 1) / 2 / unit
        if disc[part].all() and _SMALLEST < size < _LARGEST:
            x, y = iris + radius * np.array([steps[columns].mean(), steps[rows].mean()])
            found.append(Catchlight((float(x), float(y)), float(size * radius)))
            least = max(least, level + _RIVAL * (peak - level))
        rest[part] = 0
    return found
