"""Two photographs to one face that never existed: landmarks, smooth warps, fusion.

Comes in: two public-domain photographs and what share each has in every part of the face. Goes
out: the blended face in the picture's own frame. Clothes, ground and light are left to others.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from kiosk.errors import PictureError
from kiosk.face import LIPS

Array = NDArray[np.float32]
Image = NDArray[np.uint8]

DETAIL = 0.7  # the second photograph was lit harder than the first
GRID = 12  # pixels between the exact values of a warp; in between it is smooth anyway


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """``image``: (H, W, 3) uint8 RGB; ``landmarks``: (478, 3) float32, pixels of the image."""

    image: Image
    landmarks: Array


def load_photograph(path: Path, *, scale: float = 3.0) -> Photograph:
    """Read a photograph, enlarge it ``scale`` times and find its one face.

    Raises PictureError where the file cannot be read or shows no face.
    """
    stored = cv2.imread(str(path))
    if stored is None:
        raise PictureError(f"{path}: cannot be read as a picture; give a JPEG or PNG file")
    large = cv2.resize(stored, None, fx=scale, fy=scale, interpolation=cv2.INTER_LANCZOS4)
    image = np.ascontiguousarray(large[..., ::-1])
    return Photograph(image, find_landmarks(image))


def find_landmarks(image: Image) -> Array:
    """Landmarks of the one face in ``image`` (H, W, 3) uint8 RGB: (478, 3) float32 pixels."""
    import mediapipe as mp  # slow to import, and only needed by the recipes

    with mp.solutions.face_mesh.FaceMesh(
        static_image_mode=True, refine_landmarks=True, min_detection_confidence=0.3
    ) as mesh:
        found = mesh.process(image).multi_face_landmarks
    if not found:
        raise PictureError("no face found; give a picture with one face, seen from the front")
    size = np.array([image.shape[1], image.shape[0], image.shape[1]], np.float32)
    points = np.array([(p.x, p.y, p.z) for p in found[0].landmark], np.float32)
    return np.asarray(points * size, np.float32)


def align(source: Array, target: Array) -> Array:
    """``source`` (N, 2) turned, scaled and moved onto ``target`` (N, 2): Umeyama's similarity."""
    return apply(similarity(source, target), source)


def similarity(source: Array, target: Array) -> Array:
    """The similarity (2, 3) that brings ``source`` (N, 2) closest to ``target`` (N, 2)."""
    a, b = source - source.mean(0), target - target.mean(0)
    u, s, v = np.linalg.svd(b.T @ a)
    fold = np.diag([1.0, np.sign(np.linalg.det(u @ v))])
    turn = u @ fold @ v * float((s * np.diag(fold)).sum() / (a * a).sum())
    shift = target.mean(0) - turn @ source.mean(0)
    return np.asarray(np.c_[turn, shift], np.float32)


def apply(matrix: Array, points: Array) -> Array:
    """Apply an affine ``matrix`` (2, 3) to ``points`` (N, 2)."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float32)


def blend_shapes(first: Array, second: Array, *, share: float) -> Array:
    """Mix two face shapes (478, 2), ``share`` of the second; its closed mouth counts 90 %."""
    second = align(second, first)
    lips = first[list(LIPS)]
    distance = np.linalg.norm(first[:, None] - lips[None], axis=2).min(1)
    near = np.exp(-((distance / (0.12 * np.ptp(first[:, 1]))) ** 2))[:, None]
    weight = share * (1 - near) + 0.9 * near
    return np.asarray(first * (1 - weight) + second * weight, np.float32)


def plan_warp(source: Array, target: Array, *, size: tuple[int, int]) -> Array:
    """For every pixel of a picture of ``size`` (width, height), where it comes from: (H, W, 2).

    A thin-plate spline that brings ``source`` (N, 2) to lie on ``target``; in pixels.
    """
    width, height = size
    columns, rows = -(-width // GRID), -(-height // GRID)
    across, down = (np.arange(columns) + 0.5) * GRID - 0.5, (np.arange(rows) + 0.5) * GRID - 0.5
    x, y = np.meshgrid(across, down)
    spline = RBFInterpolator(target, source, kernel="thin_plate_spline", smoothing=2.0)
    coarse = spline(np.c_[x.ravel(), y.ravel()]).reshape(rows, columns, 2).astype(np.float32)
    full = cv2.resize(coarse, (columns * GRID, rows * GRID), interpolation=cv2.INTER_CUBIC)
    return np.asarray(full[:height, :width], np.float32)


def warp(image: Image, places: Array) -> Image:
    """Bend ``image`` (H, W) or (H, W, 3) as planned."""
    bent = cv2.remap(
        image, places[..., 0], places[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(bent, np.uint8)


def match_colours(image: Array, reference: Array, mask: Array, *, reach: float) -> Array:
    """Shift ``image`` to the colours ``reference`` has nearby, as compared where ``mask`` is 1.

    ``reach`` is how far a place's colours count for its neighbours, pixels.
    """
    weight = cv2.GaussianBlur(mask, (0, 0), reach)[..., None] + 1e-4
    gap = cv2.GaussianBlur((reference - image) * mask[..., None], (0, 0), reach)
    broad = cv2.GaussianBlur(image, (0, 0), reach)
    return np.asarray(broad + DETAIL * (image - broad) + gap / weight, np.float32)


def fuse(first: Array, second: Array, weight: Array, *, levels: int = 5) -> Array:
    """Laplacian-pyramid blend (Burt and Adelson, 1983); ``weight`` (H, W) is the second's share."""
    stack_a, stack_b, stack_w = [first], [second], [weight]
    for _ in range(levels):
        stack_a.append(cv2.pyrDown(stack_a[-1]))
        stack_b.append(cv2.pyrDown(stack_b[-1]))
        stack_w.append(cv2.pyrDown(stack_w[-1]))
    mixed = _mix(stack_a[-1], stack_b[-1], stack_w[-1])
    for a, b, w, (up_a, up_b) in zip(
        stack_a[-2::-1],
        stack_b[-2::-1],
        stack_w[-2::-1],
        zip(stack_a[:0:-1], stack_b[:0:-1], strict=True),
        strict=True,
    ):
        place = (a.shape[1], a.shape[0])
        detail_a = a - cv2.pyrUp(up_a, dstsize=place)
        detail_b = b - cv2.pyrUp(up_b, dstsize=place)
        mixed = cv2.pyrUp(mixed, dstsize=place) + _mix(detail_a, detail_b, w)
    return np.asarray(mixed, np.float32)


def _mix(a: Array, b: Array, weight: Array) -> Array:
    return np.asarray(a + (b - a) * weight[..., None], np.float32)


def region(points: Array, *, size: tuple[int, int], grow: int, soft: float) -> Array:
    """A soft mask (H, W) in [0, 1] of the hull of ``points``, grown and blurred by pixels."""
    mask = np.zeros((size[1], size[0]), np.float32)
    hull = cv2.convexHull(points.astype(np.float32))[:, 0]
    cv2.fillConvexPoly(mask, np.round(hull * 16).astype(np.int32), 1.0, shift=4)
    if grow:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(grow) + 1,) * 2)
        mask = cv2.dilate(mask, kernel) if grow > 0 else cv2.erode(mask, kernel)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), soft), np.float32)
