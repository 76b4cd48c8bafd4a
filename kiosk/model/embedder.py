"""Pictures of a person to a vector, and the vector to the generator's adaptive parameters.

After Zakharov et al., 2019: each picture is seen with its landmarks, here the masks of mouth, eyes
and irises; the vectors of several pictures are averaged; a linear map makes of the mean the scale
and shift of every modulated convolution (there AdaIN's, here FiLM's: features are not normalised
first, since they carry the picture's own brightness).
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kiosk.model import spec


class Embedder(nn.Module):
    """Strided convolutions, summed over the picture, and two linear maps."""

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        sizes = (3 + spec.MASKS, width, 2 * width, 4 * width, 4 * width, spec.EMBEDDING)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(source, target, 4, stride=2, padding=1) for source, target in pairwise(sizes)
        )
        self.describe = nn.Linear(spec.EMBEDDING, spec.EMBEDDING)
        self.project = nn.Linear(spec.EMBEDDING, spec.ADAPTIVE)
        nn.init.normal_(self.project.weight, 0, 0.01)
        nn.init.zeros_(self.project.bias)

    def forward(self, pictures: Tensor, masks: Tensor) -> Tensor:
        """The person's vector: (N, EMBEDDING).

        Args:
            pictures: (N, K, 3, WORKING, WORKING), 0 to 1: K of each of N people.
            masks: (N, K, MASKS, WORKING, WORKING), 0 to 1.
        """
        x = torch.cat([pictures * 2 - 1, masks], 2).flatten(0, 1)
        for convolution in self.convolutions:
            x = F.leaky_relu(convolution(x), 0.1)
        vectors: Tensor = self.describe(x.mean((2, 3)))
        return vectors.unflatten(0, pictures.shape[:2]).mean(1)

    def adapt(self, vector: Tensor) -> Tensor:
        """A person's vector to adaptive parameters: (N, EMBEDDING) to (N, ADAPTIVE)."""
        adaptive: Tensor = self.project(vector)
        return adaptive
