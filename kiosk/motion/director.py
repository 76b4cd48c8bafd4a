"""Who moves the portrait, and how hands change: visitor, another visitor, nobody.

In goes each `Visitor`, out comes a `PortraitMotion`. What part of a visit it is, `experience` says:
alone the portrait idles, it greets who comes, mirrors who stays, tells them a story, looks after
who leaves. Every change of hand is eased from wherever the portrait was. Choosing the leading face
is tracking's.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kiosk.experience import Scene, State
from kiosk.messages import Face, Floats, Motion, PortraitMotion, Visitor
from kiosk.motion.courtesy import Courtesy, place_of
from kiosk.motion.follower import Follower
from kiosk.motion.idle import Idle
from kiosk.motion.performer import Performer
from kiosk.motion.retarget import Retarget
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import Gains, Limits, MotionTarget
from kiosk.motion.viewpoint import Viewpoint
from kiosk.rig.easing import smootherstep
from kiosk.rig.landmarks import no_motion
from kiosk.tracking.smoothing import OneEuro

__all__ = ["Director", "Gains", "Limits", "MotionTarget", "hand_over"]

Points = NDArray[np.float64]
Hand = tuple[State, int | None]  # what part of a visit, and whose

# of the time of a hand-over, what the face takes: eyes and mouth answer, the head follows
FACE_FIRST = 0.45
GLANCE_CUTOFF, GLANCE_BETA = 1.0, 1.0  # Hz; Hz for each half frame a second


class Director:
    """Moves one portrait.

    Args:
        portrait: the sitter.
        settings: the table ``[motion]``.
        seed: of the idle motion.
        smile: how much of one greets a visitor, 0 to 1.
        ahead_s: seconds until what is decided now is seen: a performance is as much ahead of its
            sound.
    """

    def __init__(
        self,
        portrait: MotionTarget,
        settings: MotionSettings,
        seed: int = 0,
        smile: float = 0.6,
        ahead_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._settings, self._seed, self._amount, self._ahead_s = settings, seed, smile, ahead_s
        self._take(portrait)
        self._viewpoint = Viewpoint()
        self._follower: Follower | None = None
        self._leader: int | None = None  # the visitor's track_id
        self._regarded: int | None = None  # the track_id of who is looked at,
        self._place = np.zeros(2)  # and where they were seen last
        self._steady = OneEuro(GLANCE_CUTOFF, GLANCE_BETA)
        self._hand: Hand | None = None
        self._begun = False
        self._changed_at = -np.inf
        self._before = no_motion()  # what was shown when the hand changed
        self._shown = no_motion()

    def hang(self, portrait: MotionTarget) -> None:
        """Move another portrait from now on: from rest, and led by whoever leads.

        The same portrait with other gains and limits goes on from where it is.
        """
        if portrait.portrait_id != self._portrait.portrait_id:
            self._shown, self._viewpoint = no_motion(), Viewpoint()
        self._take(portrait)
        self._begun = False

    def _take(self, portrait: MotionTarget) -> None:
        self._portrait = portrait
        self._idle = Idle(portrait, self._settings, self._seed)
        self._courtesy = Courtesy(portrait, self._amount)
        self._performer = Performer(portrait, self._settings)
        self._retarget = Retarget(portrait, self._settings)

    def __call__(self, visitor: Visitor, now: float, scene: Scene | None = None) -> PortraitMotion:
        """The portrait's motion for one frame.

        Args:
            visitor: the leading face, or none.
            now: monotonic seconds, of the frame if it comes steadily.
            scene: what part of a visit it is; None: whoever leads is followed, and nobody greeted
                or looked after.
        """
        followed = self._watch(visitor, now)
        noticed = None if scene is None else visitor.noticed
        if scene is None:
            scene = Scene(State.ATTRACT if followed is None else State.MIRROR, 0.0, 1.0)
        if scene.state is State.MIRROR and followed is not None:
            self._change_hands((scene.state, self._leader), now)
            wanted = followed
        else:
            passing = noticed if scene.state is State.ATTRACT else None
            if seen := visitor.face or passing:
                self._regard(seen, visitor.frame_size, now)
            self._change_hands((scene.state, passing.track_id if passing else None), now)
            wanted = self._by_itself(scene, now, looks=passing is not None)
        part = (now - self._changed_at) / self._settings.handover_s
        self._shown = hand_over(self._before, wanted, part) if part < 1.0 else wanted
        return PortraitMotion(
            portrait_id=self._portrait.portrait_id,
            motion=self._shown,
            captured_at=visitor.captured_at,
            view=self._viewpoint.watch(visitor, now),
        )

    def _change_hands(self, hand: Hand, now: float) -> None:
        if hand == self._hand and self._begun:
            return
        self._before, self._hand, self._changed_at = self._shown, hand, now
        self._begun = True

    def _by_itself(self, scene: Scene, now: float, *, looks: bool) -> Motion:
        """What the portrait does when nobody moves it; whether it looks at who passes."""
        performance = scene.performance
        if performance is not None:
            alone = self._idle(now, self._place)
            if scene.state is State.GREET and performance.recording.voice_only:
                alone = self._courtesy.greet(alone, scene.elapsed_s, speaks=True)
            played_s = scene.played_s + self._ahead_s()
            return self._performer.play(performance.recording, played_s, alone)
        if scene.state is State.GREET:
            return self._courtesy.greet(self._idle(now, self._place), scene.elapsed_s)
        if scene.state is State.FAREWELL:
            after = (1.0 - scene.share) * self._place
            return self._courtesy.part(self._idle(now, after), scene.share)
        return self._idle(now, self._place if looks else None)

    def _regard(self, face: Face, frame_size: tuple[int, int], now: float) -> None:
        """Note where somebody is who is looked at, without the tracker's jitter."""
        if face.track_id != self._regarded:
            self._regarded = face.track_id
            self._steady.reset()
        self._place = self._steady.filter(place_of(face, frame_size), now)

    def _watch(self, visitor: Visitor, now: float) -> Motion | None:
        """The visitor's motion as this sitter's; their face is learnt from the first frame on."""
        face = visitor.face
        if face is None:
            self._follower = self._leader = None  # who has gone is forgotten
            return None
        if face.track_id != self._leader or self._follower is None:
            self._follower, self._leader = Follower(self._settings), face.track_id
            self._retarget.reset()
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
