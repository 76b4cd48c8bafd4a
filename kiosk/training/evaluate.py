"""How good one portrait is, driven by one clip: agreement, likeness to the puppet, brushwork.

The clip goes through the gallery's own tracking, motion and network, frame by frame. The painting
is then watched by a tracker of its own, which knows nothing of what was intended.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch

from kiosk.app import motion_target
from kiosk.camera.capture import count_pictures, read_pictures
from kiosk.config import TrackingSettings
from kiosk.display.compose import compose
from kiosk.errors import CameraError
from kiosk.face import LANDMARKS
from kiosk.generator.eager import PlainEngine
from kiosk.messages import Bytes, Face, Floats, Frame, Layers
from kiosk.model.checkpoint import load_generator
from kiosk.model.spec import RESOLUTION
from kiosk.motion.agreement import BARS, agree
from kiosk.motion.director import Director
from kiosk.motion.settings import MotionSettings
from kiosk.portraits.pack import Pack
from kiosk.puppet.figure import Figure, make_figure
from kiosk.puppet.render import Puppet
from kiosk.tracking.landmarker import Landmarker
from kiosk.tracking.presence import Presence
from kiosk.training import measures
from kiosk.training.canvas import TrainingCanvas

LIKENESS_EVERY = 4  # frames between two comparisons with the puppet
STILLS = 12

_NOBODY = np.full((LANDMARKS, 3), np.nan, np.float32)

Report = Callable[[float], None]


@dataclass(slots=True)
class Evaluation:
    """Figures of one portrait and one clip."""

    portrait: str
    visitor: str
    frames: int
    agreement: dict[str, float]
    lag_frames: int
    passed: bool  # every signal of the agreement reaches its bar
    psnr_db: dict[str, float]
    ssim: dict[str, float]
    neutral_fine_energy: float  # of the artwork's, inside the canvas
    stills: list[tuple[Bytes, Bytes]] = field(repr=False)  # visitor, portrait

    def figures(self) -> dict[str, object]:
        """All but the pictures, ready for JSON."""
        names = [name for name in Evaluation.__slots__ if name != "stills"]
        return {name: getattr(self, name) for name in names} | {"bars": BARS}


class Rehearsed:
    """One portrait on its road, without threads: a frame in, the composed canvas out."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.engine = PlainEngine(load_generator(pack.weights_path))
        self.landmarker = Landmarker(TrackingSettings())
        self.presence = Presence(TrackingSettings(), now=0.0)
        self.director = Director(motion_target(pack), MotionSettings(), seed=0)

    def show(self, image: Bytes, now: float) -> tuple[Layers, Floats, Floats]:
        """Layers for a frame, the portrait's landmarks, the visitor's (NaN when nobody leads)."""
        visitor = self.presence(self.landmarker(Frame(image, now)))
        motion = self.director(visitor, now)
        maps = self.engine.infer(motion.landmarks)
        layers = Layers(self.pack.meta.id, maps.flow, maps.paint, maps.cover, now)
        return layers, motion.landmarks, visitor.face.landmarks if visitor.face else _NOBODY

    def __enter__(self) -> "Rehearsed":
        return self

    def __exit__(self, *_: object) -> None:
        self.landmarker.close()


def evaluate(pack: Pack, clip: Path, report: Report) -> Evaluation:
    """Drive a portrait with a clip and measure.

    Args:
        pack: the portrait.
        clip: a recording of a face.
        report: called with the share done.

    Raises:
        CameraError: the clip cannot be read.
    """
    count = count_pictures(clip)
    if not count:
        raise CameraError(f"{clip}: no frame can be read; give a clip that plays elsewhere")
    likeness = Likeness(pack)
    performer, portrait, stills = [], [], []
    with Rehearsed(pack) as rehearsed, closing(Landmarker(TrackingSettings())) as watcher:
        for number, (now, image) in enumerate(read_pictures(clip)):
            layers, landmarks, seen = rehearsed.show(image, now)
            picture = compose(pack, layers)
            performer.append(seen)
            portrait.append(_leading(watcher(Frame(picture, now)).faces))
            if number % LIKENESS_EVERY == 0:
                likeness.add(layers, rehearsed.director, landmarks)
            if number in np.linspace(min(10, count - 1), count - 1, STILLS).astype(int):
                stills.append((image, picture))
            report((number + 1) / count)
        energy = neutral_fine_energy(rehearsed)
    found = agree(np.array(performer), np.array(portrait))
    return Evaluation(
        portrait=pack.meta.id,
        visitor=clip.name,
        frames=len(performer),
        agreement=_rounded(found.r),
        lag_frames=found.lag_frames,
        passed=found.passed,
        psnr_db=_rounded(likeness.mean("psnr")),
        ssim=_rounded(likeness.mean("ssim")),
        neutral_fine_energy=round(energy, 3),
        stills=stills,
    )


class Likeness:
    """The generator's picture against the puppet's, at the generator's resolution."""

    def __init__(self, pack: Pack) -> None:
        self._figure = figure_of(pack)
        self._puppet, self._canvas = Puppet(self._figure), TrainingCanvas(self._figure)
        size = (RESOLUTION, RESOLUTION)
        self._matte = cv2.resize(self._figure.matte, size, interpolation=cv2.INTER_AREA)
        self._rows: list[dict[str, dict[str, float]]] = []

    def add(self, layers: Layers, director: Director, landmarks: Floats) -> None:
        """Compare one moment."""
        wanted = self._puppet.render(director.motion).frame
        found = self.picture(layers)
        masks = measures.region_masks(landmarks, self._matte)
        self._rows.append(
            {
                "psnr": {name: measures.psnr(found, wanted, mask) for name, mask in masks.items()},
                "ssim": {name: measures.ssim(found, wanted, mask) for name, mask in masks.items()},
            }
        )

    @torch.inference_mode()
    def picture(self, layers: Layers) -> Bytes:
        """What the layers show: (RESOLUTION, RESOLUTION, 3)."""
        flow, paint = (
            torch.from_numpy(x).permute(2, 0, 1)[None] for x in (layers.flow, layers.paint)
        )
        cover = torch.from_numpy(layers.cover)[None, None]
        picture = self._canvas.compose(flow, paint, cover, samples=4)[0].permute(1, 2, 0)
        return np.asarray((picture * 255).round().clamp(0, 255).numpy().astype(np.uint8))

    def mean(self, measure: str) -> dict[str, float]:
        """Of all moments added, by region."""
        return {
            region: float(np.mean([row[measure][region] for row in self._rows]))
            for region in measures.REGIONS
        }


def figure_of(pack: Pack) -> Figure:
    """The puppet's view of a finished pack."""
    place = pack.meta.canvas
    crop = pack.artwork[place.top : place.top + place.side, place.left : place.left + place.side]
    matte = pack.matte.astype(np.float32) / 255
    return make_figure(crop, matte, pack.background, pack.landmarks)


def neutral_fine_energy(rehearsed: Rehearsed) -> float:
    """Fine energy of the neutral portrait inside the canvas, as a share of the artwork's."""
    pack = rehearsed.pack
    maps = rehearsed.engine.infer(pack.landmarks)
    picture = compose(pack, Layers(pack.meta.id, maps.flow, maps.paint, maps.cover, 0.0))
    place = pack.meta.canvas
    crop = pack.artwork[place.top : place.top + place.side, place.left : place.left + place.side]
    everywhere = np.ones(crop.shape[:2], bool)
    return measures.fine_energy(picture, everywhere) / measures.fine_energy(crop, everywhere)


def _leading(faces: tuple[Face, ...]) -> Floats:
    return faces[0].landmarks if faces else _NOBODY


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in values.items()}
