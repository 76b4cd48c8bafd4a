"""One camera for several roads."""

from kiosk.camera.fan import fan_out
from kiosk.messages import Frame
from tests.fakes import (
    make_frame,
)


class FakeCamera:
    """Gives frames that are numbered by their time."""

    fps = began = 30.0
    fault = ""

    def __init__(self) -> None:
        self.asked, self.closed = 0, 0

    def __call__(self, message: None = None, /) -> Frame | None:
        self.asked += 1
        return make_frame(float(self.asked))

    def close(self) -> None:
        self.closed += 1


def test_each_road_gets_the_newest_frame_of_one_camera() -> None:
    camera = FakeCamera()
    first, second, third = fan_out(camera, 3, wait=lambda _: None)
    assert first() is None  # the others do not look yet
    second(), third()  # nothing comes
    frames = [first() for _ in range(4)]

    assert [frame.captured_at for frame in frames if frame] == [1.0, 2.0, 3.0, 4.0]
    assert (second(), third()) == (frames[-1], frames[-1])
    assert camera.asked == 4


def test_the_camera_is_closed_once() -> None:
    camera = FakeCamera()
    for seat in fan_out(camera, 3, wait=lambda _: None):
        seat.close()

    assert camera.closed == 1
