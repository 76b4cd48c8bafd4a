"""Whether more pictures of a sitter make a better portrait: a clip of a person, learnt and tested.

One calm frame of a clip's first half becomes a portrait; it learns from K frames of that half
besides, and is asked for frames of the second half. They are judged inside the head, in the
portrait's tones: PSNR, SSIM, and how far the face that a tracker sees lies from the true one.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from kiosk.camera.capture import read_pictures
from kiosk.curation.study import Study, study_picture
from kiosk.errors import CameraError
from kiosk.evaluation import measures
from kiosk.face import MESH
from kiosk.messages import Bytes, Floats
from kiosk.model.generator import Generator
from kiosk.motion.bank import load_bank
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import angles_deg, fit_pose, free_of_pose, measure
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.target import MotionTarget
from kiosk.portraits.pictures import write_picture
from kiosk.puppet.detect import settle_landmarks, track_pictures
from kiosk.puppet.limits import find_limits
from kiosk.puppet.photographs import pair_with
from kiosk.puppet.render import Puppet
from kiosk.training.beginning import begin_generator
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.finetune import Batch, FinetuneSettings, Finetuning, finetune
from kiosk.training.pairs import Pairs, make_pairs, stack_pairs

TESTS = 24  # frames of the second half
LOOKED_AT = 60  # frames of the first half among which the calmest is chosen
PAIRS = 512
SHOWN_EVERY = 5  # of them


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
    calm: tuple[Bytes, Floats]  # the frame that became the portrait, and its landmarks
    first: list[tuple[Bytes, Floats]]
    tests: list[Pairs]  # of the second half, one moment each
    canvas: TrainingCanvas


def prepare(clip: Path) -> Trial:
    """Choose the frame that becomes the portrait; track both halves.

    Raises:
        CameraError: too few frames show a face.
    """
    images = [image for _, image in read_pictures(clip)]
    half = len(images) // 2
    first, second = (_track(part) for part in (images[:half], images[half:]))
    if min(len(first), len(second)) < TESTS:
        raise CameraError(f"{clip}: too few of its frames show a face")
    calm = min(first[:: max(1, len(first) // LOOKED_AT)], key=lambda each: _unrest(each[1]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "source.png"
        write_picture(path, calm[0])
        study = study_picture(path)
    puppet = study.puppet()
    tests = [_photograph(puppet, *second[number]) for number in _spread(second, TESTS)]
    canvas = TrainingCanvas(puppet.figure, puppet.slope)
    return Trial(puppet, study, calm, first, tests, canvas)


def learn(trial: Trial, frames: int, *, seconds: float, folder: Path) -> Generator:
    """Fine-tune on the puppet and so many photographs of the first half."""
    puppet, landmarks = trial.puppet, trial.study.landmarks
    limits = find_limits(puppet.rig.mesh, puppet.figure.matte)
    sampler = Rehearsal(load_bank(), MotionTarget("person", landmarks, limits)).draw
    pairs = make_pairs(
        folder / "pairs", puppet, sampler, count=PAIRS, seed=0, report=lambda _: None
    )
    real = photographs(trial, frames)
    codes = np.concatenate([pairs.landmarks, real.landmarks])
    generator = begin_generator(trial.canvas, codes, seed=0)
    run = Finetuning(generator, trial.canvas, FinetuneSettings(seconds=seconds))
    return finetune(
        run, pairs, checkpoint=folder / f"{frames}.pt", report=lambda *_: None, real=real
    )


def photographs(trial: Trial, count: int) -> Pairs:
    """Pairs of so many frames: the portrait's own, and others evenly spread over its half."""
    others = _spread(trial.first, count - 1) if count > 1 else []
    chosen = [trial.calm, *(trial.first[number] for number in others)]
    return stack_pairs(
        pair_with(trial.puppet, image, settle_landmarks(image, face)) for image, face in chosen
    )


def judge(trial: Trial, generator: Generator | None, frames: int) -> Outcome:
    """Ask for frames of the second half; without a network the rig alone answers."""
    rows = []
    for pairs in trial.tests:
        shown, true = show(trial, generator, pairs), pairs.frame[0]
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
    return np.hstack([show(trial, generator, pairs) for pairs in trial.tests[::SHOWN_EVERY]])


def save_sheet(trial: Trial, rows: list[Bytes], path: Path) -> None:
    """Strips below one another, the true frames first."""
    true = np.hstack([pairs.frame[0] for pairs in trial.tests[::SHOWN_EVERY]])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_picture(path, np.vstack([true, *rows]))


@torch.inference_mode()
def show(trial: Trial, generator: Generator | None, pairs: Pairs) -> Bytes:
    """The picture of one pair as the portrait shows it: (RESOLUTION, RESOLUTION, 3)."""
    batch = Batch.take(pairs, np.arange(1), torch.device("cpu"))
    flow, paint, cover = batch.flow, batch.drawn[:, :3], torch.zeros_like(batch.light)
    if generator is not None:
        flow, paint, cover = generator.layers(batch.landmarks, batch.flow, batch.masks)
    canvas = trial.canvas.cpu()  # learning may have taken it to a GPU
    picture = canvas.compose(flow, batch.light, paint, cover, drawn=batch.drawn, samples=4)[0]
    return np.asarray((picture.permute(1, 2, 0) * 255).round().clamp(0, 255).numpy(), np.uint8)


def _spread(frames: list[tuple[Bytes, Floats]], count: int) -> list[int]:
    """So many numbers of frames, evenly spread; one alone is the middle one."""
    steps = (np.arange(count) + 0.5) / count * len(frames)
    return [int(step) for step in steps]


def _photograph(puppet: Puppet, image: Bytes, face: Floats) -> Pairs:
    """One frame as pairs of one."""
    return stack_pairs(iter([pair_with(puppet, image, settle_landmarks(image, face))]))


def _track(images: list[Bytes]) -> list[tuple[Bytes, Floats]]:
    """Those in which a face is seen."""
    faces = track_pictures(images)
    return [
        (image, face) for image, face in zip(images, faces, strict=True) if np.isfinite(face).all()
    ]


def _unrest(face: Floats) -> float:
    """How far a face is from looking at us with its mouth shut and its eyes open."""
    pose = fit_pose(face, load_face_model().mean)
    seen = measure(free_of_pose(face.astype(np.float64), pose))
    turned = float(np.abs(angles_deg(pose.rotation)).max()) / 10
    return turned + 10 * seen.gap + 5 * max(0.0, 0.08 - float(seen.aperture.mean()))


def _landmark_error(shown: Bytes, wanted: Bytes) -> float:
    found, true = track_pictures([shown, wanted])[:, :MESH, :2]
    height = float(np.ptp(true[:, 1]))
    return 100 * float(np.linalg.norm(found - true, axis=1).mean()) / height


def table(outcomes: list[Outcome]) -> Iterator[str]:
    """Lines to print."""
    yield "frames  PSNR dB  SSIM   landmarks % of the face's height"
    for each in outcomes:
        yield (f"{each.frames:6d}  {each.psnr_db:7.2f}  {each.ssim:.3f}  {each.landmarks_pct:.2f}")
