"""The pictures that the shader samples, resampled once for the screen they are shown on.

Texels are finer than the screen's pixels. So one bilinear fetch, without mipmaps, is free of
aliasing where a large artwork is shown small, and a part that moves by a fraction of a pixel stays
about as sharp as one that does not. No gradients are needed, so no seams arise where flow jumps.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.display.placement import Placement, Rectangle, overlap
from kiosk.messages import Bytes, Floats
from kiosk.portraits.pack import CanvasPlace, Pack

# From this scale on, texels lie on the pixels' centres and between them, and the still artwork is
# exact. Below it, two lie on either side of a centre, and a fetch between four is the area filter.
EXACT_SCALE = 0.9
AREA_DENSITY = 2
# texels to a pixel; measured at a shift of a quarter pixel: of the fine detail (power of the
# Laplacian) bilinear fetches keep 0.5 with 2, 0.8 with 4
FINE_DENSITIES = (4, 2, 1)
LARGEST_PX = 8192  # a texture's side: 268 MB
EDGE = 0.02  # of the canvas's side: along it the plate gives way to the artwork, and motion fades
# flow well under this, in screen pixels, is the generator's noise: it would only soften the artwork
STILL_PX = 0.25
PARTING_PX = 1.0  # under this the ground along the sitter's outline moves with the sitter
REACH = 0.1  # of the canvas's side: how far beyond it flow may fetch


@dataclass(frozen=True, slots=True, eq=False)
class Texels:
    """A resampled picture: texel ``= artwork * scale + offset``, x and y."""

    image: Bytes  # (h, w, 4) RGBA
    scale: tuple[float, float]
    offset: tuple[float, float]

    def from_screen(self, placement: Placement) -> tuple[float, float, float, float]:
        """Scale x, scale y, offset x, offset y: of a screen pixel to a texture coordinate."""
        height, width = self.image.shape[:2]
        scale = [self.scale[0] / placement.scale / width, self.scale[1] / placement.scale / height]
        left = self.offset[0] / width - placement.left * scale[0]
        return scale[0], scale[1], left, self.offset[1] / height - placement.top * scale[1]

    def reach(self, place: CanvasPlace) -> tuple[float, float]:
        """One canvas unit, half its side, in texture coordinates."""
        height, width = self.image.shape[:2]
        half = place.side / 2
        return half * self.scale[0] / width, half * self.scale[1] / height


def resample_still(image: Bytes, placement: Placement, *, largest: int) -> Texels:
    """Resamples ``image``, (H, W, 4), as large as the artwork, to be fetched at pixel centres."""
    if placement.scale >= EXACT_SCALE:
        return _resample_on_centres(image, placement, area=placement.picture, density=1)
    return _resample_areas(image, placement, largest)


def resample_moving(image: Bytes, placement: Placement, *, largest: int) -> Texels:
    """The same, to be fetched anywhere in the canvas and a little beyond it."""
    if placement.scale < EXACT_SCALE:
        return _resample_areas(image, placement, largest)
    left, top, width, height = placement.canvas
    beyond = round(max(width, height) * REACH)
    grown = (left - beyond, top - beyond, width + 2 * beyond, height + 2 * beyond)
    area = overlap(grown, placement.picture)
    side = max(area[2:]) + 2
    fitting = [n for n in FINE_DENSITIES if n * side <= min(largest, LARGEST_PX)]
    return _resample_on_centres(image, placement, area=area, density=fitting[0] if fitting else 1)


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
    weight = edge_window(pack.meta.canvas.side)
    square = np.ascontiguousarray(plate[rows, columns])
    plate[rows, columns] = cv2.blendLinear(pack.background, square, weight, 1 - weight)
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


def calm_flow(flow: Floats, rest: float) -> Floats:
    """Flow with its noise taken out, as the shader does it: shifts far below ``rest`` vanish.

    ``flow``: (..., 2); ``rest`` in the same unit. Far above it, nothing changes.
    """
    return np.asarray(flow * moving_share(flow, rest), np.float32)


def moving_share(flow: Floats, rest: float) -> Floats:
    """(..., 1): 0 where there is no flow, a half where it is ``rest``, 1 far above it."""
    power = (flow * flow).sum(axis=-1, keepdims=True)
    return np.asarray(power / (power + rest * rest), np.float32)


def _resample_areas(image: Bytes, placement: Placement, largest: int) -> Texels:
    height, width = image.shape[:2]
    density = min(AREA_DENSITY * placement.scale, largest / max(width, height))
    size = max(round(width * density), 1), max(round(height * density), 1)
    method = cv2.INTER_AREA if density < 1 else cv2.INTER_CUBIC
    resized = np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)
    scale = size[0] / width, size[1] / height
    return Texels(image=resized, scale=scale, offset=(0.0, 0.0))


def _resample_on_centres(
    image: Bytes, placement: Placement, *, area: Rectangle, density: int
) -> Texels:
    """Texels from the centre of ``area``'s first pixel to that of its last, ``density`` a pixel."""
    size = (area[2] - 1) * density + 1, (area[3] - 1) * density + 1
    step = 1 / (placement.scale * density)  # from texel to texel, in the artwork's pixels
    first = [
        (area[0] + 0.5 - placement.left) / placement.scale,
        (area[1] + 0.5 - placement.top) / placement.scale,
    ]
    # OpenCV counts from a pixel's centre
    artwork_from_texel = np.array([[step, 0, first[0] - 0.5], [0, step, first[1] - 0.5]])
    resized = cv2.warpAffine(
        image,
        artwork_from_texel,
        size,
        flags=cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    offset = 0.5 - first[0] / step, 0.5 - first[1] / step
    return Texels(image=np.asarray(resized, np.uint8), scale=(1 / step, 1 / step), offset=offset)
