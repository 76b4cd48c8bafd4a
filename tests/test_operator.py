"""The operator's overlay: there while it is wanted, fresh, and without anybody's picture."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.control.status import StageStatus, Status
from kiosk.display.overlay import FIELD_PX, draw_overlay
from kiosk.messages import Face, Visitor
from kiosk.operator import EVERY_S, Operator, marks_of, words_of
from tests.fakes import FakeScreen, ManualClock

STATUS = Status(
    version="1", portrait="mona", engine="cpu", up_s=9.0, attended=True, state="mirror", fps=29.9,
    latency_ms=50.4, shown_age_s=0.03, trying=False, dropped=0, rss_mb=700.0,
    stages={"camera": StageStatus(0.1, 2)}, faults=("camera has not been heard of",),
)  # fmt: skip


def face(track_id: int, left: float, top: float, width: float) -> Face:
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[0, :2], landmarks[1, :2] = (left, top), (left + width, top + width)
    landmarks[2:] = landmarks[0]
    return Face(track_id, landmarks, 1.0)


LEADER, OTHER = face(1, 320, 240, 160), face(2, 0, 0, 64)
VISITOR = Visitor(LEADER, 0.0, (640, 480), 1.0)


def test_it_comes_and_goes_with_the_key_and_is_renewed_twice_a_second() -> None:
    clock, screen = ManualClock(0.0), FakeScreen()
    operator = Operator(lambda: STATUS, lambda: (VISITOR, (LEADER, OTHER)), clock=clock)
    operator.serve(screen)
    assert screen.overlays == []

    screen.overlaid = True
    for _ in range(10):
        operator.serve(screen)
    assert len(screen.overlays) == 1
    clock.now += EVERY_S
    operator.serve(screen)
    assert len(screen.overlays) == 2

    screen.overlaid = False
    operator.serve(screen)
    operator.serve(screen)
    assert [each is None for each in screen.overlays] == [False, False, True]


def test_it_tells_state_rates_failures_and_faults() -> None:
    words = "\n".join(words_of(STATUS))
    for said in ("mona on cpu: mirror", "29.9 frames/s", "50 ms", "camera 2", "! camera has not"):
        assert said in words


def test_faces_are_marks_by_place_and_size() -> None:
    leader, other = marks_of(VISITOR, (LEADER, OTHER))

    assert leader.leads
    assert leader.middle == pytest.approx((400 / 640, 320 / 480))
    assert leader.half == pytest.approx((80 / 640, 80 / 480))
    assert not other.leads
    assert marks_of(None, (LEADER,)) == marks_of(replace(VISITOR, frame_size=(0, 0)), ()) == []


def test_the_sheet_holds_words_above_the_field() -> None:
    with_faces = draw_overlay(words_of(STATUS), marks_of(VISITOR, (LEADER, OTHER)), 500)
    without = draw_overlay(words_of(STATUS), [], 500)

    assert with_faces.shape == without.shape
    assert with_faces.shape[1] <= 500
    field = FIELD_PX * 3 // 4
    assert np.array_equal(with_faces[:-field], without[:-field])
    assert not np.array_equal(with_faces[-field:], without[-field:])
