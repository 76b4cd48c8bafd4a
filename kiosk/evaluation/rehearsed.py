"""A portrait on its whole road without threads or clock: the gallery's own stages, one by one.

In goes a picture of a visitor, out comes what the wall would show, and what a watcher sees of it,
who sees nothing but the portrait.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import Self

from kiosk.camera.capture import read_pictures
from kiosk.config import TrackingSettings
from kiosk.display.compose import compose
from kiosk.evaluation.watcher import NOBODY, Look, Watcher
from kiosk.generator.eager import PlainEngine
from kiosk.generator.stage import GeneratorStage, Portrait
from kiosk.messages import Bytes, Faces, Floats, Frame, Layers, Motion, PortraitMotion
from kiosk.model.checkpoint import load_generator
from kiosk.motion.director import Director
from kiosk.motion.settings import MotionSettings
from kiosk.portraits.pack import Pack
from kiosk.rig.landmarks import no_motion, pose_landmarks
from kiosk.sitter import motion_target, rig_of
from kiosk.tracking.landmarker import Landmarker
from kiosk.tracking.presence import Presence

LOOKS = 6  # at one picture until the tracker has come to rest


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One picture of the clip and what became of it; landmarks (478, 3), NaN for no face."""

    number: int
    at: float  # second of the clip
    image: Bytes  # (H, W, 3) the visitor
    visitor: Floats  # the leading face, pixels of `image`
    motion: Motion  # what the portrait was asked to do
    told: Floats  # where the generator was told that the landmarks are, canvas coordinates
    layers: Layers
    picture: Bytes  # (side, side, 3) the canvas
    look: Look  # the portrait's face as it is seen, pixels of `picture`

    @property
    def seen(self) -> Floats:
        """The portrait's face as it is seen: (478, 3), pixels of `picture`, NaN for none."""
        return self.look.mean


class Rehearsed:
    """One portrait and the two who watch; a context manager.

    Args:
        pack: the portrait.
        settings: of its motion.
    """

    def __init__(self, pack: Pack, settings: MotionSettings | None = None) -> None:
        self.pack = pack
        engine = PlainEngine(load_generator(pack.weights))
        portrait = Portrait(pack.meta.id, rig_of(pack), engine)
        self._generator = GeneratorStage(lambda: portrait)
        self._landmarker = Landmarker(TrackingSettings())
        self.watcher = Watcher()
        # whoever is in a clip is to be followed from its first picture on
        self._presence = Presence(TrackingSettings(living_only=False), now=0.0)
        self._director = Director(motion_target(pack), settings or MotionSettings(), seed=0)

    def play(self, clip: Path) -> Iterator[Moment]:
        """Every picture of a clip, one after the other."""
        for number, (at, image) in enumerate(read_pictures(clip)):
            yield self.show(number, at, image)

    def show(self, number: int, at: float, image: Bytes) -> Moment:
        """One picture."""
        visitor, moved = self.follow(self._landmarker(Frame(image, at)))
        layers = self._layers(moved)
        picture = compose(self.pack, layers)
        return Moment(
            number=number,
            at=at,
            image=image,
            visitor=visitor,
            motion=moved.motion,
            told=pose_landmarks(self.pack.landmarks, moved.motion),
            layers=layers,
            picture=picture,
            look=self.watcher.look(picture, at),
        )

    def find(self, image: Bytes, at: float) -> Faces:
        """The faces in a picture."""
        return self._landmarker(Frame(image, at))

    def follow(self, faces: Faces) -> tuple[Floats, PortraitMotion]:
        """Move for the faces of a moment, paint nothing: the leader's landmarks, the portrait."""
        visitor = self._presence(faces)
        moved = self._director(visitor, faces.captured_at)
        return visitor.face.landmarks if visitor.face else NOBODY, moved

    def rest(self) -> tuple[Bytes, Look]:
        """The portrait at rest, (side, side, 3), and its face as a fresh watcher sees it."""
        at_rest = PortraitMotion(self.pack.meta.id, no_motion(), captured_at=0.0)
        picture = compose(self.pack, self._layers(at_rest))
        with closing(Watcher()) as watcher:
            looks = [watcher.look(picture, 0.0) for _ in range(LOOKS)]
        return picture, looks[-1]

    def close(self) -> None:
        """Give the trackers back."""
        self._landmarker.close()
        self.watcher.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _layers(self, moved: PortraitMotion) -> Layers:
        layers = self._generator(moved)
        assert layers is not None
        return layers
