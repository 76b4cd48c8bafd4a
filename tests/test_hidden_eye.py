"""Lids that part wider than they were painted bare an eyeball like the rest of it."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.face import EYES, Eye
from kiosk.messages import Bytes, Floats, Motion
from kiosk.puppet.render import Puppet
from kiosk.rig.eyes import Eyeball, Seen
from kiosk.rig.grain import Grain
from kiosk.rig.hidden_eye import CLEAR, HiddenEye
from kiosk.rig.landmarks import express, no_motion
from kiosk.rig.palette import Palette
from kiosk.rig.raster import pixel_centres
from kiosk.rig.rig import Rig

SIZE = 768
IRIS, WHITE, LID = (40, 60, 120), (210, 205, 200), (10, 10, 10)
PALETTE = Palette(**dict.fromkeys(("tooth", "tongue", "deep", "warm", "lash"), np.zeros(3)))
EVERY_EYE = pytest.mark.parametrize("eye", EYES)


def motion(closure: float = 0.0, down: float = 0.0) -> Motion:
    return replace(
        no_motion(),
        closure=np.full(2, closure, np.float32),
        gaze=np.array([[0, down], [0, down]], np.float32),
    )


def painted(puppet: Puppet) -> Bytes:
    """Grey skin, black at the lids; between them white, and a blue iris."""
    picture = np.full((SIZE, SIZE, 3), 128, np.uint8)
    points = pixel_centres(SIZE).astype(np.float64)
    for eye in EYES:
        ball = Eyeball.measure(eye, puppet.still, [])
        depths = ball.depths(points)
        near = np.linalg.norm(points - ball.iris, axis=-1) < 0.7 * ball.width
        iris = np.linalg.norm(points - ball.iris, axis=-1) < ball.radius
        picture[near] = LID
        inside = near & (depths.upper > 0.05) & (depths.lower > 0)
        picture[inside] = WHITE
        picture[inside & iris] = IRIS
    return picture


def show(puppet: Puppet, eye: Eye, moved: Motion) -> tuple[Eyeball, Seen, Floats, Floats]:
    """An eye's surroundings in a motion: what is seen, its colours, and cover within the lids."""
    picture = painted(puppet)
    ball = Eyeball.measure(eye, puppet.still, [])
    points = pixel_centres(181).reshape(-1, 2) * 0.5 * ball.width + ball.iris
    seen = ball.look(points, express(puppet.still, moved), moved)
    grain = Grain(picture, puppet.still)
    colour, cover = HiddenEye(ball, picture, palette=PALETTE, grain=grain).paint(seen)
    inside = (seen.depths.upper > 0) & (seen.depths.lower > 0)
    return ball, seen, colour, cover * inside


@EVERY_EYE
def test_at_rest_nothing_is_covered(puppet: Puppet, eye: Eye) -> None:
    *_, cover = show(puppet, eye, motion())

    assert cover.max() < 1e-6


@EVERY_EYE
def test_closing_lids_uncover_next_to_nothing(puppet: Puppet, eye: Eye) -> None:
    *_, cover = show(puppet, eye, motion(closure=0.6))

    assert cover.max() < 0.02


@EVERY_EYE
@pytest.mark.parametrize("moved", [motion(closure=-0.5), motion(closure=-0.4, down=0.1)])
def test_above_the_painted_lid_iris_and_white_go_on(
    puppet: Puppet, eye: Eye, moved: Motion
) -> None:
    ball, seen, colour, cover = show(puppet, eye, moved)
    # hidden before, and out of the lid's shadow now
    bare = (ball.depths(seen.places).upper < 0) & (seen.depths.upper > CLEAR) & (cover > 0.9)
    away = np.linalg.norm(seen.places - ball.iris, axis=-1) / ball.radius
    iris, white = colour[bare & (away < 0.8)], colour[bare & (away > 1.3)]

    assert len(iris) + len(white) >= 5
    for found, wanted in ((iris, IRIS), (white, WHITE)):
        if len(found):
            np.testing.assert_allclose(255 * found.mean(0), wanted, atol=12)


@EVERY_EYE
def test_the_lids_shadow_goes_with_the_lid(puppet: Puppet, eye: Eye) -> None:
    ball, seen, colour, cover = show(puppet, eye, motion(closure=-0.45))
    level, away = colour.mean(-1), np.linalg.norm(seen.places - ball.iris, axis=-1)
    white = (cover > 0.9) & (away > 1.3 * ball.radius)
    under, clear = white & (seen.depths.upper < 0.02), white & (seen.depths.upper > CLEAR)

    assert level[under].mean() < 0.7 * level[clear].mean()


@pytest.mark.parametrize("share", [0.7, 0.4, 0.1, 0.0])
def test_eyes_painted_narrow_or_shut_can_be_moved(puppet: Puppet, share: float) -> None:
    narrow = puppet.still.astype(np.float32).copy()
    for eye in EYES:
        middle = (narrow[list(eye.upper)] + narrow[list(eye.lower)]) / 2
        for lid in (eye.upper, eye.lower):
            narrow[list(lid)] = middle + share * (narrow[list(lid)] - middle)
    rig = Rig(painted(puppet), narrow, np.ones((64, 64), np.float32))
    drawing = rig.draw(motion(closure=-0.45, down=0.1), 128)

    assert np.isfinite(drawing.paint).all()
    assert np.isfinite(drawing.cover).all()
