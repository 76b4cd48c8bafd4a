"""What a tracker sees of a puppet's answer becomes the portrait's gains."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.face import EYES
from kiosk.puppet import calibrate
from kiosk.puppet.calibrate import MOST_CLOSURE, MOST_GAZE, MOST_MOUTH, find_gains
from kiosk.puppet.figure import to_bytes
from kiosk.puppet.render import Puppet
from kiosk.rig.raster import fill_outline
from kiosk.rig.rig import Rig


@pytest.fixture(scope="module")
def in_dark_glasses(puppet: Puppet) -> Puppet:
    """The same sitter, both eyes behind black glass."""
    artwork = puppet.figure.artwork.copy()
    for eye in EYES:
        ring = puppet.still[[*eye.upper_orbit, *eye.lower_fold[::-1]], :2]
        middle = ring.mean(0)
        box, glass = fill_outline(middle + 1.3 * (ring - middle), len(artwork))
        artwork[box][glass > 127] = 8.0
    figure = replace(puppet.figure, artwork=artwork)
    return Puppet(figure, Rig(to_bytes(artwork), figure.landmarks, figure.matte))


def test_a_face_that_answers_has_every_gain(puppet: Puppet) -> None:
    gains = find_gains(puppet)

    assert 1 <= gains.mouth <= MOST_MOUTH
    assert 1 <= gains.gaze <= MOST_GAZE
    assert 1 <= gains.closure <= MOST_CLOSURE


def test_eyes_that_nobody_sees_are_left_still(in_dark_glasses: Puppet) -> None:
    gains = find_gains(in_dark_glasses)

    assert gains.gaze == 0
    assert gains.mouth >= 1
    assert np.isfinite(gains.closure)


def test_a_face_that_no_tracker_finds_is_driven_as_any_other(
    puppet: Puppet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        calibrate, "track_pictures", lambda images: np.full((len(images), 478, 3), np.nan)
    )
    gains = find_gains(puppet)

    assert (gains.mouth, gains.gaze, gains.closure) == (1.0, 1.0, 1.0)
