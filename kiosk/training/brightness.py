"""How bright the skin of a person in a clip is at every landmark, and how that changes.

In goes a clip, out comes a `LitPerformer`: the performer, and for every frame the log luminance at
the mesh's landmarks against the neutral face, with the room's own light taken out. Offline only.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from kiosk.face import CHIN, FOREHEAD, LANDMARKS, MESH
from kiosk.messages import Bytes, Floats
from kiosk.motion.geometry import angles_deg
from kiosk.motion.parts import fit_parts, proportions_of
from kiosk.rig.mesh import face_normals, face_triangles
from kiosk.training.performers import Performer, follow_face, perform

Points = NDArray[np.float64]

GAMMA = 2.2
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
BLUR = 0.012  # of the face's height: less is noise of the tracker
DARKEST = 0.004  # of white; keeps the logarithm of shadows tame
FACING = (0.25, 0.30)  # cosine to the camera where skin begins to count, and until it counts whole
OUTLIER = 0.08  # log units; a highlight says nothing about the room
CHANGE = (-0.7, 0.5)  # what skin can do; the rest is hair, teeth and shadows cast
ROUGH = 0.2  # log units between neighbours; more is a beard, glasses, a strand of hair
FRONTAL = 0.25  # radians from rest; farther round, light changes more than muscles change it
STEADY = 1.0  # frames; a tracker's jitter is faster than any muscle
MOST_FRAMES = 260


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A clip as seen: every frame that shows a face."""

    landmarks: Floats  # (T, 478, 3) pixels
    brightness: Floats  # (T, 468) log luminance, linear light


@dataclass(frozen=True, slots=True, eq=False)
class LitPerformer:
    """What a person does and what their skin's brightness does with it."""

    offsets: Points  # (T, 468, 3) from neutral, as the mean face would make them, io
    change: Points  # (T, 468) of log luminance, from neutral, the room's light taken out
    weights: Points  # (T, 468) how much each is worth, 0 to 1
    turns: Points  # (T, 3) of the head from rest, radians, yaw, pitch, roll


def look_at_clip(clip: Path) -> Sight:
    """Landmarks and brightness of every frame that shows a face.

    Raises:
        CameraError: OpenCV cannot play it.
    """
    found, bright = [], []
    for image, face in follow_face(clip):
        found.append(face)
        bright.append(brightness_at(image, face))
    return Sight(
        landmarks=np.asarray(found, np.float32).reshape(-1, LANDMARKS, 3),
        brightness=np.asarray(bright, np.float32).reshape(-1, MESH),
    )


def brightness_at(image: Bytes | Floats, face: Floats) -> Floats:
    """Log luminance at the mesh's landmarks: (468,).

    Args:
        image: (H, W, 3) RGB, 0 to 255.
        face: (468 or more, 3) pixels.
    """
    height = float(np.linalg.norm(face[CHIN, :2] - face[FOREHEAD, :2]))
    linear = np.power(image.astype(np.float32) / 255, GAMMA) @ LUMINANCE
    soft = cv2.GaussianBlur(linear, (0, 0), max(BLUR * height, 0.6))
    where = face[None, :MESH, :2].astype(np.float32) - 0.5
    seen = cv2.remap(soft, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.log(seen[0] + DARKEST))


def light_performer(sight: Sight, mean: Points, skin: Points) -> LitPerformer:
    """What one person's face and brightness do.

    Args:
        sight: the clip.
        mean: (478, 3) the mean face.
        skin: (468,) 1 where brightness is skin's, times the area that a landmark stands for.
    """
    steady = gaussian_filter1d(sight.landmarks.astype(np.float64), STEADY, axis=0)
    performer = perform(steady.astype(np.float32), mean)
    bright = gaussian_filter1d(sight.brightness.astype(np.float64), STEADY, axis=0)
    neutral = np.median(bright[performer.resting], axis=0)
    kept = np.arange(0, len(bright), max(1, -(-len(bright) // MOST_FRAMES)))
    turns = _turns(performer)[kept]
    weights = skin * _smoothness(neutral) * _facing(steady[kept])
    weights *= np.exp(-np.square(turns[:, :2] / FRONTAL).sum(axis=1))[:, None]
    change = _without_room(bright[kept] - neutral, weights, mean)
    return LitPerformer(_offsets(performer, mean)[kept], change, weights, turns)


def _turns(performer: Performer) -> Points:
    """How far the head is turned from where it rests: (T, 3) radians."""
    turns = np.radians([angles_deg(rotation) for rotation in performer.rotations])
    return np.asarray(turns - np.median(turns[performer.resting], axis=0))


def _offsets(performer: Performer, mean: Points) -> Points:
    neutral = performer.neutral
    own, goal = proportions_of(neutral), proportions_of(mean)
    seen = performer.shapes[:, :MESH] - neutral[:MESH]
    return np.array([fit_parts(each, own, goal) for each in seen])


def _facing(faces: Points) -> Points:
    """How much each landmark's skin faces the camera: (T, 468), 0 to 1."""
    begin, span = FACING
    return np.array([np.clip((-face_normals(face)[:, 2] - begin) / span, 0, 1) for face in faces])


def _smoothness(neutral: Points) -> Points:
    """Less where the resting face itself is rough: (468,), 0 to 1."""
    a, b = face_edges().T
    steps = np.square(neutral[a] - neutral[b])
    count = np.bincount(np.concatenate([a, b]), minlength=MESH)
    total = np.bincount(a, steps, MESH) + np.bincount(b, steps, MESH)
    return np.asarray(1 / (1 + total / np.maximum(count, 1) / ROUGH**2))


def face_edges() -> NDArray[np.intp]:
    """Every edge of the face's mesh once: (E, 2)."""
    triangles = face_triangles()
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    return np.unique(np.sort(pairs, axis=1), axis=0).astype(np.intp)


def _without_room(change: Points, weights: Points, mean: Points) -> Points:
    """Without what a turned head or a passing cloud does to the whole face, robustly: (T, 468)."""
    plane = np.column_stack([np.ones(MESH), mean[:MESH, :2]])
    left = change.copy()
    for index, (each, weight) in enumerate(zip(change, weights, strict=True)):
        trusted = weight
        for _ in range(4):
            normal = (plane * trusted[:, None]).T @ plane + 1e-6 * np.eye(3)
            light = np.linalg.solve(normal, (plane * trusted[:, None]).T @ each)
            left[index] = each - plane @ light
            trusted = weight / (1 + np.square(left[index] / OUTLIER))
    return np.clip(left, *CHANGE)
