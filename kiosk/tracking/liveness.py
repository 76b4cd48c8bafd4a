"""Which faces live: people, not paintings, prints, or the portrait itself in a mirror.

In go the faces of each frame and how the portrait moved last; out comes a verdict for each face.
Landmarks over time are all it looks at. What speaks for life adds up as log odds, a fifth of a
second at a time; a face that came begins higher than one that was there when nobody was, and a
picture that is known begins lowest. Who has proved alive stays so for a while without new proof.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np

from kiosk.messages import Face, Faces, Motion
from kiosk.tracking.echo import Echo, Following
from kiosk.tracking.evidence import weigh_signs
from kiosk.tracking.flatness import PLACE, Centred, Points, centre_points, read_signs
from kiosk.tracking.places import Places

# log odds
CAME, FOUND, KNOWN = 1.5, -1.0, -4.0  # to begin with
ALIVE, PICTURE = 3.0, -2.0
LEAST, MOST = -4.0, 8.0
WEIGHT, WORST, BEST = 0.5, -2.0, 3.0  # of what one window says: five of them overlap
# who walks shows little else: that is not held against them beyond this, from so far a second on,
# in distances of the eye corners
WALKING, STRIDE = -0.5, 1.0

EVERY_S = 0.2  # between two weighings
WINDOW_S, SHORTEST_S = 1.0, 0.75
FEWEST = 8  # frames
SETTLE_S = 0.1  # in which the tracker finds a face's parts, a new one's or one's in another light
MEMORY_S = 1.0  # out of sight; then a number is forgotten
GAP_S = 0.3  # signs further apart do not belong together
START_S = 1.0  # faces seen so soon after the camera has opened were there before
SURELY_S = 5.0  # a picture for so long is remembered
PROOF_S = 20.0  # people blink every four seconds; who has shown nothing for so long is none
ECHO_S = 15.0  # a face that has followed the portrait is its reflection for so long
# another face has taken the number: so far from one frame to the next, in distances of the eye
# corners, or as log sizes
JUMP, JUMP_SIZE = 0.8, 0.25


class Verdict(Enum):
    """What is thought of a face."""

    LIVING = auto()
    UNPROVEN = auto()
    PICTURE = auto()


@dataclass(slots=True)
class _Track:
    odds: float
    settles_from: float
    face: Centred
    seen_at: float
    weighed_at: float
    picture_since: float
    reference: Centred | None = None
    proved_at: float = -np.inf
    echoed_at: float = -np.inf
    followings: list[Following] = field(default_factory=list)  # one for each portrait
    times: deque[float] = field(default_factory=deque)
    signs: deque[Points] = field(default_factory=deque)


class Liveness:
    """Tells living faces from pictures, track by track.

    Args:
        portraits: how many there are whose reflection a face may be.
    """

    def __init__(self, portraits: int = 1) -> None:
        self._tracks: dict[int, _Track] = {}
        self._places = Places()
        self._echoes = [Echo() for _ in range(portraits)]
        self._opened_at = -np.inf
        self._seen_at = -np.inf
        self._lightened = 1.0

    def __call__(self, faces: Faces, *shown: Motion | None) -> list[Verdict]:
        """A verdict for each face of a frame.

        Args:
            faces: of the frame.
            shown: how each portrait was moved last.
        """
        now = faces.captured_at
        if now - self._seen_at > START_S:
            self._opened_at = now
        self._seen_at = now
        self._places.drop_old(now)
        for echo, motion in zip(self._echoes, shown, strict=False):  # none yet: none shown
            if motion is not None:
                echo.show(motion, now)
        self._tracks = {
            number: track
            for number, track in self._tracks.items()
            if now - track.seen_at <= MEMORY_S
        }
        if faces.lightened != self._lightened:
            self._lightened = faces.lightened
            for track in self._tracks.values():
                _settle(track, now)
        return [self._judge(face, now) for face in faces.faces]

    def _judge(self, face: Face, now: float) -> Verdict:
        seen = centre_points(face.landmarks)
        track = self._tracks.get(face.track_id)
        if track is None or _jumped(track, seen, now):
            track = self._tracks[face.track_id] = self._begin(seen, now, taken=track is not None)
        self._gather(track, seen, now)
        if now - track.weighed_at >= EVERY_S - 1e-3 and _spans(track) >= SHORTEST_S:
            self._weigh(track, now)
        return _verdict(track, now)

    def _begin(self, face: Centred, now: float, *, taken: bool) -> _Track:
        """A track of a face that is new, or that has taken another's number."""
        if self._places.knows(face):
            odds = KNOWN
        else:
            odds = FOUND if taken or now - self._opened_at < START_S else CAME
        return _Track(
            odds,
            settles_from=now,
            face=face,
            seen_at=now,
            weighed_at=-np.inf,
            picture_since=now,
            followings=[Following() for _ in self._echoes],
        )

    def _gather(self, track: _Track, face: Centred, now: float) -> None:
        if now - track.seen_at > GAP_S:
            track.times.clear()
            track.signs.clear()
        track.face, track.seen_at = face, now
        if track.reference is None:
            if now - track.settles_from < SETTLE_S:
                return
            track.reference = face
        track.times.append(now)
        track.signs.append(read_signs(face, track.reference))
        while now - track.times[0] > WINDOW_S and len(track.times) > FEWEST:
            track.times.popleft()
            track.signs.popleft()

    def _weigh(self, track: _Track, now: float) -> None:
        """Let the last second count."""
        signs, times = np.array(track.signs), np.array(track.times)
        track.weighed_at = now
        walks = float(np.ptp(signs[:, PLACE.start])) > STRIDE
        worst = WALKING if walks else WORST
        said = float(np.clip(weigh_signs(signs, _spans(track)), worst, BEST))
        for following, echo in zip(track.followings, self._echoes, strict=True):
            following.see(echo.compare(times, signs), now)
        if any(following.certain for following in track.followings):
            track.echoed_at = now
        if now - track.echoed_at < ECHO_S:
            said, track.proved_at = WORST, -np.inf
            track.odds = min(track.odds, PICTURE)
        suspect = any(following.suspect for following in track.followings)
        most = ALIVE - 0.1 if suspect and not _alive(track, now) else MOST
        track.odds = float(np.clip(track.odds + WEIGHT * said, LEAST, most))
        if track.odds >= ALIVE:
            if not np.isfinite(track.proved_at):
                self._places.forget(track.face)
                for following in track.followings:
                    following.trust()
            track.proved_at = now
        if track.odds > PICTURE:
            track.picture_since = now
        elif now - track.picture_since >= SURELY_S and not _alive(track, now):
            self._places.remember(track.face, now)


def _settle(track: _Track, now: float) -> None:
    """Begin another second of signs: in a picture made lighter a still face lies elsewhere."""
    track.times.clear()
    track.signs.clear()
    track.reference, track.settles_from = None, now


def _jumped(track: _Track, face: Centred, now: float) -> bool:
    """Whether a number has passed to another face; after a gap that cannot be told."""
    if now - track.seen_at > GAP_S:
        return False
    apart = float(np.hypot(*(face.middle - track.face.middle))) / track.face.size
    return apart > JUMP or abs(np.log(face.size / track.face.size)) > JUMP_SIZE


def _spans(track: _Track) -> float:
    if len(track.times) < FEWEST:
        return 0.0
    return track.times[-1] - track.times[0]


def _alive(track: _Track, now: float) -> bool:
    return now - track.proved_at <= PROOF_S


def _verdict(track: _Track, now: float) -> Verdict:
    if _alive(track, now):
        return Verdict.LIVING
    return Verdict.PICTURE if track.odds <= PICTURE else Verdict.UNPROVEN
