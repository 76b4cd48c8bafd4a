"""People and pictures before a camera, as landmarks: what tracking is tested on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kiosk.config import TrackingSettings
from kiosk.messages import Face, Faces, Floats, Motion
from kiosk.motion.bank import load_bank
from kiosk.motion.face_model import load_face_model
from kiosk.rig.landmarks import no_motion, pose_landmarks
from kiosk.tracking.numbering import Numbering
from kiosk.tracking.presence import Presence

JITTER = 0.002  # a tracker's, in distances of the eye corners; a picture on the wall shows it alone
BLINK_S = 0.25
FRAME = (640, 480)

Path = Callable[[float], tuple[float, float, float]]  # second to x, y, width in pixels


def stand(x: float = 320, y: float = 240, width: float = 120) -> Path:
    return lambda t: (x, y, width)


def own_face(seed: int) -> Floats:
    """A face of somebody's own: the mean one, wider or longer, with other features."""
    rng = np.random.default_rng(seed)
    mean = load_face_model().mean
    bank = load_bank()
    own = mean * np.array([1.0, *rng.uniform(0.93, 1.07, 2)])
    own[:468] += 0.5 * bank.expression(int(rng.integers(len(bank))))
    return own.astype(np.float32)


@dataclass
class Print:
    """A flat picture of a face, seen at an angle; `sway` is how far it is moved and tilted."""

    path: Path = field(default_factory=stand)
    seed: int = 1
    sway: float = 0.0
    tilt: bool = True
    comes: float = 0.0
    goes: float = np.inf

    def __post_init__(self) -> None:
        self.face = own_face(self.seed)
        self.rng = np.random.default_rng(self.seed)

    def motion(self, t: float) -> Motion | None:
        return no_motion()

    def landmarks(self, t: float) -> Floats:
        motion = self.motion(t)
        shape = self.face if motion is None else pose_landmarks(self.face, motion)
        shape = shape + self.rng.normal(0.0, JITTER, shape.shape)
        shape[:, :2] = self.carry(shape[:, :2], t)
        x, y, width = self.path(t)
        scale = width / np.ptp(self.face[:, 0])
        return (shape * scale + np.array([x, y, 0.0])).astype(np.float32)

    def carry(self, points: np.ndarray, t: float) -> np.ndarray:
        """A tilt of the picture, with its perspective, and a hand's tremor."""
        wave = np.array([np.sin(2.1 * t + k + self.seed) for k in range(4)])
        depth = 1.0 + self.sway * points @ (0.15 * wave[:2])
        return points / depth[:, None] + self.sway * 0.3 * wave[2:]


@dataclass
class Person(Print):
    """Blinks every few seconds, moves head and face; `calm` is 1 for one who only blinks."""

    calm: float = 0.3

    def __post_init__(self) -> None:
        super().__post_init__()
        self.rows = np.random.default_rng(self.seed + 99).integers(len(load_bank()), size=400)

    def motion(self, t: float) -> Motion:
        slot, part = divmod(t / 0.7, 1.0)
        bank, lively = load_bank(), 1.0 - self.calm
        first, second = (bank.expression(self.rows[int(slot) + k]) for k in (0, 1))
        since = (t + 0.37 * self.seed) % 3.5
        shut = np.sin(np.pi * since / BLINK_S) if since < BLINK_S else 0.0
        sway = np.array([np.sin((0.9 + 0.3 * k) * t + k + self.seed) for k in range(3)])
        return Motion(
            rotation=(0.12 * lively * sway).astype(np.float32),
            translation=np.zeros(2, np.float32),
            scale=1.0,
            expression=(lively * ((1 - part) * first + part * second)).astype(np.float32),
            closure=np.full(2, shut, np.float32),
            gaze=np.full((2, 2), 0.05 * lively * sway[0], np.float32),
        )

    def carry(self, points: np.ndarray, t: float) -> np.ndarray:
        return points


@dataclass
class Reflection(Print):
    """The portrait in a mirror, late by what a screen and a camera take."""

    late_s: float = 0.2

    def __post_init__(self) -> None:
        super().__post_init__()
        self.shown: list[tuple[float, Motion]] = []

    def motion(self, t: float) -> Motion:
        past = [motion for at, motion in self.shown if at <= t - self.late_s]
        return past[-1] if past else no_motion()

    def landmarks(self, t: float) -> Floats:
        seen = super().landmarks(t)
        x = self.path(t)[0]
        mirrored = seen * np.array([-1, 1, 1]) + np.array([2 * x, 0, 0])
        return mirrored[load_face_model().mirror].astype(np.float32)


@dataclass
class Seen:
    """Who led at each moment."""

    times: list[float] = field(default_factory=list)
    leaders: list[int | None] = field(default_factory=list)  # place in the cast

    def changes(self) -> list[tuple[float, int | None]]:
        """Every change of lead: when, and to whom."""
        before: int | None = None
        found = []
        for at, leader in zip(self.times, self.leaders, strict=True):
            if leader != before:
                found.append((round(at, 2), leader))
            before = leader
        return found

    def order(self) -> list[int | None]:
        return [leader for _, leader in self.changes()]


def watch(
    cast: Sequence[Print],
    seconds: float,
    *,
    fps: float = 30.0,
    shown: Callable[[float, bool], Motion] | None = None,
    settings: TrackingSettings | None = None,
) -> Seen:
    """Let a cast pass before the camera; nearer faces hide those behind them."""
    numbering = Numbering()
    presence = Presence(settings or TrackingSettings(), now=0.0)
    seen, motion = Seen(), None
    for step in range(int(seconds * fps)):
        t = step / fps
        there = people_in_view(cast, t)
        meshes = [cast[who].landmarks(t) for who in there]
        numbers = numbering(meshes, t)
        faces = tuple(Face(number, mesh, 1.0) for number, mesh in zip(numbers, meshes, strict=True))
        visitor = presence(Faces(faces, FRAME, t), motion)
        leader = next(
            (who for who, face in zip(there, faces, strict=True) if face is visitor.face), None
        )
        if leader is None and visitor.face is not None:
            leader = seen.leaders[-1]
        seen.times.append(t)
        seen.leaders.append(leader)
        if shown is not None:
            motion = shown(t, visitor.face is not None)
    return seen


def people_in_view(cast: Sequence[Print], t: float) -> list[int]:
    there: list[int] = []
    nearest_first = sorted(range(len(cast)), key=lambda who: -cast[who].path(t)[2])
    for who in nearest_first:
        x, y, width = cast[who].path(t)
        inside = 0.4 * width < x < FRAME[0] - 0.4 * width and cast[who].comes <= t < cast[who].goes
        hidden = any(
            np.hypot(x - cast[other].path(t)[0], y - cast[other].path(t)[1])
            < 0.6 * cast[other].path(t)[2]
            for other in there
        )
        if inside and not hidden:
            there.append(who)
    return there
