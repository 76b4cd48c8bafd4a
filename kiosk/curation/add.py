"""A picture becomes a portrait pack: study, puppet, pairs, prior flow, fine-tuning, pack.

Work in progress lives in a cache folder of its own, so that it can be interrupted at any moment,
goes on where it stopped, and leaves the packs untouched until the new one is whole.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from kiosk.curation.study import Study, still_of, study_picture
from kiosk.errors import KioskError, PictureError
from kiosk.model.checkpoint import load_generator, save_generator
from kiosk.model.generator import Generator
from kiosk.motion.bank import load_bank
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.target import MotionTarget
from kiosk.portraits.meta import CanvasPlace, Gains, Label, Limits, PackMeta
from kiosk.portraits.pack import write_pack
from kiosk.portraits.pictures import read_picture
from kiosk.puppet.calibrate import find_gains
from kiosk.puppet.limits import find_limits
from kiosk.puppet.render import Puppet
from kiosk.training import losses
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.finetune import FinetuneSettings, Finetuning, face_centre, finetune
from kiosk.training.pairs import Pairs, make_pairs
from kiosk.training.prior import fit_prior

PAIRS_PER_MINUTE, MOST_PAIRS, LEAST_PAIRS = 500, 20_000, 128
PRIOR_SHARE = 0.05  # of the time for learning
PAIRS_SHARE = 0.22  # what drawing the pairs is expected to take, for the bar
SUFFIXES = {".jpg", ".jpeg", ".png"}


@dataclass(frozen=True, slots=True)
class Commission:
    """What a curator asks for."""

    image: Path
    id: str
    minutes: float = 15.0
    title: str = ""
    artist: str = ""
    rights: str = ""
    face: int | None = None
    seed: int = 0
    provenance: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is."""

    stage: str
    share: float  # of everything, 0 to 1


Report = Callable[[Progress], None]


def add_portrait(commission: Commission, portraits: Path, report: Report) -> Study:
    """Make a pack in `portraits`/<id>; returns what was seen in the picture.

    Raises:
        PictureError: the picture cannot become a portrait; nothing is left behind.
        PackError: the pack cannot be written.
    """
    report(Progress("looking", 0.0))
    study = study_picture(commission.image, commission.face)
    with _workshop(commission) as folder:
        work = Work(commission, study, folder=folder, report=report)
        generator = work.learn(work.draw_pairs())
        weights = folder / "generator.safetensors"
        save_generator(generator, weights)
        report(Progress("packing", 1.0))
        plain = commission.image.suffix.lower() in SUFFIXES and _is_as_read(commission, study)
        write_pack(
            portraits / commission.id,
            _describe(work),
            artwork=commission.image if plain else study.artwork,
            matte=(study.matte * 255 + 0.5).astype(np.uint8),
            background=study.plate,
            landmarks=study.landmarks,
            still=still_of(study),
            weights=weights,
        )
    shutil.rmtree(folder, ignore_errors=True)
    return study


class Work:
    """One commission in the workshop: each step begins from what the step before left in the folder."""

    def __init__(
        self, commission: Commission, study: Study, *, folder: Path, report: Report
    ) -> None:
        self.commission, self.study, self.folder = commission, study, folder
        self._report = report
        self.figure = study.figure()
        puppet = Puppet(self.figure)
        limits, gains = find_limits(puppet.mesh), find_gains(puppet)
        self.target = MotionTarget(commission.id, study.landmarks, limits, gains)
        minutes = commission.minutes
        self.count = int(np.clip(minutes * PAIRS_PER_MINUTE, LEAST_PAIRS, MOST_PAIRS))
        self.settings = FinetuneSettings(
            seconds=minutes * 60 * (1 - PAIRS_SHARE - PRIOR_SHARE), seed=commission.seed
        )

    def draw_pairs(self) -> Pairs:
        """What the puppet shows of itself."""
        return make_pairs(
            self.folder / "pairs",
            self.figure,
            Rehearsal(load_bank(), self.target).draw,
            count=self.count,
            seed=self.commission.seed,
            report=lambda share: self._tell("drawing pairs", 0.0, PAIRS_SHARE * share),
        )

    def learn(self, pairs: Pairs) -> Generator:
        """Prior flow, then fine-tuning."""
        torch.manual_seed(self.settings.seed)
        canvas = TrainingCanvas(self.figure)
        run = Finetuning(
            self._fit_prior(canvas, pairs),
            canvas,
            head=losses.head_mask(self.study.landmarks, canvas.matte()),
            centre=face_centre(self.study.landmarks),
            settings=self.settings,
        )
        begun = PAIRS_SHARE + PRIOR_SHARE
        return finetune(
            run,
            pairs,
            checkpoint=self.folder / "finetuning.pt",
            report=lambda share, loss: self._tell(
                f"learning, error {loss:.3f}", begun, (1 - begun) * share
            ),
        )

    def _fit_prior(self, canvas: TrainingCanvas, pairs: Pairs) -> Generator:
        kept = self.folder / "prior.safetensors"
        if kept.exists():
            return load_generator(kept).train()
        generator = Generator()
        artwork, plate = canvas.textures()
        generator.artwork.copy_(artwork)
        generator.plate.copy_(plate)
        fit_prior(
            generator,
            pairs,
            seconds=self.commission.minutes * 60 * PRIOR_SHARE,
            report=lambda share: self._tell("fitting", PAIRS_SHARE, PRIOR_SHARE * share),
        )
        save_generator(generator, kept)
        return generator

    def _tell(self, stage: str, begun: float, share: float) -> None:
        self._report(Progress(stage, begun + share))


def _describe(work: Work) -> PackMeta:
    study, commission, target = work.study, work.commission, work.target
    left, top, side = study.canvas
    label = Label(
        title={"en": commission.title} if commission.title else {},
        artist={"en": commission.artist} if commission.artist else {},
    )
    source = commission.provenance or f"{commission.image.name}, given by the curator"
    made = "computed from the artwork by `kiosk portraits add`"
    return PackMeta(
        id=commission.id,
        rights=commission.rights,
        label=label,
        canvas=CanvasPlace(left=left, top=top, side=side),
        limits=Limits(**asdict(target.limits)),
        gains=Gains(**asdict(target.gains)),
        provenance={
            "artwork": source,
            "matte.png": made,
            "background": made,
            "generator.safetensors": "learnt from the artwork alone by `kiosk portraits add`",
        },
        training={"minutes": commission.minutes, "pairs": work.count, **asdict(work.settings)},
    )


@contextmanager
def _workshop(commission: Commission) -> Iterator[Path]:
    """A folder for the work; the same commission finds it again after an interruption."""
    content = hashlib.sha256(commission.image.read_bytes())
    wish = [commission.id, commission.minutes, commission.seed, commission.face]
    content.update(json.dumps(wish).encode())
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "tableau-vivant" / f"{commission.id}-{content.hexdigest()[:12]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    except KioskError:
        raise
    except OSError as error:
        raise PictureError(
            f"{folder}: {error.strerror}; make room there and start again"
        ) from error


def _is_as_read(commission: Commission, study: Study) -> bool:
    """Whether the file's own pixels are what was read: no turn, no profile to apply."""
    try:
        return bool(np.array_equal(read_picture(commission.image), study.artwork))
    except KioskError:
        return False
