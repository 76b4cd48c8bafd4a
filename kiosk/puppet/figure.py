"""The sitter cut out of the picture: where the canvas lies, the matte, the plate behind.

An artwork and its landmarks come in, arrays at the artwork's own resolution go out; `Figure` holds
them at the puppet's working size.
"""

import os
from dataclasses import dataclass, replace
from typing import TypeVar

os.environ.setdefault("GLOG_minloglevel", "2")

import cv2
import mediapipe
import numpy as np
from numpy.typing import NDArray

from kiosk.face import MESH, NOSE_TIP
from kiosk.messages import Bytes, Floats
from kiosk.rig.raster import pull_push
from kiosk.tracking.landmarker import silence_stderr

SIZE = 768  # the puppet's working size: twice the generator's resolution
LOOKED_AT = 512  # at which the picture is cut out
FACE_HEIGHTS = 2.5  # side of the canvas: tight, so that an eye has pixels, with room for the crown
FACE_RIM = 15  # pixels of LOOKED_AT across which the face's outline is uncertain
PIECED_AT = 384  # at which ground is pieced together; its time grows with the square
PIECES_FADE = 10  # pixels of it over which pieced ground ends
FACE_AT = 0.52  # height of the face's middle in the canvas, from the top

Grey = NDArray[np.float32]
Pixel = TypeVar("Pixel", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One artwork's canvas, square; SIZE pixels a side where a puppet has it."""

    artwork: Floats  # (S, S, 3) RGB, 0 to 255
    matte: Grey  # (S, S) 1 on the sitter
    plate: Floats  # (S, S, 3) RGB, 0 to 255: the picture without the sitter
    landmarks: Floats  # (478, 3) canvas coordinates
    slope: Floats  # (3,) how the artwork's red, green and blue follow light

    def at(self, size: int) -> "Figure":
        """The same, smaller: all pictures have so many pixels a side."""
        artwork, matte, plate = (_resize(x, size) for x in (self.artwork, self.matte, self.plate))
        return replace(self, artwork=artwork, matte=matte, plate=plate)

    def textures(self, size: int) -> tuple[Floats, Floats]:
        """Artwork with its matte, (size, size, 4), and plate, (size, size, 3); 0 to 1."""
        small, share = self.at(size), np.float32(1 / 255)
        return np.dstack([small.artwork * share, small.matte]), small.plate * share


def place_canvas(landmarks: Floats, width: int, height: int) -> tuple[int, int, int]:
    """The square that shall move: left, top and side in pixels of the artwork.

    Args:
        landmarks: (478, 3) in pixels of the artwork.
        width: of the artwork, pixels.
        height: of the artwork, pixels.
    """
    low, high = landmarks[:MESH, :2].min(0), landmarks[:MESH, :2].max(0)
    side = int(min(FACE_HEIGHTS * (high - low)[1], width, height))
    x, y = (low + high) / 2
    left = np.clip(x - side / 2, 0, width - side)
    top = np.clip(y - side * FACE_AT, 0, height - side)
    return int(left), int(top), side


def canvas_from_artwork(landmarks: Floats, canvas: tuple[int, int, int]) -> Floats:
    """Landmarks in artwork pixels to canvas coordinates, (478, 3)."""
    left, top, side = canvas
    half = side / 2
    points = (landmarks - np.array([left + half, top + half, 0])) / half
    return points.astype(np.float32)


def cut_out(crop: Bytes, landmarks: Floats, pieced_at: int | None = None) -> tuple[Grey, Bytes]:
    """Matte and background plate of a canvas.

    Args:
        crop: (S, S, 3) uint8 RGB, the canvas at the artwork's resolution.
        landmarks: (478, 3) canvas coordinates.
        pieced_at: pixels a side at which ground is pieced together; else PIECED_AT.

    Returns:
        matte (S, S) float32, 0 to 1, and plate (S, S, 3) uint8 RGB.
    """
    small = _resize(crop, LOOKED_AT)
    coarse = segment(small, landmarks)
    matte = _refine(crop, cv2.resize(coarse, crop.shape[1::-1], interpolation=cv2.INTER_LINEAR))
    return matte, paint_behind(crop, matte, pieced_at)


def make_figure(
    crop: Bytes, matte: Grey, plate: Bytes, *, landmarks: Floats, slope: Floats
) -> Figure:
    """The puppet's view of a canvas given at any resolution."""
    return Figure(
        artwork=_resize(crop, SIZE).astype(np.float32),
        matte=np.clip(_resize(matte, SIZE), 0, 1),
        plate=_resize(plate, SIZE).astype(np.float32),
        landmarks=landmarks,
        slope=slope,
    )


def paint_behind(crop: Bytes, matte: Grey, pieced_at: int | None = None) -> Bytes:
    """The picture with the sitter painted out, in paint of its own ground.

    What comes into view beside a turned head is put together from pieces of the ground (shift-map,
    He & Sun, *Statistics of Patch Offsets for Image Completion*, 2012, in OpenCV's xphoto). Where
    that finds nothing, far inside, it is the ground's colour, spread smoothly.
    """
    side = crop.shape[0]
    work = _resize(crop, LOOKED_AT)
    sitter = cv2.dilate((_resize(matte, LOOKED_AT) > 0.03).astype(np.uint8), _ellipse(11))
    if not (sitter == 0).any():
        return crop
    smooth = pull_push(work.astype(np.float32), (1 - sitter).astype(np.float32))
    pieces, found = _piece_together(work, sitter, pieced_at or PIECED_AT)
    fill = smooth + found[..., None] * (pieces - smooth)
    fill = cv2.resize(fill, (side, side), interpolation=cv2.INTER_CUBIC)
    hidden = cv2.resize(sitter.astype(np.float32), (side, side), interpolation=cv2.INTER_LINEAR)
    hidden = cv2.GaussianBlur(hidden, (0, 0), max(side / 400, 0.8))[..., None]
    fill += _grain(crop, hidden[..., 0] < 0.01)
    return np.clip(crop * (1 - hidden) + fill * hidden, 0, 255).astype(np.uint8)


def segment(small: Bytes, landmarks: Floats) -> Grey:
    """The segmenter's opinion, sharpened by colour (GrabCut): (LOOKED_AT, LOOKED_AT), softened.

    Args:
        small: (LOOKED_AT, LOOKED_AT, 3) RGB.
        landmarks: (478, 3) canvas coordinates.
    """
    segmenter = mediapipe.solutions.selfie_segmentation.SelfieSegmentation
    with silence_stderr(), segmenter(model_selection=0) as model:
        likely = np.asarray(model.process(np.ascontiguousarray(small)).segmentation_mask)
    face = np.zeros((LOOKED_AT, LOOKED_AT), np.uint8)
    points = (landmarks[:MESH, :2] + 1) * LOOKED_AT / 2
    cv2.fillConvexPoly(face, cv2.convexHull(points.astype(np.int32)), (1,))
    labels = np.where(likely > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[cv2.erode((likely > 0.8).astype(np.uint8), _ellipse(25)) > 0] = cv2.GC_FGD
    labels[cv2.dilate((likely > 0.2).astype(np.uint8), _ellipse(25)) == 0] = cv2.GC_BGD
    # the rim of the landmarks' outline may lie on ground: a socket or cheek that a painter hid
    labels[face > 0] = cv2.GC_PR_FGD
    labels[cv2.erode(face, _ellipse(FACE_RIM)) > 0] = cv2.GC_FGD
    if (labels == cv2.GC_BGD).any():
        models = np.zeros((2, 1, 65))
        cv2.setRNGSeed(0)
        cv2.grabCut(small, labels, None, models[0], models[1], 4, cv2.GC_INIT_WITH_MASK)
    sitter = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    _, parts = cv2.connectedComponents(sitter)
    x, y = np.clip(points[NOSE_TIP], 0, LOOKED_AT - 1).astype(int)
    sitter = (parts == parts[y, x]).astype(np.uint8)
    sitter = _fill_holes(cv2.morphologyEx(sitter, cv2.MORPH_CLOSE, _ellipse(15)))
    return cv2.GaussianBlur(sitter.astype(np.float32), (0, 0), 1.5)


def _piece_together(work: Bytes, sitter: Bytes, side: int) -> tuple[Floats, Grey]:
    """Ground in place of the sitter, (H, W, 3), and how surely it was found, (H, W) 0 to 1."""
    lab = cv2.cvtColor(_resize(work, side), cv2.COLOR_RGB2LAB)
    hidden = cv2.resize(sitter, (side, side), interpolation=cv2.INTER_NEAREST)
    pieces = lab.copy()
    cv2.setRNGSeed(0)
    cv2.xphoto.inpaint(lab, (1 - hidden) * 255, pieces, cv2.xphoto.INPAINT_SHIFTMAP)
    missing = (pieces == 0).all(axis=2) & (hidden > 0)  # left black
    apart = cv2.distanceTransform((~missing).astype(np.uint8), cv2.DIST_L2, 3)
    found = np.clip((apart - 1) / PIECES_FADE, 0, 1).astype(np.float32)
    colour = cv2.cvtColor(pieces, cv2.COLOR_LAB2RGB).astype(np.float32)
    return _resize(colour, len(work)), np.clip(_resize(found, len(work)), 0, 1)


def _fill_holes(sitter: Bytes) -> Bytes:
    """Islands of ground inside the sitter belong to the sitter, unless they touch the border."""
    count, parts = cv2.connectedComponents(1 - sitter)
    border = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    inside = ~np.isin(parts, border)
    return np.where(inside, 1, sitter).astype(np.uint8) if count > 1 else sitter


def _refine(crop: Bytes, coarse: Grey) -> Grey:
    """Let the matte's edge follow the brushwork (guided filter, He et al. 2010)."""
    radius = max(2, round(6 * crop.shape[0] / LOOKED_AT))
    soft = cv2.ximgproc.guidedFilter(crop, coarse, radius, 30.0)
    return np.clip((soft - 0.1) / 0.8, 0, 1).astype(np.float32)


def _grain(crop: Bytes, ground: NDArray[np.bool_]) -> Floats:
    """Noise as fine and as strong as the ground's own: (S, S, 1)."""
    fine = crop.astype(np.float32).mean(2)
    fine -= cv2.GaussianBlur(fine, (0, 0), 3)
    strength = min(float(fine[ground].std()), 6.0) if ground.any() else 2.0
    rng = np.random.default_rng(0)
    noise = cv2.GaussianBlur(rng.standard_normal(fine.shape).astype(np.float32), (0, 0), 1.2)
    return np.asarray(noise / noise.std() * strength * 0.5)[..., None]


def to_bytes(picture: Floats) -> Bytes:
    """0 to 255, rounded and kept within."""
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8)


def _resize(image: NDArray[Pixel], side: int) -> NDArray[Pixel]:
    mode = cv2.INTER_AREA if image.shape[0] > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (side, side), interpolation=mode))


def _ellipse(size: int) -> Bytes:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
