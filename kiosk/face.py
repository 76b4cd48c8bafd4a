"""The topology of MediaPipe's face mesh: which landmark lies where. Numbers only.

478 landmarks: 468 of the mesh, then five for each iris (centre first). "Left" and "right" are as
seen in the picture. Eye 0 is the left one. Upper and lower contours are paired point by point,
corners included at both ends.
"""

from dataclasses import dataclass

MESH = 468
LANDMARKS = 478


@dataclass(frozen=True, slots=True)
class Eye:
    """Landmark numbers of one eye; every contour runs from the outer corner to the inner."""

    upper: tuple[int, ...]
    lower: tuple[int, ...]
    upper_fold: tuple[int, ...]  # the ring above the lash line: the lid
    upper_orbit: tuple[int, ...]  # the next ring: the skin below the brow
    lower_fold: tuple[int, ...]
    iris: int  # its centre; the four on its edge follow
    brow: tuple[int, ...]

    @property
    def outer(self) -> int:
        """The outer corner."""
        return self.upper[0]

    @property
    def inner(self) -> int:
        """The inner corner."""
        return self.upper[-1]


EYES = (
    Eye(
        upper=(33, 246, 161, 160, 159, 158, 157, 173, 133),
        lower=(33, 7, 163, 144, 145, 153, 154, 155, 133),
        upper_fold=(130, 247, 30, 29, 27, 28, 56, 190, 243),
        upper_orbit=(226, 113, 225, 224, 223, 222, 221, 189, 244),
        lower_fold=(130, 25, 110, 24, 23, 22, 26, 112, 243),
        iris=468,
        brow=(70, 63, 105, 66, 107, 46, 53, 52, 65, 55),
    ),
    Eye(
        upper=(263, 466, 388, 387, 386, 385, 384, 398, 362),
        lower=(263, 249, 390, 373, 374, 380, 381, 382, 362),
        upper_fold=(359, 467, 260, 259, 257, 258, 286, 414, 463),
        upper_orbit=(446, 342, 445, 444, 443, 442, 441, 413, 464),
        lower_fold=(359, 255, 339, 254, 253, 252, 256, 341, 463),
        iris=473,
        brow=(300, 293, 334, 296, 336, 276, 283, 282, 295, 285),
    ),
)

# the outline, clockwise from the middle of the forehead
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip

# inner lips from the left corner to the right; upper and lower are paired
INNER_UPPER_LIP = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
INNER_LOWER_LIP = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
OUTER_UPPER_LIP = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
OUTER_LOWER_LIP = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
# the lips' flesh between outer and inner contour, corners apart: two rings, the outer one first
UPPER_LIP_RINGS = (
    (184, 74, 73, 72, 11, 302, 303, 304, 408),
    (183, 42, 41, 38, 12, 268, 271, 272, 407),
)
LOWER_LIP_RINGS = (
    (77, 90, 180, 85, 16, 315, 404, 320, 307),
    (96, 89, 179, 86, 15, 316, 403, 319, 325),
)
LIPS = tuple(sorted({*INNER_UPPER_LIP, *INNER_LOWER_LIP, *OUTER_UPPER_LIP, *OUTER_LOWER_LIP}))

WHOLE_LIPS = tuple(
    sorted({*LIPS, *(number for ring in (*UPPER_LIP_RINGS, *LOWER_LIP_RINGS) for number in ring)})
)

FOREHEAD, CHIN = 10, 152
NOSE_TIP, NOSE_BASE, NOSE_BRIDGE = 4, 2, 168
LEFT_CHEEK, RIGHT_CHEEK = 234, 454  # beside the ears
LEFT_MOUTH, RIGHT_MOUTH = 61, 291
UPPER_LIP, LOWER_LIP = 13, 14  # middle of the inner lips
# what lies apart in any face: other lengths are measured by these
APART = (
    (EYES[0].outer, EYES[1].outer), *((eye.outer, eye.inner) for eye in EYES),
    (LEFT_MOUTH, RIGHT_MOUTH), (NOSE_BASE, CHIN), (FOREHEAD, CHIN),
)  # fmt: skip

# what a face's muscles move least, with weights: for the head's pose
# (MediaPipe's own Procrustes basis, less jaw, cheeks and nostrils)
RIGID = {
    4: 0.06, 6: 0.06, 168: 0.06, 8: 0.04, 9: 0.03, 151: 0.02, 10: 0.015, 195: 0.05, 5: 0.05,
    33: 0.07, 263: 0.07, 133: 0.07, 362: 0.07, 127: 0.02, 356: 0.02, 234: 0.02, 454: 0.02,
    54: 0.01, 284: 0.01, 67: 0.01, 297: 0.01, 129: 0.04, 358: 0.04, 98: 0.03, 327: 0.03,
    2: 0.03, 143: 0.015, 372: 0.015, 121: 0.02, 350: 0.02, 198: 0.025, 420: 0.025, 1: 0.05,
}  # fmt: skip
