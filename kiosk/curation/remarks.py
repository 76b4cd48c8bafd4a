"""What a curator should know of a picture before hours go into it, in plain words.

None of it is a fault: the portrait can be made all the same. What cannot be is an error of `study`.
"""

import cv2
import numpy as np

from kiosk.curation.glasses import wears_glasses
from kiosk.face import LEFT_CHEEK, MESH, OVAL, RIGHT_CHEEK
from kiosk.messages import Bytes, Floats
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import angles_deg, fit_pose, free_of_pose, measure

GOOD_FACE_PX = 240
TURNED_DEG, NODDING_DEG = 38.0, 28.0  # MediaPipe's depth is no guide beyond
DARK, FLAT = 45.0, 10.0  # median and spread of the face's brightness, of 255
NEAR_EDGE = 0.03  # of the face's height
SHUT, PARTED = 0.035, 0.05  # of the distance between the eyes
UNEVEN = 1.9  # one cheek so many times as bright as the other
FINGERS = 2  # landmarks of a hand that lie on the face before it is said


def find_remarks(artwork: Bytes, landmarks: Floats) -> list[str]:
    """What may disappoint.

    Args:
        artwork: (H, W, 3) RGB.
        landmarks: (478, 3) of the face, pixels.
    """
    return [
        *_of_size(artwork, landmarks),
        *_of_light(artwork, landmarks),
        *_of_attitude(landmarks),
        *_of_glasses(artwork, landmarks),
    ]


def remark_hands(hands: list[Floats], landmarks: Floats) -> list[str]:
    """Whether a hand lies before the face.

    Args:
        hands: (21, 2) landmarks of each that was found near it, pixels.
        landmarks: (478, 3) of the face, pixels.
    """
    outline = landmarks[list(OVAL), :2].astype(np.float32)
    for hand in hands:
        inside = [cv2.pointPolygonTest(outline, (float(x), float(y)), False) > 0 for x, y in hand]
        if sum(inside) >= FINGERS:
            return ["a hand lies before the face: it will move and stretch with it"]
    return []


def _of_size(artwork: Bytes, landmarks: Floats) -> list[str]:
    remarks = []
    face = landmarks[:MESH, :2]
    width, height = np.ptp(face, axis=0)
    if width < GOOD_FACE_PX:
        remarks.append(
            f"the face is {width:.0f} pixels wide: the result will be soft; "
            f"a scan with {GOOD_FACE_PX} or more is better"
        )
    room = np.concatenate([face.min(0), artwork.shape[1::-1] - face.max(0)])
    if room.min() < NEAR_EDGE * height:
        side = ("left", "upper", "right", "lower")[int(room.argmin())]
        remarks.append(f"the face reaches the picture's {side} edge: it can hardly turn there")
    return remarks


def _of_light(artwork: Bytes, landmarks: Floats) -> list[str]:
    inside = np.zeros(artwork.shape[:2], np.uint8)
    outline = np.round(landmarks[list(OVAL), :2]).astype(np.int32)
    cv2.fillPoly(inside, [outline], (1,))
    luma = cv2.cvtColor(artwork, cv2.COLOR_RGB2GRAY)
    seen = luma[inside > 0].astype(np.float32)
    if seen.size == 0:
        return []
    if np.median(seen) < DARK:
        return ["the face is very dark: movement will hardly be seen; a lighter scan is better"]
    if seen.std() < FLAT:
        return ["the face has hardly any contrast: movement will hardly be seen"]
    left, right = (_cheek(luma, landmarks, number) for number in (LEFT_CHEEK, RIGHT_CHEEK))
    if max(left, right) > UNEVEN * max(min(left, right), 1.0):
        return ["one side of the face lies in deep shade: what moves there will hardly be seen"]
    return []


def _cheek(luma: Bytes, landmarks: Floats, number: int) -> float:
    """How bright a cheek is, half-way from the face's outline to its middle."""
    at = (landmarks[number, :2] + landmarks[:MESH, :2].mean(0)) / 2
    reach = max(2, int(0.06 * np.ptp(landmarks[:MESH, 0])))
    x, y = at.astype(int)
    patch = luma[max(y - reach, 0) : y + reach, max(x - reach, 0) : x + reach]
    return float(np.median(patch)) if patch.size else 0.0


def _of_attitude(landmarks: Floats) -> list[str]:
    pose = fit_pose(landmarks, load_face_model().mean)
    yaw, pitch, _ = np.abs(angles_deg(pose.rotation))
    seen = measure(free_of_pose(landmarks.astype(np.float64), pose))
    remarks = []
    if yaw > TURNED_DEG:
        remarks.append(
            f"the face is turned aside by {yaw:.0f} degrees: it will turn but little, and its "
            "far side is guessed"
        )
    if pitch > NODDING_DEG:
        remarks.append(f"the face is bowed or raised by {pitch:.0f} degrees: it will hardly nod")
    if seen.aperture.min() < SHUT:
        remarks.append("an eye is painted nearly shut: what lies behind the lid is guessed")
    if seen.gap > PARTED:
        remarks.append("the mouth is painted open: it shows that until it is opened wider")
    return remarks


def _of_glasses(artwork: Bytes, landmarks: Floats) -> list[str]:
    if not wears_glasses(artwork, landmarks):
        return []
    return ["the sitter seems to wear glasses: their rims will bend with brows, lids and cheeks"]
