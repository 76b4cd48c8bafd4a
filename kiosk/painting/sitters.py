"""The recipes: `hopper`, `personne` and `visitor`.

Each makes one picture from the two public-domain photographs that come inside installed packages
(matplotlib's ``grace_hopper.jpg``, U.S. Navy; scikit-image's ``astronaut.png``, NASA). The same
seed gives the same picture. How each was composed is told in ``docs/paintings.md``.
"""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np

from kiosk.face import EYES, LIPS, OVAL
from kiosk.painting.blend import Array, Image, Photograph, load_photograph, region
from kiosk.painting.brush import paint
from kiosk.painting.collar import wear_collar
from kiosk.painting.dress import (
    Frame,
    cast_shadow,
    lay_over,
    make_body,
    make_cloth,
    make_ground,
    make_neck,
    shape_mask,
    soft_noise,
)
from kiosk.painting.features import Colour, Colours, draw_brows, draw_eyes
from kiosk.painting.hair import hang_before_ears, hang_behind
from kiosk.painting.head import Head, HeadRecipe, make_head
from kiosk.painting.hopper import compose_hopper
from kiosk.painting.light import light_head, mix_from_pigments, shine, vignette

NOSTRILS = (4, 98, 97, 2, 326, 327, 64, 294, 1)
SWEATER_NECK = (
    (-0.335, 0.14), (-0.345, 0.27), (-0.22, 0.40), (0.0, 0.45), (0.22, 0.40), (0.345, 0.27),
    (0.335, 0.14), (0.39, 0.17), (0.43, 0.27), (0.30, 0.47), (0.0, 0.56), (-0.30, 0.47),
    (-0.43, 0.27), (-0.39, 0.17),
)  # fmt: skip


def first_photograph(*, scale: float = 3.0) -> Photograph:
    """Eileen Collins, NASA, public domain: 512 x 512, enlarged."""
    return load_photograph(Path(str(files("skimage") / "data" / "astronaut.png")), scale=scale)


def second_photograph(*, scale: float = 3.0) -> Photograph:
    """Grace Hopper, U.S. Navy, public domain: 512 x 600, enlarged."""
    folder = files("matplotlib") / "mpl-data" / "sample_data"
    return load_photograph(Path(str(folder / "grace_hopper.jpg")), scale=scale)


def make_visitor(*, seed: int = 0, width_px: int = 1200) -> Image:
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
    head = make_head(first_photograph(), second_photograph(), recipe, size=size)
    colours = Colours(
        iris=(74.0, 92.0, 104.0),
        brow=(50.0, 38.0, 31.0),
        hair=(66.0, 50.0, 40.0),
        skin=(206.0, 163.0, 141.0),
        white=(218.0, 208.0, 200.0),
    )
    low = replace(frame, chin=(frame.chin[0], frame.chin[1] - 0.06 * frame.unit))
    picture, body = _wear_sweater(_room(frame, rng), colours.skin, low, rng)
    picture = set_head(picture, body, head, frame=frame, colours=colours)
    picture = np.ascontiguousarray(picture[:, ::-1])
    grain = cv2.GaussianBlur(rng.standard_normal(picture.shape[:2]), (0, 0), 0.7)
    return np.asarray(np.clip(picture + 3.0 * grain[..., None], 0, 255), np.uint8)


def make_hopper(*, seed: int = 0, width_px: int = 1536) -> Image:
    """Grace Hopper in oil, 1536 to 1800: (H, W, 3) uint8 RGB."""
    photograph = second_photograph(scale=width_px / 512)
    reference, matter = compose_hopper(photograph, seed=seed)
    return paint(reference, matter, seed=seed)


def make_personne(*, seed: int = 0, width_px: int = 1536) -> Image:
    """*Portrait de personne*, in oil: nobody's portrait, 4 to 5, (H, W, 3) uint8 RGB."""
    reference, matter = compose_personne(seed=seed, width_px=width_px)
    return paint(reference, matter, seed=seed)


def compose_personne(*, seed: int = 0, width_px: int = 1536) -> tuple[Image, Array]:
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
    head = make_head(
        first_photograph(), second_photograph(), recipe, size=(frame.width, frame.height)
    )
    colours = Colours(
        iris=(88.0, 84.0, 58.0),
        brow=(40.0, 26.0, 20.0),
        hair=(60.0, 40.0, 29.0),
        skin=(206.0, 157.0, 126.0),
    )
    picture, body = _dress_personne(make_ground(frame, rng, (74, 60, 44)), colours, frame, rng)
    picture = set_head(picture, body, head, frame=frame, colours=colours)
    picture = hang_before_ears(picture, frame, rng=rng, colour=colours.hair)
    picture = _light_personne(picture, head, frame)
    return np.asarray(np.clip(picture, 0, 255), np.uint8), _what_matters(head, frame)


def _dress_personne(
    picture: Array, colours: Colours, frame: Frame, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Hair down the nape, neck, a dark gown and the linen collar; and the mask of it all."""
    low = replace(frame, chin=(frame.chin[0], frame.chin[1] - 0.07 * frame.unit))
    picture = hang_behind(picture, low, rng, colours.hair)
    body = make_body(low)
    picture = lay_over(picture, make_cloth(low, rng, (60, 32, 32), folds=0.45), body)
    neck, neck_mask = make_neck(low, colours.skin)
    picture = lay_over(picture, neck, neck_mask * (low.grid()[1] < 0.36))
    return wear_collar(picture, low, rng), np.maximum(body, neck_mask)


def _light_personne(picture: Array, head: Head, frame: Frame) -> Array:
    """One window, high on the left; the far cheek in shade, the corners in the dark."""
    x, y = frame.grid()
    level = light_head(head.landmarks, head.matte, frame, toward=(-0.55, -0.45, 0.70))
    body = np.clip(0.78 - 0.34 * x - 0.16 * np.clip(y, 0, 2), 0.1, 1)
    level = body + (level - body) * head.matte
    picture = shine(picture, level, ambient=0.10, gain=1.12)
    picture = vignette(picture, frame, strength=0.45)
    return mix_from_pigments(picture, pull=0.35)


def _what_matters(head: Head, frame: Frame) -> Array:
    """Eyes and mouth most, then the face, then the collar and hair; the ground least."""
    size = (frame.width, frame.height)
    points = head.landmarks[:, :2]
    unit = frame.unit
    face = region(points[list(OVAL)], size=size, grow=int(0.03 * unit), soft=0.05 * unit)
    matter = np.maximum(0.62 * face, 0.3 * head.matte)
    y = frame.grid()[1]
    matter = np.maximum(matter, 0.18 * ((y > 0.1) & (y < 1.1)))
    eyes = [eye.upper_orbit + eye.lower_fold + eye.brow for eye in EYES]
    for part in (LIPS, *eyes):
        near = region(points[list(part)], size=size, grow=int(0.03 * unit), soft=0.025 * unit)
        matter = np.maximum(matter, near)
    return np.asarray(matter, np.float32)


def set_head(picture: Array, body: Array, head: Head, *, frame: Frame, colours: Colours) -> Array:
    """Set the head on the ``body`` (its mask) in ``picture``: shadow, hair, eyes and brows."""
    size = (frame.width, frame.height)
    grow, soft = int(0.016 * frame.unit), 0.012 * frame.unit
    oval = region(head.landmarks[list(OVAL), :2], size=size, grow=grow, soft=soft)
    y = frame.grid()[1]
    low = np.clip((y + 0.36) / 0.1, 0, 1)
    matte = head.matte * (1 - low) + np.minimum(head.matte, oval) * low
    shaded = cast_shadow(picture, oval, frame, by=(0.02, 0.12), strength=0.5)
    picture = lay_over(picture, shaded, body)
    face = colour_skin(head, colours.skin, oval)
    face = soften_skin(face, head.landmarks, oval)
    face = draw_eyes(face, head.landmarks, colours)
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
    return lay_over(matt, smooth, 0.6 * oval * (1 - keep))


def dye(image: Array, tint: tuple[float, ...]) -> Array:
    """Hair in another colour: its own light and dark, around ``tint``."""
    grey = image @ np.array([0.3, 0.59, 0.11], np.float32)
    level = (np.maximum(grey, 0) / 118) ** 1.25
    return np.asarray(np.array(tint, np.float32) * level[..., None], np.float32)


def _room(frame: Frame, rng: np.random.Generator) -> Array:
    """A plain light wall, a little brighter on one side, out of focus."""
    x, y = frame.grid()
    level = 1 - 0.05 * x - 0.03 * y + 0.012 * soft_noise(frame, rng, cells=(5, 4))
    return np.asarray(np.array([196, 197, 196], np.float32) * level[..., None], np.float32)


def _wear_sweater(
    picture: Array, skin: Colour, frame: Frame, rng: np.random.Generator
) -> tuple[Array, Array]:
    neck, neck_mask = make_neck(frame, skin)
    body = make_body(frame)
    cloth = make_cloth(frame, rng, (64, 84, 92), folds=0.06)
    x, y = frame.grid()
    knit = 1 + 0.035 * np.sin(x * frame.unit * 1.3) * np.sin(y * frame.unit * 1.1)
    picture = lay_over(picture, cloth * knit[..., None], body)
    opening = shape_mask(
        ((-0.36, 0.1), (-0.37, 0.28), (-0.22, 0.43), (0, 0.50), (0.22, 0.43), (0.37, 0.28), (0.36, 0.1)),
        frame,
        soft=0.006,
    )
    picture = lay_over(picture, neck, np.maximum(opening, neck_mask * (y < 0.2)) * neck_mask)
    rib = shape_mask(SWEATER_NECK, frame, soft=0.006)
    picture = cast_shadow(picture, rib, frame, by=(0.0, 0.03), strength=0.22)
    angle = np.arctan2(x, y - 0.05)
    ribs = 1 + 0.09 * np.sin(angle * 110)
    band = cloth * (1.12 * ribs)[..., None]
    return lay_over(picture, band, rib), np.maximum(body, neck_mask)


RECIPES = {"hopper": make_hopper, "personne": make_personne, "visitor": make_visitor}
WIDTHS_PX = {"hopper": 1536, "personne": 1536, "visitor": 1200}
