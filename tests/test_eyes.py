"""An eye that looks aside has one iris."""

import numpy as np
import pytest

from kiosk.face import EYES, MESH, Eye
from kiosk.puppet.render import Puppet
from kiosk.rig.eyes import Eyeball


@pytest.mark.parametrize("gaze", [-0.26, -0.15, 0.0, 0.15, 0.26])
@pytest.mark.parametrize("eye", EYES)
def test_what_an_eye_shows_never_folds(puppet: Puppet, eye: Eye, gaze: float) -> None:
    outer, inner = puppet.still[[eye.outer, eye.inner], :2]
    across = outer + np.linspace(0, 1, 200)[:, None] * (inner - outer)
    ball = Eyeball.measure(eye, puppet.still)
    shown = ball.sources(across, puppet.still[:MESH], np.array([gaze, 0.0]))

    along = shown @ (inner - outer)
    assert (np.diff(along) >= -1e-9).all()
    assert np.ptp(along) > 0.3 * np.linalg.norm(inner - outer) ** 2
