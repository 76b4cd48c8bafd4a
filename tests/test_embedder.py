"""Pictures of a person to the generator's adaptive parameters."""

import numpy as np
import pytest
import torch

from kiosk.generator.kernels import channels_last
from kiosk.model.embedder import Embedder
from kiosk.model.generator import Generator, Sitter
from kiosk.model.spec import ADAPTIVE, EMBEDDING, GIVEN, MASKS, RESOLUTION, WORKING
from kiosk.puppet.render import Puppet
from kiosk.training.beginning import begin_from_base


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    torch.manual_seed(0)
    return Embedder()


def pictures(count: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    maker = torch.Generator().manual_seed(seed)
    shape = (1, count, 3, WORKING, WORKING)
    return torch.rand(shape, generator=maker), torch.rand((1, count, MASKS, *shape[3:]))


def test_several_pictures_give_the_mean_of_what_each_gives(embedder: Embedder) -> None:
    shown, masks = pictures(3)
    together = embedder(shown, masks)
    alone = [embedder(shown[:, [n]], masks[:, [n]]) for n in range(3)]

    assert together.shape == (1, EMBEDDING)
    torch.testing.assert_close(together, torch.stack(alone).mean(0))


def test_other_pictures_give_another_vector(embedder: Embedder) -> None:
    one, other = (embedder(*pictures(2, seed)) for seed in (0, 1))

    assert (one - other).abs().max() > 1e-4


def test_a_network_that_became_a_sitter_answers_as_one_that_is_told_of_them(
    embedder: Embedder,
) -> None:
    torch.manual_seed(1)
    generator = Generator()
    generator.code_basis.normal_(0, 0.05)
    for name, weight in generator.named_parameters():
        if "modulation.weight" in name:
            torch.nn.init.normal_(weight, 0, 0.05)
    adaptive = embedder.adapt(embedder(*pictures(2))).detach()
    assert adaptive.shape == (1, ADAPTIVE)
    adaptive = torch.randn(1, ADAPTIVE) * 0.2
    sitter = Sitter(torch.randn(1, 478 * 3), adaptive)
    generator.code_mean.copy_(sitter.neutral[0])
    landmarks, given = torch.randn(1, 478, 3), torch.randn(1, GIVEN, WORKING, WORKING) * 0.1
    with torch.no_grad():
        told = generator.paint(landmarks, given, sitter)
        stranger = generator.paint(landmarks, given)
        generator.become(adaptive)
        became = generator.paint(landmarks, given)

    for one, other in zip(told, became, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)
    assert (stranger[1] - became[1]).abs().max() > 1e-3


def test_a_portrait_begins_from_what_the_embedder_says_of_its_artwork(puppet: Puppet) -> None:
    beginning = begin_from_base(puppet.figure)
    small = puppet.figure.at(RESOLUTION)

    assert beginning.person.shape == (1, EMBEDDING)
    assert beginning.person.abs().max() > 0
    held = channels_last(beginning.generator.artwork)
    np.testing.assert_allclose(held[..., :3], small.artwork / 255, atol=1e-6)
    np.testing.assert_allclose(held[..., 3], small.matte, atol=1e-6)
    still = torch.from_numpy(puppet.figure.landmarks)[None]
    torch.testing.assert_close(
        beginning.generator.encode(still), torch.zeros(1, 64), atol=1e-5, rtol=0
    )
