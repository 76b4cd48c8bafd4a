"""A portrait's network before it learns: the artwork, the code of its landmarks, the base."""

import numpy as np
import torch
from torch import Tensor

from kiosk.face import EYES, LANDMARKS, LIPS
from kiosk.messages import Floats
from kiosk.model import spec
from kiosk.model.checkpoint import begin_from_base
from kiosk.model.generator import Generator
from kiosk.training.canvas import TrainingCanvas

# how much more a small motion of these parts should count in the code
EYE_WEIGHT, LIP_WEIGHT = 3.0, 1.5


def begin_generator(canvas: TrainingCanvas, landmarks: Floats, *, seed: int) -> Generator:
    """A generator that holds one artwork, and of moving faces what the base knows.

    Args:
        canvas: the artwork's.
        landmarks: (N, 478, 3) of many moments, canvas coordinates: what the code must tell apart.
        seed: of the weights that the base does not hold.
    """
    torch.manual_seed(seed)
    generator = Generator()
    begin_from_base(generator)
    artwork, plate = canvas.textures()
    generator.artwork.copy_(artwork)
    generator.plate.copy_(plate)
    _fit_code(generator, torch.from_numpy(np.array(landmarks)).flatten(1))
    return generator


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
