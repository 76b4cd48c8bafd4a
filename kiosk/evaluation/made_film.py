"""A short clip of a finished portrait: alone for a while, then as it would answer a visitor.

In goes a pack, out comes an MP4. Nobody but the portrait is in it.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import torch

from kiosk.display.compose import compose
from kiosk.display.recorder import Recorder
from kiosk.display.texels import canvas_slices
from kiosk.generator.eager import PlainEngine
from kiosk.generator.stage import GeneratorStage, Portrait
from kiosk.messages import Bytes, Layers, Motion, PortraitMotion, Visitor
from kiosk.model.checkpoint import load_generator
from kiosk.motion.director import Director, hand_over
from kiosk.motion.settings import MotionSettings
from kiosk.painting.performance import Performance
from kiosk.portraits.meta import CanvasPlace
from kiosk.portraits.pack import Pack
from kiosk.sitter import motion_target, rig_of

FPS = 25
FILM_PX = 480  # the canvas in the clip
IDLE_FROM_S, IDLE_S = 2.0, 4.0  # of the portrait's own time: with a blink
# of the written performance: a turn with a smile, a glance, an open and a pursed mouth, a nod
PERFORMED_FROM_S, PERFORMED_S = 1.2, 6.0
AT_ONCE = 32  # pictures kept until they are written


class Sitting:
    """A finished portrait that sits for its report.

    Args:
        pack: the portrait's.
    """

    def __init__(self, pack: Pack) -> None:
        self.pack, self.target = pack, motion_target(pack)
        portrait = Portrait(pack.meta.id, rig_of(pack), PlainEngine(load_generator(pack.weights)))
        self._stage = GeneratorStage(lambda: portrait)

    def layers(self, motion: Motion) -> Layers:
        """What the display is given."""
        layers = self._stage(PortraitMotion(self.pack.meta.id, motion, captured_at=0.0))
        assert layers is not None
        return layers


def film_portrait(sitting: Sitting, path: Path, report: Callable[[float], None]) -> None:
    """Write the clip.

    Args:
        sitting: the portrait.
        path: of the clip.
        report: called with the share done, 0 to 1.

    Raises:
        KioskError: it cannot be written.
    """
    small = smaller(sitting.pack, FILM_PX)
    side = small.meta.canvas.side
    motions, count = _play(sitting), round((IDLE_S + PERFORMED_S) * FPS)
    number = 0
    with Recorder(path, (side, side), FPS) as recorder, every_core() as pool:
        while some := list(islice(motions, AT_ONCE)):
            for picture in pool.map(lambda each: compose(small, sitting.layers(each)), some):
                recorder.write(picture, number / FPS)
                number += 1
                report(number / count)


def smaller(pack: Pack, side: int) -> Pack:
    """The canvas alone, at most so many pixels a side: composed in a fraction of the time."""
    crop = pack.artwork[canvas_slices(pack.meta.canvas)]
    side = min(side, len(crop))

    def shrink(picture: Bytes) -> Bytes:
        return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), np.uint8)

    place = CanvasPlace(left=0, top=0, side=side)
    return replace(
        pack,
        meta=pack.meta.model_copy(update={"canvas": place}),
        artwork=shrink(crop),
        matte=shrink(pack.matte),
        background=shrink(pack.background),
    )


@contextmanager
def every_core() -> Iterator[ThreadPoolExecutor]:
    """A picture for each core at a time: they share the work better than one picture's parts."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            yield pool
    finally:
        torch.set_num_threads(threads)


def _play(sitting: Sitting) -> Iterator[Motion]:
    """Every motion of the clip."""
    settings = MotionSettings()
    director = Director(sitting.target, settings)
    performance = Performance(sitting.target, limited=True)
    shown = None
    for number in range(round(IDLE_S * FPS)):
        now = IDLE_FROM_S + number / FPS
        nobody = Visitor(face=None, since=0.0, frame_size=(1, 1), captured_at=now)
        shown = director(nobody, now).motion
        yield shown
    for number in range(round(PERFORMED_S * FPS)):
        at = number / FPS
        wanted = performance.motion(PERFORMED_FROM_S + at)
        yield hand_over(shown, wanted, at / settings.handover_s) if shown else wanted
