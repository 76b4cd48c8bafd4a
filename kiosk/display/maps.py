"""The small maps of each frame, in textures that are made once and then only refilled."""

import numpy as np
from numpy.typing import NDArray

from kiosk.compiled import compiled
from kiosk.display.graphics import make_texture
from kiosk.display.moving import Ground
from kiosk.display.parallax import slide_window
from kiosk.display.texels import edge_window
from kiosk.messages import Layers
from kiosk.portraits.pack import Pack

# a texture of flow and light holds -1 to 1, canvas units and log luminance, in 16 bits: of a canvas
# 2000 pixels wide flow is told to 0.03 pixel. NOUGHT is 0 exactly
NOUGHT, UNIT = 32768, 32767
_ZERO, _HALF, _ONE, _BYTE = np.float32(0), np.float32(0.5), np.float32(1), np.float32(255)
_NOUGHT, _UNIT = np.float32(NOUGHT + 0.5), np.float32(UNIT)


class Maps:
    """Flow with light and the slide's window; paint with its cover for alpha: on the card."""

    def __init__(self, layers: Layers, pack: Pack) -> None:
        self._ground = Ground.of(pack, len(layers.flow))
        self._field = np.full((*layers.light.shape, 4), NOUGHT, np.uint16)
        self._field[..., 3] += (slide_window(pack.matte, len(layers.flow)) * UNIT).astype(np.uint16)
        self._paint = np.zeros((*layers.cover.shape, 4), np.uint8)
        # motion ends within the canvas, whatever the generator says
        self._window = edge_window(len(layers.flow))
        self.field = make_texture(self._field)
        self.paint = make_texture(self._paint)

    def fit(self, layers: Layers) -> bool:
        """Whether these layers are of the size that the textures were made for."""
        return layers.light.shape == self._field.shape[:2] and (
            layers.cover.shape == self._paint.shape[:2]
        )

    def upload(
        self, layers: Layers, *, least: float, slide: tuple[float, float] | None = None
    ) -> NDArray[np.bool_]:
        """Refills the textures.

        Returns:
            Where the frame can differ from the artwork, see `Ground.find_moving`: flow under
            ``least``, in its own unit and on one axis, is not seen; a figure may ``slide``.
        """
        maps = layers.flow, layers.light, layers.paint, layers.cover
        _fill(*maps, self._window, self._field, self._paint)
        self.field.upload(self._field)
        self.paint.upload(self._paint)
        return self._ground.find_moving(layers, least=least, slide=slide)

    def delete(self) -> None:
        """Gives the graphics card's memory back."""
        self.field.delete()
        self.paint.delete()


@compiled
def _fill(flow, light, paint, cover, window, field, painted):  # type: ignore[no-untyped-def]
    for y in range(len(window)):
        for x in range(len(window)):
            edge = window[y, x]
            field[y, x, 0] = _to_word(flow[y, x, 0] * edge)
            field[y, x, 1] = _to_word(flow[y, x, 1] * edge)
            field[y, x, 2] = _to_word(light[y, x] * edge)
            for k in range(3):
                painted[y, x, k] = _to_byte(paint[y, x, k])
            painted[y, x, 3] = _to_byte(cover[y, x] * edge)


@compiled
def _to_word(value):  # type: ignore[no-untyped-def]
    return np.uint16(np.int32(min(max(value, -_ONE), _ONE) * _UNIT + _NOUGHT))


@compiled
def _to_byte(value):  # type: ignore[no-untyped-def]
    return np.uint8(np.int32(min(max(value, _ZERO), _ONE) * _BYTE + _HALF))
