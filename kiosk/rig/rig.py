"""What every pixel of a moved sitter shows: the mesh, drawn, and what no triangle can say.

In goes a `Motion`, out come the sitter's landmarks and a map of sources: the point of the artwork
that lies at each pixel, and how its light changes. It is the same function in the gallery, at the
generator's resolution, as for the puppet.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import EYES, MESH, OUTER_LOWER_LIP, OUTER_UPPER_LIP
from kiosk.messages import Floats, Motion
from kiosk.rig.eyes import Eyeball
from kiosk.rig.hidden import HiddenSkin
from kiosk.rig.landmarks import with_irises
from kiosk.rig.mesh import Mesh, MovedMesh
from kiosk.rig.raster import box_around, fill_outline, pixel_centres, pull_push

SOFT = 0.006  # of the map's size: the blur of light


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A moved sitter as maps of S by S pixels."""

    moved: MovedMesh
    landmarks: Floats  # (478, 3) canvas coordinates
    sources: Floats  # (S, S, 2) canvas coordinates of the artwork
    light: Floats  # (S, S) change of log luminance
    known: NDArray[np.bool_]  # (S, S) False where nothing of the sitter lies

    @property
    def flow(self) -> Floats:
        """Source minus target at every pixel: (S, S, 2), canvas units."""
        shift = np.asarray(self.sources - pixel_centres(len(self.sources)))
        if not self.known.all():  # a fold, somewhere
            shift = pull_push(shift, self.known.astype(np.float32))
        return shift


class Rig:
    """One sitter's head, ready to move.

    Args:
        landmarks: (478, 3) neutral, canvas coordinates.
        matte: (S, S) of any size, 0 to 1: where the sitter is.
        light: an expression (468, 3), as in `Motion`, to the change of log luminance at the face's
            landmarks (468,); none changes, if none is given.
    """

    def __init__(
        self, landmarks: Floats, matte: Floats, light: Callable[[Floats], Floats] | None = None
    ) -> None:
        self.landmarks = landmarks
        self._light = light
        self.mesh = Mesh(landmarks, matte)
        self._hidden = HiddenSkin(self.mesh, matte)
        self._eyeballs = [Eyeball.measure(eye, self.mesh.still) for eye in EYES]

    def draw(self, motion: Motion, size: int) -> Drawing:
        """The maps of a motion, of that many pixels a side."""
        moved = self.mesh.move(motion)
        light = None if self._light is None else self._light(motion.expression)
        sources, lit, triangle = self.mesh.rasterise(moved, size, light)
        known = triangle >= 0
        self._hidden.uncover(sources, triangle, motion)
        self._close_lips(sources, known, moved)
        self._fill_eyes(sources, known, moved, motion)
        if light is not None:  # flat triangles would show
            box = box_around(moved.vertices[:MESH, :2], size)
            lit[box] = cv2.GaussianBlur(lit[box], (0, 0), SOFT * size)
        landmarks = with_irises(self.mesh.still, moved.vertices[:MESH], motion)
        return Drawing(moved, landmarks, sources, lit, known)

    def _close_lips(self, sources: Floats, known: NDArray[np.bool_], moved: MovedMesh) -> None:
        """Let the lips' flesh run on between them: a seam of no pixels would show the plate."""
        size = len(sources)
        box = box_around(moved.vertices[[*OUTER_UPPER_LIP, *OUTER_LOWER_LIP], :2], size)
        missing = ~known[box]
        if not missing.any():
            return
        points = pixel_centres(size)[box]
        there = (~missing).astype(np.float32)
        shift = (sources[box] - points) * there[..., None]
        filled = points + pull_push(shift, there)
        sources[box][missing] = filled[missing]
        known[box] = True

    def _fill_eyes(
        self, sources: Floats, known: NDArray[np.bool_], moved: MovedMesh, motion: Motion
    ) -> None:
        size = len(sources)
        for ball, gaze in zip(self._eyeballs, motion.gaze, strict=True):
            outline = (*ball.eye.upper, *ball.eye.lower[-2:0:-1])
            box, inside = fill_outline(moved.vertices[list(outline), :2], size)
            shown = (inside > 127) | ((inside > 0) & ~known[box])
            points = pixel_centres(size)[box][shown]
            seen = ball.sources(points, moved.vertices[:MESH], gaze)
            sources[box][shown] = seen.astype(np.float32)
            known[box] |= shown
