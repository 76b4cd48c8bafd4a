"""The demo visitor through every stage, network and shader included, into pictures."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from kiosk.app import Road
from kiosk.camera.source import clip_frame
from kiosk.config import CameraSettings, Config, load_config
from kiosk.display.screen import open_screen
from kiosk.display.settings import DisplaySettings
from kiosk.health import Report
from kiosk.messages import Bytes, Frame, Layers
from kiosk.places import DEMO_CLIP
from kiosk.portraits.store import choose_pack
from kiosk.tracking.landmarker import Landmarker

SIZE = (360, 640)
SECONDS = 4.0


class Album:
    """Keeps every composed picture, small as they are."""

    def __init__(self) -> None:
        self.pictures: list[Bytes] = []

    def __call__(self, image: Bytes, layers: Layers) -> None:
        self.pictures.append(image.copy())


@pytest.fixture(scope="module")
def run() -> tuple[Bytes, list[Bytes], Report]:
    """The still, the moving pictures and the report of one run."""
    project = load_config()
    config = Config(
        camera=CameraSettings(source="demo"),
        display=DisplaySettings(width=SIZE[0], height=SIZE[1]),
        portraits=project.portraits,
    )
    pack = choose_pack(config.portraits)
    album = Album()
    road = Road(config, pack)
    road.watch(album)
    with open_screen(pack, config.display, offscreen=True) as screen:
        screen.show(None)
        still = screen.read().copy()
        with road:
            road.run(screen, seconds=SECONDS)
    return still, album.pictures, road.report()


def test_the_portrait_moves_and_the_painting_round_it_does_not(
    run: tuple[Bytes, list[Bytes], Report],
) -> None:
    still, pictures, _ = run
    change = np.max([np.abs(p.astype(np.int16) - still).max(axis=2) for p in pictures], axis=0)

    assert change.max() > 40  # eyes, mouth, contours
    moved = change > 0
    assert 0.01 < moved.mean() < 0.9
    assert not moved[[0, -1]].any()  # rows that no canvas reaches


def test_the_portraits_face_is_still_a_face(run: tuple[Bytes, list[Bytes], Report]) -> None:
    _, pictures, _ = run
    landmarker = Landmarker(Config().tracking)
    found = [
        bool(landmarker(Frame(image=picture, captured_at=step / 30)).faces)
        for step, picture in enumerate(pictures)
    ]
    landmarker.close()

    assert np.mean(found) > 0.95


def test_the_report_tells_everything(run: tuple[Bytes, list[Bytes], Report]) -> None:
    _, pictures, report = run
    written = json.loads(json.dumps(asdict(report)))

    assert set(written) == {
        "seconds", "frames_shown", "fps", "latency_ms", "stages_ms", "dropped", "engine",
        "portrait", "rss_mb",
    }  # fmt: skip
    assert written["frames_shown"] == len(pictures)
    assert set(written["latency_ms"]) == {"p50", "p95", "p99"}
    assert {"camera", "tracking", "motion", "generator", "display"} <= set(written["stages_ms"])
    assert written["engine"] in ("cpu", "cpu-bfloat16", "cuda", "tensorrt")


def test_the_demo_visitor_is_tracked_throughout() -> None:
    from kiosk.camera.capture import open_file

    capture, landmarker = open_file(DEMO_CLIP), Landmarker(Config().tracking)
    found = []
    while capture.grab():
        image = capture.retrieve()
        assert image is not None
        at = len(found) / capture.fps
        found.append(bool(landmarker(Frame(image=image, captured_at=at)).faces))
    landmarker.close()
    capture.release()

    assert 15 <= len(found) / capture.fps <= 20
    assert np.mean(found) >= 0.99


def test_the_demo_visitor_is_640_by_480() -> None:
    assert clip_frame("demo", 0.0).shape == (480, 640, 3)
    assert Path(DEMO_CLIP).stat().st_size < 15e6
