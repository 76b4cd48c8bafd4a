"""Whether a sitter wears glasses whose rims can be seen.

Rims are lines, and there are three: over the bridge of the nose, and round the lower half of each
eye. In a view of the eyes, each is sought as the path from side to side along which a thin line
answers most; the weakest of the three decides, for folds and shadows give one or two of them.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import EYES
from kiosk.messages import Bytes, Floats

# of the view, in pixels: so far the eyes' middles lie apart, and there
WIDTH, HEIGHT, APART, LEVEL = 200, 180, 100, 80
LINE_PX = 1.6  # half the width of a line
BRIDGE = slice(55, 100), slice(88, 113)  # rows, columns
CONTRAST = slice(40, 140), slice(40, 160)  # where lines are measured against what is usual
RADII = np.arange(14, 50, dtype=np.float32)
ANGLES = np.radians(np.linspace(20, 160, 60)).astype(np.float32)  # below an eye
# of the contrast: faces without glasses, in 73 pictures of eight people and six paintings, came to
# .09 at most; two of people with glasses to .26 and .35. Of drawn ones, dark rims of usual size
# came to more in 19 cases of 20, of thin metal in half
SEEN = 0.12

Lines = NDArray[np.float32]


def wears_glasses(artwork: Bytes, landmarks: Floats) -> bool:
    """Whether rims are seen.

    Args:
        artwork: (H, W, 3) RGB.
        landmarks: (478, 3) of the face, pixels.
    """
    return measure_rims(artwork, landmarks) > SEEN


def measure_rims(artwork: Bytes, landmarks: Floats) -> float:
    """How clearly the faintest of three rims stands out; see `wears_glasses`."""
    view = _view_eyes(artwork, landmarks)
    usual = float(view[CONTRAST].std()) + 5
    answers = [_find_lines(view)[BRIDGE]]
    for x in ((WIDTH - APART) / 2, (WIDTH + APART) / 2):
        across = x + RADII[:, None] * np.cos(ANGLES), LEVEL + RADII[:, None] * np.sin(ANGLES)
        answers.append(_find_lines(cv2.remap(view, *across, cv2.INTER_LINEAR)))
    return min(_follow(answer) for answer in answers) / usual


def _view_eyes(artwork: Bytes, landmarks: Floats) -> Lines:
    """Grey (HEIGHT, WIDTH), the eyes level and APART."""
    corners = [[eye.outer, eye.inner] for eye in EYES]
    left, right = sorted((landmarks[each, :2].mean(0) for each in corners), key=lambda at: at[0])
    along = right - left
    scale = APART / float(np.hypot(*along))
    cosine, sine = scale * along / np.hypot(*along)
    turn = np.array([[cosine, sine], [-sine, cosine]])
    shift = np.array([WIDTH / 2, LEVEL]) - turn @ ((left + right) / 2)
    mode = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    view = cv2.warpAffine(artwork, np.column_stack([turn, shift]), (WIDTH, HEIGHT), flags=mode)
    grey = cv2.cvtColor(view, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.6))


def _find_lines(image: Lines) -> Lines:
    """How each pixel answers to a thin line from side to side, dark or bright."""
    y = np.arange(-10, 11)
    profile = (y**2 / LINE_PX**2 - 1) * np.exp(-(y**2) / (2 * LINE_PX**2))
    profile -= profile.mean()
    profile /= np.abs(profile).sum()
    return np.asarray(np.abs(cv2.filter2D(image, -1, profile[:, None].astype(np.float32))))


def _follow(answers: Lines) -> float:
    """The best mean answer along a path from side to side that climbs a pixel a step at most."""
    total = answers[:, 0].copy()
    for column in answers.T[1:]:
        wider = np.pad(total, 1, constant_values=-np.inf)
        total = column + np.maximum(np.maximum(wider[:-2], wider[1:-1]), wider[2:])
    return float(total.max()) / answers.shape[1]
