"""Hands near a painted face: mediapipe's own detector, whose models lie in its wheel.

A picture and a face in it come in, the landmarks of hands go out, in the picture's pixels.
"""

import os

os.environ.setdefault("GLOG_minloglevel", "2")

import cv2
import mediapipe
import numpy as np

from kiosk.face import MESH
from kiosk.messages import Bytes, Floats
from kiosk.tracking.landmarker import silence_stderr

MAX_HANDS = 4
AROUND = 0.8  # of the face's height, looked at on each side of it
VIEW = 640  # pixels of the longer side of what is looked at
CONFIDENCE = 0.5


def find_hands(image: Bytes, face: Floats) -> list[Floats]:
    """The hands round a face.

    Args:
        image: (H, W, 3) uint8 RGB.
        face: (478, 3) its landmarks, pixels.

    Returns:
        (21, 2) landmarks of each, pixels.
    """
    left, top, right, bottom = _surroundings(image, face)
    view = image[top:bottom, left:right]
    scale = VIEW / max(view.shape[:2])
    mode = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    view = cv2.resize(view, None, fx=scale, fy=scale, interpolation=mode)
    with (
        silence_stderr(),
        mediapipe.solutions.hands.Hands(
            static_image_mode=True, max_num_hands=MAX_HANDS, min_detection_confidence=CONFIDENCE
        ) as hands,
    ):
        found = hands.process(np.ascontiguousarray(view)).multi_hand_landmarks or []
    size = np.array([right - left, bottom - top], np.float32)
    corner = np.array([left, top], np.float32)
    return [
        np.array([[point.x, point.y] for point in hand.landmark], np.float32) * size + corner
        for hand in found
    ]


def _surroundings(image: Bytes, face: Floats) -> tuple[int, int, int, int]:
    """Left, top, right, bottom."""
    low, high = face[:MESH, :2].min(0), face[:MESH, :2].max(0)
    around = AROUND * (high - low)[1]
    left, top = np.maximum(low - around, 0).astype(int)
    right, bottom = np.minimum(high + around, image.shape[1::-1]).astype(int)
    return int(left), int(top), int(right), int(bottom)
