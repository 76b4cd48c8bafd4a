"""What every pixel of a moved sitter shows: the mesh, drawn, and what no triangle can say.

In goes a `Motion`, out come the sitter's landmarks and maps: the point of the artwork that lies at
each pixel, how its light changes, and the paint over it, of mouth and lids. It is the same
function in the gallery, at the generator's resolution, as for the puppet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import EYES, MESH
from kiosk.messages import Bytes, Floats, Motion
from kiosk.rig.catchlights import find_catchlights
from kiosk.rig.eyes import Eyeball
from kiosk.rig.grain import Grain
from kiosk.rig.hidden import HiddenSkin
from kiosk.rig.hidden_eye import HiddenEye
from kiosk.rig.landmarks import with_irises
from kiosk.rig.lids import Lids
from kiosk.rig.mesh import Mesh, MovedMesh
from kiosk.rig.mouth import MouthInterior
from kiosk.rig.overpaint import Overpaint
from kiosk.rig.palette import Palette
from kiosk.rig.raster import box_around, fill_outline, pixel_centres, pull_push

Maps = tuple[Floats, NDArray[np.bool_], Overpaint]

SOFT = 0.006  # of the map's size: the blur of light
_ONE_ROUND = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, eq=False)  # no slots: the flow, once worked out, is kept
class Drawing:
    """A moved sitter as maps of S by S pixels."""

    moved: MovedMesh
    landmarks: Floats  # (478, 3) canvas coordinates
    sources: Floats  # (S, S, 2) canvas coordinates of the artwork
    light: Floats  # (S, S) change of log luminance
    known: NDArray[np.bool_]  # (S, S) False where nothing of the sitter lies
    paint: Floats  # (S, S, 3) RGB, 0 to 1: of mouth and lids
    cover: Floats  # (S, S) 0 to 1: how much of the artwork it hides

    @cached_property
    def flow(self) -> Floats:
        """Source minus target at every pixel: (S, S, 2), canvas units."""
        shift = np.asarray(self.sources - pixel_centres(len(self.sources)))
        if not self.known.all():  # a fold, somewhere
            shift = pull_push(shift, self.known.astype(np.float32))
        return shift


class Rig:
    """One sitter's head, ready to move.

    Args:
        picture: (S, S, 3) RGB, the canvas as it hangs, of any size.
        landmarks: (478, 3) neutral, canvas coordinates.
        matte: (S, S) of any size, 0 to 1: where the sitter is.
        light: an expression (468, 3), as in `Motion`, to the change of log luminance at the face's
            landmarks (468,); none changes, if none is given.
    """

    def __init__(
        self,
        picture: Bytes,
        landmarks: Floats,
        matte: Floats,
        light: Callable[[Floats], Floats] | None = None,
    ) -> None:
        self.landmarks = landmarks
        self._light = light
        self.mesh = Mesh(landmarks, matte)
        self._hidden = HiddenSkin(self.mesh, matte)
        self._eyeballs = [
            Eyeball.measure(eye, self.mesh.still, catchlights)
            for eye, catchlights in zip(EYES, find_catchlights(picture, landmarks), strict=True)
        ]
        palette, grain = Palette.of(picture, landmarks), Grain(picture, landmarks)
        self._hidden_eyes = [
            HiddenEye(ball, picture, palette=palette, grain=grain) for ball in self._eyeballs
        ]
        self._mouth = MouthInterior(self.mesh.still, palette, grain)
        self._lids = Lids(picture, self.mesh.still, palette.lash)

    def draw(self, motion: Motion, size: int) -> Drawing:
        """The maps of a motion, of that many pixels a side."""
        moved = self.mesh.move(motion)
        light = None if self._light is None else self._light(motion.expression)
        sources, lit, triangle = self.mesh.rasterise(moved, size, light)
        known = triangle >= 0
        self._hidden.uncover(sources, triangle, motion)
        over = Overpaint(size)
        for ball, hidden in zip(self._eyeballs, self._hidden_eyes, strict=True):
            _fill_eye(ball, hidden, moved, motion, (sources, known, over))
        if light is not None:  # flat triangles would show
            box = box_around(moved.vertices[:MESH, :2], size)
            lit[box] = cv2.GaussianBlur(lit[box], (0, 0), SOFT * size)
        self._mouth.draw(moved, over)
        self._lids.draw(moved, motion, over)
        rings = [ball.ring for ball in self._eyeballs]
        landmarks = with_irises(self.mesh.still, moved.vertices[:MESH], motion, rings)
        return Drawing(moved, landmarks, sources, lit, known, over.paint, over.cover)


def _fill_eye(
    ball: Eyeball, hidden: HiddenEye, moved: MovedMesh, motion: Motion, maps: Maps
) -> None:
    """Show an eyeball behind its lids, in place."""
    sources, known, over = maps
    outline = (*ball.eye.upper, *ball.eye.lower[-2:0:-1])
    box, inside = fill_outline(moved.vertices[list(outline), :2], over.size)
    near = cv2.dilate(inside, _ONE_ROUND) > 0  # a display blends neighbours
    seen = ball.look(pixel_centres(over.size)[box][near], moved.vertices[:MESH], motion)
    colour, cover = np.zeros((*near.shape, 3), np.float32), np.zeros(near.shape, np.float32)
    colour[near], cover[near] = hidden.paint(seen)
    over.lay(box, colour, cover * (inside * np.float32(1 / 255)))
    shown = (inside > 127) | ((inside > 0) & ~known[box])
    sources[box][shown] = seen.sources[shown[near]].astype(np.float32)
    known[box] |= shown
