"""What is asked of the generator, and the critic at work."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from kiosk.model.discriminator import Discriminator
from kiosk.model.generator import Generator, Painted
from kiosk.model.spec import EMBEDDING
from kiosk.puppet.render import Puppet
from kiosk.training.batch import Batch
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.objective import Answer, Court, shortfall
from kiosk.training.pairs import Pairs

PERSON = torch.zeros(1, EMBEDDING)


@pytest.fixture(scope="module")
def canvas(puppet: Puppet) -> TrainingCanvas:
    return TrainingCanvas(puppet.figure)


@pytest.fixture(scope="module")
def batch(pairs: Pairs) -> Batch:
    return Batch.take(pairs, np.arange(2), torch.device("cpu"))


def answer(batch: Batch, picture: torch.Tensor) -> Answer:
    nothing = torch.zeros_like(batch.seams)
    return Answer(batch.picture, nothing - 9, nothing, picture)


def test_a_picture_nearer_to_the_true_one_falls_less_short(
    canvas: TrainingCanvas, batch: Batch
) -> None:
    noise = torch.randn_like(batch.picture)
    near, far = (
        shortfall(answer(batch, batch.picture + size * noise), batch, canvas)[1]
        for size in (0.01, 0.05)
    )

    assert 0 < near < far


def test_where_a_true_picture_does_not_count_nothing_is_asked(
    canvas: TrainingCanvas, batch: Batch
) -> None:
    nowhere = replace(batch, counts=torch.zeros_like(batch.counts))

    assert shortfall(answer(nowhere, batch.picture * 0), nowhere, canvas)[1] == 0


def test_the_critic_learns_to_tell_true_from_false(canvas: TrainingCanvas, batch: Batch) -> None:
    torch.manual_seed(0)
    critic, generator = Discriminator(), Generator()
    false = (batch.picture + 0.2 * torch.randn_like(batch.picture)).clamp(0, 1)
    court = Court(answer(batch, false), batch, canvas, generator)
    optimiser = torch.optim.Adam(critic.parameters(), 2e-3)
    losses = []
    for _ in range(20):
        optimiser.zero_grad()
        loss = court.train(critic, PERSON)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())

    assert losses[-1] < 0.8 * losses[0]


def test_judging_teaches_the_generator_and_not_the_critic(
    canvas: TrainingCanvas, batch: Batch
) -> None:
    torch.manual_seed(0)
    critic = Discriminator()
    shown = (batch.picture * 0.9).requires_grad_()
    court = Court(answer(batch, shown), batch, canvas, Generator())
    court.train(critic, PERSON).backward()
    assert shown.grad is None
    critic.zero_grad()
    verdict, matching = court.judge(critic, PERSON)
    (matching - verdict).backward()

    assert shown.grad is not None
    assert shown.grad.abs().max() > 0
    assert all(weight.grad is None for weight in critic.parameters())
    assert all(weight.requires_grad for weight in critic.parameters())


def test_the_critic_sees_no_difference_where_the_true_picture_does_not_count(
    canvas: TrainingCanvas, batch: Batch
) -> None:
    nowhere = replace(batch, counts=torch.zeros_like(batch.counts))
    court = Court(answer(nowhere, batch.picture * 0), nowhere, canvas, Generator())
    _, matching = court.judge(Discriminator().eval(), PERSON)

    assert matching == 0


def test_the_critic_knows_people_apart(canvas: TrainingCanvas, batch: Batch) -> None:
    torch.manual_seed(0)
    critic = Discriminator().eval()
    court = Court(answer(batch, batch.picture), batch, canvas, Generator())
    one, other = (court.judge(critic, torch.randn(1, EMBEDDING))[0] for _ in range(2))

    assert one != other


def test_light_is_asked_for_by_photographs_alone(canvas: TrainingCanvas, batch: Batch) -> None:
    """What is darker than the rig's picture asks for less light, if a photograph shows it."""
    dark = replace(batch, picture=batch.below * 0.9)
    slopes = []
    for photographed in (0.0, 1.0):
        asked = replace(dark, photographed=torch.full_like(batch.photographed, photographed))
        light = torch.zeros_like(batch.seams, requires_grad=True)
        painted = Painted(batch.below, torch.zeros_like(batch.seams) - 9, light)
        loss, _ = shortfall(Answer.compose(painted, canvas, asked), asked, canvas)
        (slope,) = torch.autograd.grad(loss, light)
        slopes.append(slope.sum().item())

    assert slopes[0] == 0
    assert slopes[1] > 0  # downhill is darker


def test_the_rigs_own_paint_is_not_lit(canvas: TrainingCanvas, batch: Batch) -> None:
    painted = Painted(batch.below, batch.seams * 0 - 99, torch.full_like(batch.seams, 0.3))
    asked = replace(
        batch,
        photographed=torch.ones_like(batch.photographed),
        cover=torch.ones_like(batch.cover),
    )
    torch.testing.assert_close(Answer.compose(painted, canvas, asked).picture, batch.below)
    bare = replace(asked, cover=torch.zeros_like(batch.cover))
    assert (Answer.compose(painted, canvas, bare).picture >= batch.below).all()
