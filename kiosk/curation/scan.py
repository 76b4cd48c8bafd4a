"""A picture file as pixels: upright, in sRGB, with what was done to its colours.

Comes in: any format that Pillow reads. Goes out: a `Scan`, or a `PictureError` in one line.
"""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from kiosk.errors import PictureError
from kiosk.messages import Bytes

OPAQUE = {"RGBA": "RGB", "RGBX": "RGB", "P": "RGB", "LA": "L"}  # what a profile can be applied to
LONGEST_NAME = 60  # letters of what a profile calls itself


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A picture as it was read."""

    artwork: Bytes  # (H, W, 3) sRGB
    remarks: tuple[str, ...] = ()  # of its colours, for the curator


def read_artwork(path: Path) -> Bytes:
    """A picture as (H, W, 3) uint8 sRGB, see `read_scan`."""
    return read_scan(path).artwork


def read_scan(path: Path) -> Scan:
    """Read a picture; an embedded colour profile is applied.

    Raises:
        PictureError: there is none, or it cannot be read.
    """
    try:
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image)
            assert upright is not None
            converted, remarks = _to_srgb(upright)
            return Scan(np.array(converted.convert("RGB")), remarks)
    except FileNotFoundError as error:
        raise PictureError(f"{path}: there is no such file; check its name") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        reason = "it is damaged or no picture; use a JPEG, PNG, TIFF or WebP"
        raise PictureError(f"{path.name}: cannot be read: {reason}") from error
    except Image.DecompressionBombError as error:
        raise PictureError(f"{path.name}: is too large; scale it to 8000 pixels or less") from error


def _to_srgb(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """The picture in sRGB, where its profile says how, and what the curator should know of that."""
    content = image.info.get("icc_profile")
    plain = image.convert(OPAQUE.get(image.mode, image.mode))
    if not content or plain.mode not in ("RGB", "CMYK", "L"):
        return image, ()
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(content))
        name = _name_of(profile)
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(plain, profile, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):  # ignored, as viewers do
        told = "its colour profile is broken and was ignored: compare its colours with the artwork"
        return image, (told,)
    assert converted is not None
    return converted, () if "srgb" in name.lower() else (f"converted to sRGB from {name}",)


def _name_of(profile: ImageCms.ImageCmsProfile) -> str:
    """What a colour profile calls itself, fit to be printed."""
    name = "".join(each for each in ImageCms.getProfileDescription(profile) if each.isprintable())
    return name.strip()[:LONGEST_NAME] or "a colour profile without a name"
