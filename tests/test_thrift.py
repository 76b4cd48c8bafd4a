"""A machine that grows hot makes fewer pictures, and all again when it is cool; it never wavers."""

import logging
from collections.abc import Callable
from itertools import pairwise

import pytest

from kiosk.camera.source import Camera
from kiosk.health import Recent
from kiosk.messages import Frame
from kiosk.thrift import (
    COOL_C,
    COOL_S,
    HOT_C,
    HOT_S,
    RATES,
    SETTLES_S,
    SLOW_S,
    SparingCamera,
    Thrift,
)
from tests.fakes import ManualClock, make_frame

STEP_S = 1.0


class Kiosk:
    """A made-up machine: how warm it is follows from how many pictures it makes."""

    def __init__(self, warm_c: Callable[[float], float], slowness_s: float = 120.0) -> None:
        self.clock = ManualClock(0.0)
        self.celsius: float | None = 50.0
        self.fps = 30.0
        self._warm_c, self._slowness_s = warm_c, slowness_s
        self.thrift = Thrift(self.clock, temperature=lambda: self.celsius)
        self.steps: list[int] = []

    def live(self, seconds: float) -> None:
        ends = self.clock.now + seconds
        while self.clock.now < ends:
            self.clock.now += STEP_S
            rate = RATES[self.thrift.step] or 30.0
            if self.celsius is not None:
                share = STEP_S / self._slowness_s
                self.celsius += share * (self._warm_c(rate) - self.celsius)
            recent = Recent(min(self.fps, rate), 50.0, 0.03)
            self.thrift.heed(lambda recent=recent: recent, 30.0)  # type: ignore[misc]
            self.steps.append(self.thrift.step)

    @property
    def changes(self) -> int:
        return sum(a != b for a, b in pairwise(self.steps))


def test_a_cool_machine_makes_all_pictures() -> None:
    kiosk = Kiosk(lambda rate: 70.0)
    kiosk.live(3600)

    assert set(kiosk.steps) == {0}
    assert kiosk.thrift.fault == ""


def test_a_hot_one_makes_fewer_says_so_and_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    room_c = [60.0]
    kiosk = Kiosk(lambda rate: room_c[0] + rate)
    with caplog.at_level(logging.WARNING):
        room_c[0] = 70.0  # its fan is blocked
        kiosk.live(3600)
        assert kiosk.thrift.step == 1
        assert kiosk.thrift.fault.startswith("runs at reduced quality: 20 pictures a second")

        room_c[0] = 30.0
        kiosk.live(COOL_S + 600)
    assert kiosk.thrift.step == 0
    assert kiosk.thrift.fault == ""
    assert [record.message.split(": ")[1] for record in caplog.records] == [
        "20 pictures a second are shown from now on", "all pictures are shown from now on",
    ]  # fmt: skip


def test_a_machine_that_stays_hot_goes_down_step_by_step_and_stays() -> None:
    kiosk = Kiosk(lambda rate: 99.0)
    kiosk.live(3600)

    assert sorted(set(kiosk.steps)) == [0, 1, 2, 3]
    assert kiosk.changes == 3
    first = [kiosk.steps.index(step) for step in (1, 2, 3)]
    assert all(b - a >= SETTLES_S for a, b in pairwise(first))


@pytest.mark.parametrize("slowness_s", [20.0, 120.0, 600.0])
def test_one_that_is_hot_at_full_and_cool_below_does_not_waver(slowness_s: float) -> None:
    kiosk = Kiosk(lambda rate: 40 + 1.9 * rate, slowness_s)  # 97 degrees at 30, 78 at 20
    kiosk.live(24 * 3600)

    assert kiosk.changes < 2 * 24 + 8  # a try an hour, after the first few
    last = kiosk.steps[-6 * 3600 :]
    assert sum(a != b for a, b in pairwise(last)) <= 12


@pytest.mark.parametrize("celsius", [HOT_C - 1, COOL_C + 1])
def test_between_hot_and_cool_nothing_changes(celsius: float) -> None:
    kiosk = Kiosk(lambda rate: 99.0)
    kiosk.live(300)
    step = kiosk.thrift.step
    kiosk._warm_c = lambda rate: celsius
    kiosk.celsius = celsius
    kiosk.live(7200)

    assert kiosk.thrift.step == step > 0


def test_a_moment_of_heat_is_none() -> None:
    kiosk = Kiosk(lambda rate: 70.0)
    for _ in range(20):
        kiosk.celsius = HOT_C + 1
        kiosk.live(HOT_S)

    assert set(kiosk.steps) == {0}


def test_without_a_sensor_nothing_is_spared_and_slowness_is_told() -> None:
    kiosk = Kiosk(lambda rate: 0.0)
    kiosk.celsius, kiosk.fps = None, 8.0
    kiosk.live(SLOW_S - 4)
    assert kiosk.thrift.fault == ""
    kiosk.live(10)
    assert kiosk.thrift.fault.startswith("moves at 8 pictures a second: ")
    assert kiosk.thrift.step == 0

    kiosk.fps = 25.0
    kiosk.live(6)
    assert kiosk.thrift.fault == ""


class Film:
    fps, began, fault = 30.0, 0.0, ""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, message: None = None, /) -> Frame | None:
        self.count += 1
        return make_frame(self.count / 30 + 0.004 * (self.count % 2))  # a little early, or late

    def forget(self) -> None:
        self.count = -1

    def close(self) -> None:
        self.count = -2


def spare(camera: Camera, step: int) -> SparingCamera:
    thrift = Thrift(ManualClock(), temperature=lambda: None)
    thrift.step = step
    return SparingCamera(camera, thrift)


@pytest.mark.parametrize(("step", "rate"), list(enumerate(RATES)))
def test_frames_are_left_out_evenly(step: int, rate: float | None) -> None:
    camera = spare(Film(), step)
    times = [frame.captured_at for _ in range(600) if (frame := camera()) is not None]

    assert len(times) == pytest.approx(20 * (rate or 30.0), abs=2)
    gaps = [b - a for a, b in pairwise(times)]
    assert max(gaps) < 2.1 / 30 if (rate or 30) > 15 else max(gaps) < 3.3 / 30


def test_a_camera_that_was_away_is_not_caught_up_with() -> None:
    film = Film()
    camera = spare(film, 2)
    for _ in range(30):
        camera()
    film.count += 900
    frames = [camera() for _ in range(30)]

    assert sum(frame is not None for frame in frames) == pytest.approx(15, abs=1)


def test_it_is_else_the_camera_that_it_was() -> None:
    film = Film()
    camera = spare(film, 0)

    assert (camera.fps, camera.began, camera.fault) == (30.0, 0.0, "")
    camera.forget()
    assert film.count == -1
    camera.close()
    assert film.count == -2
