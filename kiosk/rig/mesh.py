"""The mesh of one artwork: the face's triangles, and a grid that joins all the rest to them.

Everything is in canvas coordinates. The head turns as one solid; the grid's weight falls from 1 on
the head to a little on the chest, and to nothing at the canvas's border, so that no seam can show.
The grid covers the ground, too: what the sitter has left is told by the matte, which moves along.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from kiosk.face import (
    CHIN,
    EYES,
    INNER_LOWER_LIP,
    INNER_UPPER_LIP,
    LEFT_CHEEK,
    MESH,
    NOSE_TIP,
    OVAL,
    RIGHT_CHEEK,
)
from kiosk.messages import Floats, Motion
from kiosk.rig.easing import smoothstep
from kiosk.rig.landmarks import Points, express, face_height, pivot_of, turn
from kiosk.rig.raster import rasterise, to_pixels

GRID = 0.07  # distance of the grid's vertices, canvas units
FACE_TRIANGLES = 852  # they come first
BODY_FOLLOWS = 0.12  # how much of the head's motion the chest takes
BORDER = (0.02, 0.16)  # distance from the canvas's border where motion begins and is whole
# a shut lid shows the painted one from so far on the way from lash line to crease: no lashes
LID_FROM = 0.65


@dataclass(frozen=True, slots=True, eq=False)
class MovedMesh:
    """The mesh after a motion, ready to rasterise."""

    vertices: Points  # (V, 3) canvas coordinates
    sources: Points  # (V, 2) what each vertex shows, canvas coordinates of the artwork
    before_turn: Points  # (468, 3) the face before the head's turn


class Mesh:
    """Vertices, triangles and weights of one sitter.

    Args:
        landmarks: (478, 3) neutral, canvas coordinates.
        matte: (S, S) of any size, 0 to 1: where the sitter is.
    """

    def __init__(self, landmarks: Floats, matte: Floats) -> None:
        self.still: Points = landmarks.astype(np.float64)
        face = self.still[:MESH]
        grid = _grid_around(face)
        around = _with_depth(grid, face, _share_of_sitter(grid, matte))
        self.vertices = np.vstack([face, around])
        self.triangles = np.vstack([_join(face, grid), _between_lips()])
        self.weight = _head_weight(self.vertices, face)
        self.pivot = pivot_of(self.still)
        self._follow = _expression_falloff(grid, face)

    def move(self, motion: Motion) -> MovedMesh:
        """Expression, lids, then the head's turn."""
        face = express(self.still, motion)
        points = self.vertices.copy()
        points[:MESH] = face
        points[MESH:] += self._follow @ (face[list(OVAL)] - self.still[list(OVAL)])
        moved = turn(points, motion, self.pivot, self.weight)
        return MovedMesh(moved, self._draw_lids(motion), face)

    def rasterise(
        self, moved: MovedMesh, size: int, light: Floats | None = None
    ) -> tuple[Floats, Floats, NDArray[np.int32]]:
        """What each pixel shows, and by which triangle.

        Args:
            moved: the mesh after a motion.
            size: of the maps, S.
            light: (468,) of the face's landmarks; the grid's does not change.

        Returns:
            sources (S, S, 2), light (S, S), triangle (S, S); see `raster`.
        """
        vertices = moved.vertices.copy()
        vertices[:, :2] = to_pixels(vertices[:, :2], size)
        lit = np.zeros(len(vertices))
        if light is not None:
            lit[:MESH] = light
        return rasterise(vertices, moved.sources, lit, self.triangles, size)

    def _draw_lids(self, motion: Motion) -> Points:
        """A closing lid is what lies between lash line and crease, drawn out."""
        sources = self.vertices[:, :2].copy()
        for eye, closure in zip(EYES, motion.closure, strict=True):
            shut = float(np.clip(closure, 0, 1))
            upper, fold = list(eye.upper[1:-1]), list(eye.upper_fold[1:-1])
            sources[upper] += shut * LID_FROM * (sources[fold] - sources[upper])
        return sources


@lru_cache(maxsize=1)
def face_triangles() -> NDArray[np.int32]:
    """The mesh's 852 triangles: (852, 3), in MediaPipe's own order (FACEMESH_TESSELATION)."""
    with resources.files("kiosk.rig").joinpath("data/triangles.npy").open("rb") as file:
        triangles = np.asarray(np.load(file), np.int32)
    triangles.flags.writeable = False  # one array for all who ask
    return triangles


def face_normals(face: Points | Floats) -> Points:
    """Unit normals of the face's skin at its landmarks, z toward the scene: (468, 3)."""
    triangles = face_triangles()
    corners = face[triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros((MESH, 3))
    for corner in triangles.T:
        np.add.at(normals, corner, across)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9))


def _between_lips() -> NDArray[np.int32]:
    """What joins the lips, (20, 3): of a mouth painted open its inside, else their seam."""
    upper, lower = np.array(INNER_UPPER_LIP), np.array(INNER_LOWER_LIP)
    first = np.stack([upper[:-1], lower[:-1], upper[1:]], 1)
    second = np.stack([upper[1:], lower[:-1], lower[1:]], 1)
    return np.vstack([first, second]).astype(np.int32)


def _grid_around(face: Points) -> Points:
    """Staggered vertices all over the canvas and a little beyond, outside the face: (G, 2)."""
    steps = np.arange(-1 - 2 * GRID, 1 + 2 * GRID, GRID)
    x, y = np.meshgrid(steps, steps)
    x[1::2] += GRID / 2
    grid = np.column_stack([x.ravel(), y.ravel()])
    hull = cv2.convexHull(face[:, :2].astype(np.float32))
    apart = np.array([cv2.pointPolygonTest(hull, tuple(p), True) for p in grid.astype(float)])
    return np.asarray(grid[apart < -0.03])


def _join(face: Points, grid: Points) -> NDArray[np.int32]:
    """Face triangles and those between the oval and the grid: (T, 3), all facing the front."""
    oval = face[list(OVAL), :2]
    points = np.vstack([oval, grid])
    triangles = Delaunay(points).simplices
    outline = oval.astype(np.float32)
    middle = points[triangles].mean(1)
    outside = np.array([cv2.pointPolygonTest(outline, tuple(p), False) < 0 for p in middle])
    corners = points[triangles]
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
    triangles = triangles[outside & (sides.max(1) < 4 * GRID)]
    number = np.concatenate([OVAL, MESH + np.arange(len(grid))])
    triangles = number[triangles]
    everything = np.vstack([face[:, :2], grid])[triangles]
    first, second = everything[:, 1] - everything[:, 0], everything[:, 2] - everything[:, 0]
    backward = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0] > 0
    triangles[backward] = triangles[backward][:, ::-1]
    return np.vstack([face_triangles(), triangles]).astype(np.int32)


def _share_of_sitter(grid: Points, matte: Floats) -> Points:
    """How much of the picture around each vertex is the sitter: (G,), 0 to 1."""
    soft = cv2.blur(matte, (round(GRID * len(matte) / 2),) * 2)
    where = to_pixels(grid, len(matte)).astype(np.float32)[None]
    return np.asarray(cv2.remap(soft, where, None, cv2.INTER_LINEAR)[0], np.float64)


def _with_depth(grid: Points, face: Points, sitter: Points) -> Points:
    """Give the grid a depth: hair recedes from the oval, the neck stands behind the chin.

    Ground is as deep as the oval beside it: where it receded, the cheek would slide over it, and
    the flow would jump at its outline.
    """
    oval = face[list(OVAL)]
    width, height = np.ptp(face[:, 0]), face_height(face)
    distance = np.linalg.norm(grid[:, None] - oval[None, :, :2], axis=2)
    weight = 1 / (distance**2 + (0.02 * width) ** 2)
    nearest = (weight * oval[None, :, 2]).sum(1) / weight.sum(1)
    apart = distance.min(1)
    hair = nearest + np.minimum(0.9 * apart, 0.45 * width)
    neck = np.maximum(
        nearest + np.minimum(1.2 * apart, 0.5 * width), np.median(oval[:, 2]) + 0.15 * width
    )
    below = smoothstep((grid[:, 1] - (face[CHIN, 1] - 0.25 * height)) / (0.25 * height))
    receding = (1 - below) * hair + below * neck
    return np.column_stack([grid, nearest + sitter * (receding - nearest)])


def _head_weight(vertices: Points, face: Points) -> Points:
    """1 on the head, BODY_FOLLOWS on the chest, 0 at the border: (V,)."""
    width, height = np.ptp(face[:, 0]), face_height(face)
    down = smoothstep((vertices[:, 1] - (face[CHIN, 1] - 0.05 * height)) / (0.6 * height))
    middle = (face[LEFT_CHEEK, 0] + face[RIGHT_CHEEK, 0]) / 2
    aside = smoothstep((np.abs(vertices[:, 0] - middle) - 0.95 * width) / (0.9 * width))
    low = smoothstep((vertices[:, 1] - face[NOSE_TIP, 1]) / (0.6 * height))
    head = (1 - down) * (1 - aside * low)
    weight = BODY_FOLLOWS + (1 - BODY_FOLLOWS) * head
    begin, whole = BORDER
    edge = 1 - np.abs(vertices[:, :2]).max(1)
    weight *= smoothstep((edge - begin) / (whole - begin))
    weight[:MESH] = 1
    return np.asarray(weight)


def _expression_falloff(grid: Points, face: Points) -> Points:
    """How the grid follows the oval when the face's expression moves it: (G, 36)."""
    distance = np.linalg.norm(grid[:, None] - face[None, list(OVAL), :2], axis=2)
    near = np.exp(-((distance / (0.16 * face_height(face))) ** 2))
    return np.asarray(near / np.maximum(near.sum(1, keepdims=True), 1))
