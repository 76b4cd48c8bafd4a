"""Another camera is plugged in while somebody is followed: its pictures have another size."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from kiosk.messages import Frame, Layers, PortraitMotion
from kiosk.room import own_room
from tests.fakes import moving_photograph
from tests.packs import small_pack
from tests.test_app import ClosingScreen, ShortRoad, settings

SIZES = [(640, 480), (1280, 720), (320, 240), (800, 600)]
EACH = 30


class OtherCameras:
    """One camera after the other, each for a second."""

    fps, began, fault = 30.0, 0.0, ""

    def __init__(self) -> None:
        self._films = [moving_photograph(EACH, size) for size in SIZES]
        self.given = 0

    def __call__(self, message: None = None, /) -> Frame | None:
        time.sleep(1 / 60)
        film = self._films[self.given // EACH % len(SIZES)]
        self.given += 1
        return Frame(film[self.given % EACH], time.monotonic())

    def forget(self) -> None:
        pass

    def close(self) -> None:
        pass


def test_the_portrait_goes_on_following_whatever_size_the_pictures_have(tmp_path: Path) -> None:
    config, seen = settings("demo"), []
    camera = OtherCameras()
    sizes: set[tuple[int, int]] = set()

    class Watched(ShortRoad):
        def answer(self, motion: object) -> Layers | None:
            if isinstance(motion, PortraitMotion):
                seen.append(motion.motion)
                view = self.view()
                if view is not None and view.faces:
                    sizes.add(view.size)
            return super().answer(motion)

    room = replace(own_room(config, clock=time.monotonic), camera=camera)
    screen = ClosingScreen(lambda _: camera.given > 2 * EACH * len(SIZES))
    with Watched(config, small_pack(tmp_path / "packs"), room) as road:
        road.run(screen)
        stages = road.status().stages

    assert sizes == set(SIZES)  # a face was found in each
    assert all(stage.failures == 0 for stage in stages.values())
    assert np.isfinite(np.array([motion.rotation for motion in seen])).all()
    assert np.isfinite(np.array([motion.expression for motion in seen])).all()
    assert not [t for t in threading.enumerate() if t.name in ("camera", "mirror")]
