"""Likeness of two pictures, region by region: PSNR and SSIM; and how fine a picture is.

Regions are drawn from the landmarks of the moment: a moved mouth is judged where it is.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import CHIN, EYES, MESH, OUTER_LOWER_LIP, OUTER_UPPER_LIP
from kiosk.messages import Bytes, Floats

REGIONS = ("head", "face", "mouth", "eyes")
_MARGIN = {"head": 0.02, "face": 0.02, "mouth": 0.04, "eyes": 0.03}  # of the picture's side

Mask = NDArray[np.bool_]


def region_masks(landmarks: Floats, matte: Floats) -> dict[str, Mask]:
    """Masks (S, S) of each region.

    Args:
        landmarks: (478, 3) of this moment, canvas coordinates.
        matte: (S, S) of the neutral picture, 0 to 1; the head is looked for in it.
    """
    side = matte.shape[0]
    pixels = (landmarks[:, :2] + 1) * (side / 2)
    lips = [*OUTER_UPPER_LIP, *OUTER_LOWER_LIP]
    eyes = [[*eye.upper, *eye.lower] for eye in EYES]
    head = matte > 0.5
    head[int(np.clip(pixels[CHIN, 1], 0, side)) :] = False
    masks = {
        "head": head,
        "face": _hull(pixels[:MESH], side),
        "mouth": _hull(pixels[lips], side),
        "eyes": _hull(pixels[eyes[0]], side) | _hull(pixels[eyes[1]], side),
    }
    return {name: _grow(mask, _MARGIN[name] * side) for name, mask in masks.items()}


def psnr(one: Bytes, other: Bytes, mask: Mask) -> float:
    """Peak signal to noise ratio in dB of (H, W, 3) uint8 pictures, inside a mask."""
    error = one[mask].astype(np.float64) - other[mask]
    return float(10 * np.log10(255**2 / max(float((error**2).mean()), 1e-6)))


def ssim(one: Bytes, other: Bytes, mask: Mask) -> float:
    """Mean structural similarity inside a mask (Wang et al. 2004), windows of 7 pixels."""
    x, y = one.astype(np.float64), other.astype(np.float64)
    mean_x, mean_y = _window(x), _window(y)
    variance_x, variance_y = _window(x * x) - mean_x**2, _window(y * y) - mean_y**2
    covariance = _window(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    structure = (2 * covariance + c2) / (variance_x + variance_y + c2)
    return float((luminance * structure).mean(2)[mask].mean())


def fine_energy(image: Bytes, mask: Mask) -> float:
    """Energy of what is finer than about three pixels, inside a mask: brushwork, craquelure."""
    grey = image.astype(np.float32).mean(2)
    fine = grey - cv2.GaussianBlur(grey, (0, 0), 1.5)
    return float((fine[mask] ** 2).mean())


def sharpness(moved: Bytes, moved_face: Floats, still: Bytes, still_face: Floats) -> float:
    """Fine energy of a face that moves, as a share of the same face's in the still picture.

    Args:
        moved: (S, S, 3) the picture of this moment.
        moved_face: (478, 3) where its landmarks are, canvas coordinates.
        still: (S, S, 3) the artwork.
        still_face: (478, 3) where the artwork's are.
    """
    inside = (
        _hull((face[:MESH, :2] + 1) * (picture.shape[0] / 2), picture.shape[0])
        for picture, face in ((moved, moved_face), (still, still_face))
    )
    moved_mask, still_mask = inside
    return fine_energy(moved, moved_mask) / max(fine_energy(still, still_mask), 1e-6)


def _hull(points: Floats, side: int) -> Mask:
    mask = np.zeros((side, side), np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(points.astype(np.int32)), (1,))
    return mask > 0


def _grow(mask: Mask, pixels: float) -> Mask:
    size = 2 * round(pixels) + 1
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), element)) > 0


def _window(image: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(cv2.blur(image, (7, 7)))
