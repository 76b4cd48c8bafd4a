"""From one visitor's landmarks to their gestures: steady, and relative to their own neutral.

In go landmarks in pixels, out comes a `Gesture`. Pose, lips, brows, irises, eyelids and the rest of
the face are smoothed apart, for they move at different speeds: one filter for all would drag the
lips and the gaze.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kiosk.face import EYES, LANDMARKS, LIPS, MESH
from kiosk.messages import Floats
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import (
    HeadPose,
    angles_deg,
    fit_pose,
    free_of_pose,
    measure,
)
from kiosk.motion.neutral import NeutralLearner
from kiosk.motion.retarget import Gesture, gesture_of
from kiosk.motion.settings import MotionSettings
from kiosk.rig.landmarks import pivot_of
from kiosk.tracking.smoothing import OneEuro

Points = NDArray[np.float64]

# betas by trial: Hz per degree/s, per percent of io/s, per aperture ratio/s, per io/s
TURN_BETA, SHIFT_BETA, APERTURE_BETA = 0.9, 0.45, 9.0
PART_BETA = {"lips": 90.0, "brows": 90.0, "irises": 200.0, "rest": 60.0}
MIN_CUTOFF, APERTURE_MIN_CUTOFF = 1.0, 1.5
HOME_S = 8.0  # in which the place where a visitor stands becomes the middle


class Follower:
    """Follows one visitor; begin a new one for the next.

    Args:
        settings: the table ``[motion]``.
    """

    def __init__(self, settings: MotionSettings) -> None:
        calm = 1.0 / settings.steadiness
        self._mean = load_face_model().mean
        self._neck = pivot_of(self._mean)
        self._learner = NeutralLearner()
        self._turn = OneEuro(MIN_CUTOFF * calm, TURN_BETA * calm)
        self._place = OneEuro(MIN_CUTOFF * calm, SHIFT_BETA * calm)
        self._aperture = OneEuro(APERTURE_MIN_CUTOFF * calm, APERTURE_BETA * calm)
        self._parts = [
            (np.array(points), OneEuro(MIN_CUTOFF * calm, PART_BETA[name] * calm))
            for name, points in _parts().items()
        ]
        self._home: Points | None = None
        self._at = 0.0

    def watch(self, landmarks: Floats, at: float) -> Gesture:
        """The gesture of one frame.

        Args:
            landmarks: (478, 3) pixels.
            at: second of the frame.
        """
        pose = fit_pose(landmarks, self._mean)
        shape = free_of_pose(landmarks, pose)
        measures = measure(shape)
        turn_deg = angles_deg(pose.rotation)
        neutral = self._learner.observe(shape, measures, turn_deg, at=at)
        ratio = measures.aperture / np.maximum(neutral.rest[2:4], 0.03)
        smooth = self._smooth(shape, at)
        turned = self._turn.filter(turn_deg, at) - neutral.turn_deg
        gesture = gesture_of(smooth, measure(smooth), neutral, turn_deg=turned)
        shift, scale = self._move(pose, at)
        openness = self._aperture.filter(ratio, at)
        return replace(gesture, openness=openness, shift=shift, scale=scale)

    def _smooth(self, shape: Points, at: float) -> Points:
        smooth = shape.copy()
        for points, one_euro in self._parts:
            smooth[points] = one_euro.filter(shape[points], at)
        return smooth

    def _move(self, pose: HeadPose, at: float) -> tuple[Points, float]:
        """Shift of the neck in io, (2,), and growth, from where the visitor has been standing."""
        neck = pose.centre + pose.scale * pose.rotation @ self._neck
        place = np.array([neck[0], neck[1], np.log(pose.scale)])
        if self._home is None:
            self._home = place.copy()
        self._home += (place - self._home) * min(1.0, max(0.0, at - self._at) / HOME_S)
        self._at = at
        moved = place - self._home
        moved[:2] /= np.exp(self._home[2])
        percent = self._place.filter(100.0 * moved, at)
        return percent[:2] / 100.0, float(np.exp(percent[2] / 100.0))


def _parts() -> dict[str, list[int]]:
    brows = [*EYES[0].brow, *EYES[1].brow]
    irises = list(range(MESH, LANDMARKS))
    rest = sorted(set(range(MESH)) - set(LIPS) - set(brows))
    return {"lips": list(LIPS), "brows": brows, "irises": irises, "rest": rest}
