"""The pictures that the shader samples, resampled once for the screen they are shown on.

Texels lie half a screen pixel apart. So one bilinear fetch, without mipmaps, is free of aliasing
where a large artwork is shown small, and a part that moves by a fraction of a pixel stays about as
sharp as one that does not. No gradients are needed, so no seams arise where the flow jumps.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.display.placement import Placement
from kiosk.messages import Bytes, Floats
from kiosk.portraits.pack import CanvasPlace, Pack

DENSITY = 2  # texels to a screen pixel
# from this scale on, texels lie on the pixels' centres and the still artwork is exact; below it
# they lie a quarter pixel beside them, and a fetch between four is the area filter
EXACT_SCALE = 0.9
EDGE = 0.02  # of the canvas's side: along it the plate gives way to the artwork, and motion fades


@dataclass(frozen=True, slots=True, eq=False)
class Texels:
    """A resampled picture: texel ``= artwork * scale + offset``, in texels from its corner."""

    image: Bytes  # (h, w, 4) RGBA
    scale: tuple[float, float]
    offset: float

    def from_screen(self, placement: Placement) -> tuple[float, float, float, float]:
        """Scale x, scale y, offset x, offset y: of a screen pixel to a texture coordinate."""
        height, width = self.image.shape[:2]
        scale = [self.scale[0] / placement.scale / width, self.scale[1] / placement.scale / height]
        offset = self.offset / width - placement.left * scale[0]
        return scale[0], scale[1], offset, self.offset / height - placement.top * scale[1]

    def reach(self, place: CanvasPlace) -> tuple[float, float]:
        """One canvas unit, half its side, in texture coordinates."""
        height, width = self.image.shape[:2]
        half = place.side / 2
        return half * self.scale[0] / width, half * self.scale[1] / height


def resample(image: Bytes, placement: Placement, *, largest: int) -> Texels:
    """Resamples ``image``, (H, W, C), for its placement; no side is over ``largest`` texels."""
    height, width = image.shape[:2]
    density = min(DENSITY * placement.scale, (largest - 1) / max(width, height))
    if placement.scale >= EXACT_SCALE and density == DENSITY * placement.scale:
        return _resample_on_centres(image, density)
    size = max(round(width * density), 1), max(round(height * density), 1)
    method = cv2.INTER_AREA if density < 1 else cv2.INTER_CUBIC
    resized = np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)
    return Texels(image=resized, scale=(size[0] / width, size[1] / height), offset=0.0)


def figure_picture(pack: Pack) -> Bytes:
    """The artwork with its matte for alpha: (H, W, 4); the matte's edge continues beyond it."""
    height, width = pack.artwork.shape[:2]
    place = pack.meta.canvas
    right, bottom = width - place.left - place.side, height - place.top - place.side
    beyond = ((place.top, bottom), (place.left, right))
    return np.dstack([pack.artwork, np.pad(pack.matte, beyond, mode="edge")])


def plate_picture(pack: Pack) -> Bytes:
    """The artwork with the sitter painted out: (H, W, 4); at the canvas's edge it is itself."""
    plate = pack.artwork.copy()
    rows, columns = canvas_slices(pack.meta.canvas)
    weight = edge_window(pack.meta.canvas.side)[:, :, None]
    square = plate[rows, columns] * (1 - weight) + pack.background * weight
    plate[rows, columns] = np.round(square).astype(np.uint8)
    return np.dstack([plate, np.full(plate.shape[:2], 255, np.uint8)])


def canvas_slices(place: CanvasPlace) -> tuple[slice, slice]:
    """Rows and columns of the canvas in the artwork."""
    rows = slice(place.top, place.top + place.side)
    return rows, slice(place.left, place.left + place.side)


def edge_window(side: int) -> Floats:
    """(side, side): 1 within, falling smoothly to 0 in the outermost rows and columns."""
    places = np.linspace(0, 1, side, dtype=np.float32)
    ramp = np.clip(np.minimum(places, 1 - places) / EDGE, 0, 1)
    smooth = (ramp * ramp * (3 - 2 * ramp)).astype(np.float32)
    return np.outer(smooth, smooth)


def _resample_on_centres(image: Bytes, density: float) -> Texels:
    """One texel in every four lies on a screen pixel's centre."""
    height, width = image.shape[:2]
    size = int(np.ceil(width * density)) + 1, int(np.ceil(height * density)) + 1
    # texel t's centre, t + 0.5, stands at (t + 0.5 - 0.5) texels from the artwork's corner
    artwork_from_texel = np.array([[1 / density, 0, -0.5], [0, 1 / density, -0.5]])
    resized = cv2.warpAffine(
        image,
        artwork_from_texel,
        size,
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return Texels(image=np.asarray(resized, np.uint8), scale=(density, density), offset=0.5)
