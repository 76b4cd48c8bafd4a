"""Paint laid over a moved sitter, where the artwork has none to give."""

import numpy as np

from kiosk.messages import Floats
from kiosk.rig.raster import Box

_TRACE = 1e-6


class Overpaint:
    """A bare layer of S by S pixels, to lay paint on."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.paint = np.zeros((size, size, 3), np.float32)  # RGB, 0 to 1
        self.cover = np.zeros((size, size), np.float32)  # 0 to 1

    def lay(self, box: Box, colour: Floats, share: Floats) -> None:
        """Lay a colour, (3,) or (H, W, 3), over what a box shows, with so much cover (H, W).

        All of the box gets the colour, bare places too: a display blends neighbours.
        """
        below = (1 - share) * self.cover[box]
        new = ((share + _TRACE) / (share + below + _TRACE))[..., None]
        self.paint[box] += new * (colour - self.paint[box])
        self.cover[box] = share + below
