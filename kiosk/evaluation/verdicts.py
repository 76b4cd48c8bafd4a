"""The figures of an evaluation in words that need no engineer, each against its bar.

In go figures ready for JSON, out come `Verdict`s: a question, its answer, what it means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.motion.agreement import BARS

Figures = dict[str, float | int | None]

# what a portrait should reach, besides the agreement's bars
PSNR_BARS = {"head": 39.0, "mouth": 35.0, "eyes": 36.0}  # dB, at least
QUALITY_BARS: dict[str, Any] = {
    "psnr_db": PSNR_BARS,
    "blinks": {"worst": 0.35},  # of the open eye, at most
    "identity": {"portrait_pct": 1.0},  # of the face's height, at most
    # of the face's height, at most
    "flicker": {"told_worst_pct": 0.15, "picture_worst_pct": 0.15},
    "neutral_fine_energy": 0.9,  # of the artwork's, at least
    "sharpness": 0.8,  # of the artwork's, at least
}
_FOLLOWS = {
    "Turns its head with the visitor": ("yaw", "pitch", "roll"),
    "Opens its mouth and smiles with the visitor": ("mouth", "smile"),
    "Looks where the visitor looks": ("gaze",),
    "Moves lids and brows with the visitor": ("eyelids", "brows"),
}
_FOLLOWS_MEANING = (
    "How closely the painting's movement, as a face tracker sees it, keeps step with the visitor's:"
    " 1 is perfect, 0 is none at all. The weakest of {names} counts."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One question, answered."""

    question: str
    met: bool | None  # None: could not be measured with this clip
    answer: str
    bar: str
    meaning: str


def judge(figures: Mapping[str, Any]) -> list[Verdict]:
    """All verdicts, the most visible first; takes `Evaluation.figures()`."""
    return [
        _blinks(figures["blinks"]),
        *_follows(figures["agreement"]),
        _identity(figures["identity"]),
        _flicker(figures["flicker"]),
        _resting(figures["neutral_fine_energy"]),
        _sharp(figures["sharpness"]),
        _like(figures["psnr_db"]),
    ]


def quality_passed(figures: Mapping[str, Any]) -> bool:
    """Whether nothing that could be measured misses its bar."""
    return all(verdict.met is not False for verdict in judge(figures))


def _blinks(found: Figures) -> Verdict:
    bar = QUALITY_BARS["blinks"]["worst"]
    mean, worst = found["mean"], found["worst"]
    met = None if worst is None else worst <= bar
    answer = "this visitor never shuts their eyes"
    if mean is not None and worst is not None:
        nearly = "nearly" if mean <= bar else "no"
        answer = f"{'yes' if met else nearly}, to {_percent(mean)} of the open eye"
        answer += f" on average, {_percent(worst)} at worst ({_count(found['blinks'], 'blink')})"
    return Verdict(
        question="Blinks close fully",
        met=met,
        answer=answer,
        bar=f"at most {_percent(bar)}",
        meaning="How far open the painted eyes look, against their own resting opening, while the"
        " visitor's are shut. That is a face tracker's guess: the picture below decides.",
    )


def _follows(agreement: Mapping[str, float]) -> list[Verdict]:
    found = []
    for question, names in _FOLLOWS.items():
        weakest = min(names, key=lambda name: agreement[name] - BARS[name])
        met = agreement[weakest] >= BARS[weakest]
        of = f" ({weakest})" if len(names) > 1 else ""
        found.append(
            Verdict(
                question=question,
                met=met,
                answer=f"{_yes(met)}, {agreement[weakest]:.2f}{of}",
                bar=f"at least {BARS[weakest]:.2f}",
                meaning=_FOLLOWS_MEANING.format(names=", ".join(names))
                if len(names) > 1
                else _FOLLOWS_MEANING.split(" The weakest")[0],
            )
        )
    return found


def _identity(found: Figures) -> Verdict:
    bar = QUALITY_BARS["identity"]["portrait_pct"]
    portrait, visitor = found["portrait_pct"], found["visitor_pct"]
    met = None if portrait is None else portrait <= bar
    answer = "the tracker finds no face in the painting"
    if portrait is not None:
        answer = f"{_yes(met)}, its features stray by {portrait:.2f} % of the face's height"
        answer += "" if visitor is None else f" (the visitor's own, so measured: {visitor:.2f} %)"
    return Verdict(
        question="Stays the same person",
        met=met,
        answer=answer,
        bar=f"at most {bar:g} %",
        meaning="Bones do not move: how far apart eyes, nose, cheekbones and hairline lie is"
        " compared with the painting at rest, head turns taken out. No tracker is exact, not even"
        " on a living face: the visitor's own figure is the yardstick.",
    )


def _flicker(found: Figures) -> Verdict:
    bar = QUALITY_BARS["flicker"]["picture_worst_pct"]
    told, picture = found["told_worst_pct"], found["picture_worst_pct"]
    known = [each for each in (told, picture) if each is not None]
    met = max(known) <= bar if known else None
    return Verdict(
        question="Holds still before a visitor who does",
        met=met,
        answer=f"{_yes(met)}, what moves most moves by {max(known):.2f} % of the face's height"
        if known
        else "could not be measured",
        bar=f"at most {bar:g} %",
        meaning="One picture of the visitor is shown over and over, the breath switched off."
        " Whatever still moves is unrest: on a face 40 cm high 0.15 % is 0.6 mm.",
    )


def _resting(share: float) -> Verdict:
    return _brushwork(
        share,
        QUALITY_BARS["neutral_fine_energy"],
        question="Keeps its brushwork at rest",
        meaning="Strokes and cracks finer than about three pixels, in the moving square of the"
        " artwork: 100 % is the artwork itself, less is blur, more is noise.",
    )


def _sharp(share: float) -> Verdict:
    return _brushwork(
        share,
        QUALITY_BARS["sharpness"],
        question="Keeps its brushwork while it moves",
        meaning="The same inside the face, wherever it has moved, mean over the clip.",
    )


def _brushwork(share: float, bar: float, *, question: str, meaning: str) -> Verdict:
    met = share >= bar
    return Verdict(
        question=question,
        met=met,
        answer=f"{_yes(met)}, {_percent(share)} of the artwork's finest detail",
        bar=f"at least {_percent(bar)}",
        meaning=meaning,
    )


def _like(found: Mapping[str, float]) -> Verdict:
    weakest = min(PSNR_BARS, key=lambda name: found[name] - PSNR_BARS[name])
    met = found[weakest] >= PSNR_BARS[weakest]
    return Verdict(
        question="Has learnt what it was taught",
        met=met,
        answer=f"{_yes(met)}, {found[weakest]:.1f} dB ({weakest})",
        bar=f"at least {PSNR_BARS[weakest]:g} dB",
        meaning="How like the picture of the slow, exact puppet the fast network's is; the weakest"
        " of head, mouth and eyes counts. 30 dB is a visible, 40 dB an invisible difference.",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _yes(met: bool | None) -> str:
    return "yes" if met else "no"


def _count(number: float | int | None, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
