"""The demo's visitor: a photograph-like picture of somebody who does not exist."""

from dataclasses import replace

import cv2
import numpy as np

from kiosk.painting.blend import Array, Image, Photograph
from kiosk.painting.dress import (
    Frame,
    Outline,
    cast_shadow,
    lay_over,
    make_body,
    make_cloth,
    make_neck,
    shape_mask,
    soft_noise,
)
from kiosk.painting.features import Colours
from kiosk.painting.head import HeadRecipe, make_head
from kiosk.painting.light import light_head
from kiosk.painting.setting import set_head

COLOURS = Colours(
    iris=(74.0, 92.0, 104.0),
    brow=(50.0, 38.0, 31.0),
    hair=(66.0, 50.0, 40.0),
    skin=(206.0, 163.0, 141.0),
    white=(218.0, 208.0, 200.0),
)
WALL = (196.0, 197.0, 196.0)
WOOL = (64.0, 84.0, 92.0)
OPENING: Outline = (
    (-0.36, 0.10), (-0.37, 0.28), (-0.22, 0.43), (0.0, 0.50), (0.22, 0.43), (0.37, 0.28),
    (0.36, 0.10),
)  # fmt: skip
RIB: Outline = (
    (-0.335, 0.14), (-0.345, 0.27), (-0.22, 0.40), (0.0, 0.45), (0.22, 0.40), (0.345, 0.27),
    (0.335, 0.14), (0.39, 0.17), (0.43, 0.27), (0.30, 0.47), (0.0, 0.56), (-0.30, 0.47),
    (-0.43, 0.27), (-0.39, 0.17),
)  # fmt: skip


def compose_visitor(
    first: Photograph, second: Photograph, *, seed: int = 0, width_px: int = 1200
) -> Image:
    """A photograph-like picture of somebody who does not exist, 4 to 3: (H, W, 3) uint8 RGB."""
    rng = np.random.default_rng(seed)
    scale = width_px / 1200
    frame = Frame(
        width=width_px,
        height=int(900 * scale),
        chin=(600 * scale, 585 * scale),
        unit=340 * scale,
    )
    recipe = HeadRecipe(
        shape_share=0.3,
        skin_share=0.18,
        chin=frame.chin,
        face_height_px=frame.unit,
        roll_deg=1.0,
        jaw=0.95,
        nose=0.95,
        eye_gap=0.97,
        eye_size=1.04,
        lips=1.08,
        hair_volume=0.88,
    )
    size = (frame.width, frame.height)
    head = make_head(first, second, recipe, size=size)
    low = replace(frame, chin=(frame.chin[0], frame.chin[1] - 0.06 * frame.unit))
    picture, body = _wear_sweater(_room(frame, rng), low, rng)
    picture = set_head(picture, body, head, frame=frame, colours=COLOURS)
    level = light_head(head.landmarks, frame, toward=(-0.22, -0.30, 0.93))
    picture = picture * (1 - 0.45 * (1 - level) * head.matte)[..., None]
    pores = soft_noise(frame, rng, cells=(frame.width // 4, frame.height // 4))
    picture = np.ascontiguousarray((picture * (1 + 0.008 * pores * head.matte)[..., None])[:, ::-1])
    grain = cv2.GaussianBlur(rng.standard_normal(picture.shape[:2]), (0, 0), 0.7)
    return np.asarray(np.clip(picture + 3.0 * grain[..., None], 0, 255), np.uint8)


def _room(frame: Frame, rng: np.random.Generator) -> Array:
    """A plain light wall, a little brighter on one side, out of focus."""
    x, y = frame.grid()
    level = 1 - 0.05 * x - 0.03 * y + 0.012 * soft_noise(frame, rng, cells=(5, 4))
    return np.asarray(np.array(WALL, np.float32) * level[..., None], np.float32)


def _wear_sweater(picture: Array, frame: Frame, rng: np.random.Generator) -> tuple[Array, Array]:
    """A plain sweater with a ribbed neck, and the mask of body and neck."""
    neck, neck_mask = make_neck(frame, COLOURS.skin)
    body = make_body(frame)
    cloth = make_cloth(frame, rng, WOOL, folds=0.06)
    x, y = frame.grid()
    knit = 1 + 0.035 * np.sin(x * frame.unit * 1.3) * np.sin(y * frame.unit * 1.1)
    picture = lay_over(picture, cloth * knit[..., None], body)
    opening = shape_mask(OPENING, frame, soft=0.006)
    picture = lay_over(picture, neck, np.maximum(opening, neck_mask * (y < 0.2)) * neck_mask)
    rib = shape_mask(RIB, frame, soft=0.006)
    picture = cast_shadow(picture, rib, frame, by=(0.0, 0.03), strength=0.22)
    angle = np.arctan2(x, y - 0.05)
    ribs = 1 + 0.09 * np.sin(angle * 110)
    band = cloth * (1.12 * ribs)[..., None]
    return lay_over(picture, band, rib), np.maximum(body, neck_mask)
