"""Clips: whole, timed as shown, and marked as generated."""

from pathlib import Path

import av
import numpy as np
import pytest

from kiosk.display.recorder import COMMENT, Recorder
from kiosk.errors import KioskError


def record(path: Path, times: list[float], size: tuple[int, int] = (64, 48)) -> None:
    with Recorder(path, size, fps=30) as recorder:
        for number, at in enumerate(times):
            image = np.full((size[1], size[0], 3), (40 * number % 256, 128, 60), np.uint8)
            recorder.write(image, at)


def test_frames_stand_at_their_own_times(tmp_path: Path) -> None:
    times = [100.0, 100.033, 100.2, 100.21, 101.0]
    record(tmp_path / "a.mp4", times)
    with av.open(str(tmp_path / "a.mp4")) as clip:
        shown = [float(frame.time) for frame in clip.decode(video=0)]

    assert np.allclose(shown, np.array(times) - 100, atol=1e-3)


def test_a_clip_says_that_its_movement_is_generated(tmp_path: Path) -> None:
    record(tmp_path / "a.mp4", [0.0, 0.1])
    with av.open(str(tmp_path / "a.mp4")) as clip:
        assert clip.metadata["comment"] == COMMENT
        assert COMMENT.startswith("AI-generated movement: ")
        assert clip.streams.video[0].codec_context.pix_fmt == "yuv420p"


def test_colours_and_an_odd_size_survive(tmp_path: Path) -> None:
    record(tmp_path / "a.mp4", [0.0, 0.1], size=(65, 49))
    with av.open(str(tmp_path / "a.mp4")) as clip:
        first = next(clip.decode(video=0)).to_ndarray(format="rgb24")

    assert first.shape == (48, 64, 3)
    assert np.abs(first.astype(int) - (0, 128, 60)).max() < 12


def test_two_frames_of_one_moment_are_both_kept(tmp_path: Path) -> None:
    record(tmp_path / "a.mp4", [5.0, 5.0, 4.9])
    with av.open(str(tmp_path / "a.mp4")) as clip:
        assert len(list(clip.decode(video=0))) == 3


def test_a_clip_without_frames_is_closed_quietly(tmp_path: Path) -> None:
    record(tmp_path / "a.mp4", [])


def test_a_path_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KioskError, match=r"file/a.mp4: the recording cannot be written") as caught:
        Recorder(tmp_path / "file" / "a.mp4", (64, 48), fps=30)

    assert "\n" not in str(caught.value)
