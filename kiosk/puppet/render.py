"""One artwork's puppet: a motion comes in, the frame and what a generator learns from go out."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import (
    EYES,
    INNER_LOWER_LIP,
    INNER_UPPER_LIP,
    OUTER_LOWER_LIP,
    OUTER_UPPER_LIP,
)
from kiosk.messages import Bytes, Floats, Motion
from kiosk.model.spec import RESOLUTION
from kiosk.motion.rig import Points, pose_landmarks
from kiosk.puppet.eyes import Eyeball
from kiosk.puppet.figure import SIZE, Figure, pull_push
from kiosk.puppet.hidden import HiddenSkin
from kiosk.puppet.mesh import MovedMesh, PuppetMesh, to_pixels
from kiosk.puppet.mouth import MouthInterior, rim_shadow

_SHIFT = 4
_CONTACT_PX = 0.8  # lips nearer than this, at SIZE, are closed
_SEAM_WINDOW, _SEAM_FROM = (4, 4), 0.5  # SIZE's pixels; spread in RESOLUTION's pixels
# closure at which lids begin to draw a lash line and at which it is whole; its height and how much
# of it lies above the seam, in eye widths: less, and trackers take the crease for the lid
_LASH_FROM, _LASH_FULL = 0.50, 0.90
_LASH_HEIGHT, _LASH_ABOVE, _LASH_STRENGTH = 0.075, 0.03, 0.85


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One moment of the puppet: what the generator is given, and what it should answer."""

    landmarks: Floats  # (478, 3) canvas coordinates
    frame: Bytes  # (RESOLUTION, RESOLUTION, 3) RGB
    flow: NDArray[np.float16]  # (2, RESOLUTION, RESOLUTION) source minus target, canvas units
    valid: Bytes  # (RESOLUTION, RESOLUTION) 255 where the flow is the mesh's own
    hole: Bytes  # (RESOLUTION, RESOLUTION) 255 where paint is needed: mouth, edges of lids, lashes


class Puppet:
    """An artwork that moves, slowly and exactly."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.mesh = PuppetMesh(figure)
        self.still: Points = self.mesh.still
        self._hidden = HiddenSkin(self.mesh, figure.matte)
        self._eyeballs = [Eyeball.measure(eye, self.still) for eye in EYES]
        self._mouth = MouthInterior(figure)
        self._artwork = np.clip(figure.artwork + 0.5, 0, 255).astype(np.uint8)  # sampled faster
        centres = (np.arange(SIZE) + 0.5) * 2 / SIZE - 1
        self._points = np.stack(np.meshgrid(centres, centres), -1).astype(
            np.float32
        )  # (SIZE, SIZE, 2)

    def render(self, motion: Motion) -> Pair:
        """Draw the sitter in a motion."""
        moved = self.mesh.move(motion)
        sources, triangle = self._map(moved, motion)
        colour, matte = self._look_up(sources, triangle)
        seams = self._find_seams(sources, moved)
        lashes = self._draw_lashes(colour, moved, motion)
        mouth = self._fill_mouth(colour, matte, moved)
        hole = np.maximum(mouth, np.maximum(seams, lashes))
        flow, valid = self._measure_flow(sources, (triangle >= 0) & (hole < 128))
        return Pair(
            landmarks=pose_landmarks(self.figure.landmarks, motion),
            frame=_shrink(self._compose(colour, matte)),
            flow=flow,
            valid=valid,
            hole=cv2.resize(hole, (RESOLUTION, RESOLUTION), interpolation=cv2.INTER_AREA),
        )

    def picture(self, motion: Motion) -> Bytes:
        """The sitter in a motion at the puppet's own size: (SIZE, SIZE, 3) RGB."""
        moved = self.mesh.move(motion)
        colour, matte = self._look_up(*self._map(moved, motion))
        self._draw_lashes(colour, moved, motion)
        self._fill_mouth(colour, matte, moved)
        return np.clip(self._compose(colour, matte) + 0.5, 0, 255).astype(np.uint8)

    def _map(self, moved: MovedMesh, motion: Motion) -> tuple[Floats, NDArray[np.int32]]:
        """What every pixel shows, the eyes included."""
        sources, triangle = self.mesh.rasterise(moved)
        self._hidden.uncover(sources, triangle, motion)
        self._close_lips(sources, triangle, moved)
        self._fill_eyes(sources, triangle, moved, motion)
        return sources, triangle

    def _close_lips(self, sources: Floats, triangle: NDArray[np.int32], moved: MovedMesh) -> None:
        """Let the lips' flesh run on between them: a seam of no pixels would show the plate."""
        box, _, _ = _box_around(moved.vertices[[*OUTER_UPPER_LIP, *OUTER_LOWER_LIP], :2])
        missing = triangle[box] < 0
        shift = (sources[box] - self._points[box]) * ~missing[..., None]
        filled = self._points[box] + pull_push(shift, (~missing).astype(np.float32))
        sources[box][missing] = filled[missing]
        triangle[box][missing] = len(self.mesh.triangles)

    def _fill_eyes(
        self, sources: Floats, triangle: NDArray[np.int32], moved: MovedMesh, motion: Motion
    ) -> None:
        for ball, gaze in zip(self._eyeballs, motion.gaze, strict=True):
            outline = (*ball.eye.upper, *ball.eye.lower[-2:0:-1])
            box, inside = _opening(moved.vertices[list(outline), :2])
            shown = (inside > 127) | ((inside > 0) & (triangle[box] < 0))
            seen = ball.sources(self._points[box], moved.vertices[:468], gaze)
            sources[box][shown] = seen[shown].astype(np.float32)
            triangle[box][shown] = len(self.mesh.triangles)

    def _look_up(self, sources: Floats, triangle: NDArray[np.int32]) -> tuple[Floats, Floats]:
        where = (sources + np.float32(1)) * np.float32(SIZE / 2) - np.float32(0.5)
        how = {"interpolation": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_REPLICATE}
        colour = cv2.remap(self._artwork, where, None, **how).astype(np.float32)
        matte = cv2.remap(self.figure.matte, where, None, **how)
        return colour, matte * (triangle >= 0)

    def _find_seams(self, sources: Floats, moved: MovedMesh) -> Bytes:
        """Edges of lids, where the map jumps and flow can only smear: (SIZE, SIZE) 0 to 255."""
        seams = np.zeros((SIZE, SIZE), np.uint8)
        for eye in EYES:
            box, _, _ = _box_around(moved.vertices[[*eye.upper_fold, *eye.lower_fold], :2])
            shift = sources[box] - self._points[box]
            mean = cv2.blur(shift, _SEAM_WINDOW)
            variance = (cv2.blur(shift * shift, _SEAM_WINDOW) - mean * mean).sum(-1)
            jump = np.sqrt(np.maximum(variance, 0)) * (RESOLUTION / 2) - _SEAM_FROM
            seams[box] = np.maximum(seams[box], np.clip(jump, 0, 1) * 255)
        return seams

    def _draw_lashes(self, colour: Floats, moved: MovedMesh, motion: Motion) -> Bytes:
        """A soft dark line along the seam of a closing eye; returns its mask (SIZE, SIZE)."""
        drawn = np.zeros((SIZE, SIZE), np.uint8)
        for eye, closure in zip(EYES, motion.closure, strict=True):
            strength = (float(closure) - _LASH_FROM) / (_LASH_FULL - _LASH_FROM)
            if strength <= 0:
                continue
            line = moved.vertices[list(eye.upper), :2]
            box, mask = _opening(_lash_outline(line))
            soft = cv2.GaussianBlur(mask, (0, 0), 0.8).astype(np.float32)[..., None] / 255
            soft *= _LASH_STRENGTH * min(strength, 1.0)
            lash = 0.5 * self._mouth.palette.deep.astype(np.float32) + 0.15 * colour[box]
            colour[box] += soft * (lash - colour[box])
            drawn[box] = np.maximum(drawn[box], soft[..., 0] * 255)
        return drawn

    def _fill_mouth(self, colour: Floats, matte: Floats, moved: MovedMesh) -> Bytes:
        """Paint the open mouth, in place; returns its mask (SIZE, SIZE) uint8."""
        hole = np.zeros((SIZE, SIZE), np.uint8)
        face = moved.vertices[:468]
        gap = face[list(INNER_LOWER_LIP), 1] - face[list(INNER_UPPER_LIP), 1]
        if gap.max() * SIZE / 2 < _CONTACT_PX:
            return hole
        outline = (*INNER_UPPER_LIP, *INNER_LOWER_LIP[-2:0:-1])
        box, inside = _opening(face[list(outline), :2])
        soft = inside.astype(np.float32) / 255
        paint = self._mouth.paint(self._points[box], face, moved.before_turn)
        rim = rim_shadow(soft, 0.05 * self._mouth.width * SIZE / 2)
        soft = cv2.GaussianBlur(soft, (0, 0), 1.0)[..., None]
        colour[box] += soft * (paint * rim[..., None] - colour[box])
        matte[box] = np.maximum(matte[box], soft[..., 0])
        hole[box] = (soft[..., 0] * 255).astype(np.uint8)
        return hole

    def _measure_flow(
        self, sources: Floats, known: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float16], Bytes]:
        drawn = known.astype(np.float32)
        shift = (sources - self._points).astype(np.float32) * drawn[..., None]
        size = (RESOLUTION, RESOLUTION)
        shift = cv2.resize(shift, size, interpolation=cv2.INTER_AREA)
        share = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
        valid = (share > 0.6).astype(np.float32)
        flow = pull_push(shift / np.maximum(share, 1e-3)[..., None], valid)
        return flow.transpose(2, 0, 1).astype(np.float16), (valid * 255).astype(np.uint8)

    def _compose(self, colour: Floats, matte: Floats) -> Floats:
        """The sitter over the plate: (SIZE, SIZE, 3)."""
        return np.asarray(cv2.blendLinear(colour, self.figure.plate, matte, 1 - matte))


def _shrink(picture: Floats) -> Bytes:
    size = (RESOLUTION, RESOLUTION)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.clip(small + 0.5, 0, 255).astype(np.uint8)


def _opening(outline: Points) -> tuple[tuple[slice, slice], Bytes]:
    """The box around an outline and its antialiased mask there."""
    box, mask, fixed = _box_around(outline)
    cv2.fillPoly(mask, [fixed], (255,), cv2.LINE_AA, _SHIFT)
    return box, mask


def _lash_outline(line: Points) -> Points:
    """Around the seam of closed lids (N, 2), thick in the middle, pointed at the corners."""
    width = float(np.linalg.norm(line[0] - line[-1]))
    swell = np.sqrt(np.sin(np.linspace(0, np.pi, len(line))))[:, None] * [0, width]
    above, below = line - _LASH_ABOVE * swell, line + (_LASH_HEIGHT - _LASH_ABOVE) * swell
    return np.vstack([above, below[-2:0:-1]])


def _box_around(
    points: Points, pad: int = 6
) -> tuple[tuple[slice, slice], Bytes, NDArray[np.int32]]:
    """Slices of the padded box, an empty mask of its size, the points in OpenCV's fixed point."""
    pixels = to_pixels(points)
    low = np.clip(np.floor(pixels.min(0)).astype(int) - pad, 0, SIZE - 1)
    high = np.clip(np.ceil(pixels.max(0)).astype(int) + pad, low + 1, SIZE)
    mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    fixed = np.round((pixels - low) * (1 << _SHIFT)).astype(np.int32)
    return (slice(low[1], high[1]), slice(low[0], high[0])), mask, fixed
