"""How strongly a tracker sees this artwork answer, and the gains that make up for a weak answer.

A painted iris is soft and a painted lid thin: driven by so much, they are seen to move by less. A
few renders, tracked again, give the slope; its inverse, bounded, is the pack's gain. Brows are seen
weakly, too, but are left as they are: driven further, they are seen as turns of the head.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from kiosk.messages import Motion
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import Measures, fit_pose, free_of_pose, measure
from kiosk.motion.target import Gains
from kiosk.puppet.detect import track_pictures
from kiosk.puppet.render import Puppet
from kiosk.rig.landmarks import Points, no_motion

GAZES = np.linspace(-0.16, 0.16, 7)  # eye widths
LIDS = np.linspace(0.0, 1.0, 6)
SEEN_SHUT = 0.065  # by how much an aperture of 0.105 io is seen to shrink, on a living face
MOST_GAZE, MOST_CLOSURE = 2.6, 1.3  # more closure than this and half-shut lids read as shut

Read = Callable[[Measures], float]


def find_gains(puppet: Puppet) -> Gains:
    """Gains for gaze and lids, from a dozen renders tracked again."""
    gaze = _slope(
        puppet, GAZES, [_look(x) for x in GAZES], read=lambda seen: float(seen.gaze[:, 0].mean())
    )
    lids = -_slope(
        puppet, LIDS, [_shut(x) for x in LIDS], read=lambda seen: float(seen.aperture.mean())
    )
    return Gains(
        gaze=round(float(np.clip(1 / max(gaze, 1e-3), 1.0, MOST_GAZE)), 2),
        closure=round(float(np.clip(SEEN_SHUT / max(lids, 1e-3), 1.0, MOST_CLOSURE)), 2),
    )


def _look(x: float) -> Motion:
    return replace(no_motion(), gaze=np.array([[x, 0], [x, 0]], np.float32))


def _shut(closure: float) -> Motion:
    return replace(no_motion(), closure=np.full(2, closure, np.float32))


def _slope(puppet: Puppet, driven: Points, motions: list[Motion], *, read: Read) -> float:
    """Seen against driven, by least squares; 1 when nothing was seen."""
    frames = [puppet.render(motion).frame for motion in motions]
    mean = load_face_model().mean
    seen = np.full(len(frames), np.nan)
    for i, face in enumerate(track_pictures(frames)):
        if np.isfinite(face).all():
            found = measure(free_of_pose(face, fit_pose(face, mean)))
            seen[i] = read(found)
    known = np.isfinite(seen)
    if known.sum() < 3:
        return 1.0
    return float(np.polyfit(np.asarray(driven)[known], seen[known], 1)[0])
