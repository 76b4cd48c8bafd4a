"""How strongly a tracker sees this artwork answer, and the gains that make up for a weak answer.

A painted iris is soft, painted lids and lips are thin: driven by so much, they are seen to move by
less. A few renders, tracked again, give the slope; its inverse, bounded, is the pack's gain. Brows
are seen weakly, too, but are left as they are: driven further, they are seen as turns of the head.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from kiosk.face import CHIN, MESH, UPPER_LIP
from kiosk.messages import Motion
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import Measures, fit_pose, free_of_pose, measure
from kiosk.motion.lips import PAIRS, Lips, LipShape
from kiosk.motion.target import Gains
from kiosk.puppet.detect import track_pictures
from kiosk.puppet.render import Puppet
from kiosk.rig.easing import smoothstep
from kiosk.rig.landmarks import Points, no_motion

GAZES = np.linspace(-0.16, 0.16, 7)  # eye widths
LIDS = np.linspace(0.0, 1.0, 6)
GAPS = np.linspace(0.05, 0.3, 6)  # io, between the lips
SEEN_SHUT = 0.065  # by how much an aperture of 0.105 io is seen to shrink, on a living face
MOST_GAZE, MOST_MOUTH = 2.6, 1.5
MOST_CLOSURE = 1.3  # more than this and half-shut lids read as shut
UNSEEN = 0.08  # of what a living face would show; a part that answers less is left still

Read = Callable[[Measures], float]


def find_gains(puppet: Puppet) -> Gains:
    """Gains for mouth, gaze and lids, from some twenty renders tracked again.

    Dark glasses, a hand before the mouth: what is not seen to answer has gain 0 and stays still.
    """
    mouth = _slope(puppet, GAPS, [_open(puppet, x) for x in GAPS], read=lambda seen: seen.gap)
    gaze = _slope(
        puppet, GAZES, [_look(x) for x in GAZES], read=lambda seen: float(seen.gaze[:, 0].mean())
    )
    lids = _slope(
        puppet,
        LIDS,
        [_shut(x) for x in LIDS],
        read=lambda seen: -float(seen.aperture.mean()) / SEEN_SHUT,
    )
    return Gains(
        mouth=_gain(mouth, MOST_MOUTH, share=0.5),  # thin lips made to open in full would gape
        gaze=_gain(gaze, MOST_GAZE),
        closure=_gain(lids, MOST_CLOSURE),
    )


def _gain(slope: float | None, most: float, share: float = 1.0) -> float:
    """What makes up for so weak an answer, or for a share of it as an exponent; at most `most`.

    Of a face that no tracker finds nothing is known: it is driven as any other.
    """
    if slope is None:
        return 1.0
    if slope < UNSEEN:
        return 0.0
    return round(float(np.clip((1 / slope) ** share, 1.0, most)), 2)


def _open(puppet: Puppet, gap: float) -> Motion:
    """Lips apart by so much, io, the jaw as it comes with that."""
    still = puppet.still[:MESH]
    pose = fit_pose(still, load_face_model().mean)
    free = free_of_pose(puppet.still, pose)
    offsets = np.zeros((MESH, 3))
    jaw = smoothstep((free[:MESH, 1] - free[UPPER_LIP, 1]) / (free[CHIN, 1] - free[UPPER_LIP, 1]))
    offsets[:, 1] = 0.8 * gap * jaw
    Lips(free).place(offsets, LipShape(np.full(PAIRS, gap), np.ones((2, PAIRS))))
    return replace(
        no_motion(), expression=(offsets @ pose.rotation.T * pose.scale).astype(np.float32)
    )


def _look(x: float) -> Motion:
    return replace(no_motion(), gaze=np.array([[x, 0], [x, 0]], np.float32))


def _shut(closure: float) -> Motion:
    return replace(no_motion(), closure=np.full(2, closure, np.float32))


def _slope(puppet: Puppet, driven: Points, motions: list[Motion], *, read: Read) -> float | None:
    """Seen against driven, by least squares; None when no face was seen."""
    frames = [puppet.render(motion).frame for motion in motions]
    mean = load_face_model().mean
    seen = np.full(len(frames), np.nan)
    for i, face in enumerate(track_pictures(frames)):
        if np.isfinite(face).all():
            found = measure(free_of_pose(face, fit_pose(face, mean)))
            seen[i] = read(found)
    known = np.isfinite(seen)
    if known.sum() < 3:
        return None
    return float(np.polyfit(np.asarray(driven)[known], seen[known], 1)[0])
