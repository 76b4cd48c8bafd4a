"""Further pictures of a sitter: photographs and films in a folder, looked at one by one.

What cannot be read, shows no face, several, or somebody else is told by name, and left out or the
whole folder refused, as the curator wishes.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from kiosk.camera.capture import count_pictures, read_pictures
from kiosk.curation.scan import read_artwork
from kiosk.errors import CameraError, PictureError
from kiosk.face import MESH
from kiosk.messages import Bytes, Floats
from kiosk.motion.bank import load_bank
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import fit_pose, free_of_pose
from kiosk.puppet.detect import find_faces, settle_landmarks
from kiosk.rig.landmarks import Points

logger = logging.getLogger(__name__)

FILMS = {".mp4", ".mov", ".mkv", ".avi", ".webm", ".m4v"}
MOST = 48  # pictures; of films as many as fit, evenly spread
LEAST_EYES_PX = 40.0  # between the outer corners of the eyes
SOMEBODY_ELSE = 0.0058  # io; see `difference`


@dataclass(frozen=True, slots=True, eq=False)
class FurtherPicture:
    """One more picture of the sitter."""

    name: str
    image: Bytes  # (H, W, 3) RGB
    face: Floats  # (478, 3) its landmarks, pixels


def find_further(
    folder: Path,
    landmarks: Floats,
    *,
    most: int = MOST,
    strict: bool = False,
    remark: Callable[[str], None] = logger.warning,
) -> list[FurtherPicture]:
    """All usable pictures of a folder, at most so many.

    Args:
        folder: with photographs, films, or both.
        landmarks: (478, 3) the sitter's, any unit.
        most: pictures.
        strict: leave nothing out.
        remark: told of each that cannot be used.

    Raises:
        PictureError: there is no such folder, nothing in it shows the sitter, or, if `strict`,
            something in it does not.
    """
    if not folder.is_dir():
        raise PictureError(f"{folder}: there is no such folder; check its name")
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] != ".")
    films = [path for path in files if path.suffix.lower() in FILMS]
    each = max(1, (most - (len(files) - len(films))) // max(len(films), 1))
    found: list[FurtherPicture] = []
    faults: list[str] = []
    for path in files:
        found += _look_through(path, each, landmarks, faults)
    for fault in faults:
        remark(fault + ("" if strict else "; it is left out"))
    if faults and strict:
        raise PictureError(
            f"{folder}: {len(faults)} of its pictures cannot be used (see above); take them out, "
            "or leave --strict out"
        )
    if not found:
        raise PictureError(
            f"{folder}: nothing in it shows the sitter; put photographs or films of them there, "
            f"with eyes at least {LEAST_EYES_PX:.0f} pixels apart"
        )
    return found[:most]


def difference(one: Floats, other: Floats) -> float:
    """How far two faces lie apart, pose and expression removed, io: (478, 3) each.

    What the bank's expressions can explain is left out; the rest is build. Landmarks know little of
    it: of two pictures of one person one pair in twelve differs by more than `SOMEBODY_ELSE`, of
    two people three pairs in four (eight clips, three paintings and two photographs).
    """
    model = load_face_model()
    shapes = [free_of_pose(face, fit_pose(face, model.mean))[:MESH] for face in (one, other)]
    apart = (shapes[0] - shapes[1]).ravel()
    expressions = _expressions()
    build = apart - expressions @ (expressions.T @ apart)
    return float(np.linalg.norm(build.reshape(MESH, 3), axis=1).mean())


@lru_cache(maxsize=1)
def _expressions() -> Points:
    """The bank's expressions as orthonormal columns: (468 * 3, K)."""
    basis = load_bank().basis
    return np.asarray(np.linalg.qr(basis.reshape(len(basis), -1).T)[0])


def _pictures_in(path: Path, most: int) -> Iterator[tuple[str, Bytes]]:
    """A photograph, or so many pictures of a film, evenly spread; each with its name."""
    if path.suffix.lower() not in FILMS:
        yield path.name, read_artwork(path)
        return
    wanted = set(np.linspace(0, count_pictures(path) - 1, most).round().astype(int).tolist())
    for number, (at, image) in enumerate(read_pictures(path)):
        if number in wanted:
            yield f"{path.name} at {at:.1f} s", image


def _look_through(
    path: Path, most: int, landmarks: Floats, faults: list[str]
) -> Iterator[FurtherPicture]:
    """What of a file is of use; why the rest is not goes to `faults`."""
    try:
        for name, image in _pictures_in(path, most):
            try:
                yield FurtherPicture(name, image, _face_of(image, landmarks))
            except PictureError as error:
                faults.append(f"{name}: {error}")
    except (PictureError, CameraError) as error:
        faults.append(str(error))


def _face_of(image: Bytes, landmarks: Floats) -> Floats:
    faces = find_faces(image)
    if not faces:
        raise PictureError("no face is seen")
    if len(faces) > 1:
        raise PictureError(f"{len(faces)} faces are seen, and which is the sitter's is unknown")
    face = settle_landmarks(image, faces[0])
    apart = float(np.linalg.norm(face[33, :2] - face[263, :2]))
    if apart < LEAST_EYES_PX:
        raise PictureError(f"the eyes are {apart:.0f} pixels apart, fewer than {LEAST_EYES_PX:.0f}")
    other = difference(face, landmarks)
    if other > SOMEBODY_ELSE:
        raise PictureError(
            f"this seems to be somebody else (builds differ by {other:.4f}, limit {SOMEBODY_ELSE})"
        )
    return face
