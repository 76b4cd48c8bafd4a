"""What is known of light on moving faces: how brightness changes where muscles draw the skin.

The numbers were learnt from clips of people by `learn_shading` and hold no person: for each of a
few plain expressions how the mean face moves, and by how much the skin grows lighter or darker.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from kiosk.face import EYES, MESH, OVAL

Points = NDArray[np.float64]

DATA = Path(__file__).parent / "data"
RIDGE = 0.012  # of the columns' mean square, by trial
MOST = 1.5  # an expression stronger than this gives no more light
_OUTLINE = 0.3  # weight of the outline, where a turned head leaks in


@dataclass(frozen=True)
class Shades:
    """Plain expressions and the light that comes with them; axes and io of the mean face."""

    names: tuple[str, ...]  # (K,) such as smile_left; left as seen in the picture
    basis: Points  # (K, 468, 3) offsets of the mean face
    maps: Points  # (K, 468) change of log luminance, linear light
    crease: Points  # (K, 468) the finer part of it: folds

    def __post_init__(self) -> None:
        count = len(self.names)
        assert self.basis.shape == (count, MESH, 3)
        assert self.maps.shape == self.crease.shape == (count, MESH)

    def coefficients(self, offsets: Points) -> Points:
        """How strongly each expression is made, (K,): never negative, continuous, below MOST.

        Non-negative least squares with a small ridge, which keeps the answer unique and so steady.

        Args:
            offsets: (468, 3) from neutral, of the mean face.
        """
        factor, columns = self._system
        goal = columns.T @ (offsets[:, :2] * COUNTED[:, None]).ravel()
        found, _ = nnls(factor.T, np.linalg.solve(factor, goal))
        return np.asarray(MOST * np.tanh(found / MOST))

    @cached_property
    def _system(self) -> tuple[Points, Points]:
        """The Cholesky factor of the normal equations (K, K) and the columns (936, K)."""
        columns = (self.basis[:, :, :2] * COUNTED[:, None]).reshape(len(self.names), -1).T
        normal = columns.T @ columns
        normal += RIDGE * np.trace(normal) / len(normal) * np.eye(len(normal))
        return np.linalg.cholesky(normal), columns


def _count() -> Points:
    """How far each landmark is asked: lids not at all, for a blink is no muscle of the cheek."""
    counted = np.ones(MESH)
    counted[list(OVAL)] = _OUTLINE
    for eye in EYES:
        counted[[*eye.upper, *eye.lower, *eye.upper_fold]] = 0.0
    return counted


COUNTED = _count()


@lru_cache(maxsize=1)
def load_shades(path: Path = DATA / "shading.npz") -> Shades:
    """The numbers that come with the project."""
    with np.load(path) as stored:
        return _unpack({name: stored[name] for name in stored.files})


def _unpack(stored: Mapping[str, NDArray[np.generic]]) -> Shades:
    numbers = {name: stored[name].astype(np.float64) for name in ("basis", "maps", "crease")}
    return Shades(names=tuple(str(name) for name in stored["names"]), **numbers)


def save_shades(shades: Shades, path: Path) -> None:
    """Write them in half precision; 16 bits are finer than any eye."""
    half = {name: getattr(shades, name).astype(np.float16) for name in ("basis", "maps", "crease")}
    np.savez_compressed(path, names=np.array(shades.names), **half)
