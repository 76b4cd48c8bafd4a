"""Who is who from frame to frame: faces keep their numbers by where they are and how large."""

from dataclasses import dataclass

import numpy as np

from kiosk.messages import Floats

MEMORY_S = 1.0  # a face lost for longer comes back as another
REACH = 0.7  # in widths of the face: it moves no further between two frames
GROWTH = 1.5  # nor does it grow or shrink more


@dataclass(slots=True)
class Track:
    """A face's place when it was last seen."""

    track_id: int
    centre: Floats  # (2,) pixels
    width: float
    seen_at: float


class Numbering:
    """Gives faces their numbers, and new ones to new faces."""

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._next_id = 1

    def __call__(self, meshes: list[Floats], now: float) -> list[int]:
        """A number for each face of a frame, the closest pairs matched first.

        Args:
            meshes: (478, 3) each, pixels.
            now: second of the frame.
        """
        self._tracks = [track for track in self._tracks if now - track.seen_at <= MEMORY_S]
        places = [(mesh[:, :2].mean(axis=0), float(np.ptp(mesh[:, 0]))) for mesh in meshes]
        pairs = sorted(
            (float(np.linalg.norm(centre - track.centre)) / max(track.width, 1.0), face, which)
            for face, (centre, width) in enumerate(places)
            for which, track in enumerate(self._tracks)
            if 1 / GROWTH < max(width, 1.0) / max(track.width, 1.0) < GROWTH
        )
        matched: dict[int, int] = {}
        for distance, face, which in pairs:
            if distance < REACH and face not in matched and which not in matched.values():
                matched[face] = which
        return [
            self._remember(matched.get(face), centre, width, now)
            for face, (centre, width) in enumerate(places)
        ]

    def _remember(self, which: int | None, centre: Floats, width: float, now: float) -> int:
        if which is None:
            self._tracks.append(Track(self._next_id, centre, width, now))
            self._next_id += 1
            return self._next_id - 1
        track = self._tracks[which]
        track.centre, track.width, track.seen_at = centre, width, now
        return track.track_id
