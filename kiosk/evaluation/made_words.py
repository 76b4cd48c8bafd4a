"""What came of a picture, in words that need no engineer: how good, and what could be done.

In go the pack's own record, figures of moments it did not learn from, and what was remarked on the
picture; out come `Finding`s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kiosk.curation.add import UNANSWERED
from kiosk.evaluation.verdicts import PSNR_BARS
from kiosk.portraits.meta import Gains, Limits, PackMeta

ALIKE, VISIBLE = 40.0, 30.0  # dB: an invisible and a visible difference
LEAST_TURN_DEG = 8.0  # to one side; the portraits that ship turn by 9 to 12
USUAL_MIN, LONG_MIN = 10.0, 30.0  # of learning; after the second more time changes little
PARTS = {
    "head": "The head as a whole",
    "mouth": "The mouth",
    "eyes": "The eyes",
}
STILL = {
    "mouth": ("the mouth", "a moustache, a hand or thin lips may hide it"),
    "gaze": ("the gaze", "dark glasses or a mere line for an eye hide it"),
    "closure": ("the lids: it does not blink", "dark glasses or painted-shut eyes hide them"),
}
POINTS = "where it can be seen after all, say where its parts are with --points"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that came out well or not."""

    what: str
    well: bool | None  # None: it is neither
    answer: str
    remedy: str = ""  # what could be done about it


def find_words(meta: PackMeta, psnr: Mapping[str, float], remarks: Sequence[str]) -> list[Finding]:
    """Everything, the most visible first.

    Args:
        meta: the pack's own record.
        psnr: of `PARTS`, dB, on moments that it did not learn from.
        remarks: on the picture.
    """
    minutes = float(meta.training.get("minutes", 0.0))
    return [
        *(_likeness(part, psnr[part], minutes) for part in PARTS),
        _turn(meta.limits),
        *_still(meta.gains),
        *_remarks(remarks),
        _learning(minutes),
    ]


def how_alike(part: str, decibels: float) -> str:
    """How near a part's picture comes to the puppet's."""
    if decibels >= ALIKE:
        return "hardly to be told from the puppet"
    if decibels >= PSNR_BARS[part]:
        return "near to the puppet: a difference shows side by side only"
    if decibels >= VISIBLE:
        return "softer than the puppet, as can be seen from near by"
    return "visibly unlike the puppet"


def _likeness(part: str, decibels: float, minutes: float) -> Finding:
    well = decibels >= PSNR_BARS[part]
    longer = f"let it learn longer: --minutes {max(2 * minutes, USUAL_MIN):g} --replace"
    other = (
        "more time will hardly help: a larger scan may, or further pictures of the sitter (--also)"
    )
    remedy = "" if well else longer if minutes < LONG_MIN else other
    return Finding(PARTS[part], well, f"{how_alike(part, decibels)} ({decibels:.1f} dB)", remedy)


def _turn(limits: Limits) -> Finding:
    left, right = (abs(limit) for limit in limits.yaw_deg)
    up, down = (abs(limit) for limit in limits.pitch_deg)
    tilt = min(abs(limit) for limit in limits.roll_deg)
    well = min(left, right) >= LEAST_TURN_DEG
    return Finding(
        "How far the head turns",
        well,
        f"{left:.0f} degrees to the picture's left and {right:.0f} to its right, {up:.0f} up, "
        f"{down:.0f} down; tilts {tilt:.0f} to either side",
        ""
        if well
        else "beyond this it breaks, as measured; a picture seen more from the front, with ground "
        "on both sides of the head, often allows more",
    )


def _still(gains: Gains) -> list[Finding]:
    dead = [part for part in STILL if getattr(gains, part) == 0]
    if not dead:
        return [Finding("What stays still", True, "nothing: mouth, gaze and lids all answer")]
    found = []
    for part in dead:
        name, reason = STILL[part]
        found.append(Finding("What stays still", False, name, f"{reason}; {POINTS}"))
    return found


def _remarks(remarks: Sequence[str]) -> list[Finding]:
    told = [each for each in remarks if each not in UNANSWERED.values()]  # see `_still`
    if not told:
        return [Finding("The picture", True, "nothing speaks against it")]
    remedy = "another scan or picture, if there is one; else judge by the clip"
    return [Finding("The picture", None, remark, remedy) for remark in told]


def _learning(minutes: float) -> Finding:
    usual = minutes >= USUAL_MIN
    remedy = "" if usual else f"{USUAL_MIN:g} minutes are usual: --minutes {USUAL_MIN:g} --replace"
    return Finding(
        "How long it learnt", usual, f"{minutes:g} minute{'' if minutes == 1 else 's'}", remedy
    )
