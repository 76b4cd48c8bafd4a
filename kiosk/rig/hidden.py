"""Skin that a painter hid: what comes into view when a face in three-quarter view turns to us.

The landmarks of a hidden temple or cheek lie on the ground beside the face; turned into view, their
triangles would show that ground as a dark crack. Here they show the nearest of the sitter's own
paint instead, once the turn has made them larger. At rest, and in a still head's expressions,
nothing changes.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from kiosk.compiled import compiled
from kiosk.face import EYES, MESH
from kiosk.messages import Bytes, Floats, Motion
from kiosk.rig.easing import smoothstep
from kiosk.rig.landmarks import Points, turn
from kiosk.rig.mesh import Mesh, face_triangles
from kiosk.rig.raster import to_pixels

SIZE = 512  # of the map of the sitter's paint

SITTER = 0.9  # from this value of the matte on a pixel is the sitter's alone
INSIDE_PX = 5  # so far from the silhouette, at SIZE, paint is free of the edge's dark
GROWTH = (1.0, 1.08)  # of a triangle's area: where the sitter's paint begins, and is whole


class HiddenSkin:
    """One artwork's silhouette, and where its paint begins for each pixel of the ground.

    Args:
        mesh: of the sitter.
        matte: (S, S) of any size, 0 to 1.
    """

    def __init__(self, mesh: Mesh, matte: Floats) -> None:
        matte = cv2.resize(matte, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        inside = (matte > SITTER).astype(np.uint8)
        inside = cv2.erode(inside, np.ones((INSIDE_PX, INSIDE_PX), np.uint8))
        self._ground = inside == 0
        skin = inside * (1 - _draw_eyes(mesh.still))
        _, (rows, columns) = distance_transform_edt(skin == 0, return_indices=True)
        self._nearest = ((np.stack([columns, rows], -1) + 0.5) * 2 / SIZE - 1).astype(np.float32)
        self._faces = face_triangles()
        self._face, self._pivot = mesh.vertices[:MESH], mesh.pivot
        self._still = _areas(self._face, self._faces)
        self._near_ground = self._reach_ground()

    def uncover(self, sources: Floats, triangle: NDArray[np.int32], motion: Motion) -> None:
        """Let the face's triangles show paint where they would show ground, in place.

        Args:
            sources: (H, W, 2) what each pixel shows, canvas coordinates of the artwork.
            triangle: (H, W) its triangle, -1 for none.
            motion: that was drawn.
        """
        share = self._grown(motion) * self._near_ground
        if share.any():
            _uncover(sources, triangle, share, self._ground, self._nearest)

    def _reach_ground(self) -> NDArray[np.bool_]:
        """Whether a triangle of the face holds ground: (FACE_TRIANGLES,)."""
        reach = np.zeros(len(self._faces), bool)
        corners = to_pixels(self._face[self._faces][..., :2], SIZE)
        low = np.clip(np.floor(corners.min(1)).astype(int) - 1, 0, SIZE)
        high = np.clip(np.ceil(corners.max(1)).astype(int) + 2, 0, SIZE)
        for number, ((left, top), (right, bottom)) in enumerate(zip(low, high, strict=True)):
            reach[number] = self._ground[top:bottom, left:right].any()
        return reach

    def _grown(self, motion: Motion) -> NDArray[np.float32]:
        """How much the head's turn has brought each triangle into view: (FACE_TRIANGLES,)."""
        area = _areas(turn(self._face, motion, self._pivot), self._faces) / motion.scale**2
        least, whole = GROWTH
        growth = area / np.maximum(self._still, 1e-9)  # what faced away was hidden altogether
        return smoothstep((growth - least) / (whole - least)).astype(np.float32)


@compiled
def _uncover(sources, triangle, share, ground, nearest):  # type: ignore[no-untyped-def]
    size = len(ground)
    for row in range(len(triangle)):
        for column in range(len(triangle)):
            number = triangle[row, column]
            if not 0 <= number < len(share) or share[number] == 0:
                continue
            seen = sources[row, column]
            x = int(min(max((seen[0] + 1) * (size / 2), 0), size - 1))
            y = int(min(max((seen[1] + 1) * (size / 2), 0), size - 1))
            if ground[y, x]:
                for k in range(2):
                    seen[k] += share[number] * (nearest[y, x, k] - seen[k])


def _draw_eyes(still: Points) -> Bytes:
    """The eyes with lids and lashes, which are no skin: (SIZE, SIZE), 0 or 1."""
    eyes = np.zeros((SIZE, SIZE), np.uint8)
    for eye in EYES:
        ring = to_pixels(still[[*eye.upper_fold, *eye.lower_fold], :2], SIZE)
        cv2.fillConvexPoly(eyes, cv2.convexHull(np.round(ring).astype(np.int32)), (1,))
    return eyes


def _areas(vertices: Points, triangles: NDArray[np.int32]) -> Points:
    """Twice the area of each triangle on the screen, positive when seen from the front: (T,)."""
    first, second, third = (vertices[triangles[:, corner], :2] for corner in range(3))
    one, other = second - first, third - first
    return np.asarray(one[:, 1] * other[:, 0] - one[:, 0] * other[:, 1])
