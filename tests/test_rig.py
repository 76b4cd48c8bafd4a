"""A motion in, what every pixel shows out, at whatever size."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from kiosk.curation.study import Study
from kiosk.face import INNER_LOWER_LIP, LOWER_LIP, MESH, NOSE_TIP, OUTER_LOWER_LIP, OUTER_UPPER_LIP
from kiosk.motion.bank import load_bank
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.target import Limits, MotionTarget
from kiosk.rig.landmarks import no_motion, pose_landmarks
from kiosk.rig.raster import pixel_centres, to_pixels
from kiosk.rig.rig import Rig

SIZE = 256


@pytest.fixture(scope="module")
def rig(study: Study) -> Rig:
    return Rig(study.crop(), study.landmarks, study.matte)


def test_at_rest_every_pixel_shows_itself(rig: Rig) -> None:
    flow = rig.draw(no_motion(), SIZE).flow

    # but for the eyes, whose lashes give way, and lips that were detected crossed
    assert np.median(np.abs(flow)) < 1e-6
    assert (np.abs(flow).max(2) > 0.002).mean() < 0.01


def test_the_flow_at_a_landmark_is_where_it_came_from(rig: Rig) -> None:
    motion = replace(no_motion(), rotation=np.array([0.1, -0.2, 0.05], np.float32))
    moved = pose_landmarks(rig.landmarks, motion)
    x, y = to_pixels(moved[[NOSE_TIP], :2], SIZE)[0].round().astype(int)

    wanted = (rig.landmarks - moved)[NOSE_TIP, :2]
    np.testing.assert_allclose(rig.draw(motion, SIZE).flow[y, x], wanted, atol=0.02)


def test_both_sizes_draw_the_same_flow(rig: Rig) -> None:
    motion = replace(no_motion(), rotation=np.array([0.0, 0.2, 0.0], np.float32))
    fine = cv2.resize(rig.draw(motion, 2 * SIZE).flow, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    apart = np.abs(fine - rig.draw(motion, SIZE).flow).max(2)

    assert np.percentile(apart, 99) < 0.5 * 2 / SIZE  # half a pixel, but where the flow jumps


def test_every_pixel_is_known_in_whatever_motion(rig: Rig, study: Study) -> None:
    widest = Limits((-26.0, 26.0), (-18.0, 18.0), (-18.0, 18.0))
    draw = Rehearsal(load_bank(), MotionTarget("hopper", study.landmarks, widest)).draw
    rng = np.random.default_rng(0)

    for _ in range(20):
        assert np.abs(rig.draw(draw(rng), SIZE).flow + pixel_centres(SIZE)).max() < 1.5


def test_light_goes_with_the_face_and_stays_off_the_ground(rig: Rig, study: Study) -> None:
    shift = replace(no_motion(), translation=np.array([0.1, 0.0], np.float32))
    lit = Rig(study.crop(), study.landmarks, study.matte, lambda _: np.full(MESH, 0.2, np.float32))
    still, moved = (lit.draw(motion, SIZE).light for motion in (no_motion(), shift))
    inside = np.abs(still - 0.2) < 1e-3

    assert not rig.draw(no_motion(), SIZE).light.any()
    assert inside.mean() > 0.05
    assert not still[:10].any()
    column = [int(np.nonzero(each.max(0) > 0.1)[0][0]) for each in (still, moved)]
    assert column[1] - column[0] == pytest.approx(0.1 * SIZE / 2, abs=2)


@pytest.mark.parametrize("gap", [0.0, 0.006, 0.12])
def test_no_plate_shows_between_the_lips(rig: Rig, gap: float) -> None:
    expression = np.zeros((MESH, 3), np.float32)
    expression[list(INNER_LOWER_LIP[1:-1]), 1] = gap
    drawing = rig.draw(replace(no_motion(), expression=expression), SIZE)
    ring = drawing.moved.vertices[[*OUTER_UPPER_LIP, *OUTER_LOWER_LIP], :2]
    lips = to_pixels(ring, SIZE).round().astype(int)
    (left, top), (right, bottom) = lips.min(0), lips.max(0)

    assert drawing.known[top : bottom + 1, left : right + 1].all()


def test_pursed_lips_leave_the_tongue_in_the_dark(rig: Rig, study: Study) -> None:
    def brightness(narrower: float) -> float:
        """Just above the lower lip of a mouth that is open as far and so much narrower."""
        expression = np.zeros((MESH, 3), np.float32)
        expression[list(INNER_LOWER_LIP[1:-1]), 1] = 0.08
        for corner, side in zip((78, 308), (1, -1), strict=True):
            expression[corner, 0] = side * narrower
        drawing = rig.draw(replace(no_motion(), expression=expression), SIZE)
        lip = drawing.moved.vertices[LOWER_LIP, :2] - [0, 0.02]
        x, y = to_pixels(lip, SIZE).round().astype(int)
        return float(drawing.paint[y, x].mean())

    width = float(study.landmarks[308, 0] - study.landmarks[78, 0])

    assert brightness(0.2 * width) < 0.75 * brightness(0.0)
