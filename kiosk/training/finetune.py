"""Fine-tuning: a generator learns one artwork from its puppet's pairs, adversarially.

Reads top to bottom: settings, a batch, one step of the generator, one of the critic, the loop. The
method is that of Zakharov et al., 2019: reconstruction, feature matching and a hinge loss with a
projection discriminator conditioned on the landmarks.
"""

import copy
import ctypes
import logging
import math
import pickle
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from kiosk.messages import Floats
from kiosk.model.discriminator import Discriminator
from kiosk.model.generator import Generator
from kiosk.model.layers import upsample
from kiosk.model.precision import bfloat16_pays
from kiosk.model.spec import FINER, RESOLUTION, draw_masks
from kiosk.rig.landmarks import face_middle
from kiosk.training import losses
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.pairs import Pairs

logger = logging.getLogger(__name__)

CHECKPOINT_SECONDS = 60.0
REAL_SHARE = 0.5  # of each batch, where there are photographs
Network = TypeVar("Network", bound=nn.Module)
# what reading a file cut short, or of another version, may raise
_DAMAGED = (
    OSError,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
    RuntimeError,
    pickle.UnpicklingError,
)


@dataclass(frozen=True, slots=True)
class FinetuneSettings:
    """Everything that shapes a run; written into the pack."""

    seconds: float = 720.0
    seed: int = 0
    batch: int = 4  # small: within minutes, more steps are worth more than calmer ones
    learning_rate: float = 2e-3
    critic_learning_rate: float = 4e-4
    warm_up_steps: int = 50
    critic_from: float = 0.7  # share of the time after which the critic judges
    adversarial_weight: float = 0.04
    matching_weight: float = 1.0
    average_decay: float = 0.995


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some pairs as tensors."""

    landmarks: Tensor  # (N, 478, 3)
    flow: Tensor  # (N, 2, RESOLUTION, RESOLUTION)
    light: Tensor  # (N, 1, RESOLUTION, RESOLUTION)
    masks: Tensor  # (N, MASKS, WORKING, WORKING), 0 to 1
    drawn: Tensor  # (N, 4, RESOLUTION, RESOLUTION), 0 to 1: the rig's paint and its cover
    picture: Tensor  # (N, 3, RESOLUTION, RESOLUTION), 0 to 1
    seams: Tensor  # (N, 1, RESOLUTION, RESOLUTION), 0 to 1
    counts: Tensor  # (N, 1, RESOLUTION, RESOLUTION), 0 to 1: where the picture is to be met

    @classmethod
    def take(cls, pairs: Pairs, index: NDArray[np.intp], device: torch.device) -> "Batch":
        """Read and convert the pairs with these numbers."""
        index = np.sort(index)

        def real(column: NDArray[np.float16]) -> Tensor:
            return torch.from_numpy(np.array(column[index], np.float32)).to(device)

        def unit(column: NDArray[np.uint8]) -> Tensor:
            return torch.from_numpy(np.array(column[index], np.float32)).to(device) / 255

        landmarks = np.array(pairs.landmarks[index])
        masks = np.stack([draw_masks(face) for face in landmarks])
        return cls(
            landmarks=torch.from_numpy(landmarks).to(device),
            masks=torch.from_numpy(masks).to(device).float() / 255,
            drawn=unit(pairs.drawn).permute(0, 3, 1, 2).contiguous(),
            picture=unit(pairs.frame).permute(0, 3, 1, 2).contiguous(),
            flow=real(pairs.flow),
            light=real(pairs.light),
            seams=unit(pairs.seams)[:, None],
            counts=unit(pairs.counts)[:, None],
        )

    def beside(self, other: "Batch") -> "Batch":
        """Both batches as one."""
        both = ((getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
        return Batch(*(torch.cat(pair) for pair in both))

    def without_drawn(self) -> "Batch":
        """The same, but that what the rig has painted counts no more."""
        return replace(self, counts=self.counts * (1 - self.drawn[:, 3:]))


class Finetuning:
    """One run: its networks, optimisers and the time it has spent."""

    def __init__(
        self, generator: Generator, canvas: TrainingCanvas, settings: FinetuneSettings
    ) -> None:
        self.settings = settings
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(settings.seed)
        self.generator = _arrange(generator.to(self.device), torch.channels_last)
        self.average = copy.deepcopy(self.generator)
        self.critic = Discriminator().to(self.device)
        self.canvas = canvas.to(self.device)
        self.head = losses.head_mask(canvas.landmarks, canvas.matte())
        self.centre = face_centre(canvas.landmarks)
        rate, critic_rate = settings.learning_rate, settings.critic_learning_rate
        self.optimiser = torch.optim.AdamW(
            self.generator.parameters(), rate, betas=(0.9, 0.99), weight_decay=1e-4
        )
        self.critic_optimiser = torch.optim.Adam(self.critic.parameters(), critic_rate, (0.5, 0.99))
        self.elapsed, self.step = 0.0, 0
        self.low_precision = bfloat16_pays(self.device)

    @property
    def share(self) -> float:
        """Of the time allowed, 0 to 1."""
        return min(self.elapsed / self.settings.seconds, 1.0)

    def learn(self, batch: Batch) -> float:
        """One step of generator and, in its time, critic; returns the reconstruction loss."""
        self._schedule()
        judged = self.share >= self.settings.critic_from
        kind = self.device.type
        with torch.autocast(kind, torch.bfloat16, enabled=self.low_precision):
            flow, paint, logit = self.generator(batch.landmarks, batch.flow, batch.masks)
        cover = torch.sigmoid(logit) * self.generator.window
        picture = self.canvas.compose(flow, batch.light, paint, cover, drawn=batch.drawn)
        features = losses.feature_mask(batch.masks)
        weight = losses.picture_weight(self.head, features) * batch.counts
        reconstruction = losses.reconstruction(picture, batch.picture, weight)
        bare = weight * (1 - batch.drawn[:, 3:])  # over the rig's paint the network is free
        loss = reconstruction + losses.cover_error(
            logit, paint, wanted=batch.picture, seams=batch.seams * batch.counts, weight=bare
        )
        loss = loss + losses.flow_error(flow, batch.flow)
        if judged:
            loss = loss + self._judge(picture, batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.generator.parameters(), 1.0)
        self.optimiser.step()
        self._average()
        self.step += 1
        return reconstruction.item()

    def _schedule(self) -> None:
        """Warm up, then a half cosine over the time allowed."""
        warm = min(1.0, (self.step + 1) / self.settings.warm_up_steps)
        fall = 0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * self.share))
        self.optimiser.param_groups[0]["lr"] = self.settings.learning_rate * warm * fall

    def _judge(self, picture: Tensor, batch: Batch) -> Tensor:
        """Train the critic on this batch; what it says of the generator's picture."""
        masks = losses.crop_face(upsample(batch.masks, FINER), self.centre)
        code = self.generator.encode(batch.landmarks)
        real = losses.crop_face(batch.picture, self.centre) * 2 - 1
        fake = losses.crop_face(picture, self.centre) * 2 - 1
        score, _ = self.critic(real, masks, code)
        fake_score, _ = self.critic(fake.detach(), masks, code)
        self.critic_optimiser.zero_grad(set_to_none=True)
        losses.hinge(score, fake_score).backward()
        self.critic_optimiser.step()
        _, wanted = self.critic(real, masks, code)
        verdict, features = self.critic(fake, masks, code)
        matching = losses.feature_matching(wanted, features)
        settings = self.settings
        return settings.matching_weight * matching - settings.adversarial_weight * verdict.mean()

    @torch.no_grad()
    def _average(self) -> None:
        """Moving average of the weights: what is shipped in the end."""
        decay = min(self.settings.average_decay, (self.step + 1) / (self.step + 20))
        pairs = self.average.parameters(), self.generator.parameters()
        for mean, value in zip(*pairs, strict=True):
            mean.lerp_(value, 1 - decay)

    def save(self, path: Path) -> None:
        """Keep the run so that it can go on exactly here; replaces the file in one move."""
        partial = path.with_suffix(".partial")
        torch.save(self._state(), partial)
        partial.replace(path)

    def restore(self, path: Path) -> None:
        """Go on from what `save` kept; a damaged file is told and leaves the run as it was."""
        fresh = copy.deepcopy(self._state())
        try:
            self._take_state(torch.load(path, map_location=self.device, weights_only=True))
        except _DAMAGED as error:
            reason = type(error).__name__
            logger.warning("%s: cannot be read (%s); learning begins anew", path.name, reason)
            self._take_state(fresh)

    def _state(self) -> dict[str, Any]:
        state = {name: getattr(self, name).state_dict() for name in self._parts()}
        return state | {"elapsed": self.elapsed, "step": self.step, "random": torch.get_rng_state()}

    def _take_state(self, state: dict[str, Any]) -> None:
        for name in self._parts():
            getattr(self, name).load_state_dict(state[name])
        self.elapsed, self.step = state["elapsed"], state["step"]
        torch.set_rng_state(state["random"].cpu())

    def _parts(self) -> tuple[str, ...]:
        return ("generator", "average", "critic", "optimiser", "critic_optimiser")


def finetune(
    run: Finetuning,
    pairs: Pairs,
    *,
    checkpoint: Path,
    report: Callable[[float, float], None],
    real: Pairs | None = None,
) -> Generator:
    """Train until the time is spent; returns the averaged generator, on the CPU.

    Args:
        run: fresh; if `checkpoint` exists the run goes on from there.
        pairs: what the puppet drew.
        checkpoint: kept up to date about every minute.
        report: called with the share done and a smoothed reconstruction loss.
        real: pairs of photographs; mouth and lids are then learnt from them alone.
    """
    _keep_memory()
    if checkpoint.exists():
        run.restore(checkpoint)
    batches = _read_ahead(run, pairs, real)
    saved = begun = time.monotonic()
    loss = None
    while run.share < 1:
        value = run.learn(next(batches))
        now = time.monotonic()
        run.elapsed, begun = run.elapsed + now - begun, now
        loss = value if loss is None else 0.98 * loss + 0.02 * value
        report(run.share, loss)
        if now - saved > CHECKPOINT_SECONDS:
            run.save(checkpoint)
            saved = now
    run.save(checkpoint)
    return _arrange(run.average.cpu(), torch.contiguous_format).eval()


def _read_ahead(run: Finetuning, pairs: Pairs, real: Pairs | None) -> Iterator[Batch]:
    """Random batches for ever, the next one read while one is learnt from."""
    rng = np.random.default_rng((run.settings.seed, run.step))
    size = run.settings.batch
    others = 0 if real is None else max(1, round(REAL_SHARE * size))

    def draw() -> Batch:
        drawn = Batch.take(pairs, rng.choice(len(pairs), size - others, replace=False), run.device)
        if real is None:
            return drawn
        index = rng.choice(len(real), others, replace=len(real) < others)
        return drawn.without_drawn().beside(Batch.take(real, index, run.device))

    with ThreadPoolExecutor(1) as reader:

        def read() -> Future[Batch]:
            return reader.submit(draw)

        ahead = read()
        while True:
            batch, ahead = ahead.result(), read()
            yield batch


def _keep_memory() -> None:
    """Ask the C library to keep freed memory: to fault it in again costs a tenth of each step."""
    trim, mmap = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of glibc's malloc.h
    with suppress(OSError, AttributeError):  # another C library has no such knobs
        library = ctypes.CDLL("libc.so.6")
        library.mallopt(mmap, 1 << 25)  # the most it takes
        library.mallopt(trim, (1 << 31) - 1)


def face_centre(landmarks: Floats) -> tuple[int, int]:
    """Pixel (x, y) of the face's middle at the generator's resolution."""
    x, y = ((face_middle(landmarks) + 1) * RESOLUTION / 2).astype(int)
    return int(x), int(y)


def _arrange(network: Network, order: torch.memory_format) -> Network:
    """Lay a network's weights out in another order, in place."""
    return network.to(memory_format=order)  # type: ignore[call-overload]  # torch's stubs lack it
