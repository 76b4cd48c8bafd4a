"""Weights as safetensors, checked against the network's spec on the way in and out."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from kiosk.model import spec
from kiosk.model.generator import Generator

# kept at half precision on disk: numbers that need no more
_HALF = ("prior.flow_basis",)


def save_generator(generator: Generator, path: Path) -> None:
    """Write a portrait's weights."""
    tensors = {
        name: (value.half() if name in _HALF else value.float()).contiguous().cpu()
        for name, value in generator.state_dict().items()
    }
    save_file(tensors, str(path), metadata={"network": "tableau-vivant generator 1"})


def load_generator(path: Path) -> Generator:
    """Read a portrait's weights into a network on the CPU, ready to run.

    Raises:
        PackError: a tensor is missing, unknown or of the wrong shape.
    """
    tensors = load_file(str(path))
    spec.check_weights({name: tuple(value.shape) for name, value in tensors.items()})
    generator = Generator()
    generator.load_state_dict({name: value.to(torch.float32) for name, value in tensors.items()})
    return generator.eval()
