"""What a mouth does while it speaks known sounds: the targets that hearing is fitted to.

In go phones with their moments, out come the four weights of `kiosk.motion.speech`. Each phone has
a place it wants the mouth in and, weight by weight, how much it insists; neighbours share what lies
between, after Cohen and Massaro, *Modeling coarticulation in synthetic visual speech* (1993). The
table is our own, by looking at mouths.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from kiosk.training.spoken import Phone

Points = NDArray[np.float64]

LEAD_S = 0.03  # by which lips are ahead of what they make heard
BLUR_S = np.array(
    [0.028, 0.050, 0.050, 0.018]
)  # open, round, wide, pressed: how far a phone reaches
LEAST = 1e-4  # of the rest position, where nobody insists
GLIDE = 0.6  # of a diphthong, its first vowel


@dataclass(frozen=True, slots=True)
class Viseme:
    """A place for the mouth; it insists on open, on round and wide, on pressed."""

    open: float
    round: float = 0.0
    wide: float = 0.0
    pressed: float = 0.0
    insists: tuple[float, float, float] = (1.0, 1.0, 1.0)


_LOOSE = (0.5, 0.15, 1.0)  # tongue and throat do it: the lips are where they were
PAUSE = Viseme(0.0, insists=(1.5, 0.5, 0.3))
VISEMES = {
    "aɑɐæä": Viseme(0.36, wide=0.1),
    "ʌɜ": Viseme(0.28),
    "ɛ": Viseme(0.26, wide=0.25),
    "e": Viseme(0.20, wide=0.4),
    "əɘ": Viseme(0.17, insists=(0.7, 0.4, 1.0)),
    "iɪɨ": Viseme(0.12, wide=0.5),
    "ɔɒ": Viseme(0.27, round=0.35),
    "oɵ": Viseme(0.19, round=0.6),
    "uʊɯ": Viseme(0.12, round=0.8),
    "y": Viseme(0.11, round=0.75),
    "øœ": Viseme(0.19, round=0.5),
    "mpb": Viseme(0.0, pressed=1.0, insists=(6.0, 0.1, 4.0)),
    "fvʋβ": Viseme(0.03, pressed=0.3, insists=(3.0, 0.3, 2.0)),
    "wɥ": Viseme(0.08, round=0.9, insists=(1.5, 1.5, 1.0)),
    "ʃʒ": Viseme(0.11, round=0.45, insists=(1.5, 0.8, 1.0)),
    "szç": Viseme(0.08, wide=0.2, insists=(1.5, 0.4, 1.0)),
    "jʝʎɲ": Viseme(0.10, wide=0.4, insists=(1.0, 0.6, 1.0)),
    "θðtdnlɬɫ": Viseme(0.12, wide=0.1, insists=(1.0, 0.25, 1.0)),
    "ɹɻ": Viseme(0.12, round=0.3, insists=(1.0, 0.5, 1.0)),
    "ɾrʁʀkɡgŋxχɣhɦʔ": Viseme(0.15, insists=_LOOSE),
}
_BY_LETTER = {letter: viseme for letters, viseme in VISEMES.items() for letter in letters}


def mouth_speaking(phones: Sequence[Phone], times: Points) -> Points:
    """Open, round, wide, pressed at these seconds: (T, 4).

    Args:
        phones: of a sentence, in order.
        times: (T,) seconds of the sound.
    """
    places = list(_places(phones))
    begins = np.array([place[1] for place in places])
    ends = np.array([place[2] for place in places])
    targets = np.array([[v.open, v.round, v.wide, v.pressed] for v, _, _ in places])
    insists = np.array([[v.insists[0], *(v.insists[1],) * 2, v.insists[2]] for v, _, _ in places])
    at = np.asarray(times)[:, None, None] + LEAD_S
    reach = ndtr((at - begins[:, None]) / BLUR_S) - ndtr((at - ends[:, None]) / BLUR_S)
    share = insists * reach
    return np.asarray((share * targets).sum(1) / (share.sum(1) + LEAST))


def _places(phones: Sequence[Phone]) -> Iterator[tuple[Viseme, float, float]]:
    """Where the mouth wants to be, from when to when."""
    for phone in phones:
        letters = [letter for letter in phone.name if letter in _BY_LETTER]
        if not letters:
            yield PAUSE, phone.begins, phone.ends
        elif len(letters) == 1:
            yield _BY_LETTER[letters[0]], phone.begins, phone.ends
        else:
            change = phone.begins + GLIDE * (phone.ends - phone.begins)
            yield _BY_LETTER[letters[0]], phone.begins, change
            yield _BY_LETTER[letters[-1]], change, phone.ends
