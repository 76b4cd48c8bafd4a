"""Which pixels of the canvas a frame can change, so that no others are drawn.

A pixel changes where paint covers it, or where flow moves it and it shows the sitter, or ground
that the sitter hides in the artwork. Ground that is ground in both is the artwork's, whatever flows
over it. Found at the layers' own resolution, a row of bands at a time: a sitter is a tall shape,
which one rectangle would fit badly.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.display.texels import canvas_slices
from kiosk.messages import Bytes, Floats
from kiosk.portraits.pack import Pack

BANDS = 16
SAME = 12  # plate and artwork that differ by less, 0 to 255, are the same ground
DIMMEST = 0.5 / 255  # light that changes less, in log luminance, leaves the pixel as it is
COARSER = 2  # looked for in every second row and column: flow is smooth
COVERS = 0.5 / 255  # paint that covers less leaves the pixel as it is
_ONE_ROUND = np.ones((3, 3), np.uint8)  # a texel is felt as far as the next one

# left, top, right, bottom of what moves in a band, 0 to 1 across the canvas; no width: nothing does
Span = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One pack's ground, at the layers' resolution."""

    sitter: Bytes  # (r, r) 255 where the sitter is
    bare: NDArray[np.bool_]  # (r, r) where the artwork shows ground and nothing is hidden
    places: Floats  # (r, r, 2) x and y of each pixel, pixels

    @classmethod
    def of(cls, pack: Pack, size: int) -> "Ground":
        """Look at a pack's matte and plate."""
        rows, columns = canvas_slices(pack.meta.canvas)
        apart = cv2.absdiff(pack.artwork[rows, columns], pack.background).max(axis=2) > SAME
        sitter = _spread(pack.matte > 0, size)
        hidden = _spread(apart, size)
        places = np.stack(np.meshgrid(np.arange(size), np.arange(size)), -1).astype(np.float32)
        return cls(sitter, (sitter == 0) & (hidden == 0), places)

    def find_moving(self, field: Floats, cover: Floats, *, least: float) -> NDArray[np.bool_]:
        """Where a frame can differ from the artwork: (r, r).

        Args:
            field: (r, r, 3) flow in canvas units, and light.
            cover: (R, R), 0 to 1.
            least: flow that can be seen, canvas units, on one axis.
        """
        source = self.places + field[..., :2] * (len(field) / 2)
        sitter = cv2.remap(
            self.sitter, source, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        covered = cv2.resize(cover, sitter.shape, interpolation=cv2.INTER_AREA) > COVERS
        rest = (least, least, DIMMEST)
        still = cv2.inRange(field, tuple(-x for x in rest), rest) > 0
        return (~still & ((sitter > 0) | ~self.bare)) | covered


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


def _spread(mask: NDArray[np.bool_], size: int) -> Bytes:
    """A mask at another size, and one pixel round it: (size, size), 0 or 255."""
    small = cv2.resize(mask.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.dilate((small > 0).astype(np.uint8) * 255, _ONE_ROUND))
