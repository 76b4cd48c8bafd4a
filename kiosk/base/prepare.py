"""Cut, track, draw: everybody the base shall learn from, kept on disk, on all cores.

What is there already is not made again, so that it may be interrupted at any time. Who cannot be
used is named, remembered and left out.
"""

import logging
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kiosk.base.identity import Identity, keep_identity
from kiosk.base.imaginary import Model, imagine
from kiosk.base.sources import Source
from kiosk.curation.study import Study, choose_face, study_face
from kiosk.errors import KioskError, TrainingError
from kiosk.motion.bank import load_bank
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.target import MotionTarget
from kiosk.puppet.calm import Tracked, find_calmest, track_faces
from kiosk.puppet.detect import find_faces
from kiosk.puppet.figure import Figure
from kiosk.puppet.limits import find_limits
from kiosk.puppet.photographs import pair_tracked
from kiosk.rig.raster import to_pixels
from kiosk.training.pairs import Pairs, stack_pairs
from kiosk.training.workers import share_out, told_to_stop

logger = logging.getLogger(__name__)

DRAWN, LOOKED_AT = 48, 40  # pairs of each puppet; pictures of each person
FORMAT = "2"  # of what is kept of a person: others are left alone, and prepared anew
PIECED_AT = 128  # the ground behind people need not be fine here, and takes seconds otherwise

Report = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Order:
    """One person to be prepared: somebody's files, or a number that somebody is imagined by."""

    folder: Path
    source: Source | None = None
    models: tuple[Path, ...] = ()
    seed: tuple[int, int] = (0, 0)

    @property
    def failed(self) -> Path:
        """Says why the person could not be used."""
        return self.folder.with_suffix(".failed")


def prepare(
    sources: list[Source], folder: Path, *, imaginary: int, seed: int, report: Report
) -> list[Identity]:
    """Everybody usable of the sources, and so many imaginary ones mixed from them.

    Args:
        sources: from `find_sources`.
        folder: where they are kept.
        imaginary: people.
        seed: of them.
        report: called with what is done and the share of it, 0 to 1.

    Raises:
        TrainingError: nobody can be used, or a process was ended from outside.
    """
    folder = folder / FORMAT
    folder.mkdir(parents=True, exist_ok=True)
    orders = [Order(folder / source.key, source) for source in sources]
    real = _fill(orders, lambda share: report("cutting and tracking", share))
    if not real:
        raise TrainingError("nobody in the data can be used; see the warnings above")
    models = tuple(identity.folder for identity in real)
    # imagined ones are of these models: other data, other people
    mark = zlib.crc32("\n".join(model.name for model in models).encode())
    orders = [
        Order(folder / f"imaginary-{mark:08x}-{seed}-{number}", None, models, (seed, number))
        for number in range(imaginary)
    ]
    return real + _fill(orders, lambda share: report("imagining people", share))


def _fill(orders: list[Order], report: Callable[[float], None]) -> list[Identity]:
    missing = [o for o in orders if not o.folder.exists() and not o.failed.exists()]
    before = len(orders) - len(missing)
    share_out(
        missing,
        _carry_out,
        report=lambda done: report((before + done) / len(orders)),
        error=TrainingError,
    )
    for order in orders:
        if order.failed.exists():
            logger.warning("%s; left out", order.failed.read_text().strip())
    return [Identity(order.folder) for order in orders if order.folder.exists()]


def _carry_out(order: Order) -> None:
    """Prepare one person, or write down why not."""
    if told_to_stop():
        return
    try:
        if order.source is not None:
            study, others = _look_at(order.source)
        else:
            study, others = _imagine(order), []
        keep_identity(order.folder, *_draw(study, others, order.seed))
    except KioskError as error:
        name = order.source.name if order.source else order.folder.name
        order.failed.write_text(f"{name}: {error}\n")
    except OSError as error:
        raise TrainingError(
            f"{order.folder}: {error.strerror}; make room there and start again"
        ) from error


def _look_at(source: Source) -> tuple[Study, list[Tracked]]:
    """The calmest picture becomes the portrait; all that show the face are kept."""
    pictures = list(source.pictures(LOOKED_AT))
    seen = track_faces(pictures)
    if not seen:  # perhaps it is small: a portrait's face is searched for more closely
        picture = pictures[len(pictures) // 2]
        face = choose_face(find_faces(picture), None, source.name)
        return study_face(picture, face, source.name, pieced_at=PIECED_AT), []
    calmest = find_calmest(seen)
    study = study_face(seen[calmest].image, seen[calmest].face, source.name, pieced_at=PIECED_AT)
    return study, [each for number, each in enumerate(seen) if number != calmest]


def _imagine(order: Order) -> Study:
    models = []
    for folder in order.models:
        identity = Identity(folder)
        image, landmarks = identity.image, identity.landmarks.copy()
        landmarks[:, :2] = to_pixels(landmarks[:, :2], len(image))
        models.append(Model(image, landmarks))
    picture = imagine(models, np.random.default_rng(order.seed))
    faces = sorted(find_faces(picture), key=lambda face: float(np.ptp(face[:, 1])))
    name = order.folder.name  # a mixture's ground may hold what looks like a face, too
    return study_face(picture, choose_face(faces[-1:], None, name), name, pieced_at=PIECED_AT)


def _draw(
    study: Study, others: list[Tracked], seed: tuple[int, int]
) -> tuple[Figure, Pairs, Pairs | None]:
    """The puppet, its pairs, and those of other pictures of the person."""
    puppet = study.puppet()
    limits = find_limits(puppet.rig.mesh, puppet.figure.matte)
    rehearsal = Rehearsal(load_bank(), MotionTarget("nobody", study.landmarks, limits))
    rng = np.random.default_rng(seed)
    drawn = stack_pairs(puppet.render(rehearsal.draw(rng)) for _ in range(DRAWN))
    real = [pair_tracked(puppet, each) for each in others]
    return puppet.figure, drawn, stack_pairs(iter(real)) if real else None
