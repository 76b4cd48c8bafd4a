"""A camera that is away, blind, held or another one: what is said, what is done, what heals."""

import logging
from collections.abc import Callable

import numpy as np
import pytest

from kiosk.camera.sight import LONG_S, odd
from kiosk.camera.webcam import BLACK_S, Webcam
from kiosk.config import CameraSettings
from tests.fakes import FakeCapture, FrozenCapture, ManualClock

SETTINGS = CameraSettings(source="0", silence_s=2.0, retry_s=1.0, retry_limit_s=15.0)
RATE = 25.0


class Shown(FakeCapture):
    """A camera that sees whatever `see` makes of a picture's number; a clock goes with it."""

    def __init__(self, clock: ManualClock, see: Callable[[int], object], rate: float = RATE):
        super().__init__(10**9)
        self._clock, self._see, self._rate = clock, see, rate

    def grab(self) -> bool:
        self._clock.now += 1 / self._rate
        return super().grab()

    def retrieve(self) -> object:  # type: ignore[override]
        return self._see(self.grabbed)


def grey(level: float, noise: float = 0.0) -> Callable[[int], np.ndarray]:
    def see(number: int) -> np.ndarray:
        fresh = np.random.default_rng(number).normal(level, noise, (48, 64, 3))
        return np.clip(fresh, 0, 255).astype(np.uint8)

    return see


def watch(webcam: Webcam, clock: ManualClock, seconds: float) -> int:
    """How many frames come within so long."""
    ends, count = clock.now + seconds, 0
    while clock.now < ends:
        count += webcam() is not None
    return count


def webcam_of(
    clock: ManualClock, opener: Callable[[], FakeCapture | None], told: str = ""
) -> Webcam:
    return Webcam(SETTINGS, opener, clock=clock, wait=clock.wait, told=lambda: told)


@pytest.mark.parametrize(
    ("level", "noise", "words"),
    [
        (4, 3, "sees nothing but black: is the lens covered, or the room dark?"),
        (0, 0, "sees nothing but black"),  # the very same picture
        (254, 1, "sees nothing but white: does a lamp or the sun shine into it?"),
    ],
)
def test_a_picture_that_shows_nothing_for_long_is_told_and_heals(
    level: float, noise: float, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock, opened = ManualClock(0.0), []
    light = [grey(level, noise)]

    def opener() -> FakeCapture:
        opened.append(clock.now)
        return Shown(clock, lambda number: light[-1](number))  # noqa: PLW0108

    webcam = webcam_of(clock, opener)
    with caplog.at_level(logging.INFO):
        assert watch(webcam, clock, LONG_S - 2) > 0
        assert webcam.fault == ""
        watch(webcam, clock, 6)
        assert words in webcam.fault
        assert webcam.fault.startswith("camera 0 ")
        light.append(grey(110, 3))
        watch(webcam, clock, 3)

    assert webcam.fault == ""
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert len(opened) == 1


def test_a_lens_covered_for_a_night_is_no_storm(caplog: pytest.LogCaptureFixture) -> None:
    clock, captures = ManualClock(0.0), []

    def opener() -> FakeCapture:
        captures.append(Shown(clock, grey(0), rate=5))
        return captures[-1]

    webcam = webcam_of(clock, opener)
    watch(webcam, clock, 3600)

    assert len(captures) <= 3600 / BLACK_S + 1
    assert all(capture.released for capture in captures[:-1])
    assert "black" in webcam.fault
    assert len(caplog.records) == 1


def test_a_frozen_picture_is_tried_later_and_later_and_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, captures = ManualClock(0.0), []

    def opener() -> FakeCapture:
        captures.append(Shown(clock, grey(90)))
        return captures[-1]

    webcam = webcam_of(clock, opener)
    watch(webcam, clock, 600)

    # each time 2 s until it is found out, then 1, 2, 4, 8, 15 s
    assert len(captures) <= 5 + 600 / 17
    assert webcam.fault == "camera 0 gives no pictures: the same picture comes again and again"
    assert len(caplog.records) == 1


def test_a_slow_camera_is_told() -> None:
    clock = ManualClock(0.0)
    webcam = webcam_of(clock, lambda: Shown(clock, grey(60, 3), rate=5))
    watch(webcam, clock, LONG_S + 4)

    assert webcam.fault == (
        "camera 0 gives only 5 pictures a second: more light lets it expose faster"
    )


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((3, 2000, 3), np.uint8),
        np.zeros((48, 64), np.uint8),
        np.zeros((48, 64, 1), np.uint8),
        np.zeros((48, 64, 4), np.uint8),
        np.zeros((48, 64, 3), np.float32),
        np.zeros((0, 64, 3), np.uint8),
        "no picture",
    ],
)
def test_what_is_no_picture_is_refused_in_words_and_never_raises(
    image: object, caplog: pytest.LogCaptureFixture
) -> None:
    clock, captures = ManualClock(0.0), []

    def opener() -> FakeCapture:
        captures.append(Shown(clock, lambda _: image))
        return captures[-1]

    webcam = webcam_of(clock, opener)

    assert odd(image)
    assert watch(webcam, clock, 120) == 0
    assert webcam.fault.startswith("camera 0 gives no pictures: it gives ")
    assert len(captures) < 15
    assert all(capture.released for capture in captures)
    assert len(caplog.records) == 1


def test_a_camera_of_another_size_in_its_place_is_followed_on() -> None:
    clock = ManualClock(0.0)
    shapes = [(480, 640, 3), (720, 1280, 3), (600, 800, 3)]

    def see(number: int) -> np.ndarray:
        return np.full(shapes[number // 30 % 3], number % 200 + 20, np.uint8)

    webcam = webcam_of(clock, lambda: Shown(clock, see))
    sizes = {frame.image.shape for frame in (webcam() for _ in range(200)) if frame}

    assert sizes == set(shapes)
    assert webcam.fault == ""


def test_thirty_changes_an_hour_all_heal_and_nothing_is_left_open() -> None:
    clock = ManualClock(0.0)
    captures: list[Shown] = []

    class Plugged(Shown):
        """There for a minute of each two."""

        def grab(self) -> bool:
            return super().grab() and clock.now % 120 < 60

    def opener() -> FakeCapture | None:
        if clock.now % 120 >= 60:
            return None
        captures.append(Plugged(clock, grey(90, 5)))
        return captures[-1]

    webcam = webcam_of(clock, opener)
    healed = []
    for change in range(30):
        clock.now = 120.0 * change
        while webcam() is None:
            pass
        healed.append(clock.now - 120 * change)
        while webcam() is not None or clock.now % 120 < 60:
            pass
        watch(webcam, clock, 120 * change + 119 - clock.now)
        assert webcam.fault.startswith("camera 0 gives no pictures")

    assert len(captures) == 30
    assert all(capture.released for capture in captures)
    assert max(healed) <= SETTINGS.retry_limit_s


def test_a_camera_that_another_program_holds_is_named_and_comes_when_it_is_free() -> None:
    clock = ManualClock(0.0)
    free = [False]
    webcam = webcam_of(
        clock,
        lambda: Shown(clock, grey(90, 5)) if free[0] else None,
        told="/dev/video0 is held by another program (cheese, 12)",
    )
    watch(webcam, clock, 30)
    assert webcam.fault == (
        "camera 0 gives no pictures: /dev/video0 is held by another program (cheese, 12)"
    )

    free[0] = True
    assert watch(webcam, clock, SETTINGS.retry_limit_s + 1) > 0
    assert "gives no pictures" not in webcam.fault


def test_a_frozen_grey_is_no_covered_lens() -> None:
    clock = ManualClock(0.0)
    frozen = FrozenCapture(1000)
    webcam = webcam_of(clock, lambda: frozen)
    for _ in range(100):
        clock.now += 0.04
        webcam()

    assert frozen.released
