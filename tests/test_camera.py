import logging
from pathlib import Path

import numpy as np
import pytest

from kiosk.camera.capture import count_pictures, read_pictures
from kiosk.camera.clip import Clip
from kiosk.camera.source import clip_frame, open_camera
from kiosk.camera.webcam import Webcam
from kiosk.config import CameraSettings
from kiosk.errors import CameraError
from kiosk.messages import Frame
from tests.fakes import FakeCapture, FrozenCapture, ManualClock, write_clip

SETTINGS = CameraSettings(source="0", silence_s=1.0, retry_s=1.0, retry_limit_s=4.0)


def number(frame: Frame | None) -> int:
    assert frame is not None
    return int(frame.image[0, 0, 0])


def play(clock: ManualClock, count: int = 10, fps: float = 25.0) -> Clip:
    return Clip(lambda: FakeCapture(count, fps), clock=clock, wait=clock.wait)


def test_clip_plays_at_its_own_rate() -> None:
    clock = ManualClock(100.0)
    clip = play(clock)

    frames = [clip() for _ in range(5)]

    assert [number(frame) for frame in frames] == [0, 1, 2, 3, 4]
    assert [frame.captured_at for frame in frames if frame] == pytest.approx(
        [100.0, 100.04, 100.08, 100.12, 100.16]
    )


def test_clip_begins_with_its_first_frame_however_late_it_is_asked() -> None:
    clock = ManualClock()
    clip = play(clock)
    clock.now += 3.0

    assert number(clip()) == 0


def test_late_frames_of_a_clip_are_dropped() -> None:
    clock = ManualClock()
    clip = play(clock)
    clip()

    clock.now += 0.21

    assert number(clip()) == 5
    assert number(clip()) == 6


def test_clip_goes_round() -> None:
    clock = ManualClock()
    clip = play(clock, count=3)

    frames = [clip() for _ in range(7)]

    assert [number(frame) for frame in frames] == [0, 1, 2, 0, 1, 2, 0]
    assert frames[-1] is not None
    assert frames[-1].captured_at == pytest.approx(100 + 6 / 25)


def test_clip_does_not_catch_up_with_a_long_pause() -> None:
    clock = ManualClock()
    clip = play(clock, count=1000)
    clip()

    clock.now += 30.0

    assert number(clip()) == 1


def test_empty_clip_idles_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    clip = play(clock, count=0)

    with caplog.at_level(logging.WARNING):
        assert [clip() for _ in range(3)] == [None, None, None]

    assert [record.message for record in caplog.records] == [
        "the clip holds no pictures; the portrait idles"
    ]


def test_webcam_is_mirrored() -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    image[:, 0] = 255

    class Half(FakeCapture):
        def retrieve(self) -> np.ndarray:
            return image

    clock = ManualClock()
    frame = Webcam(SETTINGS, lambda: Half(5), clock=clock, wait=clock.wait)()

    assert frame is not None
    assert frame.image[0, -1, 0] == 255
    assert frame.image[0, 0, 0] == 0
    assert frame.image.flags.c_contiguous


def test_missing_webcam_is_said_once_and_tried_later_and_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = ManualClock(0.0)
    tried: list[float] = []

    def opener() -> None:
        tried.append(clock.now)

    webcam = Webcam(SETTINGS, opener, clock=clock, wait=clock.wait)
    with caplog.at_level(logging.INFO):
        while clock.now < 16:
            assert webcam() is None

    assert tried == pytest.approx([0, 1, 3, 7, 11, 15])
    assert len(caplog.records) == 1
    assert "camera 0 gives no pictures; the portrait idles" in caplog.records[0].message


def test_unplugged_webcam_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock(0.0)
    captures = [FakeCapture(2), None, FakeCapture(100)]
    webcam = Webcam(SETTINGS, lambda: captures.pop(0), clock=clock, wait=clock.wait)

    with caplog.at_level(logging.INFO):
        frames = [webcam() for _ in range(40)]

    assert [number(frame) for frame in frames if frame][:4] == [0, 1, 0, 1]
    assert frames[-1] is not None
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "is back" in caplog.records[1].message


def test_frozen_webcam_is_opened_again() -> None:
    clock = ManualClock(0.0)
    frozen = FrozenCapture(1000)
    captures = [frozen, FakeCapture(5)]
    webcam = Webcam(SETTINGS, lambda: captures.pop(0), clock=clock, wait=clock.wait)

    while captures:
        clock.now += 0.04
        webcam()

    assert frozen.released
    assert number(webcam()) in (0, 1)


def test_clip_file_gives_rgb(tmp_path: Path) -> None:
    red = np.zeros((48, 64, 3), np.uint8)
    red[..., 0] = 220
    path = write_clip(tmp_path / "red.mp4", [red] * 5)
    clock = ManualClock()

    camera = open_camera(CameraSettings(source=str(path)), clock=clock, wait=clock.wait)
    frame = camera()
    camera.close()

    assert camera.fps == pytest.approx(25)
    assert frame is not None
    assert frame.image.shape == (48, 64, 3)
    assert frame.image[..., 0].mean() > 180 > 60 > frame.image[..., 2].mean()


def test_a_clip_is_read_whole_and_at_its_own_rate(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "grey.mp4", [np.full((48, 64, 3), 90, np.uint8)] * 10)
    read = list(read_pictures(path))

    assert len(read) == count_pictures(path) == 10
    assert [at for at, _ in read] == pytest.approx([number / 25 for number in range(10)])
    assert read[0][1].shape == (48, 64, 3)


def test_clip_frame_finds_the_picture_of_a_moment(tmp_path: Path) -> None:
    greys = [np.full((48, 64, 3), 20 * step, np.uint8) for step in range(10)]
    path = write_clip(tmp_path / "grey.mp4", greys)

    for at, grey in ((0.0, 0), (0.16, 80), (0.4 + 0.16, 80)):
        assert abs(float(clip_frame(str(path), at).mean()) - grey) < 8


def test_unknown_source_says_what_to_give() -> None:
    clock = ManualClock()

    with pytest.raises(CameraError, match=r"nobody\.mp4: no such camera or clip .*or demo"):
        open_camera(CameraSettings(source="nobody.mp4"), clock=clock, wait=clock.wait)


def test_file_that_is_no_clip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("no clip")
    clock = ManualClock()

    with pytest.raises(CameraError, match="is no clip that can be played"):
        open_camera(CameraSettings(source=str(path)), clock=clock, wait=clock.wait)


@pytest.mark.parametrize("source", ["/dev/no-such-camera", "63"])
def test_missing_device_is_no_error(source: str, capfd: pytest.CaptureFixture[str]) -> None:
    clock = ManualClock()
    settings = CameraSettings(source=source)

    camera = open_camera(settings, clock=clock, wait=clock.wait)

    assert camera() is None
    assert capfd.readouterr().err == ""


def test_a_thread_that_comes_back_late_leaves_the_new_device_alone() -> None:
    clock = ManualClock()

    class Hanging(FakeCapture):
        def grab(self) -> bool:
            webcam.forget()  # it hung, and was given up
            return False

    captures = [Hanging(5), FakeCapture(5)]
    hung, fresh = captures
    webcam = Webcam(SETTINGS, lambda: captures.pop(0), clock=clock, wait=clock.wait)
    assert webcam() is None

    frame = webcam()
    assert hung.released
    assert not fresh.released
    assert frame is not None


def test_a_device_that_opens_too_late_is_given_back() -> None:
    clock = ManualClock()
    late, fresh = FakeCapture(5), FakeCapture(5)
    opened = [late, fresh]

    def opener() -> FakeCapture:
        capture = opened.pop(0)
        if capture is late:
            webcam.forget()
        return capture

    webcam = Webcam(SETTINGS, opener, clock=clock, wait=clock.wait)
    assert webcam() is None

    assert webcam() is not None
    assert late.released
    assert not fresh.released
