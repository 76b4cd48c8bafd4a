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
    """The painted eye, measured once."""

    eye: Eye
    still: Points  # (478, 3) neutral landmarks, canvas coordinates
    iris: Points  # (2,) centre
    radius: float

    @classmethod
    def measure(cls, eye: Eye, still: Points) -> "Eyeball":
        """Find iris and radius in the neutral landmarks."""
        iris, edge = still[eye.iris, :2], still[eye.iris + 1 : eye.iris + 5, :2]
        return cls(eye, still, iris, float(np.linalg.norm(edge - iris, axis=1).mean()))

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
        shift = np.asarray(gaze, np.float64) * eye_width(self.still, self.eye)
        distance = np.linalg.norm(at - self.iris - shift, axis=-1) / self.radius
        fade = max(IRIS_FADE, LEAST_DRAG * float(np.linalg.norm(shift)) / self.radius)
        drag = 1 - smoothstep((distance - IRIS_SOLID) / fade)
        return self._keep_inside(at - shift * drag[..., None])

    def _keep_inside(self, points: Points) -> Points:
        """Pull points that fall on lids or lashes back into the painted opening."""
        outer, inner = self.still[self.eye.outer, :2], self.still[self.eye.inner, :2]
        axis = inner - outer
        width = np.linalg.norm(axis)
        axis = axis / width
        normal = np.array([-axis[1], axis[0]]) * np.sign(axis[0])  # downward on either side
        across = np.clip((points - outer) @ axis / width, *ACROSS)
        down = (points - outer) @ normal
        upper = self._contour(self.eye.upper, across, axis=axis, normal=normal)
        lower = self._contour(self.eye.lower, across, axis=axis, normal=normal)
        low, high = (upper + (lower - upper) * share for share in DOWN)
        kept = np.clip(down, low, np.maximum(high, low))
        return np.asarray(outer + (across * width)[..., None] * axis + kept[..., None] * normal)

    def _contour(
        self, contour: tuple[int, ...], across: Points, *, axis: Points, normal: Points
    ) -> Points:
        """Height of a lid above the line between the corners, at places across the eye."""
        offset = self.still[list(contour), :2] - self.still[self.eye.outer, :2]
        along = (
            offset
            @ axis
            / np.linalg.norm(self.still[self.eye.inner, :2] - self.still[self.eye.outer, :2])
        )
        order = np.argsort(along)
        return np.asarray(np.interp(across, along[order], (offset @ normal)[order]))
