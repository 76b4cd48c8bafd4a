"""What every pixel of a moved sitter shows: the mesh, drawn, and what no triangle can say.

In goes a `Motion`, out comes a map of sources: the point of the artwork that lies at each pixel. It
is the same function in the gallery, at the generator's resolution, as for the puppet.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.face import EYES, MESH, OUTER_LOWER_LIP, OUTER_UPPER_LIP
from kiosk.messages import Floats, Motion
from kiosk.rig.eyes import Eyeball
from kiosk.rig.hidden import HiddenSkin
from kiosk.rig.mesh import Mesh, MovedMesh
from kiosk.rig.raster import box_around, fill_outline, pixel_centres, pull_push


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A moved sitter as maps of S by S pixels."""

    moved: MovedMesh
    sources: Floats  # (S, S, 2) canvas coordinates of the artwork
    known: NDArray[np.bool_]  # (S, S) False where nothing of the sitter lies


class Rig:
    """One sitter's head, ready to move.

    Args:
        landmarks: (478, 3) neutral, canvas coordinates.
        matte: (S, S) of any size, 0 to 1: where the sitter is.
    """

    def __init__(self, landmarks: Floats, matte: Floats) -> None:
        self.landmarks = landmarks
        self.mesh = Mesh(landmarks, matte)
        self._hidden = HiddenSkin(self.mesh, matte)
        self._eyeballs = [Eyeball.measure(eye, self.mesh.still) for eye in EYES]

    def flow(self, motion: Motion, size: int) -> Floats:
        """Source minus target at every pixel: (size, size, 2), canvas units."""
        drawing = self.draw(motion, size)
        shift = np.asarray(drawing.sources - pixel_centres(size))
        if not drawing.known.all():  # a fold, somewhere
            shift = pull_push(shift, drawing.known.astype(np.float32))
        return shift

    def draw(self, motion: Motion, size: int) -> Drawing:
        """The maps of a motion at so many pixels."""
        moved = self.mesh.move(motion)
        sources, triangle = self.mesh.rasterise(moved, size)
        self._hidden.uncover(sources, triangle, motion)
        known = triangle >= 0
        self._close_lips(sources, known, moved)
        self._fill_eyes(sources, known, moved, motion)
        return Drawing(moved, sources, known)

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
