"""A face's gesture made the sitter's own: part by part, within the portrait's limits.

In goes a `Gesture` (what a face does, relative to its own neutral), out comes a sitter's `Motion`.
The gallery makes gestures of visitors, fine-tuning draws them from the expression bank; both pass
through here, so that the generator is fed in the gallery what it has learnt from.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.face import LEFT_MOUTH, MESH, RIGHT_MOUTH
from kiosk.messages import Motion
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import Measures, fit_pose, free_of_pose
from kiosk.motion.lips import Lips, LipShape, lip_shape
from kiosk.motion.neutral import Neutral
from kiosk.motion.parts import (
    Proportions,
    fit_parts,
    lower_ratio,
    part_weights,
    proportions_of,
)
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import MotionTarget, Neck, soft_limit
from kiosk.rig.landmarks import face_height

Points = NDArray[np.float64]

SMILE_SOFTNESS = 0.35  # how far beyond its own width a painted mouth can be drawn
SHUT_RATIO = 0.12  # an eye whose aperture has fallen to this part of its resting one is shut
# of a resting eye's aperture: where the more open eye is opened less than the first, both blink;
# more than the second, and one may wink
BLINKING, WINKING = 0.7, 0.85
SHUTTING = 2.0  # a painted lid half shut is seen to be shut by a fifth: it closes early
WIDENING, WIDEST = 1.0, -0.45
GAZE_LIMIT = np.array([0.26, 0.14])  # eye widths
GAZE_GAIN_LIMIT, BROW_GAIN_LIMIT, MOUTH_GAIN_LIMIT = 2.6, 1.8, 1.6
FARTHEST = 1.0  # io: no part of a face goes so far, whatever a tracker or a file says
APPROACH = 0.4  # of the change of a visitor's size, as an exponent


@dataclass(frozen=True, slots=True, eq=False)
class Gesture:
    """What a face does, relative to its own neutral; pose-free, io."""

    offsets: Points  # (468, 3)
    lips: LipShape
    openness: Points  # (2,) aperture of each eye, 1 at rest, 0 shut
    gaze: Points  # (2, 2) eye widths
    turn_deg: Points  # (3,) yaw, pitch, roll of the head
    shift: Points  # (2,) io
    scale: float
    proportions: Proportions  # of the face that makes it


class Retarget:
    """Gestures to one sitter's motion; remembers only whether lips touch and where eyes looked.

    Args:
        target: the sitter, with limits and gains.
        settings: the table ``[motion]``.
    """

    def __init__(self, target: MotionTarget, settings: MotionSettings) -> None:
        self._target, self._settings = target, settings
        self._pose = fit_pose(target.landmarks, load_face_model().mean)
        self._still = free_of_pose(target.landmarks.astype(np.float64), self._pose)
        self._proportions = proportions_of(self._still)
        self._lips = Lips(self._still, min(target.gains.mouth, MOUTH_GAIN_LIMIT))
        self._neck = Neck(target.landmarks, target.limits)
        self._height = face_height(target.landmarks)
        self.reset()

    def reset(self) -> None:
        """Another face begins."""
        self._lips.reset()
        self._gaze = np.zeros(2)

    def __call__(self, gesture: Gesture) -> Motion:
        """The sitter's motion for a gesture."""
        closure = self._close(gesture.openness)
        offsets = self._fit(gesture) @ self._pose.rotation.T * self._pose.scale
        return Motion(
            # trackers read turns too small; a little more also tells better from afar
            rotation=self._neck.turn_within(self._settings.turn * gesture.turn_deg),
            translation=self._shift(gesture.shift).astype(np.float32),
            scale=self._grow(gesture.scale),
            expression=offsets.astype(np.float32),
            closure=closure.astype(np.float32),
            gaze=np.tile(self._look(gesture.gaze, closure), (2, 1)).astype(np.float32),
        )

    def _fit(self, gesture: Gesture) -> Points:
        """Offsets in the sitter's proportions: (468, 3) io."""
        strength = self._target.gains.expression * self._settings.expression
        brows = min(self._target.gains.brows, BROW_GAIN_LIMIT)
        fitted = strength * fit_parts(
            gesture.offsets, gesture.proportions, self._proportions, brow_gain=brows
        )
        fitted *= part_weights().free[:, None]
        self._soften_smile(fitted)
        tall = lower_ratio(gesture.proportions, self._proportions)
        fitted = self._hold_skull(fitted)
        lips = gesture.lips
        self._lips.place(
            fitted, LipShape(lips.gaps * tall * strength, 1 + (lips.fullness - 1) * strength)
        )
        return fitted.clip(-FARTHEST, FARTHEST)

    def _soften_smile(self, offsets: Points) -> None:
        """A painted mouth widens ever more reluctantly, in place."""
        corners = self._still[[LEFT_MOUTH, RIGHT_MOUTH]]
        width = np.linalg.norm(corners[0] - corners[1])
        moved = corners + offsets[[LEFT_MOUTH, RIGHT_MOUTH]]
        excess = float(np.linalg.norm(moved[0] - moved[1]) / width) - 1.0
        if excess <= 0:
            return
        kept = SMILE_SOFTNESS * np.tanh(excess / SMILE_SOFTNESS) / excess
        lower = part_weights().lower[:, None]
        offsets *= 1 + lower * (np.array([kept, max(kept, 0.75), kept]) - 1)

    def _hold_skull(self, offsets: Points) -> Points:
        """Offsets without what of them would turn or shift the whole head: that is the pose's."""
        moved = self._still[:MESH] + offsets
        return free_of_pose(moved, fit_pose(moved, self._still)) - self._still[:MESH]

    def _close(self, openness: Points) -> Points:
        """Closure of each lid: (2,).

        The two differ only in a wink, which leaves the other eye open. A blink shuts both at once,
        though trackers see one lid sink before the other.
        """
        shut = (1.0 - openness) / (1.0 - SHUT_RATIO) * self._target.gains.closure
        shut = 1.0 - (1.0 - np.clip(shut, 0.0, 1.0)) ** SHUTTING
        closure = np.where(openness < 1.0, shut, WIDENING * (1.0 - openness))
        apart = np.clip((np.ptp(openness) - 0.08) / 0.17, 0.0, 1.0)
        apart *= np.clip((openness.max() - BLINKING) / (WINKING - BLINKING), 0.0, 1.0)
        blended = closure.mean() + apart * (closure - closure.mean())
        return np.asarray(np.clip(blended, WIDEST, 1.0))

    def _look(self, gaze: Points, closure: Points) -> Points:
        """Shift of both irises; shut eyes keep looking where they looked: (2,)."""
        if closure.mean() < 0.6:
            gain = min(self._target.gains.gaze, GAZE_GAIN_LIMIT) * np.array([1.0, 0.8])
            self._gaze = soft_limit(gaze.mean(axis=0) * gain, GAZE_LIMIT)
        return self._gaze

    def _shift(self, shift: Points) -> Points:
        """Translation of the head in canvas units: (2,)."""
        wanted = shift * self._settings.follow * self._pose.scale
        return soft_limit(wanted, self._settings.shift_limit * self._height)

    def _grow(self, scale: float) -> float:
        wanted = APPROACH * np.log(max(scale, 1e-3))
        return float(np.exp(soft_limit(wanted, np.log(self._settings.scale_limit))))


def gesture_of(shape: Points, measures: Measures, neutral: Neutral, *, turn_deg: Points) -> Gesture:
    """What a visitor's face does, head shift and scale left to the caller.

    Args:
        shape: (478, 3) pose-free, smoothed.
        measures: of that shape.
        neutral: the visitor's.
        turn_deg: (3,) the head's yaw, pitch, roll from its zero.
    """
    return Gesture(
        offsets=shape[:MESH] - neutral.shape[:MESH],
        lips=lip_shape(shape, neutral.shape),
        openness=measures.aperture / np.maximum(neutral.rest[2:4], 0.03),
        gaze=measures.gaze - neutral.gaze,
        turn_deg=turn_deg,
        shift=np.zeros(2),
        scale=1.0,
        proportions=neutral.proportions,
    )


def gesture_of_offsets(offsets: Points) -> Gesture:
    """What the mean face does with these offsets (468, 3), eyes and head at rest."""
    mean = load_face_model().mean
    return Gesture(
        offsets=offsets,
        lips=lip_shape(mean[:MESH] + offsets, mean[:MESH]),
        openness=np.ones(2),
        gaze=np.zeros((2, 2)),
        turn_deg=np.zeros(3),
        shift=np.zeros(2),
        scale=1.0,
        proportions=proportions_of(mean),
    )
