"""Every fault in a pack, in words a curator can act on.

Comes in: the parts of a pack. Goes out: nothing, or a `PackError`. How the
parts are read is `pack.py`'s.
"""

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load

from kiosk.errors import PackError
from kiosk.face import APART
from kiosk.messages import Bytes, Floats
from kiosk.model.spec import check_weights
from kiosk.portraits.meta import PackMeta

SMALLEST_PX = 64  # an artwork under this shows no face
FARTHEST, SMALLEST = 4.0, 0.005  # canvas units: of a landmark, of an eye
WEIGHTS = "generator.safetensors"
MOST_WEIGHTS_BYTES = 64 << 20  # ours are 3.5 MB, and are held in memory


def check_parts(meta: PackMeta, *, artwork: Bytes, matte: Bytes, background: Bytes) -> None:
    """Raises `PackError` where pictures and canvas do not fit together.

    ``artwork``: (H, W, 3); ``matte``: (side, side); ``background``: (side, side, 3).
    """
    height, width = artwork.shape[:2]
    if min(height, width) < SMALLEST_PX:
        raise PackError(f"{meta.id}: the artwork is {width}x{height}; use {SMALLEST_PX} or more")
    _check_canvas(meta, width, height)
    side = meta.canvas.side
    for name, picture in (("matte.png", matte), ("the background", background)):
        if picture.shape[:2] != (side, side):
            found = f"{picture.shape[1]}x{picture.shape[0]}"
            raise PackError(f"{meta.id}: {name} is {found}; it must be {side}x{side}, the canvas")
    if not np.any(matte > 127):
        raise PackError(f"{meta.id}: matte.png is empty; it must be white where the sitter is")


def check_landmarks(landmarks: Floats, *, name: str) -> None:
    """Raises `PackError` unless (478, 3), finite and on the canvas."""
    if landmarks.shape != (478, 3) or not np.isfinite(landmarks).all():
        shape = "x".join(str(length) for length in landmarks.shape)
        raise PackError(f"{name}: landmarks.json is {shape}; it must be 478x3, all finite")
    if np.abs(landmarks[:, :2].mean(axis=0)).max() > 1:
        raise PackError(f"{name}: landmarks.json lies off the canvas; x and y run from -1 to 1")
    one, other = np.array(APART).T
    apart = np.linalg.norm(landmarks[one, :2] - landmarks[other, :2], axis=1)
    wide = np.ptp(landmarks[:, :2], axis=0)
    if np.abs(landmarks).max() > FARTHEST or min(apart.min(), wide.min()) < SMALLEST:
        raise PackError(f"{name}: landmarks.json holds no face; install the pack again")


def check_weights_size(size: int, *, name: str) -> None:
    """Raises `PackError` when they are too large to be read."""
    if size > MOST_WEIGHTS_BYTES:
        most = f"{MOST_WEIGHTS_BYTES >> 20} MB"
        raise PackError(f"{name}: {WEIGHTS} is {size >> 20} MB; it must be {most} or less")


def check_weights_file(content: bytes, *, name: str) -> None:
    """Raises `PackError` unless the tensors in it are those the network needs."""
    try:
        tensors = load(content)
    except (SafetensorError, KeyError) as error:  # KeyError: a type that NumPy has not
        raise PackError(f"{name}: {WEIGHTS} cannot be read: {error}") from error
    try:
        check_weights({key: values.shape for key, values in tensors.items()})
    except PackError as error:
        raise PackError(f"{name}: {error}") from error


def check_weights_are_numbers(content: bytes, *, name: str) -> None:
    """Raises `PackError` if one of the tensors in it holds what is no number."""
    for key, values in load(content).items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise PackError(f"{name}: {WEIGHTS}: {key} holds what is no number")


def _check_canvas(meta: PackMeta, width: int, height: int) -> None:
    canvas = meta.canvas
    if canvas.left + canvas.side > width or canvas.top + canvas.side > height:
        place = f"left {canvas.left}, top {canvas.top}, side {canvas.side}"
        raise PackError(
            f"{meta.id}: canvas is {place}; it must lie in the artwork, {width}x{height}"
        )
