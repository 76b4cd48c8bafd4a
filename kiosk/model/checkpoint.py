"""Weights as safetensors, checked against the network's spec on the way in and out."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from kiosk.errors import PackError
from kiosk.model import spec
from kiosk.model.generator import Generator

# kept at half precision on disk: numbers that need no more
_HALF = ("prior.flow_basis",)


def save_generator(generator: Generator, path: Path) -> None:
    """Write a portrait's weights; the file appears whole or not at all."""
    tensors = {
        name: (value.half() if name in _HALF else value.float()).contiguous().cpu()
        for name, value in generator.state_dict().items()
    }
    partial = path.with_suffix(".partial")
    save_file(tensors, str(partial), metadata={"network": "tableau-vivant generator 1"})
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
