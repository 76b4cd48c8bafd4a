"""The painting's own grain, for paint that the artwork does not give: brush, canvas, craquelure."""

import cv2
import numpy as np

from kiosk.face import NOSE_TIP
from kiosk.messages import Bytes, Floats
from kiosk.rig.landmarks import Points
from kiosk.rig.raster import to_pixels

_CHEEKS = (50, 280)
_SIDE = 0.12  # of the patch of cheek, canvas units
_FINE = 256.0  # its pixels in a canvas unit
_COARSEST = 3.0  # pixels: what is wider is modelling, not grain
_MOST = 0.12  # of log brightness: a crack would be read as a tooth's edge


class Grain:
    """How much lighter or darker single strokes are than the paint around them.

    Args:
        picture: (S, S, 3) RGB, the canvas as it hangs.
        landmarks: (478, 3) canvas coordinates.
    """

    def __init__(self, picture: Bytes, landmarks: Floats) -> None:
        nose = landmarks[NOSE_TIP, :2]
        # the cheek that is turned to us shows more
        middle = max(landmarks[list(_CHEEKS), :2], key=lambda at: float(np.linalg.norm(at - nose)))
        corners = to_pixels(middle + np.array([[-1.0], [1.0]]) * _SIDE / 2, len(picture))
        (left, top), (right, bottom) = np.clip(corners.round().astype(int), 0, len(picture) - 1)
        patch = picture[top : bottom + 1, left : right + 1].astype(np.float32).mean(2) + 8
        side = round(_SIDE * _FINE)
        small = np.log(cv2.resize(patch, (side, side), interpolation=cv2.INTER_AREA))
        fine = small - cv2.GaussianBlur(small, (0, 0), _COARSEST)
        self._fine = np.clip(fine, -_MOST, _MOST)

    def at(self, offsets: Points) -> Floats:
        """What to multiply paint with (H, W), at offsets (H, W, 2) in canvas units."""
        x, y = np.moveaxis(offsets * _FINE + len(self._fine) / 2, -1, 0).astype(np.float32)
        how = {"interpolation": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_REFLECT_101}
        return np.asarray(np.exp(cv2.remap(self._fine, x, y, **how)))
