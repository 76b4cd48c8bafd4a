"""Weights as safetensors, checked against the network's spec on the way in and out.

A *portrait's* weights are everything that the gallery runs. The *base* is what portraits begin
from: a generator that has learnt many faces and holds none, the embedder and the critic.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save_file
from torch import Tensor, nn

from kiosk.errors import PackError
from kiosk.model import spec
from kiosk.model.discriminator import Discriminator
from kiosk.model.embedder import Embedder
from kiosk.model.generator import Generator

# kept at full precision on disk; of all else half is enough, and half the size
_WHOLE = ("slope", "code_mean", "code_basis")
_PICTURES = ("artwork", "plate")  # of a portrait: as pictures are, in bytes
_ONES_OWN = ("artwork", "plate", "slope", "code_mean")  # of a generator: no other artwork's
BASE = Path(__file__).parent / "data" / "base.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """The networks that learn together, on many faces or on one."""

    generator: Generator = field(default_factory=Generator)
    embedder: Embedder = field(default_factory=Embedder)
    critic: Discriminator = field(default_factory=Discriminator)

    def parts(self) -> dict[str, nn.Module]:
        """By name."""
        return {
            "generator": self.generator,
            "embedder": self.embedder,
            "critic": self.critic,
        }


def save_generator(generator: Generator, path: Path) -> None:
    """Write a portrait's weights; the file appears whole or not at all."""
    _save(generator.state_dict(), path)


def load_generator(weights: bytes) -> Generator:
    """Read a portrait's weights into a network on the CPU, ready to run.

    Args:
        weights: what a file of `save_generator` holds.

    Raises:
        PackError: they are damaged or of another network, or a tensor missing, unknown or of the
            wrong shape.
    """
    tensors = _read(weights, "the generator's weights", "make the pack anew")
    spec.check_weights({name: tuple(value.shape) for name, value in tensors.items()})
    generator = Generator()
    generator.load_state_dict(
        {
            name: value.float() / 255 if name in _PICTURES else value.float()
            for name, value in tensors.items()
        }
    )
    return generator.eval()


def save_base(base: Base, path: Path) -> None:
    """Write what portraits begin from; the file appears whole or not at all."""
    tensors = {
        f"{part}.{name}": value
        for part, network in base.parts().items()
        for name, value in network.state_dict().items()
        if part != "generator" or name not in _ONES_OWN
    }
    _save(tensors, path)


def load_base(path: Path = BASE) -> Base:
    """Read what a portrait begins from.

    Raises:
        PackError: the file is damaged, or of another network.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PackError(f"{path}: cannot be read ({error.strerror}); install it anew") from error
    tensors = _read(content, path.name, "learn the base anew")
    base = Base()
    for part, network in base.parts().items():
        wanted = network.state_dict()
        for name in wanted:
            if part == "generator" and name in _ONES_OWN:
                continue
            given = tensors.get(f"{part}.{name}")
            if given is None or given.shape != wanted[name].shape:
                raise PackError(f"{path.name}: {part}.{name} is missing or of another shape")
            wanted[name].copy_(given)
    return base


def _save(tensors: dict[str, Tensor], path: Path) -> None:
    whole = {name: _pack(name, value).contiguous().cpu() for name, value in tensors.items()}
    partial = path.with_suffix(".partial")
    save_file(whole, str(partial), metadata={"network": spec.NETWORK})
    partial.replace(path)


def _pack(name: str, value: Tensor) -> Tensor:
    if name in _PICTURES:
        return (value * 255).round().to(torch.uint8)
    return value.float() if name.endswith(_WHOLE) else value.half()


def _read(content: bytes, name: str, remedy: str) -> dict[str, Tensor]:
    """All tensors of what is of this program's network."""
    try:
        tensors = load(content)
    except SafetensorError as error:
        raise PackError(f"{name}: cannot be read: {error}") from error
    network = _metadata(content).get("network", "an unnamed network")
    if network != spec.NETWORK:
        raise PackError(
            f"{name}: is of {network!r}, this program's network is {spec.NETWORK!r}; {remedy}"
        )
    return tensors


def _metadata(content: bytes) -> dict[str, str]:
    """What a file that can be read says of itself: its header's length, then that, in JSON."""
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length]).get("__metadata__", {})
