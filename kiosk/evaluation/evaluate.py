"""How good one portrait is, driven by one clip: agreement, likeness, life, calm, brushwork.

The clip goes through the gallery's own tracking, motion and network, frame by frame. The painting
is then watched by trackers of its own, which know nothing of what was intended.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from kiosk.evaluation.clips import check_clip, check_seen, picture_at
from kiosk.evaluation.likeness import Brushwork, Likeness
from kiosk.evaluation.liveliness import (
    Blinks,
    Movement,
    build_error_pct,
    compare_blinks,
    find_calmest,
)
from kiosk.evaluation.readings import Readings
from kiosk.evaluation.rehearsed import Moment, Rehearsed
from kiosk.evaluation.stillness import Stillness, hold_still
from kiosk.evaluation.verdicts import QUALITY_BARS, Figures, quality_passed
from kiosk.evaluation.watcher import Look
from kiosk.messages import Bytes
from kiosk.motion.agreement import BARS, agree_signals
from kiosk.portraits.pack import Pack

LIKENESS_EVERY = 4  # frames between two comparisons with the puppet
STILLS = 12
CLIP_SHARE = 0.9  # of the work; the rest is holding still

Report = Callable[[float], None]
Watcher = Callable[[Moment], None]


@dataclass(slots=True)
class Evaluation:
    """Figures of one portrait and one clip; None for what could not be measured."""

    portrait: str
    visitor: str
    frames: int
    agreement: dict[str, float]
    agreement_one_look: dict[str, float]  # by the tracker of the plain picture alone
    lag_frames: int
    passed: bool  # every signal of the agreement reaches its bar
    psnr_db: dict[str, float]
    ssim: dict[str, float]
    neutral_fine_energy: float  # of the artwork's, inside the canvas
    sharpness: float  # fine energy of the moving face, of the artwork's face
    blinks: Figures  # see `liveliness.Blinks`; shares of the portrait's own open eye
    blinks_one_look: Figures
    identity: Figures  # how far bones stray from their own build, percent of the face's height
    flicker: Figures  # before a still visitor, percent of the face's height, rms
    stills: list[tuple[Bytes, Bytes]] = field(repr=False)  # visitor, portrait
    rest: Bytes = field(repr=False)  # (side, side, 3) the portrait at rest

    def figures(self) -> dict[str, object]:
        """All but the pictures, ready for JSON."""
        names = [name for name in Evaluation.__slots__ if name not in ("stills", "rest")]
        found = {name: getattr(self, name) for name in names}
        bars = {"bars": BARS, "quality_bars": QUALITY_BARS}
        return found | bars | {"quality_passed": quality_passed(found)}


def evaluate(
    pack: Pack, clip: Path, report: Report, watchers: Sequence[Watcher] = ()
) -> Evaluation:
    """Drive a portrait with a clip and measure.

    Args:
        pack: the portrait.
        clip: a recording of a face; it is read picture by picture.
        report: called with the share done.
        watchers: called with every moment.

    Raises:
        CameraError: the clip cannot be read, is cut short, or shows too little of a face.
    """
    count = check_clip(clip)
    judge = Judge(pack, count)
    with Rehearsed(pack) as rehearsed:
        judge.rest(*rehearsed.rest())
        for moment in rehearsed.play(clip):
            judge.watch(moment)
            for watcher in watchers:
                watcher(moment)
            report(CLIP_SHARE * (moment.number + 1) / count)
    check_seen(clip, judge.visitor.seen)
    still = hold_still(pack, picture_at(clip, judge.calmest()))
    report(1.0)
    return judge.conclude(clip.name, still)


class Judge:
    """Watches a portrait through a clip; keeps numbers, and a few stills.

    Args:
        pack: the portrait.
        count: pictures of the clip.
    """

    def __init__(self, pack: Pack, count: int) -> None:
        self._portrait = pack.meta.id
        self._likeness, self._brushwork = Likeness(pack), Brushwork(pack)
        self.visitor, self._performed, self._told = Readings(), Readings(), Readings()
        self._rested, self._neutral = Readings(), Readings()
        self._glimpsed, self._glimpsed_at_rest = Readings(), Readings()  # one look alone
        self._neutral.add(pack.landmarks)
        self._due = {*np.linspace(min(10, count - 1), count - 1, STILLS).astype(int).tolist()}
        self._stills: list[tuple[Bytes, Bytes]] = []
        self._rest: Bytes | None = None

    def rest(self, picture: Bytes, look: Look) -> None:
        """See the portrait at rest before anything else."""
        self._rest = picture
        self._rested.add(look.mean)
        self._glimpsed_at_rest.add(look.plain)

    def watch(self, moment: Moment) -> None:
        """See one moment."""
        self.visitor.add(moment.visitor)
        self._performed.add(moment.seen)
        self._glimpsed.add(moment.look.plain)
        self._told.add(moment.told)
        if moment.number % LIKENESS_EVERY == 0:
            self._likeness.add(moment.layers, moment.motion, moment.told)
            self._brushwork.add(moment.picture, moment.told)
        if moment.number in self._due:
            self._stills.append((moment.image, moment.picture))

    def calmest(self) -> int:
        """The picture in which the visitor is most still."""
        return find_calmest(self.visitor.steps, self.visitor.openings)

    def conclude(self, clip: str, still: Stillness) -> Evaluation:
        """All figures."""
        assert self._rest is not None
        found = agree_signals(self.visitor.signals, self._performed.signals)
        one_look = agree_signals(self.visitor.signals, self._glimpsed.signals)
        lag = found.lag_frames
        return Evaluation(
            portrait=self._portrait,
            visitor=clip,
            frames=len(self.visitor),
            agreement=_rounded(found.r),
            agreement_one_look=_rounded(one_look.r),
            lag_frames=lag,
            passed=found.passed,
            psnr_db=_rounded(self._likeness.mean("psnr")),
            ssim=_rounded(self._likeness.mean("ssim")),
            neutral_fine_energy=round(self._brushwork.at_rest(self._rest), 3),
            sharpness=round(self._brushwork.mean(), 3),
            # as the portrait is seen; and as the generator was told, to know whose fault it is
            blinks=_figures(self._blinks(self._performed, self._rested, lag), "")
            | _figures(self._blinks(self._told, self._neutral, lag), "told_"),
            blinks_one_look=_figures(self._blinks(self._glimpsed, self._glimpsed_at_rest, lag), ""),
            identity=self._identity(),
            flicker=_flicker(still),
            stills=self._stills,
            rest=self._rest,
        )

    def _blinks(self, shown: Readings, rest: Readings, lag: int) -> Blinks:
        neutral = float(rest.openings[0])
        return compare_blinks(self.visitor.openings, shown.openings, neutral=neutral, lag=lag)

    def _identity(self) -> Figures:
        """Of the portrait, and of the visitor for comparison: no tracker is without error."""
        living = self.visitor.builds
        own = np.nanmedian(living[np.isfinite(living).all(axis=1)], axis=0)
        portrait = build_error_pct(self._performed.builds, self._rested.builds[0])
        values = {"portrait_pct": portrait, "visitor_pct": build_error_pct(living, own)}
        return {name: None if x is None else round(x, 3) for name, x in values.items()}


def _flicker(still: Stillness) -> Figures:
    figures: Figures = {}
    for name in ("told", "picture", "tracked", "tracker"):
        moved: Movement | None = getattr(still, name)
        figures[f"{name}_worst_pct"] = None if moved is None else round(moved.worst_pct, 4)
        figures[f"{name}_typical_pct"] = None if moved is None else round(moved.typical_pct, 4)
        figures[f"{name}_worst_landmark"] = None if moved is None else moved.worst_landmark
    return figures


def _figures(blinks: Blinks, prefix: str) -> Figures:
    return {
        prefix + name: round(value, 3) if isinstance(value, float) else value
        for name, value in asdict(blinks).items()
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in values.items()}
