"""Fine-tuning: a generator learns one artwork from its puppet's pairs.

Reads top to bottom: settings, one step of generator and critic, the loop. As in Zakharov et al.,
2019, it begins from the base and what the embedder says of the sitter, and trains all weights of
the generator and, where it learns adversarially, of the critic.
"""

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from kiosk.model.generator import Generator
from kiosk.model.precision import bfloat16_pays
from kiosk.training.ahead import read_ahead
from kiosk.training.batch import Batch
from kiosk.training.beginning import Beginning
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.effort import Effort
from kiosk.training.objective import Answer, Court, shortfall
from kiosk.training.pairs import Pairs
from kiosk.training.run import Run, arrange, follow, keep_memory

CHECKPOINT_SECONDS = 60.0
WATCH_SECONDS, WATCH_SHARE = 15.0, 0.03  # how often one may look on, and the most it may cost
REAL_SHARE = 0.5  # of each batch, where there are photographs


@dataclass(frozen=True, slots=True)
class FinetuneSettings:
    """Everything that shapes a run; written into the pack."""

    seconds: float = 720.0
    seed: int = 0
    batch: int = 4  # small: within minutes, more steps are worth more than calmer ones
    learning_rate: float = 2e-3
    critic_learning_rate: float = 4e-4
    warm_up_steps: int = 50
    finish_from: float = 0.7  # share of the time after which the rate falls and the critic judges
    critic: bool = False  # tried: worth .02 dB and two fifths of the last third of the time
    adversarial_weight: float = 0.04
    matching_weight: float = 1.0
    average_decay: float = 0.995


class Finetuning(Run):
    """One run: its networks, optimisers and the time it has spent."""

    def __init__(
        self, beginning: Beginning, canvas: TrainingCanvas, settings: FinetuneSettings
    ) -> None:
        self.settings = settings
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.generator = arrange(beginning.generator.to(self.device), torch.channels_last)
        self.average = copy.deepcopy(self.generator)
        self.critic = beginning.critic.to(self.device)
        self.person = nn.ParameterList([beginning.person.to(self.device)])
        self.canvas = canvas.to(self.device)
        self.low_precision = bfloat16_pays(self.device)
        rate, critic_rate = settings.learning_rate, settings.critic_learning_rate
        self._optimiser = torch.optim.AdamW(
            self.generator.parameters(), rate, betas=(0.9, 0.99), weight_decay=1e-4
        )
        judge = [*self.critic.parameters(), *self.person.parameters()]
        self._critic_optimiser = torch.optim.Adam(judge, critic_rate, (0.5, 0.99))
        super().__init__(
            {
                "generator": self.generator,
                "average": self.average,
                "critic": self.critic,
                "person": self.person,
                "optimiser": self._optimiser,
                "critic_optimiser": self._critic_optimiser,
            },
            settings.seed,
        )

    @property
    def share(self) -> float:
        """Of the time allowed, 0 to 1."""
        return min(self.elapsed / self.settings.seconds, 1.0)

    def learn(self, batch: Batch) -> float:
        """One step of generator and, in its time, critic; returns the picture's error.

        Raises:
            TrainingError: the error is no number.
        """
        settings = self.settings
        self.set_rate(self._optimiser, settings, self.share)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.low_precision):
            painted = self.generator.paint(batch.landmarks, batch.given)
        answer = Answer.compose(painted, self.canvas, batch)
        loss, picture = shortfall(answer, batch, self.canvas)
        if settings.critic and self.share >= settings.finish_from:
            court = Court(answer, batch, self.canvas, self.generator)
            self.descend(self._critic_optimiser, court.train(self.critic, self.person[0]))
            verdict, matching = court.judge(self.critic, self.person[0])
            loss = loss + settings.matching_weight * matching
            loss = loss - settings.adversarial_weight * verdict
        self.descend(self._optimiser, loss)
        follow(self.average, self.generator, step=self.step, decay=settings.average_decay)
        self.step += 1
        return picture.item()

    def learnt(self) -> Generator:
        """What is known by now: a copy of the averaged generator, on the CPU."""
        return arrange(copy.deepcopy(self.average).cpu(), torch.contiguous_format).eval()


def finetune(
    run: Finetuning,
    pairs: Pairs,
    *,
    checkpoint: Path,
    report: Callable[[float, float], None],
    real: Pairs | None = None,
    until: float = 1.0,
    watch: Callable[[Generator], None] | None = None,
) -> Generator:
    """Train until the time is spent, see `effort`; returns the averaged generator, on the CPU.

    Args:
        run: fresh; if `checkpoint` exists the run goes on from there.
        pairs: what the puppet drew.
        checkpoint: kept up to date about every minute.
        report: called with the share done and a smoothed reconstruction loss.
        real: pairs of photographs; mouth and lids are then learnt from them alone.
        until: this share of the run.
        watch: shown what is known by now, about four times a minute; its time is the run's.
    """
    keep_memory()
    if checkpoint.exists():
        run.restore(checkpoint)
    batches = _batches(run, pairs, real)
    effort = Effort(torch.get_num_threads() if run.device.type == "cpu" else None)
    saved = time.monotonic()
    loss, due = None, saved
    while run.share < until:
        value = run.learn(next(batches))
        run.elapsed += effort()
        now = time.monotonic()
        loss = value if loss is None else 0.98 * loss + 0.02 * value
        if watch is not None and now >= due:
            watch(run.learnt())
            due = _next_look(now, time.monotonic())
        report(run.share, loss)
        if now - saved > CHECKPOINT_SECONDS:
            run.save(checkpoint)
            saved = now
    run.save(checkpoint)
    return run.learnt()


def _next_look(began: float, ended: float) -> float:
    """When to look on again: later, where a look takes long."""
    return ended + max(WATCH_SECONDS, (ended - began) / WATCH_SHARE)


def _batches(run: Finetuning, pairs: Pairs, real: Pairs | None) -> Iterator[Batch]:
    """Random ones for ever; each depends on the run's seed and the step alone."""
    size = run.settings.batch
    others = 0 if real is None else max(1, round(REAL_SHARE * size))

    def draw(step: int) -> Batch:
        rng = np.random.default_rng((run.settings.seed, step))
        drawn = Batch.take(pairs, rng.choice(len(pairs), size - others, replace=False), run.device)
        if real is None:
            return drawn
        index = rng.choice(len(real), others, replace=len(real) < others)
        return Batch.join(drawn.without_drawn(), Batch.take(real, index, run.device))

    return read_ahead(draw, run.step)
