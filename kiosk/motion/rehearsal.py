"""Random motions for a sitter to practise: what fine-tuning learns from.

Expressions come from the expression bank and pass through the gallery's own `Retarget`. Pose, gaze
and blinks are mostly drawn apart from the expression, so that the generator learns them apart.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kiosk.face import LOWER_LIP, MESH, UPPER_LIP
from kiosk.messages import Motion
from kiosk.motion.bank import Bank
from kiosk.motion.face_model import load_face_model
from kiosk.motion.idle import Idle
from kiosk.motion.lips import lip_shape
from kiosk.motion.parts import proportions_of
from kiosk.motion.retarget import WIDEST, Gesture, Retarget
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import Limits, MotionTarget, Neck

Points = NDArray[np.float64]

PAST_LIMITS = 1.08  # the gallery's motion never comes so far, its landmarks' noise may
OPEN_MOUTHS = 0.4  # of expressions: a mouth has more to learn than the rest of a face
GAZE = np.array([0.26, 0.14])  # eye widths


class Rehearsal:
    """Draws motions for one sitter.

    Args:
        bank: where expressions come from.
        target: the sitter.
    """

    def __init__(self, bank: Bank, target: MotionTarget) -> None:
        self._bank, self._target = bank, target
        settings = MotionSettings()
        self._retarget = Retarget(target, settings)
        self._idle = Idle(target, settings, seed=0)
        self._neck = Neck(target.landmarks, target.limits)
        self._mean = load_face_model().mean
        self._proportions = proportions_of(self._mean)
        self._open = _open_mouths(bank)

    def draw(self, rng: np.random.Generator) -> Motion:
        """One motion; the same generator state gives the same motion."""
        chance = rng.random()
        if chance < 0.06:
            return self._idle(float(rng.uniform(0.0, 3600.0)))
        calm = chance < 0.18  # only a turn, only a blink
        offsets = np.zeros((MESH, 3)) if calm else self._expression(rng)
        seen = int(rng.integers(len(self._bank)))
        motion = self.perform(offsets, seen)
        if calm or rng.random() < 0.55:
            motion = replace(motion, rotation=self._turn(rng, calm and rng.random() < 0.4))
        if calm or rng.random() < 0.35:
            motion = replace(motion, gaze=self._look(rng))
        if calm or rng.random() < 0.4:
            motion = replace(motion, closure=self._lids(rng))
        return self._place(motion, rng)

    def _expression(self, rng: np.random.Generator) -> Points:
        """Two people's expressions mixed, weaker or stronger than seen; sometimes part by part."""
        first, second = rng.integers(len(self._bank), size=2)
        if rng.random() < OPEN_MOUTHS:
            first = rng.choice(self._open)
        one = self._bank.expression(int(first)).astype(np.float64)
        other = self._bank.expression(int(second)).astype(np.float64)
        if rng.random() < 0.3:  # one's mouth below the other's brows
            part = np.clip((self._mean[:MESH, 1:2] + 0.05) / 0.2, 0.0, 1.0)
        else:
            part = np.full((MESH, 1), rng.choice([1.0, rng.random()]))
        return np.asarray((one * part + other * (1.0 - part)) * rng.uniform(0.0, 1.35))

    def draw_open_mouth(self, rng: np.random.Generator) -> Motion:
        """The expression of an open mouth, as it was recorded."""
        row = int(rng.choice(self._open))
        return self.perform(self._bank.expression(row).astype(np.float64), row)

    def perform(self, offsets: Points, seen: int) -> Motion:
        """An expression (468, 3) as the bank gives it, with the eyes of recorded face `seen`."""
        closure, gaze = self._bank.eyes(seen)
        shape = self._mean[:MESH] + offsets
        self._retarget.reset()
        return self._retarget(
            Gesture(
                offsets=offsets,
                lips=lip_shape(shape, self._mean[:MESH]),
                openness=1.0 - closure,
                gaze=gaze,
                turn_deg=self._bank.turn(seen),
                shift=np.zeros(2),
                scale=1.0,
                proportions=self._proportions,
            )
        )

    def _turn(self, rng: np.random.Generator, still: bool) -> NDArray[np.float32]:
        """A turn within the limits and slightly past them; two of three angles are often small."""
        bounds = _bounds(self._target.limits)
        angles = rng.uniform(bounds[:, 0], bounds[:, 1]) * PAST_LIMITS
        small = rng.random(3) < 0.25
        angles = np.where(small, 0.25 * angles, angles) * (0.05 if still else 1.0)
        return self._neck.turn(angles)

    def _look(self, rng: np.random.Generator) -> NDArray[np.float32]:
        gaze = rng.uniform(-GAZE, GAZE)
        return np.tile(gaze, (2, 1)).astype(np.float32)

    def _lids(self, rng: np.random.Generator) -> NDArray[np.float32]:
        """Shut, on their way, wide open, or a wink."""
        kind = rng.random()
        if kind < 0.35:
            pair = np.ones(2)
        elif kind < 0.7:
            pair = np.full(2, rng.random())
        elif kind < 0.82:
            pair = np.full(2, rng.uniform(WIDEST, 0.0))
        else:
            pair = rng.permutation([rng.uniform(0.5, 1.0), rng.uniform(0.0, 0.3)])
        return pair.astype(np.float32)

    def _place(self, motion: Motion, rng: np.random.Generator) -> Motion:
        """A small shift and growth of the head."""
        shift = rng.normal(0.0, 0.02, 2).clip(-0.08, 0.08)
        scale = float(np.exp(rng.normal(0.0, 0.03)))
        return replace(motion, translation=shift.astype(np.float32), scale=scale)


def _open_mouths(bank: Bank) -> NDArray[np.intp]:
    """The third of all faces whose lips are farthest apart."""
    lips = bank.basis[:, LOWER_LIP, 1] - bank.basis[:, UPPER_LIP, 1]
    gaps = np.tile(bank.codes @ lips, 2)  # a mirror changes no gap
    return np.asarray(np.argsort(gaps)[-len(gaps) // 3 :])


def sample_motion(bank: Bank, target: MotionTarget, rng: np.random.Generator) -> Motion:
    """One random motion; keep a `Rehearsal` where many are drawn."""
    return Rehearsal(bank, target).draw(rng)


def _bounds(limits: Limits) -> Points:
    """(3, 2) degrees: yaw, pitch, roll; the least and the most."""
    return np.array([limits.yaw_deg, limits.pitch_deg, limits.roll_deg])
