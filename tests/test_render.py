from dataclasses import replace

import cv2
import numpy as np
import pytest

from kiosk.face import (
    EYES,
    INNER_LOWER_LIP,
    LOWER_LIP,
    MESH,
    UPPER_LIP,
)
from kiosk.messages import Floats, Motion
from kiosk.model.generator import FLOW_INPUT_GAIN
from kiosk.model.spec import GIVEN, RESOLUTION, WORKING
from kiosk.puppet.detect import track_pictures
from kiosk.puppet.render import Puppet
from kiosk.rig.landmarks import no_motion, pose_landmarks


def small(image: Floats) -> Floats:
    size = (RESOLUTION, RESOLUTION)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def spoken() -> Motion:
    """A mouth wide open."""
    expression = np.zeros((MESH, 3), np.float32)
    expression[list(INNER_LOWER_LIP[1:-1]), 1] = 0.12
    return replace(no_motion(), expression=expression)


def test_the_neutral_puppet_is_the_artwork(puppet: Puppet) -> None:
    frame = puppet.render(no_motion()).frame.astype(np.float32)
    matte = small(puppet.figure.matte)
    error = np.abs(frame - small(puppet.figure.artwork)).max(2)

    inside = cv2.erode((matte > 0.99).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert inside.mean() > 0.2
    assert error[inside].mean() < 1.5
    assert np.percentile(error[inside], 99) < 12


def test_where_the_sitter_is_not_the_plate_shows(puppet: Puppet) -> None:
    frame = puppet.render(no_motion()).frame
    plate = np.clip(small(puppet.figure.plate) + 0.5, 0, 255).astype(np.uint8)
    outside = cv2.dilate((small(puppet.figure.matte) > 0).astype(np.uint8), np.ones((3, 3))) == 0

    assert outside.mean() > 0.1
    assert np.abs(frame[outside].astype(int) - plate[outside]).max() <= 1  # rounding


def test_landmarks_are_those_that_the_gallery_will_feed(puppet: Puppet) -> None:
    motion = replace(spoken(), rotation=np.array([0.1, -0.2, 0.05], np.float32))
    wanted = pose_landmarks(puppet.figure.landmarks, motion)

    np.testing.assert_array_equal(puppet.render(motion).landmarks, wanted)


@pytest.mark.parametrize("side", [0, 1])
def test_a_shut_eye_is_seen_shut(puppet: Puppet, side: int) -> None:
    closure = np.zeros(2, np.float32)
    closure[side] = 1
    shut = puppet.render(replace(no_motion(), closure=closure))
    frames = [puppet.render(no_motion()).frame, shut.frame]
    before, after = (
        [np.ptp(face[[eye.upper[4], eye.lower[4]], 1]) for eye in EYES]
        for face in track_pictures(frames)
    )

    assert after[side] < 0.45 * before[side]
    assert after[1 - side] > 0.7 * before[1 - side]


def test_a_gaze_moves_the_iris_and_little_else(puppet: Puppet) -> None:
    aside = replace(no_motion(), gaze=np.array([[0.15, 0], [0.15, 0]], np.float32))
    change = np.abs(puppet.render(aside).frame.astype(int) - puppet.render(no_motion()).frame).max(
        2
    )
    at = (puppet.still[[eye.iris for eye in EYES], :2] + 1) * RESOLUTION / 2
    y, x = np.nonzero(change > 6)
    away = np.min([np.hypot(x - cx, y - cy) for cx, cy in at], axis=0)

    assert len(x) > 10
    assert away.max() < 0.08 * RESOLUTION


def test_an_open_mouth_is_the_rigs_to_paint(puppet: Puppet) -> None:
    shut, opened = puppet.render(no_motion()), puppet.render(spoken())
    lips = opened.landmarks[[UPPER_LIP, LOWER_LIP], :2].mean(0)
    x, y = ((lips + 1) * RESOLUTION / 2).astype(int)

    assert opened.cover[y, x] == 255
    assert opened.seams[y, x] == 0
    assert opened.cover[:10].max() == opened.cover[-10:].max() == 0
    assert (shut.cover > 127).sum() == 0
    assert opened.frame[y, x].mean() != shut.frame[y, x].mean()


def test_the_edges_of_moving_lids_are_painted_and_still_ones_are_not(puppet: Puppet) -> None:
    still = puppet.render(no_motion())
    half = puppet.render(replace(no_motion(), closure=np.full(2, 0.5, np.float32)))
    rows = ((half.landmarks[[eye.upper[4] for eye in EYES], :2] + 1) * RESOLUTION / 2).astype(int)

    assert still.seams.max() < 128
    for x, y in rows:
        assert half.seams[y - 2 : y + 3, x].max() == 255


def test_the_rigs_picture_is_the_frame_but_for_the_seams(puppet: Puppet) -> None:
    turn = np.array([0.0, 0.25, 0.0], np.float32)
    pair = puppet.render(replace(spoken(), rotation=turn))
    apart = np.abs(pair.below.astype(int) - pair.frame).mean(-1)
    moved = np.abs(puppet.render(no_motion()).frame.astype(int) - pair.frame).mean()

    assert apart[pair.seams == 0].mean() < 1
    assert apart[pair.seams > 127].mean() > 5 * apart[pair.seams == 0].mean()
    assert moved > 5


def test_what_the_network_is_given_ends_as_it_began_at_the_border(puppet: Puppet) -> None:
    turn = replace(no_motion(), rotation=np.array([0.0, 0.25, 0.0], np.float32))
    given = puppet.render(turn).given.astype(np.float32)
    flow = given[..., 3:5] / FLOW_INPUT_GAIN
    edge = np.concatenate([flow[0], flow[-1], flow[:, 0], flow[:, -1]])

    assert given.shape == (WORKING, WORKING, GIVEN)
    assert np.isfinite(given).all()
    assert np.abs(edge).max() < 0.02
    assert np.abs(flow).max() > 0.1
