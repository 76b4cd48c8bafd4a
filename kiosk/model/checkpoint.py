"""Weights as safetensors, checked against the network's spec on the way in and out.

A *portrait's* weights are everything. The *base* is what one portrait's network has learnt that
serves any other: the convolutions. The code of the landmarks is each portrait's own, and so are
style and modulation, which read it.
"""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from kiosk.errors import PackError
from kiosk.model import spec
from kiosk.model.generator import Generator

# kept at full precision on disk; of all else half is enough, and half the size
_WHOLE = ("code_mean", "code_basis")
BASE = Path(__file__).parent / "data" / "base.safetensors"


def save_generator(generator: Generator, path: Path) -> None:
    """Write a portrait's weights; the file appears whole or not at all."""
    tensors = {
        name: (value.float() if name in _WHOLE else value.half()).contiguous().cpu()
        for name, value in generator.state_dict().items()
    }
    partial = path.with_suffix(".partial")
    save_file(tensors, str(partial), metadata={"network": "tableau-vivant generator 3"})
    partial.replace(path)


def load_generator(path: Path) -> Generator:
    """Read a portrait's weights into a network on the CPU, ready to run.

    Raises:
        PackError: the file is damaged, or a tensor missing, unknown or of the wrong shape.
    """
    try:
        tensors = load_file(str(path))
    except (OSError, SafetensorError) as error:
        raise PackError(f"{path.name}: cannot be read: {error}") from error
    spec.check_weights({name: tuple(value.shape) for name, value in tensors.items()})
    generator = Generator()
    generator.load_state_dict({name: value.to(torch.float32) for name, value in tensors.items()})
    return generator.eval()


def save_base(generator: Generator, path: Path, *, learnt_from: str) -> None:
    """Write what others may begin from, in half precision; the file appears whole or not at all."""
    tensors = {
        name: value.half().contiguous().cpu()
        for name, value in generator.state_dict().items()
        if is_base(name)
    }
    partial = path.with_suffix(".partial")
    save_file(tensors, str(partial), metadata={"learnt from": learnt_from})
    partial.replace(path)


def begin_from_base(generator: Generator, path: Path = BASE) -> None:
    """Give a new network the base's convolutions, in place.

    Raises:
        PackError: the file is damaged, or of another network.
    """
    try:
        tensors = load_file(str(path))
    except (OSError, SafetensorError) as error:
        raise PackError(f"{path.name}: cannot be read: {error}") from error
    wanted = generator.state_dict()
    for name in filter(is_base, wanted):
        if name not in tensors or tensors[name].shape != wanted[name].shape:
            raise PackError(f"{path.name}: {name} is missing or of another shape")
        wanted[name].copy_(tensors[name])


def is_base(name: str) -> bool:
    """Whether a tensor of this name belongs to the base."""
    first, _, rest = name.partition(".")
    return first in ("expand", "detail", "heads") or rest.startswith("convolution.")
