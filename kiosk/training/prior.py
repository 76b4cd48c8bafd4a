"""The prior flow and the landmark code of one artwork, fitted to its pairs.

Both are principal components; between them stands a small network, trained in under a minute.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from kiosk.face import EYES, LANDMARKS, LIPS
from kiosk.model import spec
from kiosk.model.generator import Generator, PriorFlow
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.pairs import Pairs

SAMPLE = 6000  # moments that the components are computed from
BATCH = 256
MOST_STEPS = 8000  # after these the error falls no further
LEARNING_RATE = 2e-3
# how much more a small motion of these parts should count in the code
EYE_WEIGHT, LIP_WEIGHT = 3.0, 1.5


def begin_generator(canvas: TrainingCanvas, *, seed: int) -> Generator:
    """A generator that holds one artwork and knows nothing yet."""
    torch.manual_seed(seed)
    generator = Generator()
    artwork, plate = canvas.textures()
    generator.artwork.copy_(artwork)
    generator.plate.copy_(plate)
    return generator


def fit_prior(
    generator: Generator, pairs: Pairs, *, steps: int, report: Callable[[float], None]
) -> None:
    """Fit code, flow components and the network between, in place.

    Args:
        generator: receives `code_mean`, `code_basis` and its `prior`.
        pairs: what the puppet drew.
        steps: of the network between.
        report: called with the share done, 0 to 1.
    """
    landmarks = torch.from_numpy(np.array(pairs.landmarks[:SAMPLE])).flatten(1)
    flow = _coarse_flow(pairs, len(landmarks))
    _fit_code(generator, landmarks)
    coefficients, spread = _fit_components(generator.prior, flow)
    with torch.no_grad():
        code = generator.encode(landmarks)
        _fit_linear(generator.prior, code, coefficients)
    examples = Examples(code, coefficients, spread / spread[0])
    _train(generator.prior, examples, steps=steps, report=report)


def _coarse_flow(pairs: Pairs, count: int) -> Tensor:
    parts = [
        F.avg_pool2d(torch.from_numpy(np.array(pairs.flow[i : i + 500], np.float32)), 2).flatten(1)
        for i in range(0, count, 500)
    ]
    return torch.cat(parts)[:count]


def _fit_code(generator: Generator, landmarks: Tensor) -> None:
    """Half-whitened principal components: the first has unit spread, small ones are raised."""
    weight = torch.ones(LANDMARKS, 3)
    weight[[n for eye in EYES for n in (*eye.upper, *eye.lower)]] = EYE_WEIGHT
    weight[468:] = EYE_WEIGHT
    weight[list(LIPS)] = LIP_WEIGHT
    weight = weight.flatten()
    mean = landmarks.mean(0)
    centred = ((landmarks - mean) * weight).double()
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(centred))
    spread = values.flip(0)[: spec.CODE].clamp_min(1e-12).sqrt()
    basis = vectors.flip(1)[:, : spec.CODE] / (spread * spread[0]).sqrt()
    generator.code_mean.copy_(mean)
    generator.code_basis.copy_(weight[:, None] * basis.float())


def _fit_components(prior: PriorFlow, flow: Tensor) -> tuple[Tensor, Tensor]:
    """Principal components of flow; returns coefficients of unit variance, and their spread."""
    torch.manual_seed(0)
    mean = flow.mean(0)
    wanted = min(spec.FLOW_COMPONENTS, len(flow) - 1)
    _, _, vectors = torch.svd_lowrank(flow - mean, min(wanted + 16, len(flow)), niter=3)
    vectors = F.pad(vectors[:, :wanted], (0, spec.FLOW_COMPONENTS - wanted))
    coefficients = (flow - mean) @ vectors
    spread = coefficients.std(0)
    prior.flow_mean.copy_(mean)
    prior.flow_basis.copy_((vectors * spread).T)
    return coefficients / spread.clamp_min(1e-9), spread


def _fit_linear(prior: PriorFlow, code: Tensor, coefficients: Tensor) -> None:
    """The linear part in closed form; the layers begin at nothing."""
    design = torch.cat([code, torch.ones(len(code), 1)], 1)
    gram = design.T @ design / len(design) + 1e-4 * torch.eye(design.shape[1])
    solution = torch.linalg.solve(gram, design.T @ coefficients / len(design))
    prior.linear.weight.copy_(solution[:-1].T)
    prior.linear.bias.copy_(solution[-1])
    last = prior.layers[-1]
    assert isinstance(last, torch.nn.Linear)
    last.weight.zero_()
    last.bias.zero_()


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """What the network between code and components learns from."""

    code: Tensor  # (N, CODE)
    coefficients: Tensor  # (N, FLOW_COMPONENTS), unit variance
    weight: Tensor  # (FLOW_COMPONENTS,) how much each moves the picture


def _train(
    prior: PriorFlow, examples: Examples, *, steps: int, report: Callable[[float], None]
) -> None:
    optimiser = torch.optim.AdamW(prior.parameters(), LEARNING_RATE, weight_decay=1e-3)
    for step in range(steps):
        share = (step + 1) / steps
        optimiser.param_groups[0]["lr"] = LEARNING_RATE * (1 - share) + 1e-5
        index = torch.randint(0, len(examples.code), (BATCH,))
        error = prior.coefficients(examples.code[index]) - examples.coefficients[index]
        loss = (error * examples.weight).abs().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        report(share)
