"""A head set on a body: its colouring, its shadow, its features drawn anew.

Comes in: a picture with the dressed body, and a ``Head``. Goes out: one person. Light is left to
others.
"""

import cv2
import numpy as np

from kiosk.face import EYES, LIPS, OVAL
from kiosk.painting.blend import Array, region
from kiosk.painting.dress import Frame, cast_shadow, lay_over
from kiosk.painting.features import Colours, draw_brows, draw_eyes, draw_lips
from kiosk.painting.head import Head

NOSTRILS = (4, 98, 97, 2, 326, 327, 64, 294, 1)


def set_head(picture: Array, body: Array, head: Head, *, frame: Frame, colours: Colours) -> Array:
    """Set the head on the ``body`` (its mask) in ``picture``: shadow, hair, eyes and brows."""
    size = (frame.width, frame.height)
    grow, soft = int(0.016 * frame.unit), 0.012 * frame.unit
    oval = region(head.landmarks[list(OVAL), :2], size=size, grow=grow, soft=soft)
    y = frame.grid()[1]
    low = np.asarray(np.clip((y + 0.36) / 0.1, 0, 1), np.float32)
    matte = head.matte * (1 - low) + np.minimum(head.matte, oval) * low
    shaded = cast_shadow(picture, oval, frame, by=(0.02, 0.11), strength=0.42)
    picture = lay_over(picture, shaded, body)
    face = colour_skin(head, colours.skin, oval)
    face = soften_skin(face, head.landmarks, oval)
    face = draw_eyes(face, head.landmarks, colours)
    face = draw_lips(face, head.landmarks, colours)
    face = draw_brows(face, head.landmarks, colours, seed=0)
    face = lay_over(face, dye(head.image, colours.hair), head.hair * (1 - low))
    return lay_over(picture, face, matte)


def colour_skin(head: Head, colour: tuple[float, ...], oval: Array) -> Array:
    """The head's picture with the mean colour of its face made ``colour``, and evener."""
    inside = (oval > 0.9) & (head.hair < 0.1)
    gain = np.array(colour, np.float32) / head.image[inside].mean(0)
    face = np.clip(head.image * gain, 0, 255)
    lab = cv2.cvtColor(np.asarray(face / 255, np.float32), cv2.COLOR_RGB2LAB)
    unit = float(np.linalg.norm(head.landmarks[10, :2] - head.landmarks[152, :2]))
    size = (face.shape[1], face.shape[0])
    lips = region(
        head.landmarks[list(LIPS), :2], size=size, grow=int(0.01 * unit), soft=0.02 * unit
    )
    stray = lab[..., 1:] - lab[inside][:, 1:].mean(0)
    lab[..., 1:] -= 0.5 * stray * (1 - lips)[..., None]
    stray = lab[..., 1:] - lab[lips > 0.7][:, 1:].mean(0)
    lab[..., 1:] -= 0.75 * stray * lips[..., None]
    return np.asarray(255 * cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.float32)


def soften_skin(face: Array, landmarks: Array, oval: Array) -> Array:
    """Retouch folds and spots, but leave eyes, nostrils and lips as they are."""
    size = (face.shape[1], face.shape[0])
    unit = float(np.linalg.norm(landmarks[10, :2] - landmarks[152, :2]))
    keep = np.zeros_like(oval)
    for part in (LIPS, NOSTRILS, *(eye.upper_orbit + eye.lower_fold for eye in EYES)):
        points = landmarks[list(part), :2]
        near = region(points, size=size, grow=int(0.012 * unit), soft=0.014 * unit)
        keep = np.maximum(keep, near)
    smooth = cv2.GaussianBlur(face, (0, 0), 0.022 * unit)
    matt = np.minimum(face, smooth + 5)  # paint has no shine of its own
    return lay_over(matt, smooth, 0.5 * oval * (1 - keep))


def dye(image: Array, tint: tuple[float, ...]) -> Array:
    """Hair in another colour: its own light and dark, around ``tint``."""
    grey = image @ np.array([0.3, 0.59, 0.11], np.float32)
    level = (np.maximum(grey, 0) / 118) ** 1.25
    return np.asarray(np.array(tint, np.float32) * level[..., None], np.float32)
