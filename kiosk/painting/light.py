"""Light and palette: a studio photograph lit by one window, and mixed from few pigments.

Everything is (H, W, 3) float32 RGB to 255, in and out.
"""

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator

from kiosk.face import MESH
from kiosk.painting.blend import Array
from kiosk.painting.dress import Frame

# lead white, yellow ochre, raw umber, burnt sienna, vermilion, carmine, ivory black, smalt
PIGMENTS = np.array(
    [
        (238, 228, 206), (196, 150, 84), (94, 70, 46), (138, 74, 44), (196, 84, 58), (128, 40, 42),
        (26, 22, 20), (78, 92, 112),
    ],
    np.float32,
)  # fmt: skip
GRID = 16  # pixels between the exact values of the head's depth


def light_head(landmarks: Array, frame: Frame, *, toward: tuple[float, float, float]) -> Array:
    """How brightly a light from ``toward`` (x, y, z; z to the viewer) falls on the head: (H, W).

    1 where it falls square on the surface, 0 where the surface turns away.
    """
    depth = _head_depth(landmarks, frame)
    gx = cv2.Sobel(depth, cv2.CV_32F, 1, 0, scale=1 / 8)
    gy = cv2.Sobel(depth, cv2.CV_32F, 0, 1, scale=1 / 8)
    light = np.array(toward, np.float32) / np.linalg.norm(toward)
    along = gx * light[0] + gy * light[1] + light[2]
    facing = along / np.sqrt(1 + gx * gx + gy * gy)
    return np.asarray(np.clip(facing, 0, 1), np.float32)


def shine(picture: Array, level: Array, *, ambient: float, gain: float) -> Array:
    """Light ``picture`` with ``level`` (H, W): warm where lit, cooler and dim in the shade."""
    warm = np.array([1.05, 1.0, 0.90], np.float32)
    cool = np.array([0.88, 0.97, 1.06], np.float32)
    shade = ambient * cool + (1 - ambient) * level[..., None] * warm
    linear = (np.clip(picture, 0, 255) / 255) ** 2.2 * shade * gain
    return np.asarray(255 * _shoulder(linear) ** (1 / 2.2), np.float32)


def vignette(picture: Array, frame: Frame, *, strength: float) -> Array:
    """Let the picture sink into the dark toward its corners, the lower right most."""
    x, y = frame.grid()
    away = np.hypot((x + 0.15) / 1.75, (y + 0.25) / 1.9)
    level = 1 - strength * np.clip(away - 0.35, 0, 1.2)
    return np.asarray(picture * np.clip(level, 0.12, 1)[..., None], np.float32)


def mix_from_pigments(picture: Array, *, pull: float) -> Array:
    """Draw every colour toward the nearest mixture of the PIGMENTS, keeping its lightness.

    ``pull`` is how far: 0 leaves the colours, 1 allows the palette's alone.
    """
    lab = cv2.cvtColor(np.clip(picture, 0, 255) / 255, cv2.COLOR_RGB2LAB)
    pots = cv2.cvtColor(PIGMENTS[None] / 255, cv2.COLOR_RGB2LAB)[0]
    weight = np.empty((len(pots), *lab.shape[:2]), np.float32)
    for i, pot in enumerate(pots):
        weight[i] = (0.35 * (lab[..., 0] - pot[0])) ** 2 + ((lab[..., 1:] - pot[1:]) ** 2).sum(-1)
    weight = np.exp(-weight / 450)
    weight /= weight.sum(0) + 1e-6
    chroma = np.tensordot(weight, pots[:, 1:], axes=(0, 0))
    lab[..., 1:] += (chroma - lab[..., 1:]) * pull
    lab[..., 2] += 3.0 * pull  # old varnish
    return np.asarray(255 * np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1), np.float32)


def _head_depth(landmarks: Array, frame: Frame) -> Array:
    """Depth (H, W) in pixels, growing away from the viewer: the mesh, then a round skull."""
    face = landmarks[:MESH]
    half = 0.5 * float(np.ptp(face[:, 0]))
    centre = np.array([face[:, 0].mean(), face[10, 1] + 0.35 * frame.unit])
    turns = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ring = centre + np.stack([1.28 * half * np.cos(turns), 1.55 * half * np.sin(turns)], 1)
    ring = ring[ring[:, 1] < face[:, 1].max() - 0.3 * frame.unit]
    points = np.r_[face[:, :2], ring]
    values = np.r_[face[:, 2], np.full(len(ring), face[:, 2].max() + 0.9 * half)]
    spline = RBFInterpolator(points, values, kernel="linear", smoothing=3.0)
    columns, rows = -(-frame.width // GRID), -(-frame.height // GRID)
    x, y = np.meshgrid((np.arange(columns) + 0.5) * GRID, (np.arange(rows) + 0.5) * GRID)
    coarse = spline(np.c_[x.ravel(), y.ravel()]).reshape(rows, columns).astype(np.float32)
    full = cv2.resize(coarse, (columns * GRID, rows * GRID), interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(full[: frame.height, : frame.width], (0, 0), 0.044 * frame.unit)
    return np.asarray(smooth, np.float32)


def _shoulder(linear: Array) -> Array:
    """Roll highlights off above 0.7 so that they never clip."""
    over = np.maximum(linear - 0.7, 0)
    return np.asarray(np.minimum(linear, 0.7) + 0.3 * (1 - np.exp(-over / 0.3)), np.float32)
