"""What is compiled for a CPU says what the module says."""

import numpy as np
import pytest
import torch

from kiosk.generator.eager import channels_last
from kiosk.generator.kernels import finish, look
from kiosk.messages import Bytes, Floats
from kiosk.model import spec
from kiosk.model.generator import Generator


@pytest.fixture(scope="module")
def network() -> Generator:
    torch.manual_seed(0)
    made = Generator()
    with torch.no_grad():
        made.artwork.uniform_()
        made.plate.uniform_()
    return made.eval()


@pytest.fixture(scope="module")
def flow() -> Floats:
    """Some of it looks beyond the canvas."""
    rng = np.random.default_rng(0)
    return rng.normal(0, 0.2, (spec.RESOLUTION, spec.RESOLUTION, 2)).astype(np.float32)


@pytest.fixture(scope="module")
def masks() -> Bytes:
    made = np.zeros((spec.MASKS, spec.WORKING, spec.WORKING), np.uint8)
    made[0, 80:90, 50:70] = 255
    made[1:, 40:50, 40:90] = 100
    return made


def tensors(flow: Floats, masks: Bytes) -> tuple[torch.Tensor, torch.Tensor]:
    return (
        torch.from_numpy(flow).permute(2, 0, 1)[None],
        torch.from_numpy(masks.astype(np.float32) / 255)[None],
    )


def test_it_looks_at_what_the_network_looks_at(
    network: Generator, flow: Floats, masks: Bytes
) -> None:
    found = look(flow, masks, channels_last(network.artwork), channels_last(network.plate))
    wanted = channels_last(network.look(*tensors(flow, masks)))

    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_it_finishes_as_the_network_does_but_for_what_nobody_sees(
    network: Generator, flow: Floats, masks: Bytes
) -> None:
    heads = 4 * torch.randn(1, spec.HEADS * spec.FINER**2, spec.WORKING, spec.WORKING)
    heads[:, 5 * spec.FINER**2 :] -= 8  # most of it covers nothing
    with torch.inference_mode():
        refined, paint, logit = network.finish(heads, tensors(flow, masks)[0])
    cover = channels_last(torch.sigmoid(logit) * network.window)[..., 0]
    window = network.window[0, 0].numpy()
    found = finish(channels_last(heads), flow=flow, window=window)

    np.testing.assert_allclose(found.flow, channels_last(refined), atol=1e-6)
    np.testing.assert_allclose(found.cover, cover, atol=0.5 / 255)
    seen = found.cover > 0
    assert 0.02 < seen.mean() < 0.5
    np.testing.assert_allclose(found.paint[seen], channels_last(paint)[seen], atol=1e-5)


def test_what_a_display_blends_with_the_covered_is_painted_too() -> None:
    heads = np.zeros((spec.WORKING, spec.WORKING, spec.HEADS * spec.FINER**2), np.float32)
    heads[..., 5 * spec.FINER**2 :] = -20
    heads[60, 60, 5 * spec.FINER**2 :] = 20
    nothing = np.zeros((spec.RESOLUTION, spec.RESOLUTION, 2), np.float32)
    found = finish(heads, flow=nothing, window=np.ones_like(nothing[..., 0]))
    painted = np.argwhere(found.paint[..., 0] > 0)

    np.testing.assert_array_equal(painted.min(0), [59 * spec.FINER] * 2)
    np.testing.assert_array_equal(painted.max(0), [62 * spec.FINER - 1] * 2)
    assert (found.cover > 0).sum() == spec.FINER**2
