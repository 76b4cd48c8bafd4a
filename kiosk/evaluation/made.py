"""A report of a portrait that has just been made: a page, stills, a contact sheet, a clip.

In goes the pack's folder, out comes a folder that opens from a file, without scripts and without a
network. Everything is drawn from the finished pack, by the plain engine; no visitor is in it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from kiosk.display.compose import compose
from kiosk.display.credentials import Seal, leave
from kiosk.display.generated import save_jpeg
from kiosk.display.sheet import contact_sheet
from kiosk.evaluation.highlights import side_by_side
from kiosk.evaluation.likeness import Likeness, crop_of
from kiosk.evaluation.made_film import Sitting, every_core, film_portrait, smaller
from kiosk.evaluation.made_page import CLIP, REST, SHEET, STILLS, Made, write_made
from kiosk.evaluation.staging import PAGE, staged
from kiosk.messages import Bytes, Motion
from kiosk.motion.bank import load_bank
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.telling import telling_motions
from kiosk.portraits.pack import load_pack
from kiosk.rig.landmarks import no_motion, pose_landmarks

UNSEEN = 1 << 20  # a chunk's number that learning never comes to
MOMENTS, ON_SHEET = 24, 12
STILL_PX, QUALITY = 800, 90
JUDGED, SHOWN = 0.2, 0.25  # shares of the work that are done after the figures, and the stills

Report = Callable[[float], None]


def report_made(
    folder: Path,
    target: Path,
    remarks: Sequence[str],
    report: Report = lambda _: None,
    seal: Seal = leave,
) -> Path:
    """Write the report; returns its page.

    Args:
        folder: of the pack.
        target: the report's; what lies there under other names stays.
        remarks: on the picture.
        report: called with the share done, 0 to 1.
        seal: signs its pictures and clip.

    Raises:
        KioskError: the pack cannot be read, or the report not be written.
    """
    report(0.0)
    pack = load_pack(folder)
    sitting = Sitting(pack)
    with staged(target, seal) as place:
        likeness = _judge(sitting, place, lambda part: report(JUDGED * part))
        _save_stills(sitting, place)
        report(SHOWN)
        film_portrait(sitting, place / CLIP, lambda part: report(SHOWN + (1 - SHOWN) * part))
        made = Made(pack.meta, likeness.mean("psnr"), likeness.mean("ssim"), tuple(remarks))
        (place / PAGE).write_text(write_made(made), encoding="utf-8")
    return target / PAGE


def _judge(sitting: Sitting, place: Path, report: Report) -> Likeness:
    """Compare with the puppet, moment by moment, and show some of them."""
    pack, likeness = sitting.pack, Likeness(sitting.pack)
    rehearsal = Rehearsal(load_bank(), sitting.target)
    rng = np.random.default_rng((int(pack.meta.training.get("seed", 0)), UNSEEN))
    motions = [rehearsal.draw(rng) for _ in range(MOMENTS)]

    def compare(motion: Motion) -> tuple[Bytes, Bytes]:
        layers = sitting.layers(motion)
        likeness.add(layers, motion, pose_landmarks(pack.landmarks, motion))
        return likeness.wanted(motion), likeness.picture(layers)

    pairs = []
    with every_core() as pool:
        for pair in pool.map(compare, motions):
            pairs.append(pair)
            report(len(pairs) / MOMENTS)
    contact_sheet(pairs[:ON_SHEET], place / SHEET)
    return likeness


def _save_stills(sitting: Sitting, place: Path) -> None:
    """The telling moments, and the portrait at rest beside the artwork."""
    small = smaller(sitting.pack, STILL_PX)
    motions = [*telling_motions(sitting.target), no_motion()]
    with every_core() as pool:
        *told, rest = pool.map(lambda each: compose(small, sitting.layers(each)), motions)
    for name, still in zip(STILLS, told, strict=True):
        _save(still, place / name)
    _save(side_by_side(crop_of(small), rest), place / REST)


def _save(shown: Bytes, path: Path) -> None:
    save_jpeg(shown, path, quality=QUALITY)
