"""Which pixels of the canvas a frame can change, so that no others are drawn.

A pixel changes where paint covers it, where light changes, or where flow moves it and it shows the
sitter, or ground that the sitter hides in the artwork. Ground that is ground in both is the
artwork's, whatever flows over it. Found at half the layers' resolution, a row of bands at a time: a
sitter is a tall shape, which one rectangle would fit badly.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.compiled import compiled
from kiosk.display.parallax import slide_window
from kiosk.display.texels import canvas_slices
from kiosk.messages import Floats, Layers
from kiosk.portraits.pack import Pack

BANDS = 16
SAME = 12  # plate and artwork that differ by less, 0 to 255, are the same ground
DIMMEST = 0.5 / 255  # light that changes less, in log luminance, leaves the pixel as it is
COARSER = 2  # looked for in every second row and column: flow is smooth, paint is not
COVERS = 0.5 / 255  # paint that covers less leaves the pixel as it is
_ONE_ROUND = np.ones((3, 3), np.uint8)  # a texel is felt as far as the next one

# left, top, right, bottom of what moves in a band, 0 to 1 across the canvas; no width: nothing does
Span = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One pack's ground, in every COARSER-th row and column of its layers: r of them."""

    sitter: NDArray[np.bool_]  # (r, r) where the sitter is
    bare: NDArray[np.bool_]  # (r, r) where the artwork shows ground and nothing is hidden
    slides: Floats  # (r, r) how much of a slide each place has, 0 to 1

    @classmethod
    def of(cls, pack: Pack, size: int) -> "Ground":
        """Look at a pack's matte and plate, for layers of a size."""
        rows, columns = canvas_slices(pack.meta.canvas)
        apart = cv2.absdiff(pack.artwork[rows, columns], pack.background).max(axis=2) > SAME
        sitter = _spread(pack.matte > 0, size // COARSER)
        slides = slide_window(pack.matte, size // COARSER)
        return cls(sitter, ~sitter & ~_spread(apart, size // COARSER), slides)

    def find_moving(
        self, layers: Layers, *, least: float, slide: tuple[float, float] | None = None
    ) -> NDArray[np.bool_]:
        """Where a frame can differ from the artwork: (r, r).

        Args:
            layers: the frame's.
            least: flow that can be seen, canvas units, on one axis.
            slide: of the whole figure, besides, if it slides; see `parallax.py`.
        """
        moving = np.empty(self.bare.shape, np.bool_)
        maps = layers.flow, layers.light, layers.cover
        _find_moving(maps, (self.sitter, self.bare, self.slides), slide, least, moving)
        return moving


@compiled
def _find_moving(maps, ground, slide, least, moving):  # type: ignore[no-untyped-def]
    flow, light, cover = maps
    sitter, bare, slides = ground
    size = len(moving)
    for row in range(size):
        for column in range(size):
            y, x, slid_x, slid_y = row, column, 0.0, 0.0
            if slide is not None:  # else not even compiled
                slid_x, slid_y = slides[y, x] * slide[0], slides[y, x] * slide[1]
                y = min(max(y + round(slid_y * (size / 2)), 0), size - 1)
                x = min(max(x + round(slid_x * (size / 2)), 0), size - 1)
            y, x = y * COARSER, x * COARSER
            covered = False
            for i in range(COARSER):
                for j in range(COARSER):
                    covered |= cover[y + i, x + j] > COVERS
            shift_x, shift_y = flow[y, x, 0] + slid_x, flow[y, x, 1] + slid_y
            still = abs(shift_x) <= least and abs(shift_y) <= least and abs(light[y, x]) <= DIMMEST
            if still or covered:
                moving[row, column] = covered
                continue
            # the pixels around the source: one of them the sitter's, and the sitter is felt
            left = int(np.floor(column + shift_x * (size / 2)))
            top = int(np.floor(row + shift_y * (size / 2)))
            left, right = min(max(left, 0), size - 1), min(max(left + 1, 0), size - 1)
            top, bottom = min(max(top, 0), size - 1), min(max(top + 1, 0), size - 1)
            comes = sitter[top, left] or sitter[top, right]
            comes = comes or sitter[bottom, left] or sitter[bottom, right]
            moving[row, column] = comes or not bare[row, column]


def find_spans(moving: NDArray[np.bool_]) -> list[Span]:
    """From the first to the last pixel that moves in each of BANDS bands, from the top.

    Args:
        moving: (r, r).
    """
    size = len(moving)
    near = cv2.dilate(moving.astype(np.uint8), _ONE_ROUND)
    edges = [size * band // BANDS for band in range(BANDS + 1)]
    spans: list[Span] = []
    for top, bottom in pairwise(edges):
        moves = near[top:bottom].any(axis=0)
        left, right = int(moves.argmax()), size - int(moves[::-1].argmax())
        if not moves.any():
            left = right = 0
        spans.append((left / size, top / size, right / size, bottom / size))
    return spans


def _spread(mask: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """A mask at another size, and one pixel round it: (size, size)."""
    small = cv2.resize(mask.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.dilate((small > 0).astype(np.uint8), _ONE_ROUND)) > 0
