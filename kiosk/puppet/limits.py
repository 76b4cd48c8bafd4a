"""How far one artwork's head may turn: measured where its surface begins to break, not guessed.

A turn shows paint that the painter saw foreshortened, or ground that lay beyond the silhouette.
Where paint is drawn out more than `STRETCH` times, or a hole opens in the face, over more than
`SHARE` of the face, the eye sees a crease. And nobody is turned further from us than `AWAY_DEG`.
"""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import MESH
from kiosk.messages import Floats
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import angles_deg, fit_pose
from kiosk.motion.target import Limits, Neck
from kiosk.puppet.figure import SIZE
from kiosk.rig.landmarks import Points, no_motion
from kiosk.rig.mesh import FACE_TRIANGLES, Mesh
from kiosk.rig.raster import to_pixels

STRETCH = 3.5
SHARE = 0.015
STEP_DEG = 1.0
LEAST_DEG, MOST_DEG = 6.0, (26.0, 18.0, 18.0)  # yaw, pitch, roll
AWAY_DEG = (45.0, 32.0, 32.0)  # from facing us, the painted pose included


def find_limits(mesh: Mesh, matte: Floats) -> Limits:
    """The widest turns, each direction by itself, that keep the surface whole.

    Args:
        mesh: of the artwork.
        matte: (SIZE, SIZE) of the artwork, 0 to 1.
    """
    surface = Surface(mesh, matte)
    sides = []
    for axis in range(3):
        negative, positive = (surface.widest(axis, sign) for sign in (-1.0, 1.0))
        sides.append((-negative, positive))
    return Limits(yaw_deg=sides[0], pitch_deg=sides[1], roll_deg=sides[2])


class Surface:
    """One artwork's surface, to be turned until it breaks."""

    def __init__(self, mesh: Mesh, matte: Floats) -> None:
        self._mesh, self._matte = mesh, matte
        still = mesh.still.astype(np.float32)
        self._neck = Neck(still, Limits())
        self._painted_deg = angles_deg(fit_pose(still, load_face_model().mean).rotation)
        outline = cv2.convexHull((mesh.still[:MESH, :2] * SIZE / 2).astype(np.float32))
        self._face_px = float(cv2.contourArea(outline))
        self._at_rest = self._broken(np.zeros(3))

    def broken_share(self, turn_deg: Points) -> float:
        """What breaks in a turn (yaw, pitch, roll), as a share of the painted face."""
        return (self._broken(turn_deg) - self._at_rest) / self._face_px

    def widest(self, axis: int, sign: float) -> float:
        """Degrees, positive: how far one angle may go in one direction."""
        room = AWAY_DEG[axis] - sign * self._painted_deg[axis]
        most = max(LEAST_DEG, min(MOST_DEG[axis], np.floor(room)))
        angle = LEAST_DEG
        while angle < most:
            turn = np.zeros(3)
            turn[axis] = sign * (angle + STEP_DEG)
            if self.broken_share(turn) > SHARE:
                break
            angle += STEP_DEG
        return float(angle)

    def _broken(self, turn_deg: Points) -> float:
        """Pixels of the turned picture that are drawn out, or show ground inside the face."""
        mesh = self._mesh
        moved = mesh.move(replace(no_motion(), rotation=self._neck.turn(turn_deg)))
        sources, _, which = mesh.rasterise(moved, SIZE)
        stretch = _stretch(mesh.vertices[:, :2], moved.vertices[:, :2], mesh.triangles)
        drawn_out = (which >= 0) & (stretch > STRETCH)[which]
        where = to_pixels(sources, SIZE)
        matte = cv2.remap(self._matte, where.astype(np.float32), None, cv2.INTER_LINEAR)
        hole = (which >= 0) & (which < FACE_TRIANGLES) & (matte < 0.5)
        return float((drawn_out | hole).sum())


def _stretch(source: Points, target: Points, triangles: NDArray[np.int32]) -> Points:
    """The largest magnification of each triangle: (T,)."""
    before, after = (
        np.stack([points[triangles[:, 1]] - points[triangles[:, 0]],
                  points[triangles[:, 2]] - points[triangles[:, 0]]], -1)
        for points in (source, target)
    )  # fmt: skip
    flat = np.abs(np.linalg.det(before)) < 1e-9
    before[flat] = np.eye(2)
    jacobian = after @ np.linalg.inv(before)
    square, area = (jacobian**2).sum((1, 2)), np.linalg.det(jacobian)
    apart = np.sqrt(np.maximum(square**2 - 4 * area**2, 0))  # of the singular values' squares
    return np.where(flat, 0.0, np.sqrt((square + apart) / 2))
