"""A temple that the painter hid shows skin when it turns into view."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from kiosk.face import LEFT_CHEEK, MESH, RIGHT_CHEEK
from kiosk.messages import Floats, Motion
from kiosk.puppet.figure import SIZE
from kiosk.puppet.render import Puppet
from kiosk.rig.hidden import HiddenSkin
from kiosk.rig.landmarks import no_motion
from kiosk.rig.mesh import FACE_TRIANGLES
from kiosk.rig.raster import to_pixels


@pytest.fixture(scope="module")
def matte(puppet: Puppet) -> Floats:
    """Ground covers the rim of one cheek, where landmarks still lie."""
    left, right = puppet.still[[LEFT_CHEEK, RIGHT_CHEEK], 0]
    ground = np.ones((SIZE, SIZE), np.float32)
    column = int(to_pixels(np.array([left + 0.15 * (right - left), 0.0]), SIZE)[0])
    ground[:, : column + 1] = 0
    return ground


def yaw(turn: float) -> Motion:
    return replace(no_motion(), rotation=np.array([0.0, turn, 0.0], np.float32))


def ground_seen(puppet: Puppet, matte: Floats, motion: Motion, *, uncovered: bool) -> int:
    sources, _, triangle = puppet.rig.mesh.rasterise(puppet.rig.mesh.move(motion), SIZE)
    if uncovered:
        HiddenSkin(puppet.rig.mesh, matte).uncover(sources, triangle, motion)
    where = to_pixels(sources, SIZE).astype(np.float32)
    seen = cv2.remap(matte, where, None, cv2.INTER_NEAREST)
    face = (triangle >= 0) & (triangle < FACE_TRIANGLES)
    return int((seen[face] < 0.5).sum())


def test_a_cheek_that_turns_to_us_shows_skin_and_no_ground(puppet: Puppet, matte: Floats) -> None:
    painted = {turn: ground_seen(puppet, matte, yaw(turn), uncovered=False) for turn in (-0.3, 0.3)}
    to_us = max(painted, key=lambda turn: painted[turn])

    assert painted[to_us] > 500
    assert ground_seen(puppet, matte, yaw(to_us), uncovered=True) < 0.05 * painted[to_us]


@pytest.mark.parametrize("jaw", [0.0, 0.2])
def test_a_head_that_does_not_turn_is_left_as_painted(
    puppet: Puppet, matte: Floats, jaw: float
) -> None:
    expression = np.zeros((MESH, 3), np.float32)
    expression[:, 1] = jaw * np.clip(puppet.still[:MESH, 1], 0, None)
    motion = replace(no_motion(), expression=expression)
    sources, _, triangle = puppet.rig.mesh.rasterise(puppet.rig.mesh.move(motion), SIZE)
    painted = sources.copy()
    HiddenSkin(puppet.rig.mesh, matte).uncover(sources, triangle, motion)

    np.testing.assert_array_equal(sources, painted)
