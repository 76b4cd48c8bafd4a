"""One person as the base learns from them, on disk: the portrait, the puppet's pairs, real pairs.

A folder appears whole or not at all, and is never changed.
"""

import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from kiosk.messages import Bytes, Floats
from kiosk.model.spec import RESOLUTION
from kiosk.puppet.figure import Figure, to_bytes
from kiosk.training.pairs import Pairs, keep_pairs, open_pairs

_PORTRAIT = "portrait.npz"
DRAWN, REAL = "drawn", "real"


@dataclass(frozen=True, eq=False)  # no slots: the pairs, once opened, are kept
class Identity:
    """A person's folder."""

    folder: Path

    @property
    def figure(self) -> Figure:
        """The portrait that is to move, at RESOLUTION."""
        with np.load(self.folder / _PORTRAIT) as held:
            return Figure(
                artwork=held["artwork"].astype(np.float32),
                matte=held["matte"].astype(np.float32) / 255,
                plate=held["plate"].astype(np.float32),
                landmarks=held["landmarks"],
                slope=held["slope"],
            )

    @property
    def image(self) -> Bytes:
        """The portrait's pixels alone: (SIZE, SIZE, 3) RGB."""
        with np.load(self.folder / _PORTRAIT) as held:
            return np.asarray(held["image"])

    @property
    def landmarks(self) -> Floats:
        """(478, 3) neutral, canvas coordinates."""
        with np.load(self.folder / _PORTRAIT) as held:
            return np.asarray(held["landmarks"])

    @cached_property
    def pairs(self) -> tuple[Pairs, ...]:
        """The puppet's, and, if there are any, those of other pictures of the person."""
        folders = [self.folder / name for name in (DRAWN, REAL)]
        return tuple(open_pairs(folder) for folder in folders if folder.exists())


def keep_identity(folder: Path, figure: Figure, drawn: Pairs, real: Pairs | None) -> Identity:
    """Write a person's folder."""
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)  # of an interrupted run
    partial.mkdir(parents=True)
    small = figure.at(RESOLUTION)
    np.savez(
        partial / _PORTRAIT,
        image=to_bytes(figure.artwork),
        artwork=to_bytes(small.artwork),
        matte=to_bytes(small.matte * 255),
        plate=to_bytes(small.plate),
        landmarks=figure.landmarks,
        slope=figure.slope,
    )
    keep_pairs(partial / DRAWN, drawn)
    if real is not None:
        keep_pairs(partial / REAL, real)
    partial.replace(folder)
    return Identity(folder)
