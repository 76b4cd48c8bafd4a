"""A spoken text as captions: what is said when, told from where the voice pauses.

In go the words and the sound, out come cues of one or two lines. Words are spread over the time in
which somebody speaks, by their length, and a cue that would end near a pause ends in it.
"""

import re
import textwrap
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kiosk.messages import Floats
from kiosk.portraits.captions import Cue

LINE, LINES = 36, 2  # letters, as for subtitles
FRAME_S = 0.01
QUIET_DB, BELOW_DB = -50.0, 26.0  # of full scale; below what is loud in it
PAUSE_S = 0.12
SNAP = 0.6  # of a usual cue's length: so far a pause may be from where a cue should end
SHORTEST = 20  # frames: a fifth of a second
STAYS_S = 0.4  # a caption stays for so long when its words have been said

Points = NDArray[np.float64]


def caption(text: str, sound: Floats, rate: int) -> tuple[Cue, ...]:
    """The cues of a text as it is spoken.

    Args:
        text: what is said, paragraphs and all.
        sound: (N,) of it.
        rate: samples a second.
    """
    rows = in_rows(text)
    spoken = _spoken(sound, rate)
    if not rows or not spoken.any():
        return ()
    said = np.concatenate([[0.0], np.cumsum(spoken)]) / spoken.sum()  # of the words, at each frame
    pauses = _pauses(spoken)
    lengths = np.array([len(row) for row in rows], np.float64)
    goals = np.cumsum(lengths) / lengths.sum()
    near = SNAP / len(rows)
    bounds = [int(np.argmax(spoken))]
    for goal in goals[:-1]:  # each pause ends one cue
        later = [pause for pause in pauses if pause >= bounds[-1] + SHORTEST]
        bounds.append(max(_place(goal, said, later, near), bounds[-1] + SHORTEST))
    bounds.append(max(int(np.nonzero(spoken)[0][-1]) + 1, bounds[-1] + SHORTEST))
    cues = []
    for row, begin, end in zip(rows, bounds, bounds[1:], strict=False):
        cues.append(Cue(begin * FRAME_S, end * FRAME_S, row))
    final = cues[-1]
    stays = min(final.end_s + STAYS_S, max(len(sound) / rate, final.end_s))
    return (*cues[:-1], Cue(final.begin_s, stays, final.text))


def in_rows(text: str) -> list[str]:
    """A text in captions: sentences apart, each as few as fit, of about the same length."""
    rows: list[str] = []
    for sentence in re.split(r"(?<=[.!?…。！？])\s+", " ".join(text.split())):
        if sentence:
            rows.extend(_split(sentence))
    return rows


def _split(sentence: str) -> list[str]:
    """Cut at a comma near the middle where there is one, until each piece fits."""
    if len(textwrap.wrap(sentence, LINE)) <= LINES:
        return ["\n".join(_balanced(sentence))]
    middle = len(sentence) / 2
    spaces = [found.start() for found in re.finditer(r"\s", sentence)]
    if not spaces:
        return [sentence]

    def cost(place: int) -> float:
        return abs(place - middle) - (middle / 2 if sentence[place - 1] in ",;:–—" else 0.0)

    cut = min(spaces, key=cost)
    return [*_split(sentence[:cut]), *_split(sentence[cut + 1 :])]


def _balanced(words: str) -> Sequence[str]:
    """One line, or two of about the same length."""
    if len(words) <= LINE:
        return [words]
    fitting = (textwrap.wrap(words, width) for width in range(len(words) // 2, LINE + 1))
    return next((lines for lines in fitting if len(lines) <= LINES), textwrap.wrap(words, LINE))


def _spoken(sound: Floats, rate: int) -> NDArray[np.bool_]:
    """Whether somebody speaks, for each hundredth of a second."""
    length = max(int(rate * FRAME_S), 1)
    frames = sound[: len(sound) // length * length].reshape(-1, length)
    level = 10 * np.log10(np.square(frames, dtype=np.float64).mean(axis=1) + 1e-12)
    loud = np.percentile(level, 95) if len(level) else 0.0
    return np.asarray(level > max(loud - BELOW_DB, QUIET_DB))


def _pauses(spoken: NDArray[np.bool_]) -> list[int]:
    """The middle of every pause, in frames."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], spoken, [True]]).astype(int)))
    starts, ends = edges[::2], edges[1::2]
    long = (ends - starts) * FRAME_S >= PAUSE_S
    return [int(middle) for middle in (starts[long] + ends[long]) // 2]


def _place(goal: float, said: Points, pauses: list[int], near: float) -> int:
    """The frame at which so much has been said; in a pause if one is near."""
    close = [pause for pause in pauses if abs(said[pause] - goal) <= near]
    if close:
        return min(close, key=lambda pause: abs(float(said[pause]) - goal))
    return int(np.searchsorted(said, goal))
