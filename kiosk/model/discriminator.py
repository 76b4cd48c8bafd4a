"""The critic: is this crop of a face a true one of this person, for these landmarks?

A projection discriminator (Miyato & Koyama, *cGANs with Projection Discriminator*, 2018) with
spectral normalisation, conditioned on the generator's code and, as in Zakharov et al., 2019, on a
vector of each person.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kiosk.model import spec

CROP = spec.RESOLUTION // 2  # pixels of the face it looks at


class Discriminator(nn.Module):
    """Patch scores for a crop and its masks, plus one projection onto code and person."""

    def __init__(self) -> None:
        super().__init__()
        norm = nn.utils.parametrizations.spectral_norm
        width = spec.EMBEDDING // 4
        sizes = (3 + spec.MASKS, width, 2 * width, spec.EMBEDDING)
        self.convolutions = nn.ModuleList(
            norm(nn.Conv2d(source, target, 4, stride=2, padding=1))
            for source, target in pairwise(sizes)
        )
        self.score = norm(nn.Conv2d(spec.EMBEDDING, 1, 3, padding=1))
        self.project = norm(nn.Linear(spec.CODE, spec.EMBEDDING))

    def forward(
        self, crop: Tensor, masks: Tensor, code: Tensor, person: Tensor
    ) -> tuple[Tensor, list[Tensor]]:
        """Score (N, 1, h, w), and the features to match.

        Args:
            crop: (N, 3, CROP, CROP), -1 to 1.
            masks: (N, MASKS, CROP, CROP), 0 to 1.
            code: (N, CODE), from `Generator.encode`.
            person: (N or 1, EMBEDDING) what is held of each person.
        """
        x, features = torch.cat([crop, masks], 1), []
        for convolution in self.convolutions:
            x = F.leaky_relu(convolution(x), 0.2)
            features.append(x)
        projection = ((self.project(code) + person) * x.mean((2, 3))).sum(1)
        return self.score(x) + projection[:, None, None, None], features
