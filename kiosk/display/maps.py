"""The small maps of each frame, in textures that are made once and then only refilled."""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.display.graphics import make_texture
from kiosk.display.moving import Ground
from kiosk.display.texels import edge_window
from kiosk.messages import Layers
from kiosk.portraits.pack import Pack

_RGBA = [0, 0, 1, 1, 2, 2, 3, 3]  # channels of paint and cover, to channels of the texture


class Maps:
    """Flow, and paint with its cover for alpha, on the graphics card."""

    def __init__(self, layers: Layers, pack: Pack) -> None:
        self._ground = Ground.of(pack, len(layers.flow))
        self._flow = np.zeros(layers.flow.shape, np.float32)
        self._paint = np.zeros((*layers.cover.shape, 4), np.uint8)
        self._scratch = np.zeros(self._paint.shape, np.float32)
        # motion ends within the canvas, whatever the generator says
        self._flow_window = np.dstack([edge_window(layers.flow.shape[0])] * 2)
        self._cover_window = edge_window(layers.cover.shape[0])
        self._cover = np.zeros(layers.cover.shape, np.float32)
        self.flow = make_texture(self._flow)
        self.paint = make_texture(self._paint)

    def fit(self, layers: Layers) -> bool:
        """Whether these layers are of the size that the textures were made for."""
        return layers.flow.shape == self._flow.shape and (
            layers.cover.shape == self._paint.shape[:2]
        )

    def upload(self, layers: Layers, *, least: float) -> NDArray[np.bool_]:
        """Refills the textures.

        Returns:
            Where the frame can differ from the artwork, (r, r): flow under ``least``, in its own
            unit and on one axis, is not seen.
        """
        cv2.multiply(layers.flow, self._flow_window, dst=self._flow)
        self.flow.upload(self._flow)
        cv2.multiply(layers.cover, self._cover_window, dst=self._cover)
        cv2.mixChannels([layers.paint, self._cover], [self._scratch], _RGBA)
        # rounds, and keeps within 0 to 255
        cv2.convertScaleAbs(self._scratch, dst=self._paint, alpha=255)
        self.paint.upload(self._paint)
        return self._ground.find_moving(self._flow, self._cover, least=least)

    def delete(self) -> None:
        """Gives the graphics card's memory back."""
        self.flow.delete()
        self.paint.delete()
