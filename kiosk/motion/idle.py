"""What a portrait does when nobody stands before it: it breathes, blinks, looks about.

In goes the time, out comes a motion. The same seed and second give the same motion; nothing is
remembered, so a portrait that was busy takes up its idling where it would have been.
"""

import numpy as np
from numpy.typing import NDArray

from kiosk.face import MESH
from kiosk.messages import Motion
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import MotionTarget, Neck, hold_still
from kiosk.rig.easing import smoothstep
from kiosk.rig.landmarks import face_height

Points = NDArray[np.float64]

BLINK_S = (0.2, 0.3)  # shortest and longest
FALL = 0.35  # part of a blink in which the lid falls; it rises more slowly
FIXATION_S = 1.7  # mean
SACCADE_S = 0.06
TURN_S = 6.0  # from one attitude of the head to the next
# channels of chance
_BLINK, _LENGTH, _LOOK_AT, _LOOK_X, _LOOK_Y, _YAW, _PITCH, _ROLL = range(8)
GLANCE_GAZE, GLANCE_TURN_DEG = np.array([0.18, 0.05]), np.array([6.0, 2.0])
LIDS_FOLLOW, LIDS_RISE = 2.5, 0.15  # closure for each eye width that a glance sinks; the most open


class Idle:
    """Idle motion of one sitter.

    Args:
        target: whose limits bound it.
        settings: the table ``[motion]``.
        seed: two portraits side by side should differ in it.
    """

    def __init__(self, target: MotionTarget, settings: MotionSettings, seed: int) -> None:
        self._settings, self._seed = settings, seed
        self._gains = target.gains
        self._neck = Neck(target.landmarks, target.limits)
        self._height = face_height(target.landmarks)

    def __call__(self, now: float, glance: Points | None = None) -> Motion:
        """The motion at one second.

        Args:
            now: seconds, any origin.
            glance: (2,) where somebody passes, -1 to 1 across and down the camera's view.
        """
        turn, gaze = self._attitude(now), self._gaze(now)
        if glance is not None:
            toward = np.clip(glance, -1.0, 1.0)
            gaze = GLANCE_GAZE * toward + 0.15 * gaze
            turn = np.append(GLANCE_TURN_DEG * toward, turn[2])
        motion = Motion(
            rotation=self._neck.turn_within(turn),
            translation=np.array([0.0, self.breath(now)], np.float32),
            scale=1.0,
            expression=np.zeros((MESH, 3), np.float32),
            closure=np.full(2, _lids(gaze, self.blink(now)), np.float32),
            gaze=np.tile(gaze, (2, 1)).astype(np.float32),
        )
        return hold_still(motion, self._gains)

    def breath(self, now: float) -> float:
        """Rise and fall of the head with the breath, canvas units."""
        phase = 2 * np.pi * (self._settings.breath_hz * now + self._chance(_YAW, -1))
        # breathing in is quicker than breathing out
        wave = np.sin(phase + 0.35 * np.sin(phase))
        return float(self._settings.breath * self._height * wave)

    def blink(self, now: float) -> float:
        """Closure of both lids, 0 to 1."""
        every = self._settings.blink_every_s
        slot = int(np.floor(now / every))
        # one blink in each slot, at most half a slot late: 2 to 6 s apart for slots of 4 s
        began = (slot + 0.5 * self._chance(_BLINK, slot)) * every
        length = BLINK_S[0] + (BLINK_S[1] - BLINK_S[0]) * self._chance(_LENGTH, slot)
        part = (now - began) / length
        if not 0.0 < part < 1.0:
            return 0.0
        if part < FALL:
            return float(smoothstep(part / FALL))
        return float(1.0 - smoothstep((part - FALL) / (1.0 - FALL)))

    def _gaze(self, now: float) -> Points:
        """Fixations, and quick saccades between them: (2,)."""
        slot = int(np.floor(now / FIXATION_S))
        began = (slot + 0.6 * self._chance(_LOOK_AT, slot)) * FIXATION_S
        if now < began:
            slot, began = slot - 1, -np.inf
        part = 1.0 if began == -np.inf else float(smoothstep((now - began) / SACCADE_S))
        return self._fixation(slot - 1) * (1 - part) + self._fixation(slot) * part

    def _fixation(self, slot: int) -> Points:
        x = 2 * self._chance(_LOOK_X, slot) - 1
        y = 2 * self._chance(_LOOK_Y, slot) - 1
        # most fixations are near the middle: on whoever looks at the picture
        return self._settings.idle_gaze * np.array([x * abs(x), 0.35 * y * abs(y)])

    def _attitude(self, now: float) -> Points:
        """Slow turns between random attitudes: yaw, pitch, roll, degrees."""
        slot = int(np.floor(now / TURN_S))
        part = float(smoothstep((now / TURN_S - slot) / 0.8))
        before, after = self._held(slot - 1), self._held(slot)
        return before * (1 - part) + after * part

    def _held(self, slot: int) -> Points:
        chances = np.array([self._chance(each, slot) for each in (_YAW, _PITCH, _ROLL)])
        widest = self._settings.idle_turn_deg * np.array([1.0, 0.4, 0.4])
        return np.asarray((2 * chances - 1) * widest)

    def _chance(self, channel: int, slot: int) -> float:
        """A number from 0 to 1 that depends on seed, channel and slot alone (splitmix64)."""
        mask = (1 << 64) - 1
        state = (self._seed * 0x9E3779B97F4A7C15 + channel * 0xD1B54A32D192ED03 + slot) & mask
        state = (state * 0xBF58476D1CE4E5B9 + 0x9E3779B97F4A7C15) & mask
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & mask
        return float((state ^ (state >> 31)) >> 11) / float(1 << 53)


def _lids(gaze: Points, blink: float) -> float:
    """Closure of both lids: they go with a glance up or down, and blink."""
    follow = max(-LIDS_RISE, LIDS_FOLLOW * float(gaze[1]))
    return follow + blink * (1.0 - follow)
