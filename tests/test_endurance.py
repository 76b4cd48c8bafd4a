"""An hour of visitors who come and go: nothing is left behind."""

import gc
import logging
import sys
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from kiosk.config import TrackingSettings
from kiosk.experience import Experience
from kiosk.experience_settings import ExperienceSettings
from kiosk.health import Health
from kiosk.messages import Face, Faces, Frame
from kiosk.mirror import Mirror
from kiosk.motion.director import Director
from kiosk.motion.face_model import load_face_model
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import MotionTarget
from kiosk.tracking.presence import Presence
from tests.crowd import FRAME, own_face
from tests.fakes import ManualClock, make_frame

CYCLE_S = 2.4  # greet, mirror, farewell, attract: a hundred changes a minute
STAYS_S = 1.2
STEP_S = 0.3  # between two frames
CHANGES = 6000  # in an hour


class Turnstile:
    """A landmarker before which somebody new stands for half of each cycle."""

    def __init__(self) -> None:
        self._faces = [150 * own_face(seed) + np.float32([320, 240, 0]) for seed in range(10)]

    def __call__(self, frame: Frame) -> Faces:
        number, since = divmod(frame.captured_at + 1e-6, CYCLE_S)
        who = Face(int(number), self._faces[int(number) % 10], 1.0)
        return Faces((who,) if since < STAYS_S else (), FRAME, frame.captured_at)

    def close(self) -> None:
        pass


def held() -> np.ndarray:
    """Blocks of memory, threads, open files."""
    gc.collect()
    files = len(list(Path("/proc/self/fd").iterdir()))
    return np.array([sys.getallocatedblocks(), threading.active_count(), files])


def test_an_hour_of_a_hundred_changes_a_minute_leaves_nothing_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tracking = TrackingSettings(living_only=False, arrive_s=0.2, leave_s=0.3)
    visit = ExperienceSettings(greet_s=0.3, farewell_s=0.3, again_s=0.0)
    sitter = MotionTarget("sitter", (0.3 * load_face_model().mean).astype(np.float32))
    clock = ManualClock(0.0)
    mirror = Mirror(
        Turnstile(),
        Presence(tracking, now=0.0),
        Director(sitter, MotionSettings()),
        lambda: sitter,
        experience=Experience(visit, 0.0),
        health=Health(clock),
        clock=clock,
    )
    # who captures the log keeps each line
    caplog.set_level(logging.CRITICAL, logger="kiosk")
    changes: Counter[str] = Counter()
    state, early = mirror.state, np.zeros(3)
    while changes.total() < CHANGES:
        clock.wait(STEP_S)
        mirror(make_frame(clock.now))
        if mirror.state is not state:
            state = mirror.state
            changes[state.value] += 1
            if changes.total() == CHANGES // 10:
                early = held()

    assert len(changes) == 4  # every part of a visit
    assert 3500 < clock.now < 3700
    # one thing left behind in ten changes would be more
    assert (held() - early <= [CHANGES // 10, 0, 0]).all()
