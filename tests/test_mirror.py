from collections.abc import Callable

import numpy as np

from kiosk.experience import Experience, Scene, State
from kiosk.experience_settings import ExperienceSettings
from kiosk.health import Health
from kiosk.messages import Faces, Frame, Motion, PortraitMotion, Visitor
from kiosk.mirror import SILENCE_S, Mirror
from kiosk.motion.target import MotionTarget
from kiosk.rig.landmarks import no_motion
from tests.fakes import ManualClock, make_face, make_faces, make_frame


class OneFace:
    """A landmarker that sees the same face in every frame."""

    closed = False

    def __call__(self, frame: Frame) -> Faces:
        return make_faces([make_face()], frame.captured_at)

    def close(self) -> None:
        self.closed = True


def see_first(faces: Faces, shown: Motion | None = None) -> Visitor:
    face = faces.faces[0] if faces.faces else None
    return Visitor(face, since=0.0, frame_size=faces.frame_size, captured_at=faces.captured_at)


class Director:
    """Keeps whom it was shown."""

    def __init__(self) -> None:
        self.visitors: list[Visitor] = []
        self.scenes: list[Scene] = []
        self.portrait_id = "mona"

    def hang(self, portrait: MotionTarget) -> None:
        self.portrait_id = portrait.portrait_id

    def __call__(self, visitor: Visitor, now: float, scene: Scene) -> PortraitMotion:
        self.visitors.append(visitor)
        self.scenes.append(scene)
        return PortraitMotion(
            portrait_id=self.portrait_id,
            motion=no_motion(),
            captured_at=now,
        )


MONA, LISA = (MotionTarget(name, np.zeros((478, 3), np.float32)) for name in ("mona", "lisa"))


def make_mirror(
    clock: ManualClock, wanted: Callable[[], MotionTarget] = lambda: MONA
) -> tuple[Mirror, Director, OneFace, Health]:
    director, landmarker, health = Director(), OneFace(), Health(clock)
    experience = Experience(ExperienceSettings(), clock.now)
    mirror = Mirror(
        landmarker, see_first, director, wanted, experience=experience, health=health, clock=clock
    )
    return mirror, director, landmarker, health


def test_a_frame_becomes_the_motion_of_its_moment() -> None:
    mirror, director, _, _ = make_mirror(ManualClock())

    motion = mirror(make_frame(at=99.5))

    assert motion is not None
    assert motion.captured_at == 99.5
    assert director.visitors[0].face is not None
    assert director.scenes[0].state is mirror.state is State.GREET


def test_between_two_frames_nothing_moves() -> None:
    clock = ManualClock()
    mirror, director, _, _ = make_mirror(clock)
    mirror(make_frame(at=clock.now))
    clock.now += SILENCE_S / 2

    assert mirror(None) is None
    assert len(director.visitors) == 1


def test_without_frames_the_portrait_idles() -> None:
    clock = ManualClock()
    mirror, director, _, _ = make_mirror(clock)
    mirror(make_frame(at=clock.now))
    clock.now += 2 * SILENCE_S

    motion = mirror(None)

    assert motion is not None
    assert motion.captured_at == clock.now
    assert director.visitors[-1].face is None


def test_tracking_and_motion_are_timed_apart() -> None:
    mirror, _, _, health = make_mirror(ManualClock())
    mirror(make_frame())

    report = health.report(dropped=0, engine="", portrait="")
    assert set(report.stages_ms) == {"tracking", "motion"}


def test_closing_gives_the_landmarker_back() -> None:
    mirror, _, landmarker, _ = make_mirror(ManualClock())
    mirror.close()

    assert landmarker.closed


def test_another_portrait_moves_from_the_next_frame_on() -> None:
    hung = [MONA]
    mirror, *_ = make_mirror(ManualClock(), lambda: hung[0])
    before = mirror(make_frame(100.0))
    hung[0] = LISA
    after = mirror(make_frame(100.1))

    assert before is not None
    assert after is not None
    assert (before.portrait_id, after.portrait_id) == ("mona", "lisa")


def test_whether_somebody_leads_is_told() -> None:
    clock = ManualClock()
    mirror, *_ = make_mirror(clock)
    assert not mirror.attended
    mirror(make_frame(clock.now))
    assert mirror.attended
    clock.now += 2 * SILENCE_S
    mirror(None)
    assert not mirror.attended


def test_who_comes_after_nobody_is_counted_and_greeted_once() -> None:
    clock = ManualClock()
    mirror, _, _, health = make_mirror(clock)
    for _ in range(2):
        for _ in range(30):  # somebody stands there, and goes
            clock.now += 0.1
            mirror(make_frame(clock.now))
        for _ in range(30):
            clock.now += 2 * SILENCE_S
            mirror(None)

    assert health.figures().counts == {"visitors": 2, "greetings": 2}


def test_nobodys_picture_stays_when_no_more_come() -> None:
    clock = ManualClock()
    mirror, *_ = make_mirror(clock)
    mirror(make_frame(clock.now))
    assert mirror.frame is not None
    clock.now += 2 * SILENCE_S
    mirror(None)
    assert mirror.frame is None


def test_at_night_nobody_is_seen() -> None:
    clock = ManualClock()
    mirror, director, _, _ = make_mirror(clock)
    mirror(make_frame(at=clock.now))
    mirror.asleep = True
    mirror(make_frame(at=clock.now + 0.1))

    assert [visitor.face is not None for visitor in director.visitors] == [True, False]
    assert mirror.faces == ()
