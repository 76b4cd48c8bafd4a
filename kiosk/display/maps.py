"""The small maps of each frame, in textures that are made once and then only refilled."""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.display.graphics import make_texture
from kiosk.display.moving import COARSER, Ground
from kiosk.display.texels import edge_window
from kiosk.messages import Layers
from kiosk.portraits.pack import Pack

_FIELD = [0, 0, 1, 1, 2, 2]  # channels of flow and light, to channels of the texture
_RGBA = [0, 0, 1, 1, 2, 2, 3, 3]  # channels of paint and cover, to channels of the texture


class Maps:
    """Flow with light, and paint with its cover for alpha, on the graphics card."""

    def __init__(self, layers: Layers, pack: Pack) -> None:
        self._ground = Ground.of(pack, len(layers.flow) // COARSER)
        self._field = np.zeros((*layers.light.shape, 3), np.float32)
        self._paint = np.zeros((*layers.cover.shape, 4), np.uint8)
        self._scratch = np.zeros(self._paint.shape, np.float32)
        # motion ends within the canvas, whatever the generator says
        self._field_window = np.dstack([edge_window(len(layers.flow))] * 3)
        self._cover_window = edge_window(layers.cover.shape[0])
        self._cover = np.zeros(layers.cover.shape, np.float32)
        self.field = make_texture(self._field)
        self.paint = make_texture(self._paint)

    def fit(self, layers: Layers) -> bool:
        """Whether these layers are of the size that the textures were made for."""
        return layers.light.shape == self._field.shape[:2] and (
            layers.cover.shape == self._paint.shape[:2]
        )

    def upload(self, layers: Layers, *, least: float) -> NDArray[np.bool_]:
        """Refills the textures.

        Returns:
            Where the frame can differ from the artwork, in every COARSER-th row and column: flow
            under ``least``, in its own unit and on one axis, is not seen.
        """
        cv2.mixChannels([layers.flow, layers.light], [self._field], _FIELD)
        cv2.multiply(self._field, self._field_window, dst=self._field)
        self.field.upload(self._field)
        cv2.multiply(layers.cover, self._cover_window, dst=self._cover)
        cv2.mixChannels([layers.paint, self._cover], [self._scratch], _RGBA)
        # rounds, and keeps within 0 to 255
        cv2.convertScaleAbs(self._scratch, dst=self._paint, alpha=255)
        self.paint.upload(self._paint)
        field = self._field[::COARSER, ::COARSER]
        return self._ground.find_moving(field, self._cover, least=least)

    def delete(self) -> None:
        """Gives the graphics card's memory back."""
        self.field.delete()
        self.paint.delete()
