"""What is compiled for a CPU says what the module says."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from kiosk.curation.study import Study
from kiosk.face import INNER_LOWER_LIP, MESH
from kiosk.generator.eager import to_moment
from kiosk.generator.engine import Maps
from kiosk.generator.kernels import Textures, channels_last, finish, look, relight
from kiosk.messages import Floats
from kiosk.model import spec
from kiosk.model.generator import Generator, bright_enough
from kiosk.model.layers import warp
from kiosk.rig.landmarks import no_motion
from kiosk.rig.rig import Drawing, Rig


@pytest.fixture(scope="module")
def network() -> Generator:
    torch.manual_seed(0)
    made = Generator()
    with torch.no_grad():
        made.artwork.uniform_()
        made.plate.uniform_()
        made.slope.uniform_(0.8, 1.2)
    return made.eval()


@pytest.fixture(scope="module")
def drawing(study: Study) -> Drawing:
    """A moment with edges, paint and light."""
    rig = Rig(study.crop(), study.landmarks, study.matte, lambda _: np.full(MESH, 0.1, np.float32))
    expression = np.zeros((MESH, 3), np.float32)
    expression[list(INNER_LOWER_LIP[1:-1]), 1] = 0.12
    turn = np.array([0.1, 0.25, 0.0], np.float32)
    motion = replace(no_motion(), rotation=turn, expression=expression)
    return rig.draw(replace(motion, closure=np.full(2, 0.6, np.float32)), spec.RESOLUTION)


def seen_by(network: Generator, drawing: Drawing) -> tuple[Floats, torch.Tensor]:
    """What the compiled code and the module are given to look at."""
    found = look(drawing, Textures.of(network))
    with torch.inference_mode():
        return found, network.look(to_moment(drawing))


def test_it_looks_at_what_the_network_looks_at(network: Generator, drawing: Drawing) -> None:
    found, wanted = seen_by(network, drawing)

    np.testing.assert_allclose(found, channels_last(wanted), atol=1e-3)  # of noise
    colours = found[..., -3 * spec.FINER**2 :]
    assert 0.01 < (np.abs(colours).max(-1) > 0).mean() < 0.5


def test_it_finishes_as_the_network_does_but_for_what_nobody_sees(
    network: Generator, drawing: Drawing
) -> None:
    _, given = seen_by(network, drawing)
    heads = torch.randn(1, spec.HEADS * spec.FINER**2, spec.WORKING, spec.WORKING)
    heads[:, 3 * spec.FINER**2 :] = heads[:, 3 * spec.FINER**2 :] * 4 - 8  # mostly bare
    with torch.inference_mode():
        paint, logit = network.finish(heads, given)
    cover = channels_last(torch.sigmoid(logit) * network.window)[..., 0]
    window = network.window[0, 0].numpy()
    found = Maps(*finish(channels_last(heads), channels_last(given), window=window), window)

    np.testing.assert_allclose(found.cover, cover, atol=0.5 / 255)
    seen = found.cover > 0
    assert 0.02 < seen.mean() < 0.5
    np.testing.assert_allclose(found.paint[seen], channels_last(paint)[seen], atol=1e-5)


def test_what_a_display_blends_with_the_covered_is_painted_too() -> None:
    heads = np.zeros((spec.WORKING, spec.WORKING, spec.HEADS * spec.FINER**2), np.float32)
    heads[..., 3 * spec.FINER**2 :] = -20
    heads[60, 60, 3 * spec.FINER**2 :] = 20
    window = np.ones((spec.RESOLUTION, spec.RESOLUTION), np.float32)
    given = np.zeros((spec.WORKING, spec.WORKING, spec.GIVEN), np.float32)
    paint, cover = finish(heads, given, window=window)
    painted = np.argwhere(paint[..., 0] > 0)

    np.testing.assert_array_equal(painted.min(0), [59 * spec.FINER] * 2)
    np.testing.assert_array_equal(painted.max(0), [62 * spec.FINER - 1] * 2)
    assert (cover > 0).sum() == spec.FINER**2


def test_it_lights_what_the_network_lights(network: Generator, drawing: Drawing) -> None:
    coarse = torch.randn(1, 1, spec.WORKING // 2, spec.WORKING // 2) * 0.01
    moment = to_moment(drawing)
    with torch.inference_mode():
        light = F.interpolate(coarse, scale_factor=2 * spec.FINER, mode="bilinear")
        sitter = warp(network.artwork[:, 3:], moment.flow, network.fine_grid)
        wanted = (bright_enough(light) * sitter)[0, 0].numpy()
    found = relight(coarse[0, 0].numpy(), drawing.flow, Textures.of(network))

    np.testing.assert_allclose(found, wanted, atol=1e-5)
    assert 0.2 < (found != 0).mean() < 0.8
