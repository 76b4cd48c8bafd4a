"""The one place that says names, shapes, dtypes and ranges of the generator's inputs and outputs.

Free of torch, so that packs can be checked and masks drawn without it.
"""

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.errors import PackError
from kiosk.face import EYES, INNER_LOWER_LIP, INNER_UPPER_LIP, LANDMARKS
from kiosk.messages import Floats

NETWORK = "tableau-vivant generator 6"  # stands in every file of weights

WORKING = 128  # where the network works
FINER = 3
RESOLUTION = FINER * WORKING  # of paint and cover; an eye is some 28 pixels wide
MASKS = 3  # mouth, eyes, irises
SEEN = 3 + 2 + MASKS  # picture, flow and masks, at WORKING
GIVEN = SEEN + 5 * FINER**2  # and how flow and colours differ within each pixel
CODE = 64  # principal components of how landmarks move
CHANNELS = (40, 64, 96, 96)  # at WORKING / 2, / 4, / 8, / 16
STYLE = 96
EMBEDDING = 128  # what the embedder says of a person, and the critic holds of one
BESIDE = 64 - GIVEN  # features that join it: together what matrix units like
DETAIL = 32  # channels at WORKING, before the heads
HEADS = 4  # paint R, G and B, cover

INPUTS = {
    "landmarks": (1, LANDMARKS, 3),  # canvas coordinates
    "flow": (1, 2, RESOLUTION, RESOLUTION),  # canvas units, source minus target: the rig's
    "light": (1, 1, RESOLUTION, RESOLUTION),  # change of log luminance: the rig's
    "drawn": (1, 4, RESOLUTION, RESOLUTION),  # the rig's paint and its cover, 0 to 1
    "masks": (1, MASKS, WORKING, WORKING),  # 0 to 1
}
OUTPUTS = {
    "paint": (1, 3, RESOLUTION, RESOLUTION),  # 0 to 1
    "cover": (1, 1, RESOLUTION, RESOLUTION),  # 0 to 1
    "light": (1, 1, RESOLUTION, RESOLUTION),  # change of log luminance, besides the rig's
}

# the convolutions that a style modulates: channels that come in and go out
FILMS = {
    "down0": (SEEN * 4, CHANNELS[0]),
    "down1": (CHANNELS[0], CHANNELS[1]),
    "down2": (CHANNELS[1], CHANNELS[2]),
    "down3": (CHANNELS[2], CHANNELS[3]),
    "middle": (CHANNELS[3], CHANNELS[3]),
    "up2": (CHANNELS[3] + CHANNELS[2], CHANNELS[2]),
    "up1": (CHANNELS[2] + CHANNELS[1], CHANNELS[1]),
    "up0": (CHANNELS[1] + CHANNELS[0], CHANNELS[0]),
    "refine": (CHANNELS[0], CHANNELS[0]),
}
ADAPTIVE = sum(2 * target for _, target in FILMS.values())  # a scale and a shift for each channel

# fixed in each portrait's weights: its picture, how its colours follow light, its landmarks at
# rest, and the code's directions
_BUFFERS = {
    "artwork": (1, 4, RESOLUTION, RESOLUTION),
    "plate": (1, 3, RESOLUTION, RESOLUTION),
    "slope": (1, 3, 1, 1),
    "code_mean": (LANDMARKS * 3,),
    "code_basis": (LANDMARKS * 3, CODE),
}
_SUBPIXELS = 4


def weight_shapes() -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor in a portrait's `generator.safetensors`."""
    shapes: dict[str, tuple[int, ...]] = dict(_BUFFERS)
    for name, (source, target) in FILMS.items():
        shapes |= _convolution(f"{name}.convolution", source, target)
        shapes |= _linear(f"{name}.modulation", STYLE, 2 * target)
    shapes |= _linear("style.0", CODE, 128) | _linear("style.2", 128, STYLE)
    shapes |= _convolution("relight", CHANNELS[0], 1)
    shapes |= _convolution("expand", CHANNELS[0], BESIDE * _SUBPIXELS)
    shapes |= _convolution("detail", BESIDE + GIVEN, DETAIL)
    shapes |= _convolution("heads", DETAIL, HEADS * FINER**2)
    return shapes


def check_weights(shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Compare a file's tensors with what the network needs.

    Raises:
        PackError: a tensor is missing, unknown or of another shape; the first one is named.
    """
    wanted = weight_shapes()
    for name in sorted(wanted.keys() | shapes.keys()):
        if name not in shapes:
            raise PackError(f"generator.safetensors: {name} is missing; make the pack anew")
        if name not in wanted:
            raise PackError(f"generator.safetensors: {name} is unknown; make the pack anew")
        if tuple(shapes[name]) != wanted[name]:
            found, need = tuple(shapes[name]), wanted[name]
            raise PackError(f"generator.safetensors: {name} is {found}, not {need}; make it anew")


def draw_masks(landmarks: Floats) -> NDArray[np.uint8]:
    """Rasterise mouth opening, eye openings and irises.

    Args:
        landmarks: (478, 3) canvas coordinates.

    Returns:
        (MASKS, WORKING, WORKING) uint8: 0 to 255, the share of each pixel that is covered.
    """
    points = (landmarks[:, :2] + 1) * (WORKING / 2)  # 0 to WORKING, edge to edge
    masks = np.zeros((MASKS, WORKING, WORKING), np.uint8)
    _fill(masks[0], points, INNER_UPPER_LIP, INNER_LOWER_LIP)
    for eye in EYES:
        _fill(masks[1], points, eye.upper, eye.lower)
        centre, edge = points[eye.iris], points[eye.iris + 1 : eye.iris + 5]
        radius = float(np.linalg.norm(edge - centre, axis=1).mean())
        _disc(masks[2], centre, radius)
    return masks


_FINER = 4  # drawn so much finer, then shrunk: a narrow gap is a faint line, no jump
_CONTACT = 0.2  # lips and lids nearer than this, pixels, are closed
_SHIFT = 4  # OpenCV's fixed point: sixteenths of a pixel

Box = tuple[slice, slice]


def _fill(
    mask: NDArray[np.uint8], points: Floats, upper: tuple[int, ...], lower: tuple[int, ...]
) -> None:
    if (points[list(lower), 1] - points[list(upper), 1]).max() < _CONTACT:
        return
    outline = points[[*upper, *lower[-2:0:-1]]]
    box, fine = _fine_around(outline.min(0), outline.max(0))
    cv2.fillPoly(fine, [_fixed(outline, box)], (255,), cv2.LINE_8, _SHIFT)
    _shrink_into(mask, box, fine)


def _disc(mask: NDArray[np.uint8], centre: Floats, radius: float) -> None:
    box, fine = _fine_around(centre - radius, centre + radius)
    x, y = _fixed(centre, box).tolist()
    size = max(int(radius * _FINER * (1 << _SHIFT)), 1)
    cv2.circle(fine, (x, y), size, (255,), -1, cv2.LINE_8, _SHIFT)
    _shrink_into(mask, box, fine)


def _fine_around(low: Floats, high: Floats) -> tuple[Box, NDArray[np.uint8]]:
    """The pixels from one point to another, and one more all round; and room to draw them finer."""
    left, top = np.clip(np.floor(low).astype(int) - 1, 0, WORKING - 1).tolist()
    right, bottom = np.clip(np.ceil(high).astype(int) + 1, 1, WORKING).tolist()
    width, height = max(right - left, 1), max(bottom - top, 1)
    box = slice(top, top + height), slice(left, left + width)
    return box, np.zeros((height * _FINER, width * _FINER), np.uint8)


def _fixed(points: Floats, box: Box) -> NDArray[np.int32]:
    """Points in the finer drawing, as OpenCV's fixed point."""
    rows, columns = box
    pixels = (points - np.array([columns.start, rows.start])) * _FINER - 0.5
    return np.round(pixels * (1 << _SHIFT)).astype(np.int32)


def _shrink_into(mask: NDArray[np.uint8], box: Box, fine: NDArray[np.uint8]) -> None:
    height, width = mask[box].shape
    small = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
    np.maximum(mask[box], small, out=mask[box])


def _convolution(name: str, source: int, target: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (target, source, 3, 3), f"{name}.bias": (target,)}


def _linear(name: str, source: int, target: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (target, source), f"{name}.bias": (target,)}
