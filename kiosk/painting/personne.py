"""What the painter sees of *Portrait de personne*: nobody, in the dress of about 1635.

The head is a blend of two photographs that resembles neither; gown, collar, curls, neck and
ground are made from outlines and noise.
"""

from dataclasses import replace

import cv2
import numpy as np

from kiosk.face import EYES, LIPS, OVAL
from kiosk.painting.blend import Array, Image, Photograph, region
from kiosk.painting.collar import wear_collar
from kiosk.painting.dress import Frame, lay_over, make_body, make_cloth, make_ground, make_neck
from kiosk.painting.features import Colours
from kiosk.painting.hair import hang_before_ears, hang_behind
from kiosk.painting.head import Head, HeadRecipe, make_head
from kiosk.painting.light import light_head, mix_from_pigments, shine, vignette
from kiosk.painting.setting import set_head

COLOURS = Colours(
    iris=(88.0, 84.0, 58.0),
    brow=(24.0, 14.0, 10.0),
    hair=(60.0, 40.0, 29.0),
    skin=(206.0, 157.0, 126.0),
)
GROUND = (74.0, 60.0, 44.0)
GOWN = (60.0, 32.0, 32.0)


def compose_personne(
    first: Photograph, second: Photograph, *, seed: int = 0, width_px: int = 1536
) -> tuple[Image, Array]:
    """What the painter sees of the sitter (H, W, 3) uint8 RGB, and what matters in it (H, W)."""
    rng = np.random.default_rng(seed)
    scale = width_px / 1536
    frame = Frame(
        width=width_px,
        height=int(1920 * scale),
        chin=(755 * scale, 1010 * scale),
        unit=500 * scale,
    )
    recipe = HeadRecipe(
        shape_share=0.45,
        skin_share=0.12,
        chin=frame.chin,
        face_height_px=frame.unit,
        roll_deg=-2.0,
        jaw=0.93,
        nose=1.07,
        eye_gap=1.05,
        eye_size=1.13,
        lips=1.12,
        mouth=0.88,
        hair_volume=0.84,
    )
    head = make_head(first, second, recipe, size=(frame.width, frame.height))
    picture, body = _dress(make_ground(frame, rng, GROUND), frame, rng)
    picture = set_head(picture, body, head, frame=frame, colours=COLOURS)
    picture = hang_before_ears(picture, frame, rng=rng, colour=COLOURS.hair)
    picture = _light(picture, head, frame)
    return np.asarray(np.clip(picture, 0, 255), np.uint8), _what_matters(head, frame)


def _dress(picture: Array, frame: Frame, rng: np.random.Generator) -> tuple[Array, Array]:
    """Hair down the nape, neck, a dark gown and the linen collar; and the mask of it all."""
    low = replace(frame, chin=(frame.chin[0], frame.chin[1] - 0.07 * frame.unit))
    picture = hang_behind(picture, low, rng, COLOURS.hair)
    body = make_body(low)
    picture = lay_over(picture, make_cloth(low, rng, GOWN, folds=0.45), body)
    neck, neck_mask = make_neck(low, COLOURS.skin)
    picture = lay_over(picture, neck, neck_mask * (low.grid()[1] < 0.36).astype(np.float32))
    return wear_collar(picture, low, rng), np.maximum(body, neck_mask)


def _light(picture: Array, head: Head, frame: Frame) -> Array:
    """One window, high on the left; the far cheek in shade, the corners in the dark."""
    x, y = frame.grid()
    level = light_head(head.landmarks, frame, toward=(-0.55, -0.45, 0.70))
    body = np.clip(0.78 - 0.34 * x - 0.16 * np.clip(y, 0, 2), 0.1, 1)
    turn = np.clip(x / 0.36, -1, 1)
    neck = np.clip(0.85 * np.sqrt(1 - turn * turn) - 0.5 * turn, 0.08, 1)
    at_neck = np.clip((0.20 - y) / 0.12, 0, 1) * (np.abs(x) < 0.36) * (y > -0.4)
    body = body + (neck * 0.9 - body) * cv2.GaussianBlur(at_neck, (0, 0), 0.02 * frame.unit)
    level = body + (level - body) * head.matte
    picture = shine(picture, level, ambient=0.12, gain=1.2)
    picture = vignette(picture, frame, strength=0.45)
    return mix_from_pigments(picture, pull=0.35)


def _what_matters(head: Head, frame: Frame) -> Array:
    """Eyes and mouth most, then the face, then the collar and hair; the ground least."""
    size = (frame.width, frame.height)
    points = head.landmarks[:, :2]
    unit = frame.unit
    face = region(points[list(OVAL)], size=size, grow=int(0.03 * unit), soft=0.05 * unit)
    matter = np.maximum(0.62 * face, 0.3 * head.matte)
    x, y = frame.grid()
    pin = np.hypot(x, y - 0.30) < 0.07
    matter = np.maximum(matter, 0.18 * ((y > 0.1) & (y < 1.1)) + 0.6 * pin)
    eyes = [eye.upper_orbit + eye.lower_fold + eye.brow for eye in EYES]
    for part in (LIPS, *eyes):
        near = region(points[list(part)], size=size, grow=int(0.03 * unit), soft=0.025 * unit)
        matter = np.maximum(matter, near)
    return np.asarray(matter, np.float32)
