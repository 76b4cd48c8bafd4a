"""One artwork's puppet: a motion comes in, the frame and what a generator learns from go out."""

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import EYES, INNER_LOWER_LIP, INNER_UPPER_LIP, MESH
from kiosk.messages import Bytes, Floats, Motion
from kiosk.model.spec import RESOLUTION
from kiosk.motion.shading import Shading
from kiosk.puppet.figure import SIZE, Figure
from kiosk.puppet.mouth import MouthInterior, rim_shadow
from kiosk.rig.landmarks import Points
from kiosk.rig.mesh import MovedMesh
from kiosk.rig.raster import fill_outline, pixel_centres
from kiosk.rig.rig import Drawing, Rig

Pixel = TypeVar("Pixel", bound=np.generic)

_CONTACT_PX = 0.8  # lips nearer than this, at SIZE, are closed
_SEAM_WINDOW, _SEAM_FROM = (4, 4), 0.5  # SIZE's pixels; spread in RESOLUTION's pixels
_FAINT = 0.02  # of the matte: less of the sitter is ground
# closure at which lids begin to draw a lash line and at which it is whole; its height and how much
# of it lies above the seam, in eye widths: less, and trackers take the crease for the lid
_LASH_FROM, _LASH_FULL = 0.50, 0.90
_LASH_HEIGHT, _LASH_ABOVE, _LASH_STRENGTH = 0.075, 0.03, 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One moment of the puppet: what the generator is given, and what it should answer."""

    landmarks: Floats  # (478, 3) canvas coordinates
    flow: NDArray[np.float16]  # (2, RESOLUTION, RESOLUTION) source minus target, canvas units
    light: NDArray[np.float16]  # (1, RESOLUTION, RESOLUTION) change of log luminance
    frame: Bytes  # (RESOLUTION, RESOLUTION, 3) RGB
    hole: Bytes  # (RESOLUTION, RESOLUTION) 255 where paint is needed: mouth, lashes, edges


class Puppet:
    """An artwork that moves, slowly and exactly.

    Args:
        figure: the artwork's canvas.
        shading: the light on its sitter.
    """

    def __init__(self, figure: Figure, shading: Shading) -> None:
        self.figure, self.shading = figure, shading
        self.rig = Rig(figure.landmarks, figure.matte, shading)
        self.still: Points = self.rig.mesh.still
        self._mouth = MouthInterior(figure)
        self._artwork = np.clip(figure.artwork + 0.5, 0, 255).astype(np.uint8)  # sampled faster

    def render(self, motion: Motion) -> Pair:
        """Draw the sitter in a motion."""
        frame, hole = self._paint(motion)
        given = self.rig.draw(motion, RESOLUTION)
        return Pair(
            landmarks=given.landmarks,
            flow=given.flow.transpose(2, 0, 1).astype(np.float16),
            light=given.light[None].astype(np.float16),
            frame=_to_bytes(_shrink(frame)),
            hole=_shrink(hole),
        )

    def picture(self, motion: Motion) -> Bytes:
        """The sitter in a motion at the puppet's own size: (SIZE, SIZE, 3) RGB."""
        frame, _ = self._paint(motion)
        return _to_bytes(frame)

    def _paint(self, motion: Motion) -> tuple[Floats, Bytes]:
        """The picture (SIZE, SIZE, 3), and where no flow can give it: (SIZE, SIZE) 0 to 255."""
        drawing = self.rig.draw(motion, SIZE)
        moved = drawing.moved
        colour, matte = self._look_up(drawing)
        hole = _find_seams(drawing, matte)
        hole = np.maximum(hole, self._draw_lashes(colour, moved, motion))
        hole = np.maximum(hole, self._fill_mouth(colour, matte, moved))
        picture = cv2.blendLinear(colour, self.figure.plate, matte, 1 - matte)
        return np.asarray(picture), hole

    def _look_up(self, drawing: Drawing) -> tuple[Floats, Floats]:
        where = (drawing.sources + np.float32(1)) * np.float32(SIZE / 2) - np.float32(0.5)
        how = {"interpolation": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_REPLICATE}
        colour = cv2.remap(self._artwork, where, None, **how).astype(np.float32)
        colour *= np.exp(drawing.light[..., None] * self.shading.slope)
        matte = cv2.remap(self.figure.matte, where, None, **how)
        return colour, matte * drawing.known

    def _draw_lashes(self, colour: Floats, moved: MovedMesh, motion: Motion) -> Bytes:
        """A soft dark line along the seam of a closing eye; returns its mask (SIZE, SIZE)."""
        drawn = np.zeros((SIZE, SIZE), np.uint8)
        for eye, closure in zip(EYES, motion.closure, strict=True):
            strength = (float(closure) - _LASH_FROM) / (_LASH_FULL - _LASH_FROM)
            if strength <= 0:
                continue
            line = moved.vertices[list(eye.upper), :2]
            box, mask = fill_outline(_lash_outline(line), SIZE)
            soft = cv2.GaussianBlur(mask, (0, 0), 0.8).astype(np.float32)[..., None] / 255
            soft *= _LASH_STRENGTH * min(strength, 1.0)
            lash = 0.5 * self._mouth.palette.deep.astype(np.float32) + 0.15 * colour[box]
            colour[box] += soft * (lash - colour[box])
            drawn[box] = np.maximum(drawn[box], soft[..., 0] * 255)
        return drawn

    def _fill_mouth(self, colour: Floats, matte: Floats, moved: MovedMesh) -> Bytes:
        """Paint the open mouth, in place; returns its mask (SIZE, SIZE) uint8."""
        hole = np.zeros((SIZE, SIZE), np.uint8)
        face = moved.vertices[:MESH]
        gap = face[list(INNER_LOWER_LIP), 1] - face[list(INNER_UPPER_LIP), 1]
        if gap.max() * SIZE / 2 < _CONTACT_PX:
            return hole
        outline = (*INNER_UPPER_LIP, *INNER_LOWER_LIP[-2:0:-1])
        box, inside = fill_outline(face[list(outline), :2], SIZE)
        soft = inside.astype(np.float32) / 255
        paint = self._mouth.paint(pixel_centres(SIZE)[box], face, moved.before_turn)
        rim = rim_shadow(soft, 0.05 * self._mouth.width * SIZE / 2)
        soft = cv2.GaussianBlur(soft, (0, 0), 1.0)[..., None]
        colour[box] += soft * (paint * rim[..., None] - colour[box])
        matte[box] = np.maximum(matte[box], soft[..., 0])
        hole[box] = (soft[..., 0] * 255).astype(np.uint8)
        return hole


def _find_seams(drawing: Drawing, matte: Floats) -> Bytes:
    """Where the map jumps and flow can only smear: (SIZE, SIZE) 0 to 255.

    Edges of lids, and a cheek's outline before hair.
    """
    shift = drawing.sources - pixel_centres(SIZE)
    mean = cv2.blur(shift, _SEAM_WINDOW)
    variance = (cv2.blur(shift * shift, _SEAM_WINDOW) - mean * mean).sum(-1)
    jump = np.sqrt(np.maximum(variance, 0)) * (RESOLUTION / 2) - _SEAM_FROM
    sitter = cv2.dilate(matte, np.ones(_SEAM_WINDOW, np.uint8)) > _FAINT
    return (np.clip(jump, 0, 1) * 255 * sitter).astype(np.uint8)


def _shrink(picture: NDArray[Pixel]) -> NDArray[Pixel]:
    size = (RESOLUTION, RESOLUTION)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def _to_bytes(picture: Floats) -> Bytes:
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8)


def _lash_outline(line: Points) -> Points:
    """Around the seam of closed lids (N, 2), thick in the middle, pointed at the corners."""
    width = float(np.linalg.norm(line[0] - line[-1]))
    swell = np.sin(np.linspace(0, np.pi, len(line)))[:, None] * [0, width]
    above, below = line - _LASH_ABOVE * swell, line + (_LASH_HEIGHT - _LASH_ABOVE) * swell
    return np.vstack([above, below[-2:0:-1]])
