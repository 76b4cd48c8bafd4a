"""The head of an imaginary sitter: shape, skin, hair, matte, in the picture's frame.

Comes in: two photographs and a ``HeadRecipe``. Goes out: a ``Head`` ready to be set on a body.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.face import EYES, LIPS, OVAL
from kiosk.painting.blend import (
    Array,
    Image,
    Photograph,
    align,
    apply,
    blend_shapes,
    fuse,
    match_colours,
    plan_warp,
    region,
    similarity,
    warp,
)

# outlines in the first photograph (512 x 512 pixels), read off it by eye
HEAD_OUTLINE = (
    (178, 128), (168, 116), (158, 100), (152, 80), (158, 55), (172, 38), (190, 24), (215, 14),
    (240, 15), (262, 20), (284, 36), (296, 55), (301, 78), (298, 98), (290, 114), (280, 128),
    (272, 136), (268, 150), (258, 168), (240, 180), (222, 184), (204, 179), (192, 166), (184, 150),
    (180, 136),
)  # fmt: skip
HAIR_ANCHORS = 16  # the first so many points of that outline lie on hair
SKIN_OUTLINE = (
    (183.3, 79.3), (188.3, 77.3), (205, 80), (220.7, 80), (243.3, 83.3), (264, 88.3), (267.3, 95),
    (270, 113.3), (270.7, 128.3), (266.7, 136.7), (258.3, 156.7), (253.3, 186.7), (186.7, 186.7),
    (183.3, 146.7), (181.7, 131.7), (172.7, 128.3), (170.7, 120), (178.3, 113.3), (181.7, 100),
)  # fmt: skip
# what spectacles cover in the second photograph, as landmarks of both sides
SPECTACLES = (
    (33, 133, 159, 145, 70, 105, 107, 55, 46, 117, 118, 119, 47, 114, 111, 31),
    (263, 362, 386, 374, 300, 334, 336, 285, 276, 346, 347, 348, 277, 343, 340, 261),
    (6, 168, 197, 193, 417, 122, 351, 9, 8, 55, 285),
)


@dataclass(frozen=True, slots=True)
class HeadRecipe:
    """What makes this sitter differ from both photographs."""

    shape_share: float  # of the second photograph in the face's shape
    skin_share: float  # of the second photograph in the lower face's skin: age
    chin: tuple[float, float]  # where the chin comes to lie, pixels
    face_height_px: float  # hairline to chin
    roll_deg: float = 0.0
    jaw: float = 1.0  # widths and lengths relative to the blend
    nose: float = 1.0
    eye_gap: float = 1.0
    eye_size: float = 1.0
    lips: float = 1.0
    mouth: float = 1.0
    hair_volume: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """All (H, W) or (H, W, 3) float32 in the picture's frame; masks in [0, 1], colours to 255."""

    image: Array
    matte: Array
    hair: Array
    landmarks: Array  # (478, 3) pixels


def make_head(
    first: Photograph, second: Photograph, recipe: HeadRecipe, *, size: tuple[int, int]
) -> Head:
    """Blend two photographs into a head that is neither; ``size`` is (width, height)."""
    shape = blend_shapes(first.landmarks[:, :2], second.landmarks[:, :2], share=recipe.shape_share)
    place = _placement(shape, recipe)
    target = reshape_face(apply(place, shape), recipe)
    scale = first.image.shape[0] / 512
    anchors = np.array(HEAD_OUTLINE[:HAIR_ANCHORS], np.float32) * scale
    bald = apply(place, align(first.landmarks[:, :2], shape).mean(0, keepdims=True))
    moved = apply(similarity(first.landmarks[:, :2], apply(place, shape)), anchors)
    moved = bald + (moved - bald) * [recipe.hair_volume, 0.5 + 0.5 * recipe.hair_volume]
    source = np.r_[first.landmarks[:, :2], anchors]
    stops = np.r_[target, moved]
    places = plan_warp(source, stops, size=size)
    matte, hair = (warp(mask, places) for mask in cut_out(first.image, scale))
    bent = warp(first.image, places).astype(np.float32)
    places = plan_warp(second.landmarks[:, :2], target, size=size)
    skin = warp(second.image, places).astype(np.float32)
    image = _fuse_skin(bent, skin, target, recipe)
    depth = first.landmarks[:, 2] * np.linalg.norm(place[0, :2])
    return Head(
        image=image,
        matte=np.asarray(matte / 255, np.float32),
        hair=np.asarray(hair / 255, np.float32),
        landmarks=np.c_[target, depth].astype(np.float32),
    )


def reshape_face(points: Array, recipe: HeadRecipe) -> Array:
    """Change proportions of a face (478, 2), each within its own part, fading smoothly."""
    unit = float(np.linalg.norm(points[10] - points[152]))
    out = points.copy()
    middle = points[168]
    low = np.clip((out[:, 1] - points[4, 1]) / (points[152, 1] - points[4, 1]), 0, 1.2)
    out[:, 0] += (out[:, 0] - middle[0]) * (recipe.jaw - 1) * low
    nose = _near(points, points[[4, 2]].mean(0), 0.10 * unit)
    bridge = (out[:, 1] - points[168, 1]) * (recipe.nose - 1)
    out[:, 1] += bridge * nose
    for side, eye in zip((-1, 1), EYES, strict=True):
        centre = points[[eye.outer, eye.inner]].mean(0)
        near = _near(points, centre, 0.13 * unit)[:, None]
        gap = np.array([side * (recipe.eye_gap - 1) * 0.15 * unit, 0])
        out += near * (gap + (points - centre) * (recipe.eye_size - 1))
    mouth = points[list(LIPS)].mean(0)
    near = _near(points, mouth, 0.12 * unit)
    out[:, 1] += (points[:, 1] - mouth[1]) * (recipe.lips - 1) * near
    out[:, 0] += (points[:, 0] - mouth[0]) * (recipe.mouth - 1) * near
    return np.asarray(out, np.float32)


def cut_out(image: Image, scale: float) -> tuple[Image, Image]:
    """Mattes (H, W) uint8 of the first photograph's head and, within it, of its hair."""
    outline = np.round(np.array(HEAD_OUTLINE) * scale).astype(np.int32)
    inside = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(inside, [outline], 1)
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (int(13 * scale),) * 2)
    state = np.where(cv2.dilate(inside, brush) > 0, cv2.GC_PR_BGD, cv2.GC_BGD).astype(np.uint8)
    state[inside > 0] = cv2.GC_PR_FGD
    state[cv2.erode(inside, brush) > 0] = cv2.GC_FGD
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(image, state, None, *models, 4, cv2.GC_INIT_WITH_MASK)
    head = np.isin(state, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    head = cv2.erode(head, np.ones((3, 3)), iterations=max(int(scale * 0.7), 1))
    skin = np.zeros(image.shape[:2], np.float32)
    cv2.fillPoly(skin, [np.round(np.array(SKIN_OUTLINE) * scale).astype(np.int32)], 1.0)
    soft = cv2.GaussianBlur(head, (0, 0), 0.9 * scale)
    hair = soft * (1 - cv2.GaussianBlur(skin, (0, 0), 1.2 * scale))
    return (soft * 255).astype(np.uint8), (hair * 255).astype(np.uint8)


def _placement(shape: Array, recipe: HeadRecipe) -> Array:
    """The similarity (2, 3) that sets the blend's chin, height and roll as the recipe says."""
    upright = shape[10] - shape[152]
    goal = np.deg2rad(recipe.roll_deg - 90)
    goal_up = recipe.face_height_px * np.array([np.cos(goal), np.sin(goal)])
    chin = np.array(recipe.chin)
    square = np.array([[0, 1], [-1, 0]])
    return similarity(
        np.stack([shape[152], shape[10], shape[152] + square @ upright]),
        np.stack([chin, chin + goal_up, chin + square @ goal_up]).astype(np.float32),
    )


def _fuse_skin(first: Array, second: Array, target: Array, recipe: HeadRecipe) -> Array:
    """The second photograph's mouth, and a share of its lower face, into the first."""
    size = (first.shape[1], first.shape[0])
    unit = recipe.face_height_px / 100
    face = region(target[list(OVAL)], size=size, grow=int(-4 * unit), soft=3 * unit)
    hidden = np.zeros_like(face)
    for part in SPECTACLES:
        glass = region(target[list(part)], size=size, grow=int(6 * unit), soft=4 * unit)
        hidden = np.maximum(hidden, glass)
    low = np.clip((np.arange(size[1]) - target[1, 1]) / (18 * unit) + 0.6, 0, 1)[:, None]
    mouth = region(target[list(LIPS)], size=size, grow=int(4 * unit), soft=3 * unit)
    lips = region(target[list(LIPS)], size=size, grow=int(7 * unit), soft=1.5 * unit)
    compare = np.clip(face * (1 - hidden) * (1 - lips), 0, 1)
    matched = match_colours(second, first, compare, reach=9 * unit)
    weight = np.maximum(face * (1 - hidden) * low * recipe.skin_share, mouth * face)
    return fuse(first, matched, weight.astype(np.float32))


def _near(points: Array, centre: Array, radius: float) -> Array:
    square = ((points - centre) ** 2).sum(1)
    return np.asarray(np.exp(-square / (2 * radius * radius)), np.float32)
