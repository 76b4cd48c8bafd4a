"""What every pixel of a moved sitter shows: the mesh, drawn, and what no triangle can say.

In goes a `Motion`, out comes a map of sources: the point of the artwork that lies at each pixel,
and how its light changes. It is the same function in the gallery, at the generator's resolution, as
for the puppet.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import EYES, MESH, OUTER_LOWER_LIP, OUTER_UPPER_LIP
from kiosk.messages import Floats, Motion
from kiosk.rig.eyes import Eyeball
from kiosk.rig.hidden import HiddenSkin
from kiosk.rig.mesh import Mesh, MovedMesh
from kiosk.rig.raster import box_around, fill_outline, pixel_centres, pull_push

SOFT = 0.006  # of the map's size: the blur of light


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A moved sitter as maps of S by S pixels."""

    moved: MovedMesh
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
    """

    def __init__(self, landmarks: Floats, matte: Floats) -> None:
        self.landmarks = landmarks
        self.mesh = Mesh(landmarks, matte)
        self._hidden = HiddenSkin(self.mesh, matte)
        self._eyeballs = [Eyeball.measure(eye, self.mesh.still) for eye in EYES]

    def draw(self, motion: Motion, size: int, light: Floats | None = None) -> Drawing:
        """The maps of a motion.

        Args:
            motion: of the head and face.
            size: of the maps, pixels.
            light: (468,) change of log luminance at the face's landmarks; none at rest.
        """
        moved = self.mesh.move(motion)
        sources, lit, triangle = self.mesh.rasterise(moved, size, light)
        known = triangle >= 0
        self._hidden.uncover(sources, triangle, motion)
        self._close_lips(sources, known, moved)
        self._fill_eyes(sources, known, moved, motion)
        if light is not None:  # flat triangles would show
            face = box_around(moved.vertices[:MESH, :2], size)
            lit[face] = cv2.GaussianBlur(lit[face], (0, 0), SOFT * size)
        return Drawing(moved, sources, lit, known)

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
