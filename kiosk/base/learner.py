"""Generator, embedder and critic learning many people at once: one step of it.

After Zakharov et al., 2019, section 3: in each episode the embedder looks at K pictures of a
person, the generator answers another moment of theirs with what it says, and the critic, which
holds a vector of each person, judges. The embedder's vector is drawn to the critic's, so that
fine-tuning may begin a new person's from it.
"""

import copy
import zlib
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from kiosk.base.episodes import Episode
from kiosk.model.checkpoint import Base
from kiosk.model.discriminator import Discriminator
from kiosk.model.embedder import Embedder
from kiosk.model.generator import Generator, Painted, Sitter
from kiosk.model.precision import bfloat16_pays
from kiosk.model.spec import EMBEDDING
from kiosk.training.objective import Answer, Court, shortfall
from kiosk.training.run import Run, arrange, follow

Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class LearnSettings:
    """Everything that shapes a run; written beside the weights."""

    steps: int = 8000
    seed: int = 0
    batch: int = 4  # people in each process's episode
    learning_rate: float = 2e-3
    critic_learning_rate: float = 4e-4
    warm_up_steps: int = 100
    finish_from: float = 0.85  # share of the steps after which the rate falls, the critic judges
    adversarial_weight: float = 0.04
    matching_weight: float = 1.0
    likeness_weight: float = 0.1  # of the embedder's vector to the critic's
    average_decay: float = 0.999


class Portraitist(nn.Module):
    """Embedder and generator as one: pictures of people in, paint of another moment out."""

    def __init__(self, embedder: Embedder, generator: Generator) -> None:
        super().__init__()
        self.embedder, self.generator = embedder, generator

    def forward(self, episode: Episode) -> tuple[Painted, Tensor]:
        """As `Generator.paint`; and each person's vector."""
        vector = self.embedder(episode.shown, episode.shown_masks)
        sitter = Sitter(episode.canvas.landmarks.flatten(1), self.embedder.adapt(vector))
        batch = episode.batch
        return self.generator.paint(batch.landmarks, batch.given, sitter), vector


class Judge(nn.Module):
    """The critic, and what it holds of each person."""

    def __init__(self, critic: Discriminator, people: int) -> None:
        super().__init__()
        self.critic = critic
        self.people = nn.Embedding(people, EMBEDDING)
        nn.init.normal_(self.people.weight, 0, 0.05)

    def forward(self, court: Court, who: Tensor) -> Tensor:
        """Its own loss; see `Court.train`."""
        return court.train(self.critic, self.people(who))


class Learning(Run):
    """One run of the base.

    Args:
        base: what learns.
        people: whom it learns, by name.
        settings: of the run.
        device: where.
        parallel: several processes learn together.
    """

    def __init__(
        self,
        base: Base,
        people: list[str],
        settings: LearnSettings,
        *,
        device: torch.device,
        parallel: bool = False,
    ) -> None:
        self.settings, self.device = settings, device
        torch.manual_seed(settings.seed)
        self._portraitist = Portraitist(base.embedder, base.generator).to(device)
        arrange(self._portraitist, torch.channels_last)
        self._average = copy.deepcopy(self._portraitist)
        self._judge = Judge(base.critic, len(people)).to(device)
        self._shared, self._shared_judge = self._portraitist, self._judge
        if parallel:
            self._shared = _share(self._portraitist, device)
            self._shared_judge = _share(self._judge, device)
        self.low_precision = bfloat16_pays(device)
        self._optimiser = torch.optim.AdamW(
            self._portraitist.parameters(),
            settings.learning_rate,
            betas=(0.9, 0.99),
            weight_decay=1e-4,
        )
        self._critic_optimiser = torch.optim.Adam(
            self._judge.parameters(), settings.critic_learning_rate, (0.5, 0.99)
        )
        super().__init__(
            {
                "portraitist": self._portraitist,
                "average": self._average,
                "judge": self._judge,
                "optimiser": self._optimiser,
                "critic_optimiser": self._critic_optimiser,
            },
            settings.seed,
            about={"people": f"{len(people)}, {zlib.crc32(chr(10).join(people).encode()):08x}"},
        )

    @property
    def share(self) -> float:
        """Of the steps, 0 to 1."""
        return min(self.step / self.settings.steps, 1.0)

    def learn(self, episode: Episode) -> dict[str, float]:
        """One step; returns the errors, by name.

        Raises:
            TrainingError: an error is no number.
        """
        settings = self.settings
        self.set_rate(self._optimiser, settings, self.share)
        answer, vector = self._answer(self._shared, episode)
        loss, picture = shortfall(answer, episode.batch, episode.canvas)
        errors = {"picture": picture.item(), "all": loss.item()}
        if self.share >= settings.finish_from:
            court = Court(answer, episode.batch, episode.canvas, self._portraitist.generator)
            own = self._shared_judge(court, episode.who)
            self.descend(self._critic_optimiser, own)
            person = self._judge.people(episode.who).detach()
            verdict, matching = court.judge(self._judge.critic, person)
            likeness = F.l1_loss(vector, person)
            loss = loss + settings.matching_weight * matching
            loss = loss - settings.adversarial_weight * verdict
            loss = loss + settings.likeness_weight * likeness
            errors |= {"critic": own.item(), "features": matching.item()}
            errors |= {"verdict": verdict.item(), "likeness": likeness.item()}
        self.descend(self._optimiser, loss)
        follow(self._average, self._portraitist, step=self.step, decay=settings.average_decay)
        self.step += 1
        return errors

    @torch.no_grad()
    def answer(self, episode: Episode) -> Tensor:
        """The average's pictures of an episode: (N, 3, RESOLUTION, RESOLUTION)."""
        return self._answer(self._average, episode)[0].picture

    def base(self) -> Base:
        """What has been learnt so far, on the CPU."""
        average = arrange(copy.deepcopy(self._average).cpu(), torch.contiguous_format)
        critic = copy.deepcopy(self._judge.critic).cpu()
        return Base(average.generator, average.embedder, critic)

    def _answer(self, portraitist: nn.Module, episode: Episode) -> tuple[Answer, Tensor]:
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.low_precision):
            painted, vector = portraitist(episode)
        return Answer.compose(painted, episode.canvas, episode.batch), vector.float()


def _share(network: Network, device: torch.device) -> Network:
    """One network in several processes, which average their gradients.

    Spectral normalisation changes its buffers while it computes: they are each process's own.
    """
    places = [device] if device.type == "cuda" else None
    return DistributedDataParallel(network, places, broadcast_buffers=False)  # type: ignore[return-value]
