"""What the painter sees of Grace Hopper: her official photograph, before another ground.

The photograph (512 x 600, U.S. Navy, public domain) comes inside matplotlib. Flag and blue
backdrop give way to a warm dark ground, the flash to light from a window.
"""

import cv2
import numpy as np

from kiosk.face import EYES, LIPS, OVAL
from kiosk.painting.blend import Array, Image, Photograph, region
from kiosk.painting.dress import Frame, lay_over, make_ground
from kiosk.painting.light import light_head, mix_from_pigments, shine, vignette

# the sitter's outline in the photograph, read off it by eye
OUTLINE = (
    (26, 600), (28, 470), (45, 405), (72, 378), (130, 352), (190, 335), (203, 318), (196, 296),
    (176, 285), (160, 250), (153, 200), (163, 165), (148, 150), (147, 115), (165, 95), (172, 80),
    (183, 52), (222, 28), (262, 22), (305, 32), (340, 55), (354, 85), (371, 92), (371, 142),
    (362, 170), (377, 190), (372, 225), (362, 250), (356, 285), (335, 306), (328, 322), (370, 342),
    (430, 365), (488, 390), (503, 430), (511, 500), (511, 600),
)  # fmt: skip
# grey hair before the backdrop, which GrabCut would take for it
HAIR = (
    ((162, 246), (178, 284), (196, 297), (200, 290), (192, 270), (182, 235)),
    ((342, 270), (352, 240), (364, 246), (362, 275), (354, 296), (337, 306), (333, 296)),
)
# what else deserves a fine brush: the cap's badge, name plate, ribbons, button, collar
EMBLEMS = (
    ((195, 22), (340, 22), (345, 105), (195, 105)),
    ((76, 482), (172, 482), (172, 520), (76, 520)),
    ((318, 482), (458, 482), (458, 530), (318, 530)),
    ((228, 572), (262, 572), (262, 600), (228, 600)),
)
EMBLEM_MATTERS = 0.8


def compose_hopper(photograph: Photograph, *, seed: int = 0) -> tuple[Image, Array]:
    """The sitter re-lit on a painter's ground (H, W, 3) uint8 RGB, and what matters (H, W)."""
    rng = np.random.default_rng(seed)
    height, width = photograph.image.shape[:2]
    points = photograph.landmarks
    unit = float(np.linalg.norm(points[10, :2] - points[152, :2]))
    frame = Frame(width, height, (float(points[152, 0]), float(points[152, 1])), unit)
    matte = cut_out_sitter(photograph.image)
    face = region(points[list(OVAL), :2], size=(width, height), grow=0, soft=0.10 * unit)
    picture = _calm_colours(photograph, face)
    level = light_head(points, frame, toward=(-0.42, -0.30, 0.86))
    x, y = frame.grid()
    around = np.clip(0.86 - 0.16 * x - 0.06 * np.clip(y, 0, 2), 0.2, 1)
    level = around + (level - around) * face
    sitter = shine(picture, level, ambient=0.16, gain=1.0)
    sitter = mix_from_pigments(sitter, pull=0.30)
    ground = mix_from_pigments(make_ground(frame, rng, (112, 92, 66)), pull=0.3)
    picture = vignette(lay_over(ground, sitter, matte), frame, strength=0.30)
    return np.asarray(np.clip(picture, 0, 255), np.uint8), _what_matters(points, matte, unit)


def cut_out_sitter(image: Image) -> Array:
    """The sitter's matte (H, W) float32 in [0, 1], by GrabCut from OUTLINE."""
    scale = image.shape[1] / 512
    inside = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.round(np.array(OUTLINE) * scale).astype(np.int32)], 1)
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (int(9 * scale),) * 2)
    state = np.where(cv2.dilate(inside, brush) > 0, cv2.GC_PR_BGD, cv2.GC_BGD).astype(np.uint8)
    state[inside > 0] = cv2.GC_PR_FGD
    padded = cv2.copyMakeBorder(inside, 40, 40, 40, 40, cv2.BORDER_REPLICATE)
    state[cv2.erode(padded, brush)[40:-40, 40:-40] > 0] = cv2.GC_FGD
    for lock in HAIR:
        cv2.fillPoly(state, [np.round(np.array(lock) * scale).astype(np.int32)], cv2.GC_FGD)
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(image, state, None, *models, 4, cv2.GC_INIT_WITH_MASK)
    sitter = np.isin(state, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    tidy = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (int(4 * scale),) * 2)
    sitter = cv2.morphologyEx(cv2.morphologyEx(sitter, cv2.MORPH_OPEN, tidy), cv2.MORPH_CLOSE, tidy)
    sitter = cv2.erode(sitter, np.ones((3, 3)), iterations=max(int(0.7 * scale), 1))
    return np.asarray(cv2.GaussianBlur(sitter.astype(np.float32), (0, 0), 0.7 * scale), np.float32)


def _calm_colours(photograph: Photograph, face: Array) -> Array:
    """Take the backdrop's blue off hair and cap, and the flash's red from around the eyes."""
    scale = photograph.image.shape[1] / 512
    lab = cv2.cvtColor(photograph.image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    stray = lab[..., 1:] - lab[face > 0.95][:, 1:].mean(0)
    size = (lab.shape[1], lab.shape[0])
    lips = photograph.landmarks[list(LIPS), :2]
    keep = region(lips, size=size, grow=0, soft=3 * scale)
    lab[..., 1:] -= 0.45 * stray * (face * (1 - keep))[..., None]
    ribbons = region(np.array(EMBLEMS[2], np.float32) * scale, size=size, grow=0, soft=3 * scale)
    blue = np.clip((-lab[..., 2] - 2) / 6, 0, 1) * np.clip((lab[..., 0] - 14) / 10, 0, 1)
    blue *= 1 - ribbons
    lab[..., 1:] *= 1 - 0.9 * blue[..., None]
    return np.asarray(255 * np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1), np.float32)


def _what_matters(landmarks: Array, matte: Array, unit: float) -> Array:
    """Eyes and mouth most, then emblems, the face, the uniform; the ground least."""
    size = (matte.shape[1], matte.shape[0])
    points = landmarks[:, :2]
    matter = 0.2 * matte
    face = region(points[list(OVAL)], size=size, grow=int(0.06 * unit), soft=0.05 * unit)
    matter = np.maximum(matter, 0.66 * face)
    scale = size[0] / 512
    for emblem in EMBLEMS:
        corners = np.array(emblem, np.float32) * scale
        near = region(corners, size=size, grow=0, soft=4 * scale)
        matter = np.maximum(matter, EMBLEM_MATTERS * near)
    eyes = [eye.upper_orbit + eye.lower_fold for eye in EYES]
    for part in (LIPS, *eyes):
        near = region(points[list(part)], size=size, grow=int(0.05 * unit), soft=0.03 * unit)
        matter = np.maximum(matter, near)
    return np.asarray(matter, np.float32)
