"""A picture becomes a portrait pack: study, puppet, pairs, fine-tuning, pack.

Work in progress lives in a cache folder of its own, so that it can be interrupted at any moment,
goes on where it stopped, and leaves the packs untouched until the new one is whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path

import numpy as np

from kiosk.curation.commission import Commission, check_commission, check_room, workshop
from kiosk.curation.further import FurtherPicture, find_further
from kiosk.curation.growing import GrowingPreview
from kiosk.curation.study import Study, still_of, study_picture
from kiosk.curation.timetable import (
    DRAWING,
    LEARNING,
    LOOKING,
    PACKING,
    Progress,
    Report,
    learning_s,
)
from kiosk.errors import KioskError
from kiosk.model.checkpoint import save_generator
from kiosk.model.generator import Generator
from kiosk.motion.bank import load_bank
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.target import MotionTarget
from kiosk.portraits.meta import CanvasPlace, Gains, Light, Limits, PackMeta
from kiosk.portraits.pack import PackParts, write_pack
from kiosk.portraits.pictures import read_picture
from kiosk.puppet.calibrate import find_gains
from kiosk.puppet.limits import find_limits
from kiosk.puppet.photographs import pair_with
from kiosk.rig.landmarks import no_motion
from kiosk.training.beginning import begin_from_base
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.finetune import FinetuneSettings, Finetuning, finetune
from kiosk.training.pairs import Pairs, make_pairs, room_for_pairs, stack_pairs

PAIRS_PER_MINUTE, MOST_PAIRS, LEAST_PAIRS = 240, 4000, 128
STUDIED, MEASURED = 0.6, 0.8  # of looking: when the picture, and when the limits are known
UNANSWERED = {
    "mouth": "no mouth is seen to open in this picture: it will stay as it is painted",
    "gaze": "no eyes are seen to look aside in this picture: they will look straight on",
    "closure": "no eyes are seen to shut in this picture: they will not blink",
}
SUFFIXES = {".jpg", ".jpeg", ".png"}

Review = Callable[[Path, Sequence[str]], None]


def _nobody(_: Path, __: Sequence[str]) -> None: ...


def add_portrait(
    commission: Commission, portraits: Path, report: Report, review: Review = _nobody
) -> Study:
    """Make a pack in `portraits`/<id>; returns what was seen in the picture, with all remarks.

    Args:
        commission: what is asked for.
        portraits: where the packs lie.
        report: told how far the work is.
        review: given the finished pack's folder, and the remarks, before it hangs anywhere.

    Raises:
        ConfigError: the id or the rights are not what a pack allows.
        PictureError: the picture cannot become a portrait; nothing is left behind.
        PackError: the pack cannot be written.
    """
    check_commission(commission, portraits)
    report(Progress(LOOKING, 0.0))
    study = study_picture(commission.image, commission.face, commission.points)
    report(Progress(LOOKING, STUDIED))
    for remark in study.warnings:
        report(Progress(LOOKING, STUDIED, remark=remark))
    with workshop(commission) as folder:
        work = Work(commission, study, folder=folder, report=report)
        generator = work.learn(work.draw_pairs())
        weights = folder / "generator.safetensors"
        save_generator(generator, weights)
        report(Progress(PACKING, 0.0))
        plain = commission.image.suffix.lower() in SUFFIXES and _is_as_read(commission, study)
        meta, parts = (
            _describe(work),
            PackParts(
                artwork=commission.image if plain else study.artwork,
                matte=(study.matte * 255 + 0.5).astype(np.uint8),
                background=study.plate,
                landmarks=study.landmarks,
                still=still_of(study),
                weights=weights,
            ),
        )
        study = replace(study, warnings=(*study.warnings, *work.remarks))
        finished = folder / "finished" / commission.id
        write_pack(finished, meta, **parts)
        review(finished, study.warnings)
        write_pack(portraits / commission.id, meta, **parts)
    return study


class Work:
    """One commission in the workshop; each step begins from what the one before left there."""

    def __init__(
        self, commission: Commission, study: Study, *, folder: Path, report: Report
    ) -> None:
        self.commission, self.study, self.folder = commission, study, folder
        self._report, self.remarks = report, list[str]()
        self.puppet = study.puppet()
        limits = find_limits(self.puppet.rig.mesh, self.puppet.figure.matte)
        report(Progress(LOOKING, MEASURED))
        gains = find_gains(self.puppet)
        for part, answer in UNANSWERED.items():
            if getattr(gains, part) == 0:
                self._remark(answer)
        self.further: list[FurtherPicture] = []
        if commission.also is not None:
            self.further = find_further(
                commission.also, study.landmarks, strict=commission.strict, remark=self._remark
            )
        self.target = MotionTarget(commission.id, study.landmarks, limits, gains)
        minutes = commission.minutes
        self.count = int(np.clip(minutes * PAIRS_PER_MINUTE, LEAST_PAIRS, MOST_PAIRS))
        self.settings = FinetuneSettings(seconds=learning_s(minutes), seed=commission.seed)

    def draw_pairs(self) -> Pairs:
        """What the puppet shows of itself."""
        check_room(self.folder, room_for_pairs(self.count))
        return make_pairs(
            self.folder / "pairs",
            self.puppet,
            Rehearsal(load_bank(), self.target).draw,
            count=self.count,
            seed=self.commission.seed,
            report=lambda part: self._report(Progress(DRAWING, part)),
        )

    def learn(self, pairs: Pairs) -> Generator:
        """Fine-tuning, from what the base knows."""
        figure, real = self.puppet.figure, self.pair_further()
        preview = GrowingPreview(self.puppet, self.target, self.folder / "preview.jpg")
        return finetune(
            Finetuning(begin_from_base(figure, real), TrainingCanvas(figure), self.settings),
            pairs,
            real=real,
            checkpoint=self.folder / "finetuning.pt",
            report=lambda part, error: self._report(
                Progress(LEARNING, part, error=error, preview=preview.path)
            ),
            watch=preview,
        )

    def pair_further(self) -> Pairs | None:
        """What the sitter's further pictures show, if there are any."""
        if not self.further:
            return None
        hanging = replace(self.puppet.render(no_motion()), photographed=np.array(True))
        others = (pair_with(self.puppet, each.image, each.face) for each in self.further)
        return stack_pairs(chain([hanging], others))

    def _remark(self, words: str) -> None:
        self.remarks.append(words)
        self._report(Progress(LOOKING, STUDIED, remark=words))


def _describe(work: Work) -> PackMeta:
    study, commission, target = work.study, work.commission, work.target
    left, top, side = study.canvas
    source = commission.provenance or f"{commission.image.name}, given by the curator"
    others = len(work.further)
    learnt_from = f"the artwork and {others} further pictures" if others else "the artwork alone"
    made = "computed from the artwork by `kiosk portraits add`"
    return PackMeta(
        id=commission.id,
        rights=commission.rights,
        required_statement=commission.required_statement,
        homepage=commission.homepage,
        label=commission.label,
        canvas=CanvasPlace(left=left, top=top, side=side),
        limits=Limits(**asdict(target.limits)),
        gains=Gains(**asdict(target.gains)),
        light=Light(slope=tuple(round(float(x), 3) for x in work.puppet.figure.slope)),
        provenance={
            "artwork": source,
            "matte.png": made,
            "background": made,
            "generator.safetensors": f"learnt from {learnt_from} by `kiosk portraits add`",
        },
        training={"minutes": commission.minutes, "pairs": work.count, **asdict(work.settings)},
    )


def _is_as_read(commission: Commission, study: Study) -> bool:
    """Whether the file's own pixels are what was read: no turn, no profile to apply."""
    try:
        return bool(np.array_equal(read_picture(commission.image), study.artwork))
    except KioskError:
        return False
