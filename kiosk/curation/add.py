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
from kiosk.model.checkpoint import save_generator
from kiosk.model.generator import Generator
from kiosk.motion.bank import load_bank
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.target import MotionTarget
from kiosk.portraits.meta import CanvasPlace, Gains, Label, Limits, PackMeta
from kiosk.portraits.pack import write_pack
from kiosk.puppet.calibrate import find_gains
from kiosk.puppet.limits import find_limits
from kiosk.puppet.render import Puppet
from kiosk.training import losses
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.finetune import Finetuning, FinetuneSettings, face_centre, finetune
from kiosk.training.pairs import Pairs, make_pairs
from kiosk.training.prior import fit_prior

PAIRS_PER_MINUTE, MOST_PAIRS, LEAST_PAIRS = 800, 20_000, 128
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
        generator, meta = _learn(study, commission, folder, report)
        weights = folder / "generator.safetensors"
        save_generator(generator, weights)
        report(Progress("packing", 1.0))
        plain = commission.image.suffix.lower() in SUFFIXES and _is_as_read(commission, study)
        write_pack(
            portraits / commission.id,
            meta,
            artwork=commission.image if plain else study.artwork,
            matte=(study.matte * 255 + 0.5).astype(np.uint8),
            background=study.plate,
            landmarks=study.landmarks,
            still=still_of(study),
            weights=weights,
        )
    shutil.rmtree(folder, ignore_errors=True)
    return study


def _learn(
    study: Study, commission: Commission, folder: Path, report: Report
) -> tuple[Generator, PackMeta]:
    figure = study.figure()
    puppet = Puppet(figure)
    limits, gains = find_limits(puppet.mesh), find_gains(puppet)
    target = MotionTarget(commission.id, study.landmarks, limits, gains)
    seconds = commission.minutes * 60
    count = int(np.clip(commission.minutes * PAIRS_PER_MINUTE, LEAST_PAIRS, MOST_PAIRS))
    pairs = make_pairs(
        folder / "pairs",
        figure,
        Rehearsal(load_bank(), target).draw,
        count=count,
        seed=commission.seed,
        report=lambda share: report(Progress("drawing pairs", PAIRS_SHARE * share)),
    )
    canvas = TrainingCanvas(figure)
    generator = Generator()
    for buffer, texture in zip((generator.artwork, generator.plate), canvas.textures()):
        buffer.copy_(texture)
    settings = FinetuneSettings(
        seconds=seconds * (1 - PAIRS_SHARE - PRIOR_SHARE), seed=commission.seed
    )
    generator = _train(generator, canvas, study, pairs=pairs, settings=settings, folder=folder, seconds=seconds, report=report)  # fmt: skip
    return generator, _describe(study, commission, target, settings=settings, count=count)


def _train(
    generator: Generator,
    canvas: TrainingCanvas,
    study: Study,
    *,
    pairs: Pairs,
    settings: FinetuneSettings,
    folder: Path,
    seconds: float,
    report: Report,
) -> Generator:
    torch.set_num_threads(max(1, os.cpu_count() or 1))
    torch.manual_seed(settings.seed)
    begun = PAIRS_SHARE
    prior = folder / "prior.safetensors"
    if prior.exists():
        from kiosk.model.checkpoint import load_generator

        generator = load_generator(prior).train()
    else:
        fit_prior(
            generator,
            pairs,
            seconds=seconds * PRIOR_SHARE,
            report=lambda share: report(Progress("fitting", begun + PRIOR_SHARE * share)),
        )
        save_generator(generator, prior)
    run = Finetuning(
        generator,
        canvas,
        head=losses.head_mask(study.landmarks, canvas.matte()),
        centre=face_centre(study.landmarks),
        settings=settings,
    )
    begun += PRIOR_SHARE
    return finetune(
        run,
        pairs,
        checkpoint=folder / "finetuning.pt",
        report=lambda share, loss: report(
            Progress(f"learning, error {loss:.3f}", begun + (1 - begun) * share)
        ),
    )


def _describe(
    study: Study,
    commission: Commission,
    target: MotionTarget,
    *,
    settings: FinetuneSettings,
    count: int,
) -> PackMeta:
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
        training={"minutes": commission.minutes, "pairs": count, **asdict(settings)},
    )


@contextmanager
def _workshop(commission: Commission) -> Iterator[Path]:
    """A folder for the work; the same commission finds it again after an interruption."""
    content = hashlib.sha256(commission.image.read_bytes())
    content.update(json.dumps([commission.id, commission.minutes, commission.seed, commission.face]).encode())  # fmt: skip
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "tableau-vivant" / f"{commission.id}-{content.hexdigest()[:12]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    except KioskError:
        raise
    except OSError as error:
        raise PictureError(f"{folder}: {error.strerror}; make room there and start again") from error


def _is_as_read(commission: Commission, study: Study) -> bool:
    """Whether the file's own pixels are what was read: no turn, no profile to apply."""
    from kiosk.portraits.pictures import read_picture

    try:
        return bool(np.array_equal(read_picture(commission.image), study.artwork))
    except KioskError:
        return False
