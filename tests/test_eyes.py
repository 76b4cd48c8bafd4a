"""An eye that looks aside has one iris, and its catchlight stays with the light."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.face import EYES, MESH, Eye
from kiosk.messages import Bytes, Motion
from kiosk.puppet.render import Puppet
from kiosk.rig.catchlights import Catchlight, find_catchlights
from kiosk.rig.eyes import Eyeball
from kiosk.rig.landmarks import Points, no_motion
from kiosk.rig.raster import pixel_centres

SIZE = 512


def look(x: float, y: float = 0.0) -> Motion:
    return replace(no_motion(), gaze=np.array([[x, y], [x, y]], np.float32))


def turn(yaw: float) -> Motion:
    return replace(no_motion(), rotation=np.array([0.0, yaw, 0.0], np.float32))


def radius_of(puppet: Puppet, eye: Eye) -> float:
    iris, edge = puppet.still[eye.iris, :2], puppet.still[eye.iris + 1 : eye.iris + 5, :2]
    return float(np.linalg.norm(edge - iris, axis=1).mean())


def lit(puppet: Puppet, eye: Eye) -> Eyeball:
    """An eye with a catchlight above and left of its pupil."""
    radius = radius_of(puppet, eye)
    x, y = puppet.still[eye.iris, :2] - 0.3 * radius
    light = Catchlight((float(x), float(y)), 0.15 * radius)
    return Eyeball.measure(eye, puppet.still, [light])


def spot(puppet: Puppet, ball: Eyeball, motion: Motion) -> tuple[Points, int]:
    """Where the catchlight is seen, from the iris's middle, and how many points show it."""
    (light,) = ball.catchlights
    around = pixel_centres(101) * 2.5 * ball.radius
    shift = motion.gaze[EYES.index(ball.eye)] * ball.width
    points = ball.iris + shift + around
    shown = ball.look(points, puppet.still[:MESH], motion).sources
    bright = np.linalg.norm(shown - light.centre, axis=-1) < 0.9 * light.radius
    return around[bright].mean(0), int(bright.sum())


def painted(puppet: Puppet, dots: list[tuple[float, float]]) -> Bytes:
    """Grey all over but for dark irises, and in them white dots; places in iris radii."""
    picture = np.full((SIZE, SIZE, 3), 170, np.uint8)
    for eye in EYES:
        radius = radius_of(puppet, eye)
        away = np.linalg.norm(pixel_centres(SIZE) - puppet.still[eye.iris, :2], axis=-1)
        picture[away < radius] = 40
        for dot in dots:
            middle = puppet.still[eye.iris, :2] + radius * np.array(dot)
            picture[np.linalg.norm(pixel_centres(SIZE) - middle, axis=-1) < 0.22 * radius] = 240
    return picture


@pytest.mark.parametrize("gaze", [-0.26, -0.15, 0.0, 0.15, 0.26])
@pytest.mark.parametrize("eye", EYES)
def test_what_an_eye_shows_never_folds(puppet: Puppet, eye: Eye, gaze: float) -> None:
    outer, inner = puppet.still[[eye.outer, eye.inner], :2]
    across = outer + np.linspace(0, 1, 200)[:, None] * (inner - outer)
    ball = Eyeball.measure(eye, puppet.still, [])
    shown = ball.look(across, puppet.still[:MESH], look(gaze)).sources

    along = shown @ (inner - outer)
    assert (np.diff(along) >= -1e-9).all()
    assert np.ptp(along) > 0.3 * np.linalg.norm(inner - outer) ** 2


@pytest.mark.parametrize("eye", EYES)
def test_at_rest_a_catchlight_changes_nothing(puppet: Puppet, eye: Eye) -> None:
    ball, plain = lit(puppet, eye), Eyeball.measure(eye, puppet.still, [])
    around = ball.iris + pixel_centres(41) * ball.radius
    points = around[ball.depths(around).upper > 0]  # those that lids leave free
    found, wanted = (
        each.look(points, puppet.still[:MESH], no_motion()).sources for each in (ball, plain)
    )

    np.testing.assert_allclose(found, wanted, atol=1e-9)


@pytest.mark.parametrize("eye", EYES)
def test_a_catchlight_stays_behind_the_iris_that_moves(puppet: Puppet, eye: Eye) -> None:
    ball = lit(puppet, eye)
    still, count = spot(puppet, ball, no_motion())
    moved, again = spot(puppet, ball, look(0.06))
    turned, _ = spot(puppet, ball, turn(-0.3))  # the nose goes to the right

    assert 0.5 * count < again < 1.5 * count
    assert still[0] - moved[0] == pytest.approx(0.47 * 0.06 * ball.width, rel=0.2)
    assert abs(still[1] - moved[1]) < 0.1 * ball.radius
    assert still[0] - turned[0] == pytest.approx(0.16 * np.sin(0.3) * ball.width, rel=0.2)


def test_a_catchlight_never_leaves_the_cornea(puppet: Puppet) -> None:
    ball = lit(puppet, EYES[0])
    moved, count = spot(puppet, ball, look(0.26))

    assert count > 0
    assert np.linalg.norm(moved) < 0.9 * ball.radius


def test_catchlights_are_found_where_they_were_painted(puppet: Puppet) -> None:
    dots = [(-0.4, 0.0), (0.4, 0.1)]
    found = find_catchlights(painted(puppet, dots), puppet.still)

    for eye, lights in zip(EYES, found, strict=True):
        radius = radius_of(puppet, eye)
        iris = puppet.still[eye.iris, :2]
        places = sorted(((np.array(light.centre) - iris) / radius).tolist() for light in lights)
        np.testing.assert_allclose(places, dots, atol=0.1)
        assert all(0.1 < light.radius / radius < 0.3 for light in lights)


@pytest.mark.parametrize("dots", [[], [(-1.0, 0.0)]])
def test_no_catchlight_is_found_in_a_dull_iris_nor_beyond_it(
    puppet: Puppet, dots: list[tuple[float, float]]
) -> None:
    assert find_catchlights(painted(puppet, dots), puppet.still) == [[], []]


def test_what_only_one_eye_has_is_left_to_its_iris(puppet: Puppet) -> None:
    picture = painted(puppet, [(0.0, 0.1)])
    picture[:, SIZE // 2 :] = painted(puppet, [])[:, SIZE // 2 :]

    assert find_catchlights(picture, puppet.still) == [[], []]
