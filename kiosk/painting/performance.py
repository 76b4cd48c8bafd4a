"""The demo visitor: a photograph of nobody, moved by its puppet through a written performance.

A script of key frames comes in (below), a clip of 640x480 goes out. It stands in for a webcam in
the demo and in the tests.
"""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from scipy.interpolate import PchipInterpolator

from kiosk.curation.study import Study, study_picture
from kiosk.display.recorder import Recorder
from kiosk.messages import Bytes, Motion
from kiosk.motion.bank import load_bank
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.target import Gains, Limits, MotionTarget, Neck, hold_still
from kiosk.motion.typical import typical_expressions

SIZE, FPS, SECONDS = (640, 480), 30, 18.0

# channel to (second, value); rest where nothing is said. Turns in degrees, gaze in eye widths
SCRIPT: dict[str, list[tuple[float, float]]] = {
    "yaw": [
        (1.5, 0), (2.6, 15), (3.4, 15), (4.8, -15), (5.5, -15), (6.6, 0), (12, 0), (12.6, 8),
        (14, -7), (15.4, 0),
    ],
    "pitch": [
        (6.8, 0), (7.2, 9), (7.6, -5), (8.0, 8), (8.5, 0), (12, 0), (13, -4), (15, 2), (16, 0),
    ],
    "roll": [(12, 0), (12.8, 9), (13.8, -8), (14.8, 0)],
    "smile": [
        (0.6, 0), (1.3, 0.8), (2.2, 0.2), (2.8, 0), (8.8, 0), (9.6, 1.0), (10.6, 1.0),
        (11.3, 0.1), (16.2, 0), (16.9, 0.9), (17.6, 0.5), (18, 0),
    ],
    "open": [(4.9, 0), (5.3, 0.9), (5.8, 0), (15.2, 0), (15.6, 0.7), (16.0, 0)],
    "round": [(5.8, 0), (6.2, 1.0), (6.7, 0)],
    "brows": [(3.4, 0), (3.8, 1), (4.4, 1), (4.9, 0), (15.2, 0), (15.6, 0.9), (16.2, 0)],
    "talk": [(11.6, 0), (12.0, 1), (15.0, 1), (15.3, 0)],
    "look": [
        (1.4, 0), (1.8, 0.14), (3.0, 0.05), (3.5, -0.16), (5.2, -0.08), (5.6, 0), (8.8, 0),
        (10.8, 0), (11.0, 0.15), (11.4, -0.15), (11.8, 0),
    ],
    "look_down": [(6.9, 0), (7.2, 0.05), (8.4, 0), (11.0, 0), (11.2, -0.05), (11.8, 0)],
    "wink": [(10.0, 0), (10.15, 1), (10.35, 1), (10.55, 0)],
}  # fmt: skip
BLINKS = (0.4, 2.2, 4.6, 6.65, 8.6, 11.5, 13.4, 15.1, 16.6)
BLINK_S = 0.26


class Performance:
    """The script as motions of one sitter.

    Args:
        target: the sitter.
        limited: keep its turns within the sitter's limits, and still what has a gain of 0.
    """

    def __init__(self, target: MotionTarget, *, limited: bool = False) -> None:
        bank = load_bank()
        self._rehearsal = Rehearsal(bank, target)
        neck = Neck(target.landmarks, target.limits)
        self._turn = neck.turn_within if limited else neck.turn
        self._gains = target.gains if limited else Gains()
        self._curves = {name: _curve(keys) for name, keys in SCRIPT.items()}
        self._expressions = typical_expressions()
        self._resting = int(np.abs(bank.closure).sum(1).argmin())

    def motion(self, at: float) -> Motion:
        """What the sitter does `at` seconds into the script."""
        now = {name: float(curve(at)) for name, curve in self._curves.items()}
        syllable = now["talk"] * max(0.0, np.sin(2 * np.pi * 3.1 * at) + 0.4 * np.sin(5.1 * at))
        vowel = 0.5 + 0.5 * np.sin(2 * np.pi * 0.9 * at)
        shares = {
            "smile": now["smile"],
            "open": now["open"] + 0.45 * syllable * vowel,
            "round": now["round"] + 0.5 * syllable * (1 - vowel),
            "brows": now["brows"] + 0.2 * now["talk"],
        }
        offsets = sum(share * self._expressions[name] for name, share in shares.items())
        motion = self._rehearsal.perform(np.asarray(offsets), self._resting)
        blink = max(_blink(at - begin) for begin in BLINKS)
        gaze = [now["look"], now["look_down"]]
        moved = replace(
            motion,
            rotation=self._turn(np.array([now["yaw"], now["pitch"], now["roll"]])),
            translation=np.array([0.02 * np.sin(0.9 * at), 0.008 * np.sin(1.6 * at)], np.float32),
            closure=np.array([blink, max(blink, now["wink"])], np.float32),
            gaze=np.array([gaze, gaze], np.float32),
        )
        return hold_still(moved, self._gains)


def film_visitor(picture: Path, clip: Path) -> None:
    """Animate a landscape photograph through the script and record it.

    Args:
        picture: of one face, 4:3.
        clip: the H.264 file to write; its metadata says that it is generated.
    """
    study = study_picture(picture)
    wide = {"yaw_deg": (-26.0, 26.0), "pitch_deg": (-20.0, 20.0), "roll_deg": (-18.0, 18.0)}
    performance = Performance(MotionTarget("visitor", study.landmarks, Limits(**wide), Gains()))
    puppet = study.puppet()
    with Recorder(clip, SIZE, FPS) as recorder:
        for number in range(int(SECONDS * FPS)):
            at = number / FPS
            recorder.write(_place(study, puppet.picture(performance.motion(at))), at)


def _place(study: Study, canvas: Bytes) -> Bytes:
    """The canvas back in its picture, at the clip's size."""
    picture = study.artwork.copy()
    left, top, side = study.canvas
    large = cv2.resize(canvas, (side, side), interpolation=cv2.INTER_CUBIC)
    picture[top : top + side, left : left + side] = large
    return np.asarray(cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA))


def _curve(keys: list[tuple[float, float]]) -> PchipInterpolator:
    """A smooth curve through key frames that never overshoots; 0 at both ends of the clip."""
    times, values = [key[0] for key in keys], [key[1] for key in keys]
    if times[0] > 0:
        times, values = [0.0, *times], [0.0, *values]
    if times[-1] < SECONDS:
        times, values = [*times, SECONDS], [*values, values[-1]]
    return PchipInterpolator(times, values)


def _blink(since: float) -> float:
    """Closure so long after a blink began: quickly shut, more slowly open."""
    if not 0 <= since <= BLINK_S:
        return 0.0
    return float(np.interp(since / BLINK_S, [0, 0.3, 0.5, 1], [0, 1, 1, 0]))
