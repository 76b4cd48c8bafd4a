"""One artwork's puppet: a motion comes in, the frame and what a generator learns from go out."""

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.generator.kernels import Textures, look
from kiosk.messages import Bytes, Floats, Motion
from kiosk.model.spec import RESOLUTION
from kiosk.puppet.figure import SIZE, Figure, to_bytes
from kiosk.rig.landmarks import Points
from kiosk.rig.raster import pixel_centres
from kiosk.rig.rig import Drawing, Rig

Pixel = TypeVar("Pixel", bound=np.generic)

_SEAM_WINDOW, _SEAM_FROM = (4, 4), 0.5  # SIZE's pixels; spread in RESOLUTION's pixels
_OPEN = 4.0  # seams under paint that covers less than three quarters count in full
_FAINT = 0.02  # of the matte: less of the sitter is ground


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One moment of the puppet: what the generator is given, and what it should answer."""

    landmarks: Floats  # (478, 3) canvas coordinates
    given: NDArray[np.float16]  # (WORKING, WORKING, GIVEN) what `Generator.look` sees
    below: Bytes  # (RESOLUTION, RESOLUTION, 3) RGB: the rig's picture, over which it paints
    cover: Bytes  # (RESOLUTION, RESOLUTION) 255 where that is the rig's own paint
    frame: Bytes  # (RESOLUTION, RESOLUTION, 3) RGB
    seams: Bytes  # (RESOLUTION, RESOLUTION) 255 where it must paint: edges; a photograph's mouth
    photographed: NDArray[np.bool_]  # () whether light, mouth and lids are the frame's own
    counts: Bytes  # (RESOLUTION, RESOLUTION) 255 where the frame is what shall be shown


class Puppet:
    """An artwork that moves, slowly and exactly.

    Args:
        figure: the artwork's canvas.
        rig: the sitter's.
    """

    def __init__(self, figure: Figure, rig: Rig) -> None:
        self.figure, self.rig = figure, rig
        self.still: Points = rig.mesh.still
        self._artwork = to_bytes(figure.artwork)  # sampled faster
        self._textures = Textures.make(*figure.textures(RESOLUTION), figure.slope)

    def render(self, motion: Motion) -> Pair:
        """Draw the sitter in a motion."""
        picture, seams = self._paint(motion)
        drawing = self.rig.draw(motion, RESOLUTION)
        below = self.show(
            flow=drawing.flow, light=drawing.light, paint=drawing.paint, cover=drawing.cover
        )
        return Pair(
            landmarks=drawing.landmarks,
            given=look(drawing, self._textures).astype(np.float16),
            below=below,
            cover=to_bytes(255 * drawing.cover),
            frame=to_bytes(_shrink(picture)),
            photographed=np.array(False),
            counts=np.full((RESOLUTION, RESOLUTION), 255, np.uint8),
            seams=to_bytes(_shrink(seams) * np.minimum(1, _OPEN * (1 - drawing.cover))),
        )

    def show(self, *, flow: Floats, light: Floats, paint: Floats, cover: Floats) -> Bytes:
        """What a display shows of maps, as in `Layers`: (RESOLUTION, RESOLUTION, 3) RGB."""
        size = (SIZE, SIZE)
        flow, light = (cv2.resize(x, size, interpolation=cv2.INTER_LINEAR) for x in (flow, light))
        colour, matte = self._look_up(flow + pixel_centres(SIZE), light)
        moved = _shrink(cv2.blendLinear(colour, self.figure.plate, matte, 1 - matte))
        return to_bytes(cv2.blendLinear(255 * paint, moved, cover, 1 - cover))

    def picture(self, motion: Motion) -> Bytes:
        """The sitter in a motion at the puppet's own size: (SIZE, SIZE, 3) RGB."""
        picture, _ = self._paint(motion)
        return to_bytes(picture)

    def frame(self, motion: Motion) -> Bytes:
        """The same as in a `Pair`: (RESOLUTION, RESOLUTION, 3) RGB."""
        picture, _ = self._paint(motion)
        return to_bytes(_shrink(picture))

    def _paint(self, motion: Motion) -> tuple[Floats, Bytes]:
        """The picture (SIZE, SIZE, 3), and where no flow can give it: (SIZE, SIZE) 0 to 255."""
        drawing = self.rig.draw(motion, SIZE)
        colour, matte = self._look_up(drawing.sources, drawing.light)
        matte = matte * drawing.known
        seams = _find_seams(drawing, matte)
        picture = cv2.blendLinear(colour, self.figure.plate, matte, 1 - matte)
        cover = drawing.cover
        return np.asarray(cv2.blendLinear(255 * drawing.paint, picture, cover, 1 - cover)), seams

    def _look_up(self, sources: Floats, light: Floats) -> tuple[Floats, Floats]:
        """Colours (SIZE, SIZE, 3) and matte (SIZE, SIZE) of these places, lit."""
        where = (sources + np.float32(1)) * np.float32(SIZE / 2) - np.float32(0.5)
        how = {"interpolation": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_REPLICATE}
        colour = cv2.remap(self._artwork, where, None, **how).astype(np.float32)
        colour *= cv2.exp(cv2.merge([light * slope for slope in self.figure.slope]))
        matte = cv2.remap(self.figure.matte, where, None, **how)
        return colour, matte


def _find_seams(drawing: Drawing, matte: Floats) -> Bytes:
    """Where the map jumps and flow can only smear: (SIZE, SIZE) 0 to 255.

    Edges of lids, and a cheek's outline before hair.
    """
    shift = drawing.sources - pixel_centres(SIZE)
    mean = cv2.blur(shift, _SEAM_WINDOW)
    variance = (cv2.blur(shift * shift, _SEAM_WINDOW) - mean * mean).sum(-1)
    jump = np.sqrt(np.maximum(variance, 0)) * (RESOLUTION / 2) - _SEAM_FROM
    sitter = cv2.dilate(matte, np.ones(_SEAM_WINDOW, np.uint8)) > _FAINT
    return (np.clip(jump, 0, 1) * 255 * sitter).astype(np.uint8)


def _shrink(picture: NDArray[Pixel]) -> NDArray[Pixel]:
    size = (RESOLUTION, RESOLUTION)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
