"""A recorded motion: what was done is what is done again, and damage is refused."""

import numpy as np
import pytest
from safetensors.numpy import load, save

from kiosk.motion.recording import gesture_at
from kiosk.portraits.recording import LIMITS, from_bytes, to_bytes
from tests.performing import FPS, gesture, recording


def test_a_gesture_comes_back_as_it_was() -> None:
    made = recording(2.0)
    played = gesture_at(made, 0.5)
    wanted = gesture(0.15, 2.5)

    assert np.abs(played.offsets - wanted.offsets).max() < 2e-3
    assert np.abs(played.lips.gaps - wanted.lips.gaps).max() < 2e-3
    assert played.turn_deg == pytest.approx(wanted.turn_deg, abs=0.02)
    assert made.duration_s == pytest.approx(2.0)


def test_between_two_frames_lies_their_middle() -> None:
    made = recording()
    one, other, middle = (gesture_at(made, frame / FPS) for frame in (9, 10, 9.5))

    assert middle.offsets == pytest.approx((one.offsets + other.offsets) / 2, abs=1e-6)


@pytest.mark.parametrize(("second", "frame"), [(-3.0, 0), (99.0, 59)])
def test_outside_its_time_the_outermost_gesture_is_held(second: float, frame: int) -> None:
    made = recording(2.0)

    assert gesture_at(made, second).turn_deg == pytest.approx(made.turn_deg[frame])


def test_a_file_holds_what_was_recorded_and_little_more() -> None:
    made = recording(10.0, voice_only=True)
    content = to_bytes(made)
    again = from_bytes(content)

    assert again.voice_only
    assert again.fps == FPS
    assert np.abs(gesture_at(again, 3.3).offsets - gesture_at(made, 3.3).offsets).max() < 2e-3
    assert len(content) < 100_000


# one that is no number among those that are, of a kind that NumPy warns of when it is compared
SIGNALLING = np.array([0, 0x7D57, *[0] * 7], np.uint16).view(np.float16).reshape(9, 1)


def damaged(seconds: float = 2.0, **tracks: np.ndarray) -> bytes:
    return bytes(save({**load(to_bytes(recording(seconds))), **tracks}))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "cannot be read"),
        (b"no recording", "cannot be read"),
        (to_bytes(recording())[:-100], "cannot be read"),
        (bytes(save({"one": np.ones(2)})), "is no recorded motion"),
        (damaged(fps=np.array([0.0], np.float32)), "has 0 frames a second"),
        (damaged(fps=np.array([np.nan], np.float32)), "has nan frames a second"),
        (damaged(fps=np.array([0x7FF << 52 | 1], np.uint64).view(np.float64)), "has nan frames"),
        (damaged(gaps=np.zeros((3, 9), np.float16)), "holds gaps of"),
        (damaged(codes=np.zeros((0, 2), np.float16)), "has 0 frames"),
        (damaged(codes=np.zeros(2, np.float16)), "has 0 frames"),
        (damaged(fps=np.zeros((), np.float32)), "holds fps of"),
        (damaged(proportions=np.zeros(3, np.float16)), "holds in proportions what no face has"),
        (damaged(scale=np.full(60, -1.0, np.float16)), "holds in scale what no face has"),
        (damaged(codes=np.full((60, 1), 1e300)), "holds in codes what no face can do"),
        (damaged(0.3, codes=SIGNALLING), "holds in codes what no face can do"),
        *[
            (damaged(**{name: np.full_like(load(to_bytes(recording()))[name], value)}), name)
            for name in LIMITS
            for value in (np.nan, np.inf, 30_000)
        ],
    ],
)
def test_damage_is_refused_by_name(content: bytes, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        from_bytes(content)
