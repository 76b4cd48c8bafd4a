"""A recorded motion done by one sitter.

A whole performance takes the face and the head over. One that was told from a sound alone moves
lips, cheeks and a little the head; eyes, lids and breath go on as they do when the sitter is alone.
"""

from dataclasses import replace

from kiosk.messages import Motion
from kiosk.motion.recording import gesture_at
from kiosk.motion.retarget import Retarget
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import MotionTarget
from kiosk.portraits.recording import Recording


class Performer:
    """One sitter.

    Args:
        target: the sitter, with limits and gains.
        settings: the table ``[motion]``.
    """

    def __init__(self, target: MotionTarget, settings: MotionSettings) -> None:
        self._retarget = Retarget(target, settings)

    def play(self, recording: Recording, second: float, alone: Motion) -> Motion:
        """The sitter's motion at one moment of a recording.

        Args:
            recording: what is done.
            second: of the recording; before its beginning and after its end its face is held.
            alone: what the sitter would do by itself at that moment.
        """
        performed = self._retarget(gesture_at(recording, second))
        if not recording.voice_only:
            return replace(performed, translation=performed.translation + alone.translation)
        return replace(
            alone,
            rotation=alone.rotation + performed.rotation,
            expression=alone.expression + performed.expression,
        )
