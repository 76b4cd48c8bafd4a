"""The composition in plain NumPy: what `canvas.py` does in a shader, at the artwork's resolution.

For tests, stills and whoever wants to understand the shader. Comes in: a `Pack` and `Layers`. Goes
out: the canvas, or the artwork with its canvas composed.
"""

import cv2
import numpy as np

from kiosk.display.parallax import slide_of, slide_window
from kiosk.display.texels import (
    PARTING_PX,
    STILL_PX,
    calm_flow,
    canvas_slices,
    edge_window,
    figure_picture,
    moving_share,
    plate_picture,
)
from kiosk.messages import Bytes, Floats, Layers
from kiosk.portraits.pack import Pack


def compose(pack: Pack, layers: Layers, parallax: float = 0.0) -> Bytes:
    """The canvas with the layers over it: (side, side, 3) uint8 RGB.

    ``parallax`` is the setting of ``[display]``.
    """
    place = pack.meta.canvas
    rows, columns = canvas_slices(place)
    window = edge_window(layers.cover.shape[0])
    slid = enlarge(slide_window(pack.matte, len(window)), place.side)[:, :, None] * np.array(
        slide_of(layers, parallax), np.float32
    )

    def beside(image: Floats) -> Floats:
        large = enlarge(image, place.side)
        return _slide(large, slid) if parallax else large

    flow = beside(layers.flow * edge_window(layers.flow.shape[0])[:, :, None])
    parted = moving_share(flow + slid, PARTING_PX * 2 / place.side)
    flow = calm_flow(flow, STILL_PX * 2 / place.side) + slid
    light = beside(layers.light * window)[:, :, None]
    cover = beside(layers.cover * window)
    paint = beside(layers.paint) * 255
    y, x = np.mgrid[rows, columns].astype(np.float32)
    half = place.side / 2
    figure = cv2.remap(
        figure_picture(pack).astype(np.float32),
        x + flow[:, :, 0] * half,
        y + flow[:, :, 1] * half,
        cv2.INTER_LANCZOS4,
        borderMode=cv2.BORDER_REPLICATE,
    )
    behind = plate_picture(pack)[rows, columns, :3].astype(np.float32)
    alpha = 1 + (np.clip(figure[:, :, 3:] / 255, 0, 1) - 1) * parted
    shown = figure[:, :, :3] * np.exp(light * np.array(pack.meta.light.slope, np.float32))
    moved = behind + (shown - behind) * alpha
    screen = moved + (paint - moved) * np.clip(cover, 0, 1)[:, :, None]
    return np.asarray(np.clip(np.round(screen), 0, 255), np.uint8)


def compose_artwork(pack: Pack, layers: Layers, parallax: float = 0.0) -> Bytes:
    """The whole artwork with its canvas composed: (H, W, 3) uint8 RGB."""
    artwork = pack.artwork.copy()
    artwork[canvas_slices(pack.meta.canvas)] = compose(pack, layers, parallax)
    return artwork


def _slide(image: Floats, slid: Floats) -> Floats:
    """What lies beside each pixel of a map, (side, side) or more: ``slid`` canvas units away."""
    half = len(slid) / 2
    y, x = np.mgrid[: len(slid), : len(slid)].astype(np.float32)
    places = x + slid[:, :, 0] * half, y + slid[:, :, 1] * half
    return cv2.remap(image, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def enlarge(image: Floats, side: int) -> Floats:
    """A map, (r, r) or (r, r, C), at (side, side): bilinear, pixel centres kept in place."""
    size = (side, side)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.float32)
