"""The small maps of each frame, in textures that are made once and then only refilled."""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.display.graphics import make_texture
from kiosk.display.texels import edge_window
from kiosk.messages import Layers

_RGBA = [0, 0, 1, 1, 2, 2, 3, 3]  # channels of paint and cover, to channels of the texture


class Maps:
    """Flow, and paint with its cover for alpha, on the graphics card."""

    def __init__(self, layers: Layers) -> None:
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

    def upload(self, layers: Layers, *, least: float) -> tuple[float, float, float, float]:
        """Refills the textures.

        Returns:
            Left, top, right and bottom of what moves, 0 to 1 across the canvas: where flow is
            ``least`` or more (in its own unit, on one axis), or paint covers.
        """
        cv2.multiply(layers.flow, self._flow_window, dst=self._flow)
        self.flow.upload(self._flow)
        cv2.multiply(layers.cover, self._cover_window, dst=self._cover)
        cv2.mixChannels([layers.paint, self._cover], [self._scratch], _RGBA)
        # rounds, and keeps within 0 to 255
        cv2.convertScaleAbs(self._scratch, dst=self._paint, alpha=255)
        self.paint.upload(self._paint)
        flow = _find_bounds(cv2.inRange(self._flow, (-least, -least), (least, least)))
        cover = _find_bounds(cv2.inRange(self._cover, -1.0, 0.5 / 255))
        left, top, right, bottom = zip(flow, cover, strict=True)
        return min(left), min(top), max(right), max(bottom)

    def delete(self) -> None:
        """Gives the graphics card's memory back."""
        self.flow.delete()
        self.paint.delete()


def _find_bounds(resting: NDArray[np.uint8]) -> tuple[float, float, float, float]:
    """Around what does not rest, and the texel beyond, into which it is interpolated: 0 to 1."""
    height, width = resting.shape
    left, top, across, down = cv2.boundingRect(cv2.bitwise_not(resting))
    if across == 0:
        return 1.0, 1.0, 0.0, 0.0
    right, bottom = left + across + 1, top + down + 1
    return (left - 1) / width, (top - 1) / height, right / width, bottom / height
