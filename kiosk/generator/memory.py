"""What is done when the GPU's memory is full: what is only cached goes, and once more is tried."""

import gc
import logging
from collections.abc import Callable
from typing import TypeVar

import torch

from kiosk.errors import EngineError

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")


def try_with_room(work: Callable[[], Answer]) -> Answer:
    """Do what may find the memory full; once more when what PyTorch keeps has been given back.

    Raises:
        RuntimeError: of PyTorch's, if that did not help, or was not the trouble.
        EngineError: likewise.
    """
    try:
        return work()
    except (RuntimeError, EngineError) as error:
        if not _is_full(error):
            raise
        logger.warning("the GPU's memory is full; what is cached is given back: %s", error)
    gc.collect()  # after the handler: what had failed is let go of with it
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()
    return work()


def _is_full(error: Exception) -> bool:
    """PyTorch has an error of its own, CUDA and TensorRT tell in words."""
    return isinstance(error, torch.cuda.OutOfMemoryError) or "out of memory" in str(error).lower()
