"""How strongly a tracker sees this artwork answer, and the gains that make up for a weak answer.

A painted iris is soft and a painted brow is faint: driven by so much, they are seen to move by
less. A few renders, tracked again, give the slope; its inverse, bounded, is the pack's gain.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from kiosk.face import EYES, MESH
from kiosk.messages import Motion
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import Measures, fit_pose, free_of_pose, measure
from kiosk.motion.rig import Points, eye_width, no_motion
from kiosk.motion.target import Gains
from kiosk.puppet.detect import track_pictures
from kiosk.puppet.render import Puppet

GAZES = np.linspace(-0.16, 0.16, 7)  # eye widths
LIFTS = np.linspace(-0.15, 0.30, 6)  # eye widths
LIDS = np.linspace(0.0, 1.0, 6)
SEEN_SHUT = 0.065  # by how much an aperture of 0.105 io is seen to shrink, on a living face
# more than this and raised brows read as a turn, half-shut lids as shut
MOST_GAZE, MOST_BROWS, MOST_CLOSURE = 2.6, 1.4, 1.3

Read = Callable[[Measures], float]


def find_gains(puppet: Puppet) -> Gains:
    """Gains for gaze, brows and lids, from some twenty renders tracked again."""
    gaze = _slope(
        puppet, GAZES, [_look(x) for x in GAZES], read=lambda seen: float(seen.gaze[:, 0].mean())
    )
    width = eye_width(puppet.still, EYES[0])
    lifts = [_lift(puppet, x) for x in LIFTS]
    raised = LIFTS * width * _io_per_unit(puppet)
    brow = _slope(puppet, raised, lifts, read=lambda seen: float(seen.brow.mean()))
    lids = -_slope(
        puppet, LIDS, [_shut(x) for x in LIDS], read=lambda seen: float(seen.aperture.mean())
    )
    return Gains(
        gaze=round(float(np.clip(1 / max(gaze, 1e-3), 1.0, MOST_GAZE)), 2),
        brows=round(float(np.clip(1 / max(brow, 1e-3), 1.0, MOST_BROWS)), 2),
        closure=round(float(np.clip(SEEN_SHUT / max(lids, 1e-3), 1.0, MOST_CLOSURE)), 2),
    )


def _look(x: float) -> Motion:
    return replace(no_motion(), gaze=np.array([[x, 0], [x, 0]], np.float32))


def _shut(closure: float) -> Motion:
    return replace(no_motion(), closure=np.full(2, closure, np.float32))


def _lift(puppet: Puppet, height: float) -> Motion:
    """Brows up by `height` eye widths."""
    expression = np.zeros((MESH, 3), np.float32)
    for eye in EYES:
        offset = height * eye_width(puppet.still, eye)
        expression[list(eye.brow), 1] -= offset
        expression[list(eye.upper_orbit), 1] -= 0.4 * offset
    return replace(no_motion(), expression=expression)


def _io_per_unit(puppet: Puppet) -> float:
    """Canvas units to distances of the outer eye corners."""
    left, right = (puppet.still[eye.outer, :2] for eye in EYES)
    return float(1 / np.linalg.norm(right - left))


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
