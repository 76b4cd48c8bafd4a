"""Learns from clips of people how brightness changes where muscles draw the skin.

In goes a folder of clips; out comes `shading.npz` (see `kiosk.motion.shades`). Offline only. Clips
named in `HELD_OUT` are never learnt from. A clip without a face, or cut short, is named and left
out.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.errors import CameraError, PictureError
from kiosk.face import MESH
from kiosk.motion.face_model import load_face_model
from kiosk.motion.shades import Shades, save_shades
from kiosk.training.brightness import LitPerformer, Sight, light_performer, look_at_clip
from kiosk.training.learn_motion import HELD_OUT
from kiosk.training.plain import NAMES, find_columns, swapped
from kiosk.training.skin import FaceParts, face_parts, fill_in, reach_of

logger = logging.getLogger(__name__)

Points = NDArray[np.float64]

SHORTEST = 30  # frames with a face
RIDGE = 5e-3  # for one person of unit gain
TURN_RIDGE = 1e-4  # square radians
ELSEWHERE = 80.0  # times more, where an expression has no muscle
ROUNDS = 6  # maps and gains in turn
GAINS = (0.2, 3.0)


def learn(clips: Path, out: Path) -> None:
    """Learn from every ``*.mp4`` in a folder, less the held out; writes one file.

    Raises:
        PictureError: there are not two clips with faces in them.
    """
    found = [path for path in sorted(clips.glob("*.mp4")) if path.stem not in HELD_OUT]
    looked = (_look(clip) for clip in found)
    sights = [sight for sight in looked if sight is not None]
    shades = learn_from(sights)
    out.parent.mkdir(parents=True, exist_ok=True)
    save_shades(shades, out)


def _look(clip: Path) -> Sight | None:
    """A clip's faces; None, and a word about it, where there are too few."""
    try:
        sight = look_at_clip(clip)
    except CameraError as error:
        logger.warning("left out: %s", error)
        return None
    count = len(sight.landmarks)
    if count < SHORTEST:
        logger.warning("left out: %s: %s frames show a face; give a second or more", clip, count)
        return None
    logger.info("%s: %s frames with a face", clip.name, count)
    return sight


def learn_from(sights: list[Sight]) -> Shades:
    """The same from clips already looked at, one of each person.

    Raises:
        PictureError: fewer than two.
    """
    if len(sights) < 2:
        raise PictureError("clips: fewer than two show a face for a second; give more clips")
    model = load_face_model()
    parts = face_parts(model.mean)
    people = [light_performer(sight, model.mean, parts.skin) for sight in sights]
    return learn_maps(people, parts)


def learn_maps(people: list[LitPerformer], parts: FaceParts) -> Shades:
    """Expressions, and the light that comes with each, from what people do."""
    model = load_face_model()
    basis = find_columns([each.offsets for each in people], model.mean, model.mirror)
    empty = np.zeros((len(NAMES), MESH))
    plain = Shades(names=NAMES, basis=basis, maps=empty, crease=empty)
    strengths = [coefficients(plain, person) for person in people]
    raw = _fit(people, strengths, reach_of(parts))
    maps = np.array([fill_in(each, parts) for each in raw])
    broad, crease = parts.finish(maps)
    return Shades(names=NAMES, basis=basis, maps=broad, crease=crease)


def coefficients(shades: Shades, person: LitPerformer) -> Points:
    """How strongly one person makes each expression, frame by frame: (T, K)."""
    return np.array([shades.coefficients(offsets) for offsets in person.offsets])


def _fit(people: list[LitPerformer], strengths: list[Points], reach: Points) -> Points:
    """Ridge regression with a gain for each person, whose light and skin differ: (K, 468).

    Each person counts alike; each is also seen in a mirror, so that the maps are symmetric.
    """
    both = zip(people, strengths, strict=True)
    sums = [_mirrored(sum_up(person, strength)) for person, strength in both]
    gains = np.ones(len(people))
    penalty = RIDGE * len(people) * (1 + ELSEWHERE * (1 - reach))
    for _ in range(ROUNDS):
        normal = np.sum([g * g * each.normal for g, each in zip(gains, sums, strict=True)], axis=0)
        goal = np.sum([g * each.goal for g, each in zip(gains, sums, strict=True)], axis=0)
        maps = _solve(normal, goal, penalty)
        gains = np.array([best_gain(each, maps) for each in sums])
        gains = np.clip(gains / np.exp(np.log(gains).mean()), *GAINS)
    return maps


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What regression needs of one person; the head's turn explains all that it can beforehand."""

    normal: Points  # (468, K, K)
    goal: Points  # (468, K)
    power: Points  # (468,) mean square of the change of light


def sum_up(person: LitPerformer, strengths: Points) -> Sums:
    """One person's normal equations, in units of what their light does on the whole.

    Args:
        person: what they do.
        strengths: (T, K) of each expression.
    """
    weights = person.weights / person.weights.sum()
    columns = np.hstack([strengths, person.turns])
    normal = np.einsum("tv,tk,tl->vkl", weights, columns, columns, optimize=True)
    goal = np.einsum("tv,tk->vk", weights * person.change, columns)
    power = (weights * np.square(person.change)).sum(axis=0)
    count = strengths.shape[1]
    turned = normal[:, count:, count:] + TURN_RIDGE * weights.sum(axis=0)[:, None, None] * np.eye(3)
    shared = np.linalg.solve(turned + 1e-12 * np.eye(3), normal[:, count:, :count])
    own = np.linalg.solve(turned + 1e-12 * np.eye(3), goal[:, count:, None])
    across = normal[:, :count, count:]
    left = power - (goal[:, None, count:] @ own)[:, 0, 0]
    scale = left.sum()
    return Sums(
        normal=(normal[:, :count, :count] - across @ shared) / scale,
        goal=(goal[:, :count] - (across @ own)[..., 0]) / scale,
        power=left / scale,
    )


def _mirrored(sums: Sums) -> Sums:
    """The person and their mirror image as one, so that maps come out symmetric."""
    mirror, other = load_face_model().mirror[:MESH], swapped()
    normal = sums.normal[mirror][:, other][:, :, other]
    goal = sums.goal[mirror][:, other]
    power = sums.power[mirror]
    return Sums((sums.normal + normal) / 2, (sums.goal + goal) / 2, (sums.power + power) / 2)


def _solve(normal: Points, goal: Points, penalty: Points) -> Points:
    """Maps (K, 468) from the normal equations of each landmark."""
    ridge = np.einsum("kv,kl->vkl", penalty, np.eye(len(penalty)))
    return np.asarray(np.linalg.solve(normal + ridge, goal[..., None])[..., 0].T)


def best_gain(sums: Sums, maps: Points) -> float:
    """By how much one person's light must multiply the maps: never nothing, never a lot."""
    power = np.einsum("kv,vkl,lv->", maps, sums.normal, maps, optimize=True)
    seen = np.einsum("kv,vk->", maps, sums.goal)
    return float(np.clip(seen / max(power, 1e-12), *GAINS))


def explained(sums: Sums, maps: Points, where: NDArray[np.bool_]) -> float:
    """Share of the variance of somebody's light that maps explain, with one gain for the person.

    Args:
        sums: of somebody the maps were not learnt from.
        maps: (K, 468).
        where: (468,) the landmarks that count.
    """
    gain = best_gain(sums, maps)
    power = np.einsum("kv,vkl,lv->v", maps, sums.normal, maps, optimize=True)
    seen = np.einsum("kv,vk->v", maps, sums.goal)
    left = sums.power - 2 * gain * seen + gain**2 * power
    return float(1 - left[where].sum() / max(sums.power[where].sum(), 1e-12))
