"""Light and folds of one sitter: what a warp cannot give.

In goes an expression, out comes by how much each landmark's skin grows lighter or darker. It is a
function of the expression alone, continuous in it, so that a network can learn it and no light
flickers. Drawn it is by the rig, and shown as colour * exp(light * slope).
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import EYES, LIPS, MESH
from kiosk.messages import Bytes, Floats
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import fit_pose, free_of_pose
from kiosk.motion.parts import fit_parts, proportions_of
from kiosk.motion.shades import load_shades
from kiosk.rig.easing import smoothstep
from kiosk.rig.mesh import face_normals
from kiosk.rig.raster import to_pixels

Points = NDArray[np.float64]

GAIN = 2.6  # a motion comes damped from `retarget`
GAMMA = 2.2  # the maps are of linear light, a picture is not
LIGHTER = 0.6  # painters leave less room above the skin's tone than below
BRIGHTEST, DARKEST = 0.35, 0.55  # log luminance in linear light
HIGH, LOW = 99.5, 1.5  # percentiles of the face's own tones, which stay its limits
SLOPE = (0.6, 1.5)
FACING = (0.15, 0.35)  # cosine to the eye where painted skin begins to take light, and does wholly
_LUMA = np.array([0.299, 0.587, 0.114])
_SIZE, _BLUR_PX = 512, 2.5  # at which tones are looked at


class Shading:
    """The light on one sitter's face.

    Args:
        picture: (S, S, 3) RGB, 0 to 255: the canvas as it hangs.
        landmarks: (478, 3) neutral, canvas coordinates.
        amount: of all of it; 1 as tuned, less for children.
        crease: of folds alone.
    """

    def __init__(
        self, picture: Bytes, landmarks: Floats, *, amount: float = 1.0, crease: float = 1.0
    ) -> None:
        model, shades = load_face_model(), load_shades()
        still = landmarks.astype(np.float64)
        self._shades = shades
        self._pose = fit_pose(still, model.mean)
        self._own = proportions_of(free_of_pose(still, self._pose))
        self._mean = proportions_of(model.mean)
        tones = _tones_at(picture, landmarks)
        skin = _is_skin()
        self.slope: Floats = _channel_slopes(tones[skin])  # (3,) log channel by log luminance
        facing = smoothstep((face_normals(still)[:, 2] + FACING[0]) / (FACING[0] - FACING[1]))
        lighter, darker = _room(tones @ _LUMA, skin)
        self._lighter, self._darker = lighter * facing, darker * facing
        self._maps = amount * GAIN * (shades.maps + crease * shades.crease)

    def __call__(self, expression: NDArray[np.floating[Any]]) -> Floats:
        """Change of log luminance in the picture's own values: (468,), 0 for a face at rest.

        Args:
            expression: (468, 3) offsets before the head's turn, canvas units, as in `Motion`.
        """
        change = self.strengths(expression) @ self._maps
        up = BRIGHTEST * np.tanh(LIGHTER * np.maximum(change, 0) / BRIGHTEST)
        down = DARKEST * np.tanh(np.maximum(-change, 0) / DARKEST)
        ratio = (up * self._lighter - down * self._darker) / GAMMA
        return np.asarray(ratio, np.float32)

    def strengths(self, expression: NDArray[np.floating[Any]]) -> Points:
        """How strongly the sitter makes each plain expression: (K,)."""
        offsets = expression.astype(np.float64) @ self._pose.rotation / self._pose.scale
        return self._shades.coefficients(fit_parts(offsets, self._own, self._mean))


def _tones_at(picture: Bytes, landmarks: Floats) -> Points:
    """The artwork's colours at the face's landmarks: (468, 3) RGB, 0 to 255."""
    small = cv2.resize(picture, (_SIZE, _SIZE), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small.astype(np.float32), (0, 0), _BLUR_PX)
    where = to_pixels(landmarks[:MESH, :2], _SIZE).astype(np.float32)[None]
    seen = cv2.remap(soft, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen[0], np.float64)


def _is_skin() -> NDArray[np.bool_]:
    """Landmarks that are neither lips, eyes nor brows: (468,)."""
    skin = np.ones(MESH, bool)
    skin[list(LIPS)] = False
    for eye in EYES:
        skin[[*eye.upper, *eye.lower, *eye.upper_fold, *eye.brow]] = False
    return skin


def _channel_slopes(tones: Points) -> Floats:
    """How a painter's red, green and blue follow the skin's luminance: (3,)."""
    channels, luma = np.log(tones + 2), np.log(tones @ _LUMA + 2)
    apart = luma - luma.mean()
    slopes = apart @ (channels - channels.mean(axis=0)) / max(float(apart @ apart), 1e-6)
    return np.clip(slopes, *SLOPE).astype(np.float32)


def _room(luma: Points, skin: NDArray[np.bool_]) -> tuple[Points, Points]:
    """How far each landmark may grow lighter, and darker, within the face's tones: (468,), 0-1."""
    low, high = np.percentile(luma[skin], [LOW, HIGH])
    lighter = smoothstep((1.04 * high - luma) / (0.12 * high))
    darker = smoothstep((luma - 0.7 * low) / (0.35 * low + 4))
    return lighter, darker
