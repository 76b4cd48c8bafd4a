"""How fast a portrait moves while it changes hands: visitor, another visitor, nobody.

In go visitors' landmarks frame by frame, out comes for every kind of hand-over the fastest landmark
in heights of the face a second. The gallery's own presence, experience and director run; a twin,
whose hands change at once, tells where the portrait is led. So what the hand-over does is told
apart from what the visitor does meanwhile, whom the portrait follows at any speed. Nothing is
painted.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.camera.capture import read_pictures
from kiosk.config import TrackingSettings
from kiosk.errors import CameraError
from kiosk.experience import Experience, State
from kiosk.experience_settings import ExperienceSettings
from kiosk.face import EYES, LANDMARKS, MESH
from kiosk.messages import Face, Faces, Floats, Frame, Motion, Visitor
from kiosk.motion.director import Director, hand_over
from kiosk.motion.parts import part_weights
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import MotionTarget
from kiosk.rig.landmarks import face_height, pose_landmarks
from kiosk.tracking.landmarker import Landmarker
from kiosk.tracking.presence import Presence

Points = NDArray[np.float64]
Step = tuple[str, Points, Points]  # what is going on; (478,) speeds as shown, by the hand-over

BAR = 2.0  # face heights a second
RATE = 30.0
FRAME = (640, 480)
AT_ONCE_S = 1e-9
FOLLOWS, ALONE, HANGS = "follows", "alone", "hangs"

_LIDS = sorted(
    {*range(MESH, LANDMARKS)}
    | {n for eye in EYES for n in (*eye.upper, *eye.lower, *eye.upper_fold, *eye.lower_fold)}
)
_MOUTH = np.setdiff1d(np.flatnonzero(part_weights().lower > 0.5), _LIDS)
# a blink, a glance and speech are fast by themselves
PARTS = {
    "lids and irises": np.array(_LIDS),
    "mouth and jaw": _MOUTH,
    "the rest": np.setdiff1d(np.arange(MESH), [*_LIDS, *_MOUTH]),
}


@dataclass(frozen=True, slots=True, eq=False)
class Act:
    """A part of a play: who stands there, and what hangs from then on."""

    seconds: float
    who: Floats | None = None  # (T, 478, 3) pixels, T a second; played to and fro; None for nobody
    hangs: MotionTarget | None = None  # None: what hung before


@dataclass(slots=True)
class Speeds:
    """The fastest landmark of each part, face heights a second."""

    shown: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    eased: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    count: int = 0  # frames

    def add(self, shown: Points, eased: Points) -> None:
        """One frame: how fast each landmark went, and by the hand-over alone: (478,) each."""
        self.count += 1
        for part, numbers in PARTS.items():
            self.shown[part] = max(self.shown[part], float(shown[numbers].max()))
            self.eased[part] = max(self.eased[part], float(eased[numbers].max()))


def follow_clip(clip: Path) -> Floats:
    """The landmarks of a clip's face, RATE of them a second: (T, 478, 3) pixels.

    Raises:
        CameraError: it cannot be played, or shows no face for two frames.
    """
    with closing(Landmarker(TrackingSettings(max_faces=1))) as landmarker:
        looks = [landmarker(Frame(image, at)) for at, image in read_pictures(clip)]
    seen = [(look.captured_at, look.faces[0].landmarks) for look in looks if look.faces]
    if len(seen) < 2:
        raise CameraError(f"{clip}: no face is seen in it; give a clip of one that looks this way")
    times = np.array([at for at, _ in seen])
    due = np.arange(times[0], times[-1], 1 / RATE)
    return np.array([seen[n][1] for n in np.searchsorted(times, due)])


def compose_play(
    one: Floats, other: Floats, *, also: MotionTarget, first: MotionTarget
) -> list[Act]:
    """Two visitors come, change, go, return soon and late, and two portraits hang in turn."""
    return [
        Act(2.0),
        Act(6.0, one),
        Act(4.0, other),
        Act(2.0),
        Act(4.0, other, also),
        Act(1.5),
        Act(2.0, one),
        Act(2.0, one, first),
        Act(5.0),
        Act(3.0, other),
    ]


def measure_hand_overs(
    plays: Sequence[Sequence[Act]], portrait: MotionTarget, settings: MotionSettings
) -> dict[str, Speeds]:
    """Speeds in every kind of hand-over of some plays, and between them.

    Args:
        plays: each begins anew, with nobody there.
        portrait: what hangs to begin with.
        settings: the table ``[motion]``.
    """
    found: dict[str, Speeds] = {}
    for play in plays:
        for kind, shown, eased in _Stage(portrait, settings).perform(play):
            found.setdefault(kind, Speeds()).add(shown, eased)
    return found


class _Stage:
    """A portrait and its twin."""

    def __init__(self, portrait: MotionTarget, settings: MotionSettings) -> None:
        self._portrait, self._handover_s = portrait, settings.handover_s
        at_once = settings.model_copy(update={"handover_s": AT_ONCE_S})
        self._director, self._twin = Director(portrait, settings), Director(portrait, at_once)
        # whoever is in a play is to be followed from the first moment on
        self._presence = Presence(TrackingSettings(living_only=False), now=0.0)
        self._experience = Experience(ExperienceSettings(), now=0.0)
        self._state, self._leader = State.ATTRACT, 0
        self._kind, self._changed_at = ALONE, -np.inf
        self._before: Motion | None = None  # what was shown when the hand changed
        self._shown: Motion | None = None

    def perform(self, play: Sequence[Act]) -> Iterator[Step]:
        """All frames of a play but those in which nothing has been shown before."""
        frame = 0
        for number, act in enumerate(play):
            if act.hangs is not None:
                self._hang(act.hangs, frame / RATE)
            for step in range(round(act.seconds * RATE)):
                faces = () if act.who is None else (Face(number, _to_and_fro(act.who, step), 1.0),)
                seen = self._presence(Faces(faces, FRAME, frame / RATE), self._shown)
                yield from self._move(seen)
                frame += 1

    def _hang(self, portrait: MotionTarget, now: float) -> None:
        self._portrait, self._shown = portrait, None
        self._director.hang(portrait)
        self._twin.hang(portrait)
        self._kind, self._changed_at = f"{HANGS}, {self._state.value}", now

    def _move(self, visitor: Visitor) -> Iterator[Step]:
        now = visitor.captured_at
        scene = self._experience(visitor, now)
        self._name(scene.state, visitor)
        motion = self._director(visitor, now, scene).motion
        wanted = self._twin(visitor, now, scene).motion
        if now == self._changed_at:
            self._before = motion
        if self._shown is not None:
            over = now - self._changed_at > self._handover_s + 1.5 / RATE
            between = FOLLOWS if scene.state is State.MIRROR else ALONE
            shown = self._speed(self._shown, motion)
            yield between if over else self._kind, shown, self._eased(wanted, now)
        self._shown = motion

    def _name(self, state: State, visitor: Visitor) -> None:
        """Note whether hands change now."""
        leader = visitor.face.track_id if visitor.face and state is State.MIRROR else 0
        if (state, leader) != (self._state, self._leader):
            self._kind = f"{self._state.value} to {state.value}"
            self._changed_at = visitor.captured_at
        self._state, self._leader = state, leader

    def _eased(self, wanted: Motion, now: float) -> Points:
        """How fast the hand-over alone takes each landmark there: (478,)."""
        if self._before is None:
            return np.zeros(LANDMARKS)
        parts = [(at - self._changed_at) / self._handover_s for at in (now - 1 / RATE, now)]
        return self._speed(*(hand_over(self._before, wanted, max(part, 0.0)) for part in parts))

    def _speed(self, before: Motion, after: Motion) -> Points:
        still = self._portrait.landmarks
        way = pose_landmarks(still, after) - pose_landmarks(still, before)
        return np.asarray(np.linalg.norm(way[:, :2], axis=1) * RATE / face_height(still), float)


def _to_and_fro(who: Floats, step: int) -> Floats:
    last = len(who) - 1
    place = step % (2 * last)
    return who[place if place <= last else 2 * last - place]
