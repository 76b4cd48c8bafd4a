"""From a picture file to what needs no learning: landmarks, canvas, matte, background plate.

All that can be wrong with a picture is found here, before any long work, and said in one line.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from kiosk.curation.placed import infer_landmarks, read_points
from kiosk.curation.remarks import GOOD_FACE_PX, find_remarks, remark_hands
from kiosk.curation.scan import read_scan
from kiosk.errors import PictureError
from kiosk.face import MESH
from kiosk.messages import Bytes, Floats
from kiosk.motion.shading import Shading
from kiosk.puppet.detect import find_faces, settle_landmarks
from kiosk.puppet.figure import (
    canvas_from_artwork,
    cut_out,
    make_figure,
    place_canvas,
)
from kiosk.puppet.hands import find_hands
from kiosk.puppet.render import Puppet
from kiosk.rig.rig import Rig

LEAST_FACE_PX = 80
ALL_SITTER = 0.97  # share of the canvas


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A picture, looked at."""

    artwork: Bytes  # (H, W, 3) RGB
    canvas: tuple[int, int, int]  # left, top, side in pixels of the artwork
    landmarks: Floats  # (478, 3) canvas coordinates
    matte: Floats  # (side, side), 0 to 1
    plate: Bytes  # (side, side, 3) RGB
    warnings: tuple[str, ...]

    def puppet(self) -> Puppet:
        """The artwork, ready to move."""
        crop = self.crop()
        shading = Shading(crop, self.landmarks)
        figure = make_figure(
            crop, self.matte, self.plate, landmarks=self.landmarks, slope=shading.slope
        )
        return Puppet(figure, Rig(crop, self.landmarks, self.matte, shading))

    def crop(self) -> Bytes:
        """The canvas at the artwork's resolution: (side, side, 3)."""
        left, top, side = self.canvas
        return self.artwork[top : top + side, left : left + side]


def study_picture(path: Path, face: int | None = None, points: Path | None = None) -> Study:
    """Look at a picture.

    Args:
        path: any format that Pillow reads.
        face: which one, from the left, counted from 1; needed when there are several.
        points: places of the face's parts, by hand, for a face that no detector finds.

    Raises:
        PictureError: unreadable, no face, several and none chosen, or a face too small.
    """
    scan = read_scan(path)
    artwork = scan.artwork
    if points is not None:
        rough = _place(points, path.name, artwork)
    else:
        rough = choose_face(find_faces(artwork), face, path.name)
    study = study_face(artwork, rough, path.name, settle=points is None)
    hands = remark_hands(find_hands(artwork, rough), rough)
    return replace(study, warnings=(*scan.remarks, *study.warnings, *hands))


def study_face(
    artwork: Bytes, rough: Floats, name: str, *, pieced_at: int | None = None, settle: bool = True
) -> Study:
    """Look at one face.

    Args:
        artwork: (H, W, 3) sRGB.
        rough: (478, 3) its landmarks as one look found them, pixels.
        name: what errors call the picture.
        pieced_at: see `cut_out`.
        settle: look many times more; else these landmarks are taken as they are.

    Raises:
        PictureError: the face is too small.
    """
    width = float(np.ptp(rough[:MESH, 0]))
    if width < LEAST_FACE_PX:
        raise PictureError(
            f"{name}: the face is {width:.0f} pixels wide; use a scan in which it has at "
            f"least {LEAST_FACE_PX}, better {GOOD_FACE_PX}"
        )
    landmarks = settle_landmarks(artwork, rough) if settle else rough
    warnings = find_remarks(artwork, landmarks)
    canvas = place_canvas(landmarks, artwork.shape[1], artwork.shape[0])
    points = canvas_from_artwork(landmarks, canvas)
    left, top, side = canvas
    matte, plate = cut_out(artwork[top : top + side, left : left + side], points, pieced_at)
    if matte.mean() > ALL_SITTER:
        warnings.append("no ground can be told from the sitter: all around will move with the head")
    return Study(artwork, canvas, points, matte, plate, tuple(warnings))


def _place(points: Path, name: str, artwork: Bytes) -> Floats:
    """Landmarks of a face whose parts a hand has placed; see `study_picture`."""
    placed = read_points(points)
    height, width = artwork.shape[:2]
    for part, (x, y) in placed.items():
        if not (0 <= x <= width and 0 <= y <= height):
            raise PictureError(
                f"{points.name}: {part} is at ({x:g}, {y:g}); {name} is {width}x{height}"
            )
    return infer_landmarks(placed)


def still_of(study: Study) -> Bytes:
    """The neutral portrait's canvas, at most 512 pixels: the pack's preview."""
    crop = study.crop()
    side = min(512, crop.shape[0])
    return np.asarray(cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA))


def choose_face(faces: list[Floats], face: int | None, name: str) -> Floats:
    """The one face of a picture, or the one that was chosen; see `study_picture`."""
    if not faces:
        raise PictureError(
            f"{name}: no face was found; use a scan in which it is larger, upright and facing us, "
            "or place its parts by hand with --points"
        )
    if face is None and len(faces) > 1:
        places = ", ".join(
            f"{n} at ({x:.0f}, {y:.0f})" for n, (x, y) in enumerate((f[4, :2] for f in faces), 1)
        )
        raise PictureError(
            f"{name}: {len(faces)} faces were found: {places}; choose one with --face N"
        )
    chosen = face or 1
    if not 1 <= chosen <= len(faces):
        raise PictureError(
            f"{name}: --face {chosen} does not exist; there are {len(faces)}, counted from the left"
        )
    return faces[chosen - 1]
