"""The code: along which directions landmarks move, and what of a motion must be told apart."""

import torch
from torch import Tensor

from kiosk.face import EYES, LANDMARKS, LIPS
from kiosk.messages import Floats
from kiosk.model import spec

# how much more a small motion of these parts should count
EYE_WEIGHT, LIP_WEIGHT = 3.0, 1.5


def fit_code(shifts: Floats) -> Tensor:
    """Half-whitened principal components: the first has unit spread, small ones are raised.

    Args:
        shifts: (N, 478, 3) how landmarks differ from those at rest, of many moments.

    Returns:
        (478 * 3, CODE), for `Generator.code_basis`.
    """
    weight = torch.ones(LANDMARKS, 3)
    weight[[n for eye in EYES for n in (*eye.upper, *eye.lower)]] = EYE_WEIGHT
    weight[468:] = EYE_WEIGHT
    weight[list(LIPS)] = LIP_WEIGHT
    weight = weight.flatten()
    moved = torch.from_numpy(shifts).flatten(1)
    centred = ((moved - moved.mean(0)) * weight).double()
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(centred))
    spread = values.flip(0)[: spec.CODE].clamp_min(1e-12).sqrt()
    basis = vectors.flip(1)[:, : spec.CODE] / (spread * spread[0]).sqrt()
    return weight[:, None] * basis.float()
