"""What the generator is asked to match, and how much each part of the picture counts."""

import torch
from torch import Tensor
from torch.nn import functional as F

from kiosk.face import MESH
from kiosk.model.discriminator import CROP
from kiosk.model.layers import upsample
from kiosk.model.spec import FINER, RESOLUTION

GROUND, HEAD, FEATURES = 0.4, 1.6, 8.0
LIGHT_WEIGHT = 2.0


def feature_mask(masks: Tensor) -> Tensor:
    """Mouth and eyes with a margin: (N, 1, RESOLUTION, RESOLUTION)."""
    return upsample(F.max_pool2d(masks[:, :2].amax(1, keepdim=True), 9, 1, 4), FINER)


def picture_weight(head: Tensor, features: Tensor) -> Tensor:
    """Weight of each pixel, mean 1 in every picture: (N, 1, RESOLUTION, RESOLUTION)."""
    weight = GROUND + HEAD * head + FEATURES * features
    return weight / weight.mean((1, 2, 3), keepdim=True)


def reconstruction(picture: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    """Weighted L1 of colours and of their gradients."""
    error = picture - wanted
    across = (weight[..., 1:] * error.diff(dim=-1).abs()).mean()
    down = (weight[..., 1:, :] * error.diff(dim=-2).abs()).mean()
    return 10 * (weight * error.abs()).mean() + 5 * (across + down)


def roughness(light: Tensor) -> Tensor:
    """How unsteady light is across the picture, L1: light is soft, paint may have edges."""
    return LIGHT_WEIGHT * (light.diff(dim=-1).abs().mean() + light.diff(dim=-2).abs().mean())


def cover_error(
    logit: Tensor, paint: Tensor, *, wanted: Tensor, seams: Tensor, weight: Tensor
) -> Tensor:
    """The cover must find the seams; the paint must be right inside it even before it shows."""
    inside = ((paint - wanted).abs() * seams).sum() / (3 * seams.sum() + 1)
    return 2 * F.binary_cross_entropy_with_logits(logit, seams, weight) + inside


def hinge(real: Tensor, fake: Tensor) -> Tensor:
    """The critic's loss (Lim & Ye, *Geometric GAN*, 2017)."""
    return F.relu(1 - real).mean() + F.relu(1 + fake).mean()


def feature_matching(real: list[Tensor], fake: list[Tensor]) -> Tensor:
    """L1 between the critic's features (Wang et al., pix2pixHD, 2018)."""
    terms = [(a.detach() - b).abs().mean() for a, b in zip(real, fake, strict=True)]
    return torch.stack(terms).mean()


def crop_faces(images: Tensor, landmarks: Tensor) -> Tensor:
    """The faces of (N, C, RESOLUTION, RESOLUTION): (N, C, CROP, CROP).

    Args:
        images: of N moments.
        landmarks: (N or 1, 478, 3) neutral, canvas coordinates.
    """
    face = landmarks[:, :MESH, :2]
    middles = (face.amin(1) + face.amax(1)) / 2
    corners = ((middles + 1) * RESOLUTION / 2).int() - CROP // 2
    places = corners.clamp(0, RESOLUTION - CROP).expand(len(images), 2).tolist()
    crops = [
        image[:, y : y + CROP, x : x + CROP] for image, (x, y) in zip(images, places, strict=True)
    ]
    return torch.stack(crops)
