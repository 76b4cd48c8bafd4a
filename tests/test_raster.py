import numpy as np

from kiosk.messages import Floats
from kiosk.rig.raster import NOWHERE, pull_push, rasterise

SIZE = 16
# counter-clockwise on the screen, where y runs down: seen from the front
FRONT = np.array([[0, 1, 2]], np.int32)


def draw(vertices: Floats, triangles: np.ndarray = FRONT) -> tuple[Floats, Floats, np.ndarray]:
    """Every vertex shows where it lies, in tens of pixels, and has a hundredth of x for light."""
    sources, light = vertices[:, :2] / 10, vertices[:, 0] / 100
    return rasterise(vertices, sources, light, triangles, SIZE)


def corners(z: float = 0.0) -> Floats:
    return np.array([[2, 2, z], [2, 12, z], [12, 2, z]], np.float64)


def test_a_pixel_shows_what_lies_there() -> None:
    found, lit, which = draw(corners())
    y, x = np.nonzero(which == 0)

    assert which.max() == 0
    assert len(x) == 66  # half of a square of 11, its diagonal included
    np.testing.assert_allclose(found[y, x], np.column_stack([x, y]) / 10, atol=1e-5)
    np.testing.assert_allclose(lit[y, x], x / 100, atol=1e-6)
    assert (found[which < 0] == NOWHERE).all()
    assert not lit[which < 0].any()


def test_what_is_turned_away_is_not_drawn() -> None:
    _, _, which = draw(corners(), FRONT[:, ::-1].copy())

    assert (which == -1).all()


def test_the_nearer_triangle_hides_the_other_in_either_order() -> None:
    for near, far in ((0, 1), (1, 0)):
        depths = {near: -1.0, far: 1.0}
        vertices = np.vstack([corners(depths[0]), corners(depths[1])])
        triangles = np.vstack([FRONT, FRONT + 3])
        _, _, which = draw(vertices, triangles)

        assert set(which[which >= 0]) == {near}


def test_what_leaves_the_map_is_cut_off() -> None:
    vertices = corners() * 3 - 20
    vertices[:, 2] = 0
    _, _, which = draw(vertices)

    assert which.shape == (SIZE, SIZE)
    assert which[0, 0] == -1 or which[0, 0] == 0
    assert (which >= 0).any()


def test_pull_push_keeps_what_is_known_and_fills_smoothly() -> None:
    y, x = np.mgrid[:64, :64].astype(np.float32)
    image = np.stack([x, y], -1)
    known = ((x < 16) | (x > 47)).astype(np.float32)
    filled = pull_push(image, known)

    np.testing.assert_allclose(filled[known > 0], image[known > 0], atol=1e-4)
    assert np.abs(filled[32, 16:48, 0] - np.arange(16, 48)).max() < 12
    assert np.abs(np.diff(filled[32, :, 0])).max() < 6
