"""Curves of a run for TensorBoard, where tensorboardX is installed."""

import logging
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)


class Curves:
    """Numbers over steps, in a folder that `tensorboard --logdir` reads."""

    def __init__(self, folder: Path, *, from_step: int = 0) -> None:
        self._writer: Any = None
        try:
            from tensorboardX import SummaryWriter
        except ImportError:
            logger.warning("no curves are drawn: tensorboardX is missing; pip install '.[learn]'")
            return
        # what an interrupted run drew after its last checkpoint is drawn anew
        self._writer = SummaryWriter(str(folder), purge_step=from_step or None)

    def add(self, values: dict[str, float], step: int) -> None:
        """One point of each curve."""
        if self._writer is not None:
            for name, value in values.items():
                self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        """Write what is left."""
        if self._writer is not None:
            self._writer.close()
