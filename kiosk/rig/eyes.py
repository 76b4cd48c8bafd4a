"""The eyeball behind the lids: the painted eye's own pixels, shifted for the gaze.

The map of the eye opening is all that is made here; the colour is the artwork's. So a painted eye
keeps its brushwork and catchlight, and the generator can do the same with flow alone.
"""

from dataclasses import dataclass

import numpy as np

from kiosk.face import Eye
from kiosk.messages import Floats
from kiosk.rig.easing import smoothstep
from kiosk.rig.landmarks import Points, eye_transform, eye_width

# the part of the painted opening that may be shown, across and down: lashes stay outside
ACROSS = (0.05, 0.95)
DOWN = (0.10, 0.92)
IRIS_SOLID, IRIS_FADE = 1.15, 1.1  # in iris radii: what moves rigidly, and how far it drags along
# it drags along at least so many times as far as it moves: the eye's white would fold, and show the
# iris twice, from 1.5 on downward (the steepest slope of smoothstep)
LEAST_DRAG = 1.8


@dataclass(frozen=True, slots=True, eq=False)
class Eyeball:
    """The painted eye, measured once; lengths in canvas units."""

    eye: Eye
    still: Points  # (478, 3) neutral landmarks, canvas coordinates
    iris: Points  # (2,) centre
    radius: float
    outer: Points  # (2,) the outer corner
    axes: Points  # (2, 2) of length 1: from the outer corner to the inner, and down
    width: float
    upper: Points  # (2, 9) the upper lid's line: across, 0 to 1 from the outer corner, and down
    lower: Points  # (2, 9)

    @classmethod
    def measure(cls, eye: Eye, still: Points) -> "Eyeball":
        """Find iris, radius and lids in the neutral landmarks."""
        iris, edge = still[eye.iris, :2], still[eye.iris + 1 : eye.iris + 5, :2]
        outer, width = still[eye.outer, :2], eye_width(still, eye)
        along = (still[eye.inner, :2] - outer) / width
        down = np.array([-along[1], along[0]]) * np.sign(along[0])  # downward on either side
        axes = np.stack([along, down])

        def line(lid: tuple[int, ...]) -> Points:
            across, height = axes @ (still[list(lid), :2] - outer).T
            order = np.argsort(across)
            return np.stack([across[order] / width, height[order]])

        radius = float(np.linalg.norm(edge - iris, axis=1).mean())
        lids = line(eye.upper), line(eye.lower)
        return cls(eye, still, iris, radius, outer, axes, width, *lids)

    def sources(self, points: Points | Floats, moved: Points, gaze: Points) -> Points:
        """What the eyeball shows at screen points.

        Args:
            points: (..., 2) canvas coordinates inside the eye's opening.
            moved: (468, 3) the moved mesh.
            gaze: (2,) shift of the iris in eye widths.

        Returns:
            (..., 2) canvas coordinates of the artwork.
        """
        transform = eye_transform(self.still, moved, self.eye)
        at = (points - transform[:, 2]) @ np.linalg.inv(transform[:, :2]).T
        shift = np.asarray(gaze, np.float64) * self.width
        distance = np.linalg.norm(at - self.iris - shift, axis=-1) / self.radius
        fade = max(IRIS_FADE, LEAST_DRAG * float(np.linalg.norm(shift)) / self.radius)
        drag = 1 - smoothstep((distance - IRIS_SOLID) / fade)
        return self._keep_inside(at - shift * drag[..., None])

    def _keep_inside(self, points: Points) -> Points:
        """Pull points that fall on lids or lashes back into the painted opening."""
        offset = (points - self.outer) @ self.axes.T
        across = np.clip(offset[..., 0] / self.width, *ACROSS)
        upper, lower = np.interp(across, *self.upper), np.interp(across, *self.lower)
        low, high = (upper + (lower - upper) * share for share in DOWN)
        down = np.clip(offset[..., 1], low, np.maximum(high, low))
        return np.asarray(self.outer + np.stack([across * self.width, down], -1) @ self.axes)
