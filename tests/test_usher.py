"""Several portraits, one visitor each: who follows whom."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from kiosk.config import TrackingSettings
from kiosk.errors import KioskError
from kiosk.messages import Face, Faces, Frame, Visitor
from kiosk.motion.face_model import load_face_model
from kiosk.motion.idle import Idle
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import MotionTarget
from kiosk.tracking.numbering import Numbering
from kiosk.tracking.usher import Lookout, Usher
from tests.crowd import FRAME, Path, Person, Print, people_in_view, stand
from tests.fakes import make_face, make_faces, make_frame

LEFT, RIGHT = 0, 1
MEAN = (0.3 * load_face_model().mean).astype(np.float32)
SIDE_BY_SIDE = (0.25, 0.75)
ABOVE_ONE_ANOTHER = (0.5, 0.5)


@dataclass
class Visits:
    """Whom each portrait followed and noticed at each moment: their place in the cast."""

    times: list[float] = field(default_factory=list)
    led: list[list[int | None]] = field(default_factory=list)
    noticed: list[list[int | None]] = field(default_factory=list)

    def at(self, t: float) -> list[int | None]:
        return self.led[int(np.searchsorted(self.times, t))]

    def noticed_at(self, t: float) -> list[int | None]:
        return self.noticed[int(np.searchsorted(self.times, t))]

    def changes(self, place: int) -> list[int | None]:
        """Each visitor of one portrait, in turn."""
        found: list[int | None] = [None]
        for led in self.led:
            if led[place] != found[-1]:
                found.append(led[place])
        return found[1:]


def visit(
    cast: Sequence[Print],
    seconds: float,
    *,
    places: Sequence[float] = SIDE_BY_SIDE,
    fps: float = 15.0,
) -> Visits:
    """Let a cast pass before the camera of a gallery."""
    numbering, usher = Numbering(), Usher(TrackingSettings(), lambda: places, now=0.0)
    seen = Visits()
    for step in range(int(seconds * fps)):
        t = step / fps
        there = people_in_view(cast, t)
        meshes = [cast[who].landmarks(t) for who in there]
        numbers = numbering(meshes, t)
        faces = [Face(number, mesh, 1.0) for number, mesh in zip(numbers, meshes, strict=True)]
        who_is = {face.track_id: who for who, face in zip(there, faces, strict=True)}
        visitors = [
            usher.visitor(place, Faces(tuple(faces), FRAME, t)) for place in range(len(places))
        ]
        seen.times.append(t)
        seen.led.append([who_is.get(track(visitor.face)) for visitor in visitors])
        seen.noticed.append([who_is.get(track(visitor.noticed)) for visitor in visitors])
    return seen


def track(face: Face | None) -> int:
    return -1 if face is None else face.track_id


def test_two_visitors_get_one_portrait_each() -> None:
    seen = visit([Person(stand(x=160), seed=1), Person(stand(x=480), seed=2)], 10)

    assert seen.at(9) == [0, 1]
    assert (seen.changes(LEFT), seen.changes(RIGHT)) == ([0], [1])


def test_one_visitor_is_followed_by_the_nearer_portrait_and_noticed_by_the_other() -> None:
    seen = visit([Person(stand(x=480), seed=1)], 8)

    assert seen.at(7) == [None, 0]
    assert seen.noticed_at(7) == [0, None]


def test_a_second_visitor_takes_the_portrait_that_is_free_wherever_they_stand() -> None:
    first = Person(stand(x=500), seed=1)
    second = Person(stand(x=300, width=110), seed=2, comes=4.0)
    seen = visit([first, second], 10)

    assert seen.at(9) == [1, 0]


def test_who_is_followed_goes_where_they_like_with_their_portrait() -> None:
    across: Path = lambda t: (float(np.interp(t, [4, 7], [160, 480])), 240.0, 120.0)  # noqa: E731
    seen = visit([Person(across, seed=1)], 10)

    assert seen.changes(LEFT) == [0]
    assert seen.changes(RIGHT) == []


def test_who_leaves_frees_their_portrait() -> None:
    stays = Person(stand(x=160), seed=1)
    leaves = Person(stand(x=480), seed=2, goes=6.0)
    comes = Person(stand(x=480), seed=3, comes=9.0)
    seen = visit([stays, leaves, comes], 14)

    assert seen.changes(LEFT) == [0]
    assert seen.changes(RIGHT) == [1, None, 2]
    assert seen.at(8.5) == [0, None]


def test_who_comes_while_another_leaves_is_taken_by_the_portrait_on_their_side() -> None:
    leaves = Person(stand(x=160), seed=1, goes=6.0)
    comes = Person(stand(x=480), seed=3, comes=5.3)
    seen = visit([leaves, comes], 9)

    assert (seen.changes(LEFT), seen.changes(RIGHT)) == ([0, None], [1])


def test_who_is_lost_for_a_moment_finds_their_portrait_again() -> None:
    before = Person(stand(x=480), seed=1, goes=6.0)
    after = Person(stand(x=470), seed=1, comes=6.2)  # with another number, perhaps
    other = Person(stand(x=160), seed=2)
    seen = visit([before, after, other], 10)

    assert seen.at(9) == [2, 1]
    assert seen.changes(LEFT) == [2]


def test_a_third_visitor_is_followed_by_nobody_until_one_leaves() -> None:
    cast = [
        Person(stand(x=100), seed=1, goes=7.0),
        Person(stand(x=540), seed=2),
        Person(stand(x=320, width=100), seed=3, comes=1.0),
    ]
    seen = visit(cast, 11)

    assert seen.at(6) == [0, 1]
    assert seen.at(10) == [2, 1]


def test_where_portraits_hang_above_one_another_the_first_takes_who_comes_first() -> None:
    seen = visit([Person(stand(x=480), seed=1)], 6, places=ABOVE_ONE_ANOTHER)

    assert seen.at(5) == [0, None]


def test_a_picture_on_the_wall_gets_no_portrait() -> None:
    seen = visit([Person(stand(x=160), seed=1), Print(stand(x=480), seed=2)], 12)

    assert seen.at(11) == [0, None]
    assert seen.changes(RIGHT) == []


def passer(seed: int) -> Person:
    """Walks to and fro, comes and goes."""
    rng = np.random.default_rng(seed)
    middle, reach, hertz = rng.uniform(150, 490), rng.uniform(0, 250), rng.uniform(0.02, 0.1)
    width = rng.uniform(80, 150)
    comes = rng.uniform(0, 20)

    def path(t: float) -> tuple[float, float, float]:
        return middle + reach * float(np.sin(6.28 * hertz * t + seed)), 240.0, width

    return Person(path, seed=seed, comes=comes, goes=comes + rng.uniform(5, 40))


@pytest.mark.parametrize("portraits", [2, 3, 4])
def test_nobody_is_ever_followed_by_two_whoever_comes_and_goes(portraits: int) -> None:
    cast = [passer(10 * portraits + n) for n in range(5)]
    places = [(place + 0.5) / portraits for place in range(portraits)]
    seen = visit(cast, 60, places=places, fps=10)

    for led in seen.led:
        followed = [who for who in led if who is not None]
        assert len(followed) == len(set(followed))
    assert len({who for led in seen.led for who in led}) > 2  # some were followed


def test_all_portraits_hear_the_same_of_one_moment_whoever_asks_first() -> None:
    settings = TrackingSettings(living_only=False)
    usher = Usher(settings, lambda: SIDE_BY_SIDE, now=0.0)
    visitors: dict[int, Visitor] = {}
    for step in range(12):
        for place in (RIGHT, LEFT):
            visitors[place] = usher.visitor(place, make_faces([make_face()], step / 15))
        late = usher.visitor(RIGHT, make_faces([], step / 15 - 0.05))

    assert visitors[LEFT].captured_at == visitors[RIGHT].captured_at == late.captured_at
    assert [visitors[place].face is None for place in (LEFT, RIGHT)].count(True) == 1
    assert late is visitors[RIGHT]  # an older frame changes nothing


@pytest.mark.parametrize("portraits", [1, 2, 4])
def test_a_visitor_beside_idle_portraits_is_not_taken_for_their_reflection(portraits: int) -> None:
    places = [(place + 0.5) / portraits for place in range(portraits)]
    usher = Usher(TrackingSettings(), lambda: places, now=0.0)
    idles = [Idle(MotionTarget("sitter", MEAN), MotionSettings(), seed=n) for n in range(portraits)]
    visitor = Person(stand(x=160), seed=3)
    followed = []
    for step in range(60 * 15):
        t = step / 15
        faces = Faces((Face(1, visitor.landmarks(t), 1.0),), FRAME, t)
        visitors = [usher.visitor(n, faces, idle(500.0 + t)) for n, idle in enumerate(idles)]
        followed.append(any(each.face is not None for each in visitors))

    assert np.mean(followed[5 * 15 :]) > 0.95


class CountingLandmarker:
    """Sees one face, and counts what it was shown."""

    def __init__(self) -> None:
        self.seen: list[float] = []
        self.closed = False
        self.fails = False

    def __call__(self, frame: Frame) -> Faces:
        if self.fails:
            raise KioskError("blind")
        self.seen.append(frame.captured_at)
        return make_faces([make_face()], frame.captured_at)

    def close(self) -> None:
        self.closed = True


def test_each_frame_is_looked_at_once() -> None:
    landmarker = CountingLandmarker()
    lookout = Lookout(lambda: landmarker)
    found: list[Faces] = []

    def look() -> None:
        found.extend(lookout(make_frame(step / 30)) for step in range(20))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lookout.end()

    assert landmarker.seen == sorted(set(landmarker.seen))  # never twice, never back
    assert len(found) == 80
    assert len({id(faces) for faces in found}) == len(landmarker.seen)
    assert landmarker.closed


def test_a_landmarker_that_fails_is_made_anew() -> None:
    made: list[CountingLandmarker] = []

    def build() -> CountingLandmarker:
        made.append(CountingLandmarker())
        return made[-1]

    lookout = Lookout(build)
    lookout(make_frame(0.0))
    made[0].fails = True
    with pytest.raises(KioskError, match="blind"):
        lookout(make_frame(0.1))
    lookout(make_frame(0.2))

    assert [each.closed for each in made] == [True, False]
