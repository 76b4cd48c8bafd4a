"""Whether more pictures of a sitter make a better portrait: a clip of a person, learnt and tested.

One calm frame of a clip's first half becomes a portrait; it learns from K frames of that half
besides, and is asked for frames of the second half. They are judged inside the head, in the
portrait's tones: PSNR, SSIM, and how far the face that a tracker sees lies from the true one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kiosk.camera.capture import read_pictures
from kiosk.curation.study import Study, study_face
from kiosk.errors import CameraError
from kiosk.evaluation import measures
from kiosk.evaluation.shown import show
from kiosk.face import MESH
from kiosk.messages import Bytes
from kiosk.model.generator import Generator
from kiosk.motion.bank import load_bank
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.target import MotionTarget
from kiosk.portraits.pictures import write_picture
from kiosk.puppet.calm import Tracked, find_calmest, track_faces
from kiosk.puppet.detect import track_pictures
from kiosk.puppet.limits import find_limits
from kiosk.puppet.photographs import pair_tracked
from kiosk.puppet.render import Puppet
from kiosk.training.beginning import begin_from_base
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.finetune import FinetuneSettings, Finetuning, finetune
from kiosk.training.pairs import Pairs, make_pairs, stack_pairs

TESTS = 24  # frames of the second half
LOOKED_AT = 60  # frames of the first half among which the calmest is chosen
PAIRS = 512
SHOWN_EVERY = 5  # of them
HEADING = "frames  PSNR dB  SSIM   landmarks % of the face's height"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way of learning, judged on the second half; means over its frames."""

    frames: int  # photographs that were learnt from; 0: the rig alone, nothing learnt
    psnr_db: float
    ssim: float
    landmarks_pct: float  # mean error of the landmarks, of the face's height


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A person's clip, cut in two."""

    puppet: Puppet
    study: Study
    calm: Tracked  # the frame that became the portrait
    first: list[Tracked]
    tests: list[Pairs]  # of the second half, one moment each


def prepare(clip: Path) -> Trial:
    """Choose the frame that becomes the portrait; track both halves.

    Raises:
        CameraError: too few frames show a face.
    """
    images = [image for _, image in read_pictures(clip)]
    half = len(images) // 2
    first, second = (track_faces(part) for part in (images[:half], images[half:]))
    if min(len(first), len(second)) < TESTS:
        raise CameraError(f"{clip}: too few of its frames show a face")
    some = first[:: max(1, len(first) // LOOKED_AT)]
    calm = some[find_calmest(some)]
    study = study_face(calm.image, calm.face, f"{clip.name}, its calmest frame")
    puppet = study.puppet()
    tests = [
        stack_pairs(iter([pair_tracked(puppet, second[number])]))
        for number in _spread(second, TESTS)
    ]
    return Trial(puppet, study, calm, first, tests)


def compare(
    trial: Trial, counts: Sequence[int], minutes: float, folder: Path
) -> Iterator[tuple[Outcome, Bytes]]:
    """The rig alone, then what is learnt from each number of frames, one by one.

    Yields:
        an outcome, and a few of the second half's frames as shown, side by side.
    """
    yield judge(trial, None, 0), strip(trial, None)
    for count in counts:
        generator = learn(trial, count, seconds=minutes * 60, folder=folder)
        yield judge(trial, generator, count), strip(trial, generator)


def learn(trial: Trial, frames: int, *, seconds: float, folder: Path) -> Generator:
    """Fine-tune on the puppet and so many photographs of the first half."""
    puppet, landmarks = trial.puppet, trial.study.landmarks
    limits = find_limits(puppet.rig.mesh, puppet.figure.matte)
    sampler = Rehearsal(load_bank(), MotionTarget("person", landmarks, limits)).draw
    pairs = make_pairs(
        folder / "pairs", puppet, sampler, count=PAIRS, seed=0, report=lambda _: None
    )
    real = photographs(trial, frames)
    figure, settings = puppet.figure, FinetuneSettings(seconds=seconds)
    run = Finetuning(begin_from_base(figure, real), TrainingCanvas(figure), settings)
    return finetune(
        run, pairs, checkpoint=folder / f"{frames}.pt", report=lambda *_: None, real=real
    )


def photographs(trial: Trial, count: int) -> Pairs:
    """Pairs of so many frames: the portrait's own, and others evenly spread over its half."""
    others = _spread(trial.first, count - 1) if count > 1 else []
    chosen = [trial.calm, *(trial.first[number] for number in others)]
    return stack_pairs(pair_tracked(trial.puppet, each) for each in chosen)


def judge(trial: Trial, generator: Generator | None, frames: int) -> Outcome:
    """Ask for frames of the second half; without a network the rig alone answers."""
    rows = []
    for pairs in trial.tests:
        shown, true = show(generator, pairs, 0), pairs.frame[0]
        head = measures.region_masks(pairs.landmarks[0], pairs.counts[0] / 255)["head"]
        head &= pairs.counts[0] > 127
        rows.append(
            (
                measures.psnr(shown, true, head),
                measures.ssim(shown, true, head),
                _landmark_error(shown, true),
            )
        )
    psnr, ssim, error = np.nanmean(rows, axis=0)
    return Outcome(frames, float(psnr), float(ssim), float(error))


def strip(trial: Trial, generator: Generator | None) -> Bytes:
    """A few frames of the second half as the portrait shows them, side by side."""
    return np.hstack([show(generator, pairs, 0) for pairs in trial.tests[::SHOWN_EVERY]])


def save_sheet(trial: Trial, rows: list[Bytes], path: Path) -> None:
    """Strips below one another, the true frames first."""
    true = np.hstack([pairs.frame[0] for pairs in trial.tests[::SHOWN_EVERY]])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_picture(path, np.vstack([true, *rows]))


def line(outcome: Outcome) -> str:
    """One line of the table."""
    told = f"{outcome.psnr_db:7.2f}  {outcome.ssim:.3f}  {outcome.landmarks_pct:.2f}"
    return f"{outcome.frames:6d}  {told}"


def _spread(frames: list[Tracked], count: int) -> list[int]:
    """So many numbers of frames, evenly spread; one alone is the middle one."""
    steps = (np.arange(count) + 0.5) / count * len(frames)
    return [int(step) for step in steps]


def _landmark_error(shown: Bytes, wanted: Bytes) -> float:
    found, true = track_pictures([shown, wanted])[:, :MESH, :2]
    height = float(np.ptp(true[:, 1]))
    return 100 * float(np.linalg.norm(found - true, axis=1).mean()) / height
