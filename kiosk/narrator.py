"""What is heard and read of a performance, beside what the face does.

In go scenes, in the tracking's thread; what is to be heard goes to the sound, and what is to be
read is drawn when the screen asks, in its own thread. Both go by the show's clock, so captions come
at the right time with and without sound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.display.screen import Screen
from kiosk.experience import Scene
from kiosk.messages import Visitor
from kiosk.portraits.captions import caption_at
from kiosk.portraits.performances import Performance

if TYPE_CHECKING:
    from kiosk.room import Voice


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """A performance under way."""

    performance: Performance
    began: float  # second of its beginning


class Narrator:
    """One screen's.

    Args:
        voice: what says it.
        captions: whether they are shown.
        clock: monotonic seconds.
    """

    def __init__(self, voice: "Voice", *, captions: bool, clock: Callable[[], float]) -> None:
        self._voice, self._captions, self._clock = voice, captions, clock
        self._said: _Said | None = None
        self._shown = ""

    def narrating(
        self, experience: Callable[[Visitor, float], Scene]
    ) -> Callable[[Visitor, float], Scene]:
        """The same experience, narrated."""

        def scene_of(visitor: Visitor, now: float) -> Scene:
            scene = experience(visitor, now)
            self.follow(scene, now)
            return scene

        return scene_of

    def follow(self, scene: Scene, now: float) -> None:
        """Say what the scene begins to perform; stop when it performs no more."""
        performance, said = scene.performance, self._said
        if said is not None and performance is said.performance:
            return
        if said is not None:
            self._voice.hush()
        self._said = None
        if performance is not None:
            began = now - scene.played_s
            self._said = _Said(performance, began)
            if performance.sound is not None:
                self._voice.say(performance.sound, at=began)

    def serve(self, screen: Screen) -> None:
        """Show the caption that is due; in the thread that owns the screen."""
        said = self._said
        text = ""
        if self._captions and said is not None:
            text = caption_at(said.performance.cues, self._clock() - said.began)
        if text != self._shown:
            screen.caption(text)
            self._shown = text
