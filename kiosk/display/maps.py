"""The small maps of each frame, in textures that are made once and then only refilled."""

import numpy as np

from kiosk.display.graphics import make_texture
from kiosk.display.texels import edge_window
from kiosk.messages import Layers


class Maps:
    """Flow, and paint with its cover for alpha, on the graphics card."""

    def __init__(self, layers: Layers) -> None:
        self._flow = np.zeros(layers.flow.shape, np.float32)
        self._paint = np.zeros((*layers.cover.shape, 4), np.uint8)
        self._scratch = np.zeros(self._paint.shape, np.float32)
        # motion ends within the canvas, whatever the generator says
        self._flow_window = edge_window(layers.flow.shape[0])[:, :, None]
        self._cover_window = edge_window(layers.cover.shape[0])
        self.flow = make_texture(self._flow)
        self.paint = make_texture(self._paint)

    def fit(self, layers: Layers) -> bool:
        """Whether these layers are of the size that the textures were made for."""
        return layers.flow.shape == self._flow.shape and (
            layers.cover.shape == self._paint.shape[:2]
        )

    def upload(self, layers: Layers) -> None:
        """Refills the textures."""
        np.multiply(layers.flow, self._flow_window, out=self._flow)
        self.flow.upload(self._flow)
        self._scratch[:, :, :3] = layers.paint
        np.multiply(layers.cover, self._cover_window, out=self._scratch[:, :, 3])
        np.clip(self._scratch, 0, 1, out=self._scratch)
        np.multiply(self._scratch, 255, out=self._scratch)
        np.rint(self._scratch, out=self._scratch)
        np.copyto(self._paint, self._scratch, casting="unsafe")
        self.paint.upload(self._paint)

    def delete(self) -> None:
        """Gives the graphics card's memory back."""
        self.flow.delete()
        self.paint.delete()
