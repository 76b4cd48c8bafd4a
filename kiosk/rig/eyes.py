"""The eyeball behind the lids: the painted eye's own pixels, shifted for the gaze.

The map of the eye opening is all that is made here; the colour is the artwork's. So a painted eye
keeps its brushwork, and the generator can do the same with flow alone. A catchlight belongs to the
light, not to the iris: it stays behind when the eye turns.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kiosk.face import EYES, Eye
from kiosk.messages import Floats, Motion
from kiosk.rig.catchlights import Catchlight
from kiosk.rig.easing import smoothstep
from kiosk.rig.landmarks import Points, eye_width, facing, fit_eye, ring_of

# the part of the painted opening that may be shown, across and down: lashes stay outside
ACROSS = (0.05, 0.95)
DOWN = (0.10, 0.92)
IRIS_SOLID, IRIS_FADE = 1.15, 1.1  # in iris radii: what moves rigidly, and how far it drags along
# it drags along at least so many times as far as it moves: the eye's white would fold, and show the
# iris twice, from 1.5 on downward (the steepest slope of smoothstep)
LEAST_DRAG = 1.8
# an iris stands 10.3 mm before the point that the eye turns about; a far light is mirrored 5.5 mm
# before it, in the middle of the cornea's ball (Gullstrand's eye, whose opening is 30 mm wide)
STAYS_BEHIND = 0.47  # of the iris's shift
DEEPER = 0.16  # eye widths
ON_CORNEA = 0.85  # iris radii: farther out nothing is mirrored
HALO = 1.4  # radii of a catchlight within which its paint is left out where it no longer is


@dataclass(frozen=True, slots=True, eq=False)
class Depths:
    """How far points lie inside the lids, eye widths: below the upper one, above the lower one."""

    upper: Points
    lower: Points


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What points of an eye's opening show."""

    sources: Points  # (..., 2) canvas coordinates of the artwork: always inside its painted eye
    places: Points  # (..., 2) where on the painted eyeball they lie, hidden or not
    depths: Depths  # within the lids as they are now
    mirrored: Points  # (...) how much of it is a catchlight, 0 to 1


@dataclass(frozen=True, eq=False)  # no slots: the lids' lines, once measured, are kept
class Eyeball:
    """The painted eye, measured once; lengths in canvas units."""

    eye: Eye
    still: Points  # (478, 3) neutral landmarks, canvas coordinates
    iris: Points  # (2,) centre
    radius: float
    outer: Points  # (2,) the outer corner
    axes: Points  # (2, 2) of length 1: from the outer corner to the inner, and down
    width: float
    ring: Points  # see `landmarks.ring_of`
    catchlights: list[Catchlight]

    @classmethod
    def measure(cls, eye: Eye, still: Points, catchlights: list[Catchlight]) -> "Eyeball":
        """Find iris, radius and lids in the neutral landmarks."""
        iris, edge = still[eye.iris, :2], still[eye.iris + 1 : eye.iris + 5, :2]
        outer, width = still[eye.outer, :2], eye_width(still, eye)
        along = (still[eye.inner, :2] - outer) / width
        down = np.array([-along[1], along[0]]) * np.sign(along[0])  # downward on either side
        axes = np.stack([along, down])

        radius = float(np.linalg.norm(edge - iris, axis=1).mean())
        ring = ring_of(still, eye)
        return cls(eye, still, iris, radius, outer, axes, width, ring, catchlights)

    def look(self, points: Points | Floats, moved: Points, motion: Motion) -> "Seen":
        """What is seen of the eyeball at screen points.

        Args:
            points: (..., 2) canvas coordinates inside the eye's opening.
            moved: (468, 3) the moved mesh.
            motion: where it looks, and how the head is turned.
        """
        transform = fit_eye(self.ring, moved, self.eye)
        back = np.linalg.inv(transform[:, :2]).T

        def undo(points: Points | Floats) -> Points:
            return np.asarray((points - transform[:, 2]) @ back, np.float64)

        at = undo(points)
        shift = np.float64(self.width) * motion.gaze[EYES.index(self.eye)]
        distance = np.linalg.norm(at - self.iris - shift, axis=-1) / self.radius
        fade = max(IRIS_FADE, LEAST_DRAG * float(np.linalg.norm(shift)) / self.radius)
        drag = 1 - smoothstep((distance - IRIS_SOLID) / fade)
        places = at - shift * drag[..., None]
        lids = (self._line(undo(moved[list(lid), :2])) for lid in (self.eye.upper, self.eye.lower))
        depths = self._depths(at, *lids)
        shown = self._keep_inside(places)
        mirrored = np.zeros(at.shape[:-1])
        lag = STAYS_BEHIND * shift + DEEPER * self.width * facing(motion)
        for catchlight in self.catchlights:
            shown, share = self._leave_behind(catchlight, lag, shift, at, shown)
            mirrored = np.maximum(mirrored, share)
        return Seen(self._keep_inside(shown), places, depths, mirrored)

    def across(self, points: Points) -> Points:
        """From the outer corner, 0, to the inner one, 1."""
        return np.asarray((points - self.outer) @ self.axes[0] / self.width)

    def depths(self, points: Points) -> "Depths":
        """How far points of the painted eye lie inside its lids."""
        return self._depths(points, self.upper, self.lower)

    @cached_property
    def upper(self) -> Points:
        """The painted upper lid's line, see `_line`."""
        return self._line(self.still[list(self.eye.upper), :2])

    @cached_property
    def lower(self) -> Points:
        """The painted lower lid's."""
        return self._line(self.still[list(self.eye.lower), :2])

    def _depths(self, points: Points, upper: Points, lower: Points) -> "Depths":
        offset = (points - self.outer) @ self.axes.T
        across, down = offset[..., 0] / self.width, offset[..., 1]
        above, below = down - np.interp(across, *upper), np.interp(across, *lower) - down
        return Depths(above / self.width, below / self.width)

    def _line(self, points: Points) -> Points:
        """A lid's line: (2, N) across, 0 to 1 from the outer corner, and down, canvas units."""
        across, height = self.axes @ (points - self.outer).T
        order = np.argsort(across)
        return np.stack([across[order] / self.width, height[order]])

    def _leave_behind(
        self, catchlight: Catchlight, lag: Points, shift: Points, at: Points, shown: Points
    ) -> tuple[Points, Points]:
        """Show a catchlight so far behind the iris, and the paint around it in its old place.

        Returns:
            what is shown, and how much of it is the catchlight, 0 to 1.
        """
        centre, radius = np.array(catchlight.centre), catchlight.radius
        from_iris = centre - self.iris
        wanted = from_iris - lag
        most = max(ON_CORNEA * self.radius, float(np.linalg.norm(from_iris)))
        wanted *= min(1.0, most / max(float(np.linalg.norm(wanted)), 1e-9))
        moved = float(np.linalg.norm(wanted - from_iris))
        away = shown - centre
        distance = np.linalg.norm(away, axis=-1, keepdims=True)
        clear = HALO * min(radius, moved)
        around = centre + away * (np.maximum(distance, clear) / np.maximum(distance, 1e-9))
        copy = at - (self.iris + wanted + shift - centre)
        apart = np.linalg.norm(copy - centre, axis=-1, keepdims=True) / radius
        share = 1 - smoothstep((apart - 1) / (HALO - 1))
        return np.asarray(around + share * (copy - around)), share[..., 0]

    def _keep_inside(self, points: Points) -> Points:
        """Pull points that fall on lids or lashes back into the painted opening."""
        offset = (points - self.outer) @ self.axes.T
        across = np.clip(offset[..., 0] / self.width, *ACROSS)
        upper, lower = np.interp(across, *self.upper), np.interp(across, *self.lower)
        low, high = (upper + (lower - upper) * share for share in DOWN)
        down = np.clip(offset[..., 1], low, np.maximum(high, low))
        return np.asarray(self.outer + np.stack([across * self.width, down], -1) @ self.axes)
