"""Where a face is skin, which of it an expression can shade, and how learnt maps are finished.

All of it is drawn on the mean face, in heights of the face. Offline only.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import CHIN, EYES, FOREHEAD, MESH, OVAL, WHOLE_LIPS
from kiosk.rig.easing import smoothstep
from kiosk.rig.mesh import face_triangles
from kiosk.training.brightness import face_edges
from kiosk.training.plain import NAMES, UPPER

Points = NDArray[np.float64]

FADE = 0.095  # inside the oval, where shading begins
ON_LIPS, ON_BROWS, ON_FOLDS = 0.3, 0.5, 0.5  # what is left of it there
NOSTRILS = (2, 97, 99, 240, 64, 98, 60, 75, 326, 328, 460, 294, 327, 290, 305, 20, 250)
BRIGHTER, DARKER = 0.35, -0.9  # log luminance: what one expression may do
SOFT = 0.5  # of a landmark's neighbours, in the broad maps
CREASED = ("smile", "sneer", "jaw", "pucker")  # expressions whose folds people share
CRISP = 2.2  # the mean of several people's folds is softer than the fold of any
CREASE = (-0.3, 0.15)
FURROW = 0.8  # log luminance, as authored
FURROW_AT, FURROW_WIDTH = 0.05, 0.035


@dataclass(frozen=True, eq=False)
class FaceParts:
    """The mean face as a surface to shade."""

    x: Points  # (468,) from the middle line, heights of the face
    y: Points  # (468,) from the middle of the brows, down
    skin: Points  # (468,) what a landmark stands for, 0 where it is no skin
    mask: Points  # (468,) how much of a change of light is drawn, 0 to 1

    def finish(self, maps: Points) -> tuple[Points, Points]:
        """Learnt maps (K, 468) as broad light and creases, faded where they must not show."""
        above = smoothstep((self.y + 0.12) / 0.10)
        aside = 1 - smoothstep((np.abs(self.x) - 0.24) / 0.07)
        upper = [any(name.startswith(kind) for kind in UPPER) for name in NAMES]
        kept = np.where(np.array(upper)[:, None], above * aside, 1.0) * self.mask
        limited = np.clip(maps, DARKER, BRIGHTER)
        broad = np.array([soften(each) for each in limited])
        crease = np.where(_are(CREASED), np.clip(CRISP * (limited - broad), *CREASE), 0.0)
        crease += np.where(_are(("frown",)), self._furrows(), 0.0)
        return broad * kept, crease * self.mask

    def _furrows(self) -> Points:
        """A furrow beside the root of the nose on either side, as painters draw a frown: (K, 468).

        Authored: few of those who were filmed have one, and never where the next has it.
        """
        across = (np.abs(self.x) - FURROW_AT) / FURROW_WIDTH
        tall = smoothstep((self.y + 0.09) / 0.06) * smoothstep((0.09 - self.y) / 0.05)
        line = -FURROW * np.exp(-np.square(across)) * tall
        line += 0.2 * FURROW * np.exp(-np.square(self.x / 0.02)) * tall
        left = np.array([name.endswith("left") for name in NAMES])[:, None]
        return np.asarray(line * np.where(left, self.x <= 1e-3, self.x >= -1e-3))


def face_parts(mean: Points) -> FaceParts:
    """The parts of a mean face (478, 3)."""
    height = float(np.linalg.norm(mean[CHIN, :2] - mean[FOREHEAD, :2]))
    brows = [number for eye in EYES for number in eye.brow]
    middle = np.array([mean[FOREHEAD, 0], mean[brows, 1].mean()])
    flat = (mean[:MESH, :2] - middle) / height
    hidden = _hidden()
    area = _areas(flat)
    skin = np.where(hidden, 0.0, np.minimum(area / np.median(area), 4.0))
    return FaceParts(flat[:, 0], flat[:, 1], skin, _mask(flat))


def reach_of(parts: FaceParts) -> Points:
    """Where each expression has muscles that could shade the skin: (K, 468), 0 to 1."""
    upper = np.clip((0.27 - parts.y) / 0.15, 0, 1)
    lower = np.clip((parts.y - 0.02) / 0.12, 0, 1)
    reach = []
    for name in NAMES:
        part = upper if name.startswith(UPPER) else lower
        if name.endswith("_left"):
            part = part * np.clip((0.09 - parts.x) / 0.12, 0, 1)
        elif name.endswith("_right"):
            part = part * np.clip((0.09 + parts.x) / 0.12, 0, 1)
        reach.append(part)
    return np.array(reach)


def fill_in(values: Points, parts: FaceParts) -> Points:
    """What is no skin gets what lies around it, as a membrane would stretch: (468,)."""
    free = parts.skin <= 0
    laplacian = _laplacian()
    filled = values.copy()
    known = laplacian[np.ix_(free, ~free)] @ values[~free]
    filled[free] = np.linalg.solve(laplacian[np.ix_(free, free)], -known)
    return filled


def soften(values: Points) -> Points:
    """Drawn half-way to the mean of its neighbours: (468,)."""
    laplacian = _laplacian()
    return np.asarray(values - SOFT * (laplacian @ values) / np.diag(laplacian))


def _are(kinds: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([[name.startswith(kinds)] for name in NAMES])


def _laplacian() -> Points:
    """Of the mesh's edges: (468, 468)."""
    a, b = face_edges().T
    laplacian = np.zeros((MESH, MESH))
    laplacian[a, b] = laplacian[b, a] = -1
    return np.asarray(laplacian - np.diag(laplacian.sum(axis=1)))


def _hidden() -> NDArray[np.bool_]:
    """Landmarks whose brightness is not skin's: hair, lips, lids, nostrils and the outline."""
    hidden = np.zeros(MESH, bool)
    hidden[[*OVAL, *NOSTRILS, *WHOLE_LIPS]] = True
    for eye in EYES:
        hidden[[*eye.upper, *eye.lower, *eye.upper_fold, *eye.lower_fold, *eye.brow]] = True
    return hidden


def _mask(flat: Points) -> Points:
    """How much shading is drawn at each landmark: (468,)."""
    oval = flat[list(OVAL)].astype(np.float32)
    inside = [cv2.pointPolygonTest(oval, (float(x), float(y)), True) for x, y in flat]
    mask = smoothstep(np.array(inside) / FADE)
    mask[list(WHOLE_LIPS)] *= ON_LIPS
    for eye in EYES:
        mask[list(eye.brow)] *= ON_BROWS
        mask[[*eye.upper_fold, *eye.lower_fold]] *= ON_FOLDS
        mask[[*eye.upper, *eye.lower]] = 0.0
    mask[list(NOSTRILS)] = 0.0
    return np.asarray(mask)


def _areas(flat: Points) -> Points:
    """A third of every triangle around each landmark: (468,)."""
    triangles = face_triangles()
    a, b, c = (flat[triangles[:, k]] for k in range(3))
    first, second = b - a, c - a
    area = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 6
    return np.asarray(np.bincount(triangles.ravel(), np.repeat(area, 3), MESH))
