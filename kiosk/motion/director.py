"""Who moves the portrait, and how hands change: visitor, another visitor, nobody.

In goes each `Visitor`, out comes a `PortraitMotion`. While a visitor leads, their smoothed face is
retargeted; with nobody there the portrait idles. Every change of hand is eased from wherever the
portrait was. Choosing the leading face is left to tracking.
"""

import numpy as np
from numpy.typing import NDArray

from kiosk.messages import Face, Floats, Motion, PortraitMotion, Visitor
from kiosk.motion.follower import Follower
from kiosk.motion.idle import Idle
from kiosk.motion.retarget import Retarget
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import Gains, Limits, MotionTarget
from kiosk.rig.easing import smootherstep
from kiosk.rig.landmarks import no_motion

__all__ = ["Director", "Gains", "Limits", "MotionTarget", "hand_over"]

Points = NDArray[np.float64]

# of the time of a hand-over, what the face takes: eyes and mouth answer, the head follows
FACE_FIRST = 0.35


class Director:
    """Moves one portrait.

    Args:
        portrait: the sitter.
        settings: the table ``[motion]``.
        seed: of the idle motion.
    """

    def __init__(self, portrait: MotionTarget, settings: MotionSettings, seed: int = 0) -> None:
        self._portrait, self._settings, self._seed = portrait, settings, seed
        self._idle = Idle(portrait, settings, seed)
        self._retarget = Retarget(portrait, settings)
        self._follower: Follower | None = None
        self._hand: int | None = None  # the visitor's track_id
        self._begun = False
        self._changed_at = -np.inf
        self._before = no_motion()  # what was shown when the hand changed
        self._shown = no_motion()

    def hang(self, portrait: MotionTarget) -> None:
        """Move another portrait from now on: from rest, and led by whoever leads.

        The same portrait with other gains and limits goes on from where it is.
        """
        if portrait.portrait_id != self._portrait.portrait_id:
            self._shown = no_motion()
        self._portrait = portrait
        self._idle = Idle(portrait, self._settings, self._seed)
        self._retarget = Retarget(portrait, self._settings)
        self._begun = False

    def __call__(
        self, visitor: Visitor, now: float, glance: Points | None = None
    ) -> PortraitMotion:
        """The portrait's motion for one frame.

        Args:
            visitor: the leading face, or none.
            now: monotonic seconds, of the frame if it comes steadily.
            glance: (2,) where somebody passes, -1 to 1; looked at while nobody leads.
        """
        self._change_hands(visitor.face, now)
        wanted = self._follow(visitor.face, now) if visitor.face else self._idle(now, glance)
        part = (now - self._changed_at) / self._settings.handover_s
        self._shown = hand_over(self._before, wanted, part) if part < 1.0 else wanted
        return PortraitMotion(
            portrait_id=self._portrait.portrait_id,
            motion=self._shown,
            captured_at=visitor.captured_at,
        )

    def _change_hands(self, face: Face | None, now: float) -> None:
        hand = None if face is None else face.track_id
        if hand == self._hand and self._begun:
            return
        if hand is not None and hand != self._hand:
            self._follower = Follower(self._settings)
            self._retarget.reset()
        self._before, self._hand, self._changed_at = self._shown, hand, now
        self._begun = True

    def _follow(self, face: Face, now: float) -> Motion:
        assert self._follower is not None
        motion = self._retarget(self._follower.watch(face.landmarks, now))
        # a following portrait breathes, too
        shift = motion.translation + np.array([0.0, self._idle.breath(now)], np.float32)
        return Motion(
            rotation=motion.rotation,
            translation=shift.astype(np.float32),
            scale=motion.scale,
            expression=motion.expression,
            closure=motion.closure,
            gaze=motion.gaze,
        )


def hand_over(first: Motion, second: Motion, part: float) -> Motion:
    """From the first motion (part 0) to the second (part 1), eased; the face before the head."""
    head, face = smootherstep(part), smootherstep(part / FACE_FIRST)

    def mixed(one: NDArray[np.float32], other: NDArray[np.float32], by: Points) -> Floats:
        return (one + by * (other - one)).astype(np.float32)

    return Motion(
        rotation=mixed(first.rotation, second.rotation, head),
        translation=mixed(first.translation, second.translation, head),
        scale=first.scale + float(head) * (second.scale - first.scale),
        expression=mixed(first.expression, second.expression, face),
        closure=mixed(first.closure, second.closure, face),
        gaze=mixed(first.gaze, second.gaze, face),
    )
