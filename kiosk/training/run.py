"""A run: networks and optimisers that learn together, kept on disk, gone on with exactly."""

import copy
import ctypes
import logging
import math
import pickle
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor, nn

from kiosk.errors import TrainingError
from kiosk.model.spec import NETWORK

logger = logging.getLogger(__name__)

LARGEST_STEP = 1.0  # norm of a generator's gradient
Network = TypeVar("Network", bound=nn.Module)
# what reading a file cut short, or of another version, may raise
_DAMAGED = (
    OSError,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
    RuntimeError,
    AttributeError,
    pickle.UnpicklingError,
)


class Schedule(Protocol):
    """What a run's settings say of its learning rate."""

    @property
    def learning_rate(self) -> float:
        """At its height."""

    @property
    def warm_up_steps(self) -> int:
        """While it rises."""

    @property
    def finish_from(self) -> float:
        """The share of the run after which it falls."""


class Run:
    """What every run shares.

    Args:
        parts: all that learns or remembers, by name; each has `state_dict` and `load_state_dict`.
        seed: of what torch draws.
        about: what a checkpoint must be of, besides the network, for this run to go on from it.
    """

    def __init__(
        self, parts: dict[str, Any], seed: int, about: dict[str, str] | None = None
    ) -> None:
        torch.manual_seed(seed)
        self._parts = parts
        self._about = {"network": NETWORK} | (about or {})
        self.elapsed, self.step = 0.0, 0
        self.kept = "nothing was kept yet"

    def save(self, path: Path) -> None:
        """Keep the run so that it can go on exactly here; replaces the file in one move.

        Raises:
            TrainingError: it cannot be written; what was kept before stays.
        """
        partial = path.with_suffix(".partial")
        try:
            torch.save(self.state(), partial)
            partial.replace(path)
        except (OSError, RuntimeError) as error:
            partial.unlink(missing_ok=True)
            raise TrainingError(
                f"{path}: cannot be written ({_reason(error)}); make room there and start again: "
                f"{self.kept}"
            ) from error
        self.kept = f"learning goes on from {path}, step {self.step}"

    def restore(self, path: Path) -> None:
        """Go on from what `save` kept; a damaged file is told and leaves the run as it was.

        Raises:
            TrainingError: it is of another network, or of other people.
        """
        fresh = copy.deepcopy(self.state())
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
            self._check(path, state)
            self._take_state(state)
        except _DAMAGED as error:
            logger.warning("%s: cannot be read (%s); learning begins anew", path.name, _kind(error))
            self._take_state(fresh)
            return
        self.kept = f"learning goes on from {path}, step {self.step}"

    def state(self) -> dict[str, Any]:
        """Everything there is to keep."""
        states = {name: part.state_dict() for name, part in self._parts.items()}
        rest = {"elapsed": self.elapsed, "step": self.step, "random": torch.get_rng_state()}
        return {**self._about, **states, **rest}

    def descend(self, optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
        """One step of an optimiser's parameters, down the gradient.

        Raises:
            TrainingError: the loss or its gradient is no number; the weights are left as they were.
        """
        self._demand_number("error", loss.item())  # before: torch's grid_sample crashes on NaN
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        weights = [weight for group in optimiser.param_groups for weight in group["params"]]
        norm = nn.utils.clip_grad_norm_(weights, LARGEST_STEP)
        self._demand_number("error's slope", norm.item())
        optimiser.step()

    def set_rate(self, optimiser: torch.optim.Optimizer, schedule: Schedule, share: float) -> None:
        """Give an optimiser the learning rate of this step, at this share of the run."""
        rate = rate_at(
            share,
            step=self.step,
            warm_up=schedule.warm_up_steps,
            finish_from=schedule.finish_from,
        )
        optimiser.param_groups[0]["lr"] = schedule.learning_rate * rate

    def _demand_number(self, what: str, value: float) -> None:
        if not math.isfinite(value):
            raise TrainingError(
                f"learning broke down at step {self.step}: the {what} is {value}; {self.kept}; "
                "start again, with a lower learning rate if it breaks down again"
            )

    def _check(self, path: Path, state: dict[str, Any]) -> None:
        for name, own in self._about.items():
            if state[name] != own:
                raise TrainingError(
                    f"{path}: its {name} is {state[name]!r}, this run's is {own!r}; go on with "
                    "what it was made with, or move the file away to begin anew"
                )

    def _take_state(self, state: dict[str, Any]) -> None:
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        self.elapsed, self.step = state["elapsed"], state["step"]
        torch.set_rng_state(state["random"].cpu())


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, *, step: int, decay: float) -> None:
    """Move an average of weights a little on: what is shipped in the end."""
    decay = min(decay, (step + 1) / (step + 20))
    pairs = average.parameters(), network.parameters()
    for mean, value in zip(*pairs, strict=True):
        mean.lerp_(value, 1 - decay)


def rate_at(share: float, *, step: int, warm_up: int, finish_from: float) -> float:
    """Of the learning rate: warm up, stay, and from a share of the run on fall to 3 percent.

    As good as a fall all the way, and what was learnt before it serves runs of any length (Hu et
    al., *MiniCPM*, 2024).
    """
    warm = min(1.0, (step + 1) / warm_up)
    fallen = max(0.0, share - finish_from) / max(1 - finish_from, 1e-9)
    return warm * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * fallen)))


def arrange(network: Network, order: torch.memory_format) -> Network:
    """Lay a network's weights out in another order, in place."""
    return network.to(memory_format=order)  # type: ignore[call-overload]  # torch's stubs lack it


def keep_memory() -> None:
    """Ask the C library to keep freed memory: to fault it in again costs a tenth of each step."""
    trim, mmap = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of glibc's malloc.h
    with suppress(OSError, AttributeError):  # another C library has no such knobs
        library = ctypes.CDLL("libc.so.6")
        library.mallopt(mmap, 1 << 25)  # the most it takes
        library.mallopt(trim, (1 << 31) - 1)


def _kind(error: BaseException) -> str:
    return type(error).__name__


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error).partition("\n")[0]
