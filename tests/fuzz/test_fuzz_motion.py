"""Whatever the tracker says: the portrait moves by numbers, and no further than it may."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
from hypothesis import example

from kiosk.config import TrackingSettings
from kiosk.errors import PackError
from kiosk.experience import Experience
from kiosk.experience_settings import ExperienceSettings
from kiosk.messages import Floats, Motion
from kiosk.motion.director import Director
from kiosk.motion.face_model import load_face_model
from kiosk.motion.performer import Performer
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import MotionTarget
from kiosk.portraits.checks import check_landmarks
from kiosk.portraits.recording import LIMITS, from_bytes, to_bytes
from kiosk.rig.landmarks import no_motion, pose_landmarks
from kiosk.tracking.landmarker import name_faces
from kiosk.tracking.numbering import Numbering
from kiosk.tracking.presence import Presence
from tests.crowd import FRAME, own_face
from tests.fuzz.cases import Chance, fuzz
from tests.performing import recording

MEAN = load_face_model().mean
KNOWN = recording(0.2)
SITTER = MotionTarget("sitter", (0.3 * MEAN).astype(np.float32))
FARTHEST = 1.5  # canvas units: a portrait's landmark stays on its canvas, or near it
PAIRS = ((33, 263), (33, 133), (362, 263), (61, 291), (2, 152), (13, 14), (10, 152), (234, 454))
ODD = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-30, 1e30, -1e30, 1e6, 3e38)


@lru_cache(maxsize=8)
def visitor(seed: int) -> Floats:
    """A face in the middle of the frame, in fractions of it, as MediaPipe tells it."""
    points = own_face(seed) * 150 + np.float32([320, 240, 0])
    return (points / np.float32([640, 480, 640])).astype(np.float32)


def spoil(kind: str, number: float, place: int) -> Callable[[Floats], Floats]:
    """One way in which a face may be wrong."""

    def changed(face: Floats) -> Floats:
        face = face.copy()
        with np.errstate(all="ignore"):
            if kind == "point":
                face[place % 478, place % 3] = number
            elif kind == "axis":
                face[:, place % 3] = number
            elif kind == "all":
                face[:] = number
            elif kind == "scaled":
                face *= np.float32(number)
            elif kind == "moved":
                face += np.float32(number)
            elif kind == "joined":
                one, other = PAIRS[place % len(PAIRS)]
                face[one] = face[other]
            elif kind == "mixed":
                face = face[np.random.default_rng(place).permutation(478)]
            elif kind == "mirrored":
                face[:, place % 3] *= -1
        return face

    return changed


KINDS = (
    "whole", "whole", "point", "axis", "all", "scaled", "moved", "joined", "mixed", "mirrored",
)  # fmt: skip
STEPS = (1 / 30, 1 / 30, 0.0, -1.0, -86400.0, 86400.0, 1e-9, 5.0)
Moment = tuple[float, list[Floats], int]  # seconds since the one before, who is seen, how often


def _face(chance: Chance) -> Floats:
    number = chance.choice(ODD) if chance.one_in(2) else chance.uniform(-3, 3)
    face = visitor(chance.randrange(4))
    for _ in range(1 + chance.randrange(chance.size) // 3):
        face = spoil(chance.choice(KINDS), number, chance.randrange(478))(face)
    return face


def _faces(chance: Chance, most: int = 3) -> list[Floats]:
    return [_face(chance) for _ in range(chance.randint(0, most))]


def _moments(chance: Chance) -> list[Moment]:
    return [
        (chance.choice(STEPS), _faces(chance), chance.choice((1, 1, 2, 3, 12)))
        for _ in range(chance.randint(1, chance.size))
    ]


class Stage:
    """Tracking and motion of a gallery, from meshes to the portrait's landmarks."""

    def __init__(self, sitter: MotionTarget, *, living_only: bool) -> None:
        tracking = TrackingSettings(living_only=living_only, arrive_s=0.1, min_face_px=20)
        self._sitter = sitter
        self._presence = Presence(tracking, now=0.0)
        self._experience = Experience(ExperienceSettings(greet_s=0.2, farewell_s=0.2), 0.0)
        self._director = Director(sitter, MotionSettings())
        self._numbering = Numbering()
        self._shown: Motion | None = None

    def see(self, meshes: list[Floats], now: float) -> Floats:
        seen = name_faces(meshes, FRAME, now, self._numbering)
        visitor = self._presence(seen, self._shown)
        moved = self._director(visitor, now, self._experience(visitor, now))
        self._shown = moved.motion
        assert np.isfinite(moved.view).all()
        return pose_landmarks(self._sitter.landmarks, moved.motion)


@fuzz(0.04, moments=lambda chance: [_faces(chance) for _ in range(chance.size)])
def test_a_face_is_followed_or_left_out(moments: list[list[Floats]]) -> None:
    numbering = Numbering()
    for n, meshes in enumerate(moments):
        seen = name_faces(meshes, FRAME, n / 30, numbering)
        assert all(np.isfinite(face.landmarks).all() for face in seen.faces)
        assert len({face.track_id for face in seen.faces}) == len(seen.faces) <= len(meshes)


@fuzz(0.006, moments=_moments, living_only=Chance.coin)
@example(
    moments=[(1 / 30, [spoil("mixed", 0.0, 155)(visitor(0))], 6), (1 / 30, [], 12)],
    living_only=False,
)
def test_whatever_is_seen_the_portrait_moves_within_bounds(
    moments: list[Moment], living_only: bool
) -> None:
    stage, now = Stage(SITTER, living_only=living_only), 1000.0
    for step, meshes, times in moments:
        for _ in range(times):
            now += step
            moved = stage.see(meshes, now)
            assert np.isfinite(moved).all()
            assert np.abs(moved - SITTER.landmarks).max() < FARTHEST


@fuzz(
    0.0002,
    meshes=lambda chance: [_face(chance) for _ in range(chance.randint(60, 100))],
    step=lambda chance: chance.choice(STEPS),
)
def test_a_hundred_faces_are_no_fault(meshes: list[Floats], step: float) -> None:
    stage = Stage(SITTER, living_only=True)
    for n in range(3):
        assert np.isfinite(stage.see(meshes, 1000.0 + n * step)).all()


@fuzz(0.01, face=_face)
def test_a_pack_whose_landmarks_are_taken_can_be_moved(face: Floats) -> None:
    with np.errstate(over="ignore"):
        points = ((face - 0.5) * np.float32(2)).astype(np.float32)
    try:
        check_landmarks(points, name="fuzz")
    except PackError:
        return
    stage = Stage(MotionTarget("fuzz", points), living_only=False)
    for n in range(8):
        assert np.isfinite(stage.see([visitor(n % 2)], 1000.0 + n / 30)).all()


@fuzz(
    0.01,
    seed=lambda chance: chance.randrange(1 << 16),
    share=lambda chance: chance.choice((0.0, 1.0, chance.random())),
    flat=lambda chance: chance.choice((*LIMITS, "none")),
    voice_only=Chance.coin,
)
@example(seed=5178, share=1.0, flat="gaps", voice_only=False)
def test_a_recording_that_is_taken_can_be_performed(
    seed: int, share: float, flat: str, voice_only: bool
) -> None:
    drawn, known = np.random.default_rng(seed), KNOWN
    tracks = {
        name: share * most * drawn.uniform(low, 1, getattr(known, name).shape)
        for name, most in LIMITS.items()
        for low in [0.05 if name in ("scale", "proportions") else -1]
    }
    tracks |= {flat: np.zeros_like(tracks[flat])} if flat in tracks else {}
    try:
        taken = from_bytes(to_bytes(replace(known, voice_only=voice_only, **tracks)))
    except ValueError:
        return
    performer = Performer(SITTER, MotionSettings())
    for n in range(6):
        moved = pose_landmarks(SITTER.landmarks, performer.play(taken, n / 20, no_motion()))
        assert np.isfinite(moved).all()
        assert np.abs(moved - SITTER.landmarks).max() < FARTHEST
