import numpy as np
import pytest

from kiosk.puppet.limits import AWAY_DEG, LEAST_DEG, MOST_DEG, SHARE, STEP_DEG, Surface, find_limits
from kiosk.puppet.render import Puppet


@pytest.fixture(scope="module")
def surface(puppet: Puppet) -> Surface:
    return Surface(puppet.rig.mesh, puppet.figure.matte)


def yaw(angle: float) -> np.ndarray:
    return np.array([angle, 0.0, 0.0])


def test_limits_lie_between_the_least_and_the_most(puppet: Puppet) -> None:
    limits = find_limits(puppet.rig.mesh, puppet.figure.matte)

    for (low, high), most in zip(
        (limits.yaw_deg, limits.pitch_deg, limits.roll_deg), MOST_DEG, strict=True
    ):
        assert -most <= low <= -LEAST_DEG
        assert LEAST_DEG <= high <= most


def test_nothing_breaks_at_rest_and_more_the_wider_the_turn(surface: Surface) -> None:
    shares = [surface.broken_share(yaw(angle)) for angle in (0.0, 20.0, 40.0, 60.0)]

    assert shares[0] == 0
    assert shares[-1] > SHARE
    assert shares[1] < shares[2] < shares[3]


def test_the_limit_is_the_last_whole_turn(surface: Surface) -> None:
    widest = surface.widest(0, 1.0)

    assert surface.broken_share(yaw(widest)) <= SHARE or widest == LEAST_DEG
    if LEAST_DEG < widest < min(MOST_DEG[0], AWAY_DEG[0] - 20):
        assert surface.broken_share(yaw(widest + STEP_DEG)) > SHARE
