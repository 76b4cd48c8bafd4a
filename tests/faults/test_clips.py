"""Clips that are too much: ten gigabytes, a hundred faces."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from kiosk.camera.capture import read_pictures
from kiosk.places import DEMO_CLIP, PROJECT

HUGE = 10 << 30
MOST_MB = 1300.0
SIDE = 10  # of a square of faces
FACE_PX = 150


def run(folder: Path, clip: Path, seconds: float) -> tuple[int, str, dict[str, Any]]:
    """Exit code, what was said, and the report of a kiosk before a clip."""
    (folder / "config.toml").write_text(f'[portraits]\nfolder = "{PROJECT}/assets/portraits"\n')
    report = folder / "report.json"
    told = subprocess.run(
        [sys.executable, "-m", "kiosk", "run", "--camera", clip, "--offscreen", "--size", "180x320",
         "--seconds", str(seconds), "--report", report],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    figures = json.loads(report.read_text()) if report.is_file() else {}
    return told.returncode, told.stderr, figures


def sparse(path: Path, *, begins: bytes = b"") -> Path:
    """A file of ten gigabytes that takes no room; where a disk has no holes it is not made."""
    with path.open("wb") as file:
        file.write(begins)
        file.truncate(HUGE)
    if path.stat().st_blocks * 512 > 1 << 26:
        path.unlink()
        pytest.skip("this disk has no holes")
    return path


def test_ten_gigabytes_of_nothing_are_refused_at_once(tmp_path: Path) -> None:
    began = time.monotonic()
    code, said, _ = run(tmp_path, sparse(tmp_path / "clip.mp4"), 2)

    assert code == 2
    assert "is no clip that can be played" in said
    assert time.monotonic() - began < 15


def test_a_clip_of_ten_gigabytes_is_played(tmp_path: Path) -> None:
    whole = DEMO_CLIP.read_bytes()
    # ISO 14496-12: a box called free may hold anything; of size 1, its length follows its name
    room = (1).to_bytes(4, "big") + b"free" + (HUGE - len(whole)).to_bytes(8, "big")
    code, said, figures = run(tmp_path, sparse(tmp_path / "clip.mp4", begins=whole + room), 3)

    assert code == 0, said
    assert figures["frames_shown"] > 20
    assert figures["rss_mb"] < MOST_MB


def test_before_a_hundred_faces_the_portrait_lives(tmp_path: Path) -> None:
    crowd = tmp_path / "crowd.mp4"
    with av.open(crowd, "w") as film:
        stream = film.add_stream("libx264", rate=30)
        stream.width = stream.height = SIDE * FACE_PX
        stream.pix_fmt, stream.options = "yuv420p", {"preset": "ultrafast"}
        for number, (_, image) in enumerate(read_pictures(DEMO_CLIP)):
            if number == 60:
                break
            side = min(image.shape[:2])
            face = cv2.resize(image[:side, :side], (FACE_PX, FACE_PX))
            tiles = np.ascontiguousarray(np.tile(face, (SIDE, SIDE, 1)))
            for packet in stream.encode(av.VideoFrame.from_ndarray(tiles, "rgb24")):
                film.mux(packet)
        for packet in stream.encode():
            film.mux(packet)
    code, said, figures = run(tmp_path, crowd, 6)

    assert code == 0, said
    assert figures["frames_shown"] > 30
    assert "failed" not in said
    assert figures["rss_mb"] < MOST_MB
