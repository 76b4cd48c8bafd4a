"""How far figure and ground part as the visitor steps aside: as behind a window.

The ground stays and the figure slides, away from the visitor, over the plate that lies behind it.
Where the sitter's body leaves the canvas it cannot slide: from there on the slide grows, and the
head has all of it.
"""

import cv2
import numpy as np

from kiosk.messages import Bytes, Floats, Layers

GROWS = 0.4  # of the canvas's side: from where the body leaves the canvas to the whole slide
LEAVES = 8  # of 255: a matte of more at the canvas's border is a body that leaves it


def slide_window(matte: Bytes, size: int) -> Floats:
    """How much of the slide each place has: (size, size), 0 to 1.

    ``matte``, (side, side): 255 where the sitter is.
    """
    small = cv2.resize(matte, (size, size), interpolation=cv2.INTER_AREA)
    stays = small > LEAVES
    stays[1:-1, 1:-1] = False
    if not stays.any():  # whole on the canvas, from head to foot
        return np.ones((size, size), np.float32)
    away = cv2.distanceTransform((~stays).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    part = np.clip(away / (size * GROWS), 0, 1)
    return np.asarray(part * part * part * (part * (6 * part - 15) + 10), np.float32)


def slide_of(layers: Layers, parallax: float) -> tuple[float, float]:
    """Source minus target of a whole slide, canvas units: a visitor at the right sees it go left.

    ``parallax``: the most that figure and ground part, of the canvas's side.
    """
    return 2 * parallax * layers.view[0], 2 * parallax * layers.view[1]
