"""Pictures of a person to the generator's adaptive parameters."""

import pytest
import torch
from torch.nn import functional as F

from kiosk.model.embedder import Embedder
from kiosk.model.generator import Generator, Moment, Sitter
from kiosk.model.spec import ADAPTIVE, EMBEDDING, INPUTS, MASKS, RESOLUTION, WORKING
from kiosk.puppet.render import Puppet
from kiosk.training.beginning import begin_from_base
from kiosk.training.canvas import TrainingCanvas


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
    sitter = Sitter(
        torch.rand(1, 4, RESOLUTION, RESOLUTION),
        torch.rand(1, 3, RESOLUTION, RESOLUTION),
        torch.ones(1, 3, 1, 1),
        torch.randn(1, 478 * 3),
        adaptive,
    )
    moment = Moment(*(torch.randn(shape) * 0.1 for shape in INPUTS.values()))
    with torch.no_grad():
        told = generator(moment, sitter)
        stranger = generator(moment)
        generator.become(sitter)
        became = generator(moment)

    for one, other in zip(told, became, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)
    assert (stranger[2] - became[2]).abs().max() > 1e-3


def test_a_portrait_begins_from_what_the_embedder_says_of_its_artwork(puppet: Puppet) -> None:
    canvas = TrainingCanvas(puppet.figure)
    beginning = begin_from_base(canvas)
    picture, masks = canvas.at_rest()

    assert F.avg_pool2d(picture, 3).shape[-1] == WORKING == masks.shape[-1]
    assert beginning.person.shape == (1, EMBEDDING)
    assert beginning.person.abs().max() > 0
    torch.testing.assert_close(beginning.generator.artwork, canvas.sitter().artwork)
    still = canvas.landmarks
    torch.testing.assert_close(
        beginning.generator.encode(still), torch.zeros(1, 64), atol=1e-5, rtol=0
    )
