"""The prior flow and the landmark code of one artwork, fitted to its pairs.

Both are principal components; between them stands a small network, trained in under a minute.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from kiosk.face import EYES, LANDMARKS, LIPS, RIGID
from kiosk.messages import Floats
from kiosk.model import spec
from kiosk.model.checkpoint import begin_from_base
from kiosk.model.generator import Generator, PriorFlow
from kiosk.model.layers import canvas_grid, look_up, unfoveate
from kiosk.motion.rig import face_middle
from kiosk.training import losses
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.pairs import Pairs

SAMPLE = 6000  # moments that the components are computed from
BATCH = 256
MOST_STEPS = 8000  # after these the error falls no further
LEARNING_RATE = 4e-3
# how much more a small motion of these parts should count in the code
EYE_WEIGHT, LIP_WEIGHT = 3.0, 1.5


def begin_generator(canvas: TrainingCanvas, *, seed: int) -> Generator:
    """A generator that holds one artwork, and of moving faces what the base knows."""
    torch.manual_seed(seed)
    generator = Generator()
    begin_from_base(generator)
    artwork, plate = canvas.textures()
    generator.artwork.copy_(artwork)
    generator.plate.copy_(plate)
    return generator


def fit_prior(
    generator: Generator,
    pairs: Pairs,
    canvas: TrainingCanvas,
    *,
    steps: int,
    report: Callable[[float], None],
) -> None:
    """Fit code, flow components and the network between, in place.

    Args:
        generator: receives `code_mean`, `code_basis` and its `prior`.
        pairs: what the puppet drew.
        canvas: of the same artwork.
        steps: of the network between.
        report: called with the share done, 0 to 1.
    """
    generator.prior.centre.copy_(torch.from_numpy(face_middle(canvas.landmarks)))
    generator.prior.anchor.copy_(torch.from_numpy(anchor(canvas.landmarks)))
    landmarks = torch.from_numpy(np.array(pairs.landmarks[:SAMPLE]))
    grid = unfoveate(canvas_grid(spec.PRIOR), generator.prior.centre)
    flow = _flow_of_head(pairs, generator.prior.frame(landmarks), grid)
    _fit_code(generator, landmarks.flatten(1))
    weight = losses.flow_weight(canvas.landmarks, canvas.matte())
    weight = look_up(weight, grid).expand(-1, 2, -1, -1).flatten()
    coefficients, spread = _fit_components(generator.prior, flow, weight)
    with torch.no_grad():
        code = generator.encode(landmarks)
        _fit_linear(generator.prior, code, coefficients)
    examples = Examples(code, coefficients, spread / spread[0])
    _train(generator.prior, examples, steps=steps, report=report)


def anchor(still: Floats) -> NDArray[np.float32]:
    """What finds, of landmarks, the affine map that carried the head's rigid part: (3, 478).

    Args:
        still: (478, 3) neutral landmarks, canvas coordinates.

    Returns:
        the weighted least squares' pseudo-inverse: times (478, 2) landmarks it gives (3, 2).
    """
    rigid = list(RIGID)
    root = np.sqrt(np.array(list(RIGID.values())))[:, None]
    design = np.hstack([still[rigid, :2], np.ones((len(rigid), 1))]).astype(np.float64)
    found = np.zeros((3, LANDMARKS), np.float32)
    found[:, rigid] = np.linalg.pinv(design * root) * root.T
    return found


def _flow_of_head(pairs: Pairs, frames: Tensor, grid: Tensor) -> Tensor:
    """The pairs' flow at places of the head's frame: (N, 2 * PRIOR * PRIOR)."""
    parts = []
    for i in range(0, len(frames), 500):
        frame = frames[i : i + 500]
        flow = torch.from_numpy(np.array(pairs.flow[i : i + len(frame)], np.float32))
        places = grid @ frame[:, None, :2] + frame[:, None, None, 2]
        parts.append(look_up(flow, places).flatten(1))
    return torch.cat(parts)


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


def _fit_components(prior: PriorFlow, flow: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Principal components of weighted flow; returns coefficients of unit variance, and spread."""
    torch.manual_seed(0)
    mean = flow.mean(0)
    centred = (flow - mean) * weight
    wanted = min(spec.FLOW_COMPONENTS, len(flow) - 1)
    _, _, vectors = torch.svd_lowrank(centred, min(wanted + 16, len(flow)), niter=3)
    vectors = F.pad(vectors[:, :wanted], (0, spec.FLOW_COMPONENTS - wanted))
    coefficients = centred @ vectors
    spread = coefficients.std(0)
    prior.flow_mean.copy_(mean)
    prior.flow_basis.copy_((vectors * spread).T / weight)
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
