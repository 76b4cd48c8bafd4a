"""How far one artwork's head may turn: measured where its surface begins to stretch, not guessed.

A turn shows paint that the painter saw foreshortened; where it is drawn out more than `STRETCH`
times over more than `SHARE` of the face, the eye sees a crease.
"""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.motion.rig import Points, no_motion
from kiosk.motion.target import Limits, Neck
from kiosk.puppet.figure import SIZE
from kiosk.puppet.mesh import PuppetMesh
from kiosk.puppet.raster import rasterise

STRETCH = 4.0
SHARE = 0.02
STEP_DEG = 2.0
LEAST_DEG, MOST_DEG = 6.0, (26.0, 18.0, 18.0)  # yaw, pitch, roll


def find_limits(mesh: PuppetMesh) -> Limits:
    """The widest turns, each direction by itself, that keep the surface whole."""
    neck = Neck(mesh.still.astype(np.float32), Limits())
    sides = []
    for axis in range(3):
        negative, positive = (_widest(mesh, neck, axis, sign=sign) for sign in (-1.0, 1.0))
        sides.append((-negative, positive))
    return Limits(yaw_deg=sides[0], pitch_deg=sides[1], roll_deg=sides[2])


def torn_share(mesh: PuppetMesh, rotation: NDArray[np.float32]) -> float:
    """Pixels drawn out more than STRETCH times, as a share of the painted face."""
    moved = mesh.move(replace(no_motion(), rotation=rotation))
    vertices = moved.vertices.copy()
    vertices[:, :2] = (vertices[:, :2] + 1) * (SIZE / 2) - 0.5
    _, which = rasterise(
        vertices.astype(np.float32),
        moved.sources.astype(np.float32),
        mesh.triangles,
        size=SIZE,
    )
    stretched = _stretch(mesh.vertices[:, :2], moved.vertices[:, :2], mesh.triangles) > STRETCH
    torn = int(stretched[which[which >= 0]].sum())
    outline = cv2.convexHull((mesh.still[:468, :2] * SIZE / 2).astype(np.float32))
    return torn / float(cv2.contourArea(outline))


def _widest(mesh: PuppetMesh, neck: Neck, axis: int, *, sign: float) -> float:
    angle = LEAST_DEG
    while angle < MOST_DEG[axis]:
        turn = np.zeros(3)
        turn[axis] = sign * (angle + STEP_DEG)
        if torn_share(mesh, neck.turn(turn)) > SHARE:
            break
        angle += STEP_DEG
    return angle


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
    largest = np.linalg.norm(jacobian, ord=2, axis=(1, 2))
    return np.where(flat, 0.0, largest)
