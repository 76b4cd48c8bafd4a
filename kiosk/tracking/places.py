"""Where pictures of faces hang, remembered.

A picture that somebody has stood before comes into view again and looks as if it had just come. It
is known by its place and by its face together: whoever stands before it is another.
"""

from dataclasses import dataclass

import numpy as np

from kiosk.tracking.flatness import Centred, misfit

NEAR = 0.5  # in distances of the eye corners
LIKE_SIZE = 0.2  # difference of log sizes
# a picture on the wall fits itself to .004 or better in 99 of 100 frames; another face fits it
# worse than .012 in 99 of 100 (measured on 24 pictures and nine people)
LIKE_FACE = 0.008
MOST = 12  # remembered at a time
KEEP_S = 900.0  # out of sight


@dataclass(slots=True)
class _Hung:
    face: Centred
    seen_at: float


class Places:
    """The pictures that have been seen, and where."""

    def __init__(self) -> None:
        self._hung: list[_Hung] = []

    def drop_old(self, now: float) -> None:
        """Forget what has been out of sight for long; to be called with every frame."""
        self._hung = [hung for hung in self._hung if now - hung.seen_at <= KEEP_S]

    def remember(self, face: Centred, now: float) -> None:
        """A picture is seen here now."""
        known = self._find(face)
        if known is None:
            self._hung = [*self._hung, _Hung(face, now)][-MOST:]
        else:
            known.seen_at = now

    def forget(self, face: Centred) -> None:
        """What was taken for a picture here has proved alive."""
        known = self._find(face)
        if known is not None:
            self._hung.remove(known)

    def knows(self, face: Centred) -> bool:
        """Whether a face is a picture that was seen there before."""
        return self._find(face) is not None

    def _find(self, face: Centred) -> _Hung | None:
        return next((hung for hung in self._hung if _same(face, hung.face)), None)


def _same(face: Centred, hung: Centred) -> bool:
    if abs(np.log(face.size / hung.size)) > LIKE_SIZE:
        return False
    apart = float(np.hypot(*(face.middle - hung.middle)))
    return apart < NEAR * hung.size and misfit(face, hung) < LIKE_FACE
