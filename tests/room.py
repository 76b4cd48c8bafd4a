"""A room before the camera, composed of pictures: people from clips, paintings on the wall."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from kiosk.camera.capture import read_pictures
from kiosk.config import TrackingSettings
from kiosk.experience import Experience, ExperienceSettings, State
from kiosk.messages import Bytes, Face, Frame
from kiosk.places import PROJECT
from kiosk.tracking.landmarker import Landmarker
from kiosk.tracking.presence import Presence
from tests import crowd

MEDIA = PROJECT.parent / "shared" / "media"
PEOPLE = sorted((MEDIA / "visitors").glob("*.mp4"))
PAINTINGS = sorted((MEDIA / "paintings").glob("*.jpg"))
RATE = 30
LONGEST = 300  # pictures of a clip
NOISE = 3.0  # of 255

Light = Callable[[Bytes, float], Bytes]  # picture and second to the picture as the camera has it


@dataclass(frozen=True, eq=False)
class Cutout:
    """Pictures of somebody, one after the other, and how wide their face is in them."""

    pictures: Sequence[Bytes]
    middle: tuple[float, float]  # of the face, pixels
    face_px: float

    def mirrored(self) -> "Cutout":
        across = [np.ascontiguousarray(picture[:, ::-1]) for picture in self.pictures]
        x, y = self.middle
        return Cutout(across, (across[0].shape[1] - x, y), self.face_px)


@dataclass
class Guest:
    """Somebody, or a picture, on a path through the room."""

    cutout: Cutout
    path: crowd.Path = field(default_factory=crowd.stand)  # second to x, y, width of the face
    comes: float = 0.0
    goes: float = np.inf

    def paste(self, picture: Bytes, t: float) -> None:
        """Stand in a picture, in place."""
        x, y, width = self.path(t)
        scale, count = width / self.cutout.face_px, len(self.cutout.pictures)
        step = round(t * RATE) % max(2 * count - 2, 1)
        own = self.cutout.pictures[min(step, 2 * count - 2 - step) if count > 1 else 0]
        small = cv2.resize(own, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        left, top = (round(a - scale * b) for a, b in zip((x, y), self.cutout.middle, strict=True))
        rows = slice(max(top, 0), min(top + small.shape[0], picture.shape[0]))
        columns = slice(max(left, 0), min(left + small.shape[1], picture.shape[1]))
        if rows.start < rows.stop and columns.start < columns.stop:
            seen = small[rows.start - top : rows.stop - top, columns.start - left :]
            picture[rows, columns] = seen[:, : columns.stop - columns.start]


@dataclass
class Visit(crowd.Seen):
    """Who led at each moment, and what part of a visit it was."""

    states: list[State] = field(default_factory=list)

    def parts(self) -> list[State]:
        """Every part, one after the other."""
        pairs = zip([None, *self.states], self.states, strict=False)
        return [state for before, state in pairs if state is not before]


@lru_cache(maxsize=12)
def person(path: Path) -> Cutout:
    """Whoever is in a clip."""
    pictures = [picture for _, picture in zip(range(LONGEST), _pictures(path), strict=False)]
    return _cut_out(pictures)


@lru_cache(maxsize=6)
def painting(path: Path) -> Cutout:
    """A picture on the wall."""
    picture = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    scale = 600 / max(picture.shape[:2])
    return _cut_out([cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)])


def film(guests: Sequence[Guest], seconds: float, light: Light | None = None) -> Iterator[Bytes]:
    """What the camera sees; who is nearer hides who is behind."""
    rng = np.random.default_rng(0)
    width, height = crowd.FRAME
    wall = np.full((height, width, 3), (150, 140, 125), np.uint8)
    noise = rng.normal(0.0, NOISE, (height, 2 * width, 3)).astype(np.float32)
    for step in range(int(seconds * RATE)):
        t = step / RATE
        picture = wall.copy()
        for guest in sorted(guests, key=lambda guest: guest.path(t)[2]):
            if guest.comes <= t < guest.goes:
                guest.paste(picture, t)
        seen = picture if light is None else light(picture, t)
        at = int(rng.integers(width))
        yield np.clip(seen + noise[:, at : at + width], 0, 255).astype(np.uint8)


def watch(pictures: Iterable[Bytes], guests: Sequence[Guest]) -> Visit:
    """The gallery's own tracking and experience, picture by picture."""
    presence = Presence(TrackingSettings(), now=0.0)
    experience = Experience(ExperienceSettings(), now=0.0)
    seen = Visit()
    with closing(Landmarker(TrackingSettings())) as landmarker:
        for step, picture in enumerate(pictures):
            t = step / RATE
            visitor = presence(landmarker(Frame(picture, t)))
            seen.times.append(t)
            seen.leaders.append(None if visitor.face is None else _who(visitor.face, guests, t))
            seen.states.append(experience(visitor, t).state)
    return seen


def _who(face: Face, guests: Sequence[Guest], t: float) -> int:
    """The guest whose face this is, by its place and its size, among those who are there."""
    there = [n for n, guest in enumerate(guests) if guest.comes - 0.5 <= t < guest.goes + 1.5]

    def apart(guest: Guest) -> float:
        x, y, width = guest.path(t)
        away = float(np.hypot(*(_middle(face) - (x, y)))) / width
        return away + 3.0 * abs(float(np.log(np.ptp(face.landmarks[:, 0]) / width)))

    return min(there, key=lambda n: apart(guests[n]))


def _pictures(path: Path) -> Iterator[Bytes]:
    return (picture for _, picture in read_pictures(path))


def _cut_out(pictures: list[Bytes]) -> Cutout:
    with closing(Landmarker(TrackingSettings(max_faces=1))) as landmarker:
        face = landmarker(Frame(pictures[0], 0.0)).faces[0]
    x, y = _middle(face)
    return Cutout(pictures, (float(x), float(y)), float(np.ptp(face.landmarks[:, 0])))


def _middle(face: Face) -> np.ndarray:
    return (face.landmarks[:, :2].min(0) + face.landmarks[:, :2].max(0)) / 2
