"""Pictures to and from files, RGB, wherever the file lies.

OpenCV decodes and encodes; its BGR never leaves this module. Bytes go through NumPy because
``cv2.imread`` cannot open every name a curator may give a file.
"""

import warnings
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from kiosk.errors import PackError
from kiosk.messages import Bytes

MAX_SIDE_PX = 16384  # what textures hold on the cards we know


def read_picture(path: Path) -> Bytes:
    """The picture at ``path``: (H, W, 3) uint8 RGB, turned as its EXIF says."""
    return np.ascontiguousarray(_decode(path, cv2.IMREAD_COLOR)[:, :, ::-1])


def read_grey(path: Path) -> Bytes:
    """The picture at ``path``: (H, W) uint8."""
    return _decode(path, cv2.IMREAD_GRAYSCALE)


def write_picture(path: Path, image: Bytes) -> None:
    """Writes ``image``, (H, W, 3) RGB or (H, W) grey, in the format that ``path`` ends with."""
    bgr = image[:, :, ::-1] if image.ndim == 3 else image
    # 4:4:4 at 95: painted edges keep their colour
    options = [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x111111]
    jpeg = path.suffix.lower() in (".jpg", ".jpeg")
    done, data = cv2.imencode(path.suffix, np.ascontiguousarray(bgr), options if jpeg else [])
    if not done:
        raise PackError(f"{path}: the picture cannot be encoded")
    path.write_bytes(data.tobytes())


def smaller_jpeg(image: Bytes, *, most_px: int, quality: int) -> bytes:
    """A picture, (H, W, 3) RGB, as a JPEG of which no side is longer than that many pixels."""
    share = min(1.0, most_px / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return bytes(data.tobytes())


def _decode(path: Path, mode: int) -> Bytes:
    _check_size(path)
    try:
        data = np.fromfile(path, np.uint8)
        image = cv2.imdecode(data, mode) if data.size else None
    except (OSError, cv2.error) as error:
        raise PackError(f"{path}: the picture cannot be read: {error}") from error
    if image is None:
        raise PackError(f"{path}: the picture cannot be read; it is damaged or no picture")
    return np.asarray(image, np.uint8)


def _check_size(path: Path) -> None:
    """Before anything is decoded: a small file may hold a picture that fills all memory."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                fits = max(image.size) <= MAX_SIDE_PX
    except Image.DecompressionBombError:
        fits = False
    except (OSError, SyntaxError, ValueError) as error:
        raise PackError(f"{path}: the picture cannot be read: {error}") from error
    if not fits:
        raise PackError(f"{path}: the picture is wider or higher than {MAX_SIDE_PX} pixels")
