from dataclasses import replace

import numpy as np
import pytest

from kiosk.face import CHIN, EYES, INNER_LOWER_LIP, INNER_UPPER_LIP, MESH, NOSE_TIP, OVAL
from kiosk.puppet.render import Puppet
from kiosk.rig.easing import smoothstep
from kiosk.rig.landmarks import no_motion
from kiosk.rig.mesh import face_triangles


def turned(yaw: float) -> np.ndarray:
    return np.array([0.0, yaw, 0.0], np.float32)


def test_the_face_has_852_triangles_and_three_holes() -> None:
    triangles = face_triangles()
    sides = {tuple(sorted(side)) for t in triangles for side in (t[:2], t[1:], t[::2])}

    assert triangles.shape == (852, 3)
    assert set(triangles.ravel()) == set(range(MESH))
    # Euler: a disc has 1; each of two eyes and the mouth takes one away
    assert MESH - len(sides) + 852 == 1 - 3


def test_every_triangle_of_the_neutral_faces_the_front(puppet: Puppet) -> None:
    a, b, c = np.moveaxis(puppet.rig.mesh.vertices[puppet.rig.mesh.triangles][..., :2], 1, 0)
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]

    assert (area[852:-20] < 0).all()  # grid; then what lies between the lips
    assert (area[:852] < 0).mean() > 0.97  # a lid's fold may lie behind the lid


def test_no_motion_moves_nothing(puppet: Puppet) -> None:
    moved = puppet.rig.mesh.move(no_motion())

    # but for inner lips that were detected crossed: they meet
    lips = np.isin(np.arange(len(moved.vertices)), (*INNER_UPPER_LIP, *INNER_LOWER_LIP))
    shift = np.abs(moved.vertices - puppet.rig.mesh.vertices).max(1)
    assert shift[~lips].max() < 1e-6
    assert shift.max() < 0.005
    np.testing.assert_allclose(moved.sources, puppet.rig.mesh.vertices[:, :2], atol=1e-6)


def test_the_head_turns_and_the_border_stays(puppet: Puppet) -> None:
    mesh = puppet.rig.mesh
    moved = mesh.move(replace(no_motion(), rotation=turned(0.3))).vertices
    shift = np.linalg.norm(moved - mesh.vertices, axis=1)
    border = np.abs(mesh.vertices[:, :2]).max(1) > 0.98
    chest = mesh.vertices[:, 1] > mesh.still[CHIN, 1] + 0.3

    assert border.any()
    assert not shift[border].any()
    assert shift[NOSE_TIP] > 0.1
    assert shift[chest].max() < 0.5 * shift[NOSE_TIP]


@pytest.mark.parametrize("side", [0, 1])
def test_a_closing_lid_draws_on_the_skin_above_it(puppet: Puppet, side: int) -> None:
    closure = np.zeros(2, np.float32)
    closure[side] = 1
    sources = puppet.rig.mesh.move(replace(no_motion(), closure=closure)).sources
    middle = EYES[side].upper[4]
    other = list(EYES[1 - side].upper)

    assert sources[middle, 1] < puppet.rig.mesh.vertices[middle, 1] - 0.005
    np.testing.assert_array_equal(sources[other], puppet.rig.mesh.vertices[other, :2])


def test_hair_follows_a_jaw_that_drops(puppet: Puppet) -> None:
    expression = np.zeros((MESH, 3), np.float32)
    expression[list(OVAL), 1] = 0.1
    mesh = puppet.rig.mesh
    moved = mesh.move(replace(no_motion(), expression=expression)).vertices
    drop = (moved - mesh.vertices)[MESH:, 1]
    away = np.linalg.norm(
        mesh.vertices[MESH:, None, :2] - mesh.still[None, list(OVAL), :2], axis=2
    ).min(1)

    assert drop[away < 0.08].mean() > 0.04
    assert drop[away > 0.6].max(initial=0) < 1e-3


def test_smoothstep_is_smooth_and_bounded() -> None:
    t = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])

    np.testing.assert_allclose(smoothstep(t), [0, 0, 0.5, 1, 1])
