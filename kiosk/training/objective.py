"""What is asked of a generator and of its critic: the same for one artwork and for many.

After Zakharov et al., 2019: reconstruction, feature matching, and a hinge loss with a projection
discriminator conditioned on the landmarks and on the person.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from kiosk.model.discriminator import Discriminator
from kiosk.model.generator import Generator, Painted
from kiosk.model.layers import upsample
from kiosk.model.spec import FINER
from kiosk.training import losses
from kiosk.training.batch import Batch
from kiosk.training.canvas import TrainingCanvas


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a generator gave for a batch, and the pictures it makes."""

    paint: Tensor  # (N, 3, RESOLUTION, RESOLUTION)
    logit: Tensor  # (N, 1, RESOLUTION, RESOLUTION) of its cover
    light: Tensor  # (N, 1, RESOLUTION, RESOLUTION) change of log luminance
    picture: Tensor  # (N, 3, RESOLUTION, RESOLUTION)

    @classmethod
    def compose(cls, painted: Painted, canvas: TrainingCanvas, batch: Batch) -> "Answer":
        """What a batch would look like.

        A puppet's moment is lit as the rig knows: there the network's light is not asked for.
        """
        asked = painted._replace(light=painted.light * batch.photographed)
        return cls(*painted, lay_over(batch, asked, canvas.slope, canvas.window))


def lay_over(batch: Batch, painted: Painted, slope: Tensor, window: Tensor) -> Tensor:
    """Light the rig's pictures, but for its own paint, and lay the network's paint over them.

    Args:
        batch: the rig's pictures.
        painted: the network's answer.
        slope: (N or 1, 3, 1, 1) how an artwork's colours follow light.
        window: (1, 1, RESOLUTION, RESOLUTION) 0 at the border.

    Returns:
        (N, 3, RESOLUTION, RESOLUTION), 0 to 1, or a little more where it is bright.
    """
    lit = batch.below * torch.exp(painted.light * slope * (1 - batch.cover))
    return lit + torch.sigmoid(painted.logit) * window * (painted.paint - lit)


def shortfall(answer: Answer, batch: Batch, canvas: TrainingCanvas) -> tuple[Tensor, Tensor]:
    """How far an answer falls short of its batch: everything, and the picture's part of it.

    Nothing is asked for at the canvas's border, where no answer may change anything.

    Args:
        answer: the generator's.
        batch: what it should be.
        canvas: the artworks.
    """
    features = losses.feature_mask(batch.masks)
    weight = losses.picture_weight(canvas.head, features) * batch.counts * canvas.window
    picture = losses.reconstruction(answer.picture, batch.picture, weight)
    # over the rig's paint the network is free, unless it is asked for its own
    bare = weight * torch.maximum(1 - batch.cover, batch.seams)
    cover = losses.cover_error(
        answer.logit,
        answer.paint,
        wanted=batch.picture,
        seams=batch.seams * batch.counts,
        weight=bare,
    )
    return picture + cover + losses.roughness(answer.light), picture


class Court:
    """The critic at work on one batch: crops of the faces, with what it knows of each.

    Where a true picture does not count (another ground, another dress) both show the same. Besides
    the batch's frames the artworks themselves, as they hang, are true: their grain, their brush.

    Args:
        answer: the generator's.
        batch: the true frames.
        canvas: the artworks.
        generator: whose code the critic is given.
    """

    def __init__(
        self, answer: Answer, batch: Batch, canvas: TrainingCanvas, generator: Generator
    ) -> None:
        def crop(images: Tensor, masks: Tensor) -> tuple[Tensor, Tensor]:
            both = torch.cat([images * 2 - 1, upsample(masks, FINER)], 1)
            faces = losses.crop_faces(both, canvas.landmarks)
            return faces[:, :3], faces[:, 3:]

        shown = batch.picture + (answer.picture - batch.picture) * batch.counts
        self._fake, _ = crop(shown, batch.masks)
        self._real, self._masks = crop(batch.picture, batch.masks)
        self._rest, self._rest_masks = crop(canvas.picture, canvas.masks)
        with torch.no_grad():
            self._code = generator.encode(batch.landmarks, canvas.landmarks.flatten(1))

    def train(self, critic: torch.nn.Module, person: Tensor) -> Tensor:
        """The critic's own loss.

        Args:
            critic: a `Discriminator`.
            person: (N or 1, EMBEDDING).
        """
        count = len(self._rest)
        people = person.expand(len(self._real), -1)
        crops = torch.cat([self._real, self._fake.detach(), self._rest])
        masks = torch.cat([self._masks, self._masks, self._rest_masks])
        codes = torch.cat([self._code, self._code, torch.zeros_like(self._code[:count])])
        scores, _ = critic(crops, masks, codes, torch.cat([people, people, people[:count]]))
        real, fake, rest = scores.split([len(people), len(people), count])
        return losses.hinge(torch.cat([real, rest]), fake)

    def judge(self, critic: Discriminator, person: Tensor) -> tuple[Tensor, Tensor]:
        """What the critic says of the generator's pictures: its verdict, and how features differ.

        The critic itself learns nothing from it.
        """
        critic.requires_grad_(False)
        _, wanted = critic(self._real, self._masks, self._code, person.detach())
        verdict, features = critic(self._fake, self._masks, self._code, person.detach())
        critic.requires_grad_(True)
        return verdict.mean(), losses.feature_matching(wanted, features)
