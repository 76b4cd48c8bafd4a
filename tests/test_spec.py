from dataclasses import replace

import numpy as np
import pytest

from kiosk.curation.study import Study
from kiosk.errors import PackError
from kiosk.face import INNER_LOWER_LIP, INNER_UPPER_LIP, MESH
from kiosk.messages import Floats
from kiosk.model import spec
from kiosk.model.generator import Generator
from kiosk.rig.landmarks import no_motion, pose_landmarks

MOUTH, EYES, IRISES = range(spec.MASKS)


def opened(landmarks: Floats, by: float) -> Floats:
    """The face with its lower lip so much lower, canvas units."""
    expression = np.zeros((MESH, 3), np.float32)
    expression[list(INNER_LOWER_LIP[1:-1]), 1] = by
    return pose_landmarks(landmarks, replace(no_motion(), expression=expression))


def test_names_and_shapes_are_those_of_the_network() -> None:
    state = {name: tuple(value.shape) for name, value in Generator().state_dict().items()}

    assert state == spec.weight_shapes()
    spec.check_weights(state)


@pytest.mark.parametrize(
    ("name", "shape", "fault"),
    [
        ("detail.bias", None, "detail.bias is missing"),
        ("detail.bias", (25,), r"detail.bias is \(25,\), not \(32,\)"),
        ("surprise", (1,), "surprise is unknown"),
    ],
)
def test_the_first_wrong_tensor_is_named(
    name: str, shape: tuple[int, ...] | None, fault: str
) -> None:
    shapes = spec.weight_shapes()
    shapes.pop(name, None)
    if shape:
        shapes[name] = shape

    with pytest.raises(PackError, match=fault):
        spec.check_weights(shapes)


def test_masks_show_what_is_open(study: Study) -> None:
    mouth, eyes, irises = spec.draw_masks(opened(study.landmarks, 0.1))

    assert spec.draw_masks(study.landmarks).shape == spec.INPUTS["masks"][1:]
    assert mouth.max() == eyes.max() == irises.max() == 255
    assert mouth.astype(int).sum() > 3 * spec.draw_masks(study.landmarks)[MOUTH].sum()
    rows = np.flatnonzero(mouth.any(1)).mean(), np.flatnonzero(eyes.any(1)).mean()
    assert rows[0] > rows[1]


def shut_mouth(landmarks: Floats) -> Floats:
    closed = landmarks.copy()
    middle = (closed[list(INNER_UPPER_LIP)] + closed[list(INNER_LOWER_LIP)]) / 2
    closed[list(INNER_UPPER_LIP)] = closed[list(INNER_LOWER_LIP)] = middle
    return closed


def test_where_lips_and_lids_meet_nothing_is_left(study: Study) -> None:
    shut = replace(no_motion(), closure=np.ones(2, np.float32))
    masks = spec.draw_masks(pose_landmarks(shut_mouth(study.landmarks), shut))

    assert not masks[[MOUTH, EYES]].any()
    assert masks[IRISES].any()


def test_a_narrow_gap_is_a_faint_line(study: Study) -> None:
    closed, pixel = shut_mouth(study.landmarks), 2 / spec.WORKING
    light = [int(spec.draw_masks(opened(closed, gap * pixel))[MOUTH].sum()) for gap in (0.3, 1, 4)]

    assert 0 < light[0] < 0.7 * light[1] < 0.4 * light[2]
