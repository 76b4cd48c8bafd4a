"""A photograph of the sitter as a training pair: what the puppet shows there, and what was there.

The sitter imitates the photograph (`motion/imitate.py`); what the
network is given is the puppet's, but the frame is the photograph's own, in the painting's tones,
and mouth, lids and light are to be learnt from it. Only the sitter in it counts: another ground,
another dress say nothing.
"""

from dataclasses import replace

import cv2
import numpy as np

from kiosk.face import MESH
from kiosk.messages import Bytes, Floats
from kiosk.model.spec import RESOLUTION
from kiosk.motion.imitate import imitate
from kiosk.puppet.calm import Tracked
from kiosk.puppet.detect import settle_landmarks
from kiosk.puppet.figure import LOOKED_AT, segment
from kiosk.puppet.render import Pair, Puppet
from kiosk.rig.landmarks import Points
from kiosk.rig.raster import to_pixels

CHIN_ROOM = 0.06  # canvas units below the chin that still count
MOST_GAIN = (0.4, 2.5)  # of tones


def pair_tracked(puppet: Puppet, picture: Tracked) -> Pair:
    """The pair of a picture whose face was found in one look: it is looked at more closely."""
    return pair_with(puppet, picture.image, settle_landmarks(picture.image, picture.face))


def pair_with(puppet: Puppet, image: Bytes, face: Floats) -> Pair:
    """The pair of one photograph.

    Args:
        puppet: the sitter's.
        image: (H, W, 3) RGB.
        face: (478, 3) landmarks in its pixels.
    """
    found = imitate(puppet.figure.landmarks, face)
    pair = puppet.render(found.motion)
    frame = _place(image, found.placement, RESOLUTION)
    within = _place(np.full(image.shape[:2], 255, np.uint8), found.placement, RESOLUTION)
    coarse = segment(_place(image, found.placement, LOOKED_AT), pair.landmarks)
    matte = cv2.resize(coarse, (RESOLUTION, RESOLUTION), interpolation=cv2.INTER_AREA)
    rows = (np.arange(RESOLUTION) + 0.5) * 2 / RESOLUTION - 1
    matte[rows > pair.landmarks[:MESH, 1].max() + CHIN_ROOM] = 0
    counts = np.minimum(matte * 255, within).astype(np.uint8)
    return replace(
        pair,
        frame=_in_tones_of(pair.frame, frame, pair.landmarks),
        counts=counts,
        photographed=np.array(True),
        seams=np.maximum(pair.seams, pair.cover),
    )


def _place(image: Bytes, placement: Points, size: int) -> Bytes:
    """A picture laid on a canvas of so many pixels."""
    zoom, shift = placement[0, 0] * size / 2, to_pixels(placement[:, 2], size)
    if zoom < 0.5:  # OpenCV's warp would skip pixels
        image = cv2.resize(image, None, fx=2 * zoom, fy=2 * zoom, interpolation=cv2.INTER_AREA)
        zoom = 0.5
    matrix = np.array([[zoom, 0, shift[0] + zoom / 2], [0, zoom, shift[1] + zoom / 2]])
    return np.asarray(cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR))


def _in_tones_of(painted: Bytes, photograph: Bytes, landmarks: Floats) -> Bytes:
    """A photograph whose face has the mean and the spread of the painted one's colours."""
    inside = np.zeros(painted.shape[:2], np.uint8)
    outline = cv2.convexHull(to_pixels(landmarks[:MESH, :2], len(painted)).astype(np.int32))
    cv2.fillConvexPoly(inside, outline, (1,))
    wanted, given = (picture[inside > 0].astype(np.float32) for picture in (painted, photograph))
    gain = np.clip(wanted.std(0) / np.maximum(given.std(0), 1), *MOST_GAIN)
    toned = (photograph - given.mean(0)) * gain + wanted.mean(0)
    return np.clip(toned + 0.5, 0, 255).astype(np.uint8)
