"""The visitor's resting face, learnt while they stand there.

In goes each frame's pose-free shape, out comes the best guess of how this face looks at rest. No
key is pressed and no frame is special: a visitor may come smiling, speaking or with shut eyes. Each
measure has its own estimator over the last twenty seconds, begun from what faces in general are
like: lips from their closest, eyes from their open ones, width, brows and corners from every frame
less what the face model says is expression. All from a trial's README, its constants too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.face import MESH
from kiosk.motion.face_model import REST, FaceModel, load_face_model
from kiosk.motion.geometry import Measures
from kiosk.motion.parts import Proportions, proportions_of

Points = NDArray[np.float64]

GAP, WIDTH, CORNER = 0, 1, 6
APERTURES, BROWS = (2, 3), (4, 5)
MEMORY = 600  # frames: twenty seconds
# frames after which what is seen weighs as much as what is known, for each resting measure
PATIENCE = np.array([15.0, 10.0, 9.0, 9.0, 3.0, 3.0, 15.0])
BROW_PATIENCE = 120.0  # frames after which a brow's habit counts as much as the face model
EXPRESSIVE = 0.05  # io; a frame this far from rest counts half
# the head's zero: yaw, pitch, roll that a visitor's habit may move it by, and how fast
ZERO_LIMIT_DEG = np.array([6.0, 10.0, 4.0])
ZERO_SPEED_DEG = 0.06  # per second; faster would take a turn for a habit
GAZE_LIMIT = np.array([0.06, 0.04])


@dataclass(frozen=True, slots=True, eq=False)
class Neutral:
    """One face at rest; pose-free, io."""

    shape: Points  # (478, 3)
    rest: Points  # (7,) its resting measures, see `Measures.rest`
    gaze: Points  # (2,) where its irises rest, eye widths
    turn_deg: Points  # (3,) the head's zero: yaw, pitch, roll
    proportions: Proportions


class NeutralLearner:
    """Learns one visitor's neutral; begin a new one for each visitor."""

    def __init__(self, model: FaceModel | None = None) -> None:
        self._model = load_face_model() if model is None else model
        self._rests = np.zeros((MEMORY, REST))
        self._distances = np.zeros((MEMORY, REST))
        self._angles = np.zeros((MEMORY, 3))
        self._gazes = np.zeros((MEMORY, 2))
        self._count = 0
        self._at = 0.0
        self._weight = 0.0
        self._shape = np.zeros((MESH, 3))
        self._shape_rest = np.zeros(REST)
        self._zero_deg = np.zeros(3)
        self._rest = self._model.rest_mean.copy()
        self._neutral: Neutral | None = None

    def observe(self, shape: Points, measures: Measures, turn_deg: Points, *, at: float) -> Neutral:
        """Take in one frame and return the neutral as it is known now.

        Args:
            shape: (478, 3) pose-free.
            measures: of that shape.
            turn_deg: (3,) yaw, pitch, roll of the head.
            at: second of the frame.
        """
        distance = self._model.distance_from_rest(shape)
        row = self._count % MEMORY
        self._rests[row], self._distances[row] = measures.rest, distance
        self._angles[row] = turn_deg
        self._gazes[row] = measures.gaze.mean(axis=0)
        elapsed = min(at - self._at, 0.2) if self._count else 0.0
        self._count, self._at = self._count + 1, at
        self._gather_shape(shape, measures.rest, distance)
        self._move_zero(elapsed)
        # the estimates move ever more slowly: not every frame need be pondered
        pause = 1 if self._count < 30 else 3 if self._count < 300 else 6
        if self._neutral is None or self._count % pause == 0:
            self._rest = self._estimate_rest()
            self._neutral = self._compose(shape)
        return self._neutral

    def _gather_shape(self, shape: Points, rest: Points, distance: Points) -> None:
        """A running mean of shapes that are near rest."""
        calm = 1.0 / (1.0 + (distance[WIDTH] / EXPRESSIVE) ** 2)
        calm /= 1.0 + (max(rest[GAP] - 0.05, 0.0) / 0.1) ** 2
        calm /= 1.0 + (distance[BROWS[0]] / 0.04) ** 2
        awake = rest[2:4].mean() > 0.6 * self._rest[2:4].mean()
        weight = calm * (1.0 if awake else 0.15) + 1e-3
        self._weight += weight
        share = weight * max(1.0 / self._weight, 1.0 / MEMORY)
        self._shape += share * (shape[:MESH] - self._shape)
        self._shape_rest += share * (rest - self._shape_rest)

    def _move_zero(self, elapsed: float) -> None:
        """Let the head's zero drift toward how this visitor usually holds it."""
        prior = np.array([0.0, self._model.rest_pitch_deg, 0.0])
        if self._count == 1:
            first = np.clip(self._angles[0] - prior, [-4, -8, -3], [4, 8, 3])
            self._zero_deg = prior + first * np.array([0.5, 0.7, 0.5])
            return
        seen = self._angles[: min(self._count, MEMORY)]
        habit = np.median(seen, axis=0) - prior
        trust = float(np.clip(self._count / 300 - 1.0, 0.0, 1.0))  # ten seconds make no habit
        goal = prior + np.clip(habit, -ZERO_LIMIT_DEG, ZERO_LIMIT_DEG) * trust
        step = ZERO_SPEED_DEG * elapsed
        self._zero_deg += np.clip(goal - self._zero_deg, -step, step)

    def _estimate_rest(self) -> Points:
        count = min(self._count, MEMORY)
        rests, distances = self._rests[:count], self._distances[:count]
        seen, weight = self._model.rest_mean.copy(), np.zeros(REST)
        seen[GAP], weight[GAP] = self._closest_lips(rests[:, GAP])
        for eye in APERTURES:
            seen[eye], weight[eye] = self._open_eye(rests[:, eye], self._model.rest_mean[eye])
        usual = np.zeros(REST)
        usual[list(BROWS)] = np.median(distances[:, list(BROWS)], axis=0)
        calm = 1.0 / (1.0 + ((distances - usual) / EXPRESSIVE) ** 2)
        closed = 1.0 / (1.0 + (np.maximum(rests[:, GAP] - 0.05, 0.0) / 0.1) ** 2)
        for part in (WIDTH, *BROWS, CORNER):
            trust = calm[:, part] * (closed if part in (WIDTH, CORNER) else 1.0)
            seen[part] = _weighted_median(rests[:, part] - distances[:, part], trust)
            weight[part] = trust.sum()
        for brow in BROWS:
            # who holds their brows high looks to the model as if raising them, for a while
            own = _weighted_median(rests[:, brow], calm[:, brow])
            seen[brow] += count / (count + BROW_PATIENCE) * (own - seen[brow])
        known = self._model.rest_mean
        return np.asarray(known + weight / (weight + PATIENCE) * (seen - known))

    def _closest_lips(self, gaps: Points) -> tuple[float, float]:
        """The gap of closed lips, and its weight: little if it cannot be a closed mouth's."""
        usual, spread = self._model.rest_mean[GAP], self._model.rest_spread[GAP]
        closest = float(np.quantile(gaps, 0.05))
        excess = max(0.0, closest - usual) / spread
        # who talks on and on never shuts their lips, yet has lips that shut
        return min(closest, usual + 1.5 * spread), len(gaps) / (1.0 + (excess / 1.6) ** 4)

    def _open_eye(self, apertures: Points, usual: float) -> tuple[float, float]:
        """The aperture of an open eye, blinks left out, and its weight."""
        opened = max(float(np.quantile(apertures, 0.8)), 0.6 * usual)
        awake = apertures[apertures > 0.7 * opened]
        return (float(np.median(awake)), float(len(awake))) if len(awake) else (usual, 0.0)

    def _compose(self, shape: Points) -> Neutral:
        """The mean shape, bent until its measures are the estimated ones."""
        rest = self._rest
        bend = self._model.bend(rest - self._shape_rest)
        whole = np.vstack([self._shape + bend, shape[MESH:]])
        seen = np.median(self._gazes[: min(self._count, MEMORY)], axis=0)
        trust = self._count / (self._count + 60)
        usual = np.array([0.0, self._model.rest_gaze_y])
        gaze = usual + trust * np.clip(seen - usual, -GAZE_LIMIT, GAZE_LIMIT)
        lower = proportions_of(whole).lower
        proportions = Proportions(
            width=float(rest[WIDTH]), lower=lower, brow=float(rest[list(BROWS)].mean())
        )
        return Neutral(whole, rest, gaze, self._zero_deg.copy(), proportions)


def _weighted_median(values: Points, weights: Points) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    middle = int(np.searchsorted(total, 0.5 * total[-1]))
    return float(values[order[min(middle, len(values) - 1)]])
