"""A portrait's networks before they learn: of moving faces what the base knows, and the artwork."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from kiosk.messages import Floats
from kiosk.model.checkpoint import Base, load_base
from kiosk.model.discriminator import Discriminator
from kiosk.model.generator import Generator
from kiosk.model.spec import EMBEDDING, FINER, RESOLUTION
from kiosk.puppet.figure import Figure
from kiosk.training.batch import Batch
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.code import fit_code
from kiosk.training.pairs import Pairs


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """What fine-tuning starts from."""

    generator: Generator
    critic: Discriminator
    person: Tensor  # (1, EMBEDDING) what the critic holds of the sitter


@torch.no_grad()
def begin_from_base(
    figure: Figure, further: Pairs | None = None, base: Base | None = None
) -> Beginning:
    """The base, having looked at the artwork as it hangs and at further pictures of the sitter.

    Args:
        figure: the artwork's.
        further: pairs of photographs.
        base: else the one that ships.
    """
    base = base or load_base()
    canvas = TrainingCanvas(figure)
    pictures, masks = canvas.picture, canvas.masks
    if further is not None:
        seen = Batch.take(further, np.arange(len(further)), pictures.device)
        pictures, masks = torch.cat([pictures, seen.picture]), torch.cat([masks, seen.masks])
    person = base.embedder(F.avg_pool2d(pictures, FINER)[None], masks[None])
    _hold(base.generator, figure)
    base.generator.become(base.embedder.adapt(person))
    return Beginning(base.generator, base.critic, person)


def begin_from_nothing(figure: Figure, landmarks: Floats, *, seed: int) -> Beginning:
    """Random weights: what the base is measured against.

    Args:
        figure: the artwork's.
        landmarks: (N, 478, 3) of many moments, which the code must tell apart.
        seed: of the weights.
    """
    torch.manual_seed(seed)
    generator = Generator()
    _hold(generator, figure)
    generator.code_basis.copy_(fit_code(landmarks - figure.landmarks))
    return Beginning(generator, Discriminator(), torch.zeros(1, EMBEDDING))


def _hold(generator: Generator, figure: Figure) -> None:
    textures = (np.ascontiguousarray(x.transpose(2, 0, 1)) for x in figure.textures(RESOLUTION))
    held = *textures, figure.slope, figure.landmarks
    generator.hold(*(torch.from_numpy(x) for x in held))
