"""Whatever the tracker says: the portrait moves by numbers, and no further than it may."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

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
from tests.fuzz.cases import fuzz
from tests.performing import recording

MEAN = load_face_model().mean
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
FACE = st.builds(
    lambda seed, kind, number, place: spoil(kind, number, place)(visitor(seed)),
    st.integers(0, 3),
    st.sampled_from(KINDS),
    st.sampled_from(ODD) | st.floats(-3, 3, width=32),
    st.integers(0, 477),
)
STEP = st.sampled_from((1 / 30, 1 / 30, 0.0, -1.0, -86400.0, 86400.0, 1e-9, 5.0))
MOMENT = st.tuples(STEP, st.lists(FACE, max_size=3), st.integers(1, 12))


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


@fuzz(0.03)
@given(moments=st.lists(MOMENT, min_size=1, max_size=8), living_only=st.booleans())
@example(
    moments=[(1 / 30, [spoil("mixed", 0.0, 155)(visitor(0))], 6), (1 / 30, [], 12)],
    living_only=False,
)
def test_whatever_is_seen_the_portrait_moves_within_bounds(
    moments: list[tuple[float, list[Floats], int]], living_only: bool
) -> None:
    stage, now = Stage(SITTER, living_only=living_only), 1000.0
    for step, meshes, times in moments:
        for _ in range(times):
            now += step
            moved = stage.see(meshes, now)
            assert np.isfinite(moved).all()
            assert np.abs(moved - SITTER.landmarks).max() < FARTHEST


@fuzz(0.002)
@given(meshes=st.lists(FACE, min_size=60, max_size=100), step=STEP)
def test_a_hundred_faces_are_no_fault(meshes: list[Floats], step: float) -> None:
    stage = Stage(SITTER, living_only=True)
    for n in range(3):
        assert np.isfinite(stage.see(meshes, 1000.0 + n * step)).all()


@fuzz(0.03)
@given(face=FACE)
def test_a_pack_whose_landmarks_are_taken_can_be_moved(face: Floats) -> None:
    with np.errstate(over="ignore"):
        points = ((face - 0.5) * np.float32(2)).astype(np.float32)
    try:
        check_landmarks(points, name="fuzz")
    except PackError:
        return
    stage = Stage(MotionTarget("fuzz", points), living_only=False)
    for n in range(20):
        assert np.isfinite(stage.see([visitor(n % 2)], 1000.0 + n / 30)).all()


@fuzz(0.03)
@given(
    seed=st.integers(0, 1 << 16),
    share=st.floats(0, 1),
    flat=st.sampled_from((*LIMITS, "none")),
    voice_only=st.booleans(),
)
@example(seed=5178, share=1.0, flat="gaps", voice_only=False)
def test_a_recording_that_is_taken_can_be_performed(
    seed: int, share: float, flat: str, voice_only: bool
) -> None:
    chance, known = np.random.default_rng(seed), recording(0.2)
    tracks = {
        name: share * most * chance.uniform(low, 1, getattr(known, name).shape)
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
