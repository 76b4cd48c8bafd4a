"""What a network in training shows of a pair, composed as the gallery would."""

import numpy as np
import torch

from kiosk.messages import Bytes
from kiosk.model.generator import Generator
from kiosk.training.batch import Batch
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.pairs import Pairs


@torch.inference_mode()
def show(canvas: TrainingCanvas, generator: Generator | None, pairs: Pairs, number: int) -> Bytes:
    """The picture of one pair: (RESOLUTION, RESOLUTION, 3). Without a network, the rig's alone."""
    batch = Batch.take(pairs, np.array([number]), torch.device("cpu"))
    canvas = canvas.cpu()  # learning may have taken it to a GPU
    flow, paint, cover = (
        batch.flow * canvas.window,
        batch.drawn[:, :3],
        torch.zeros_like(batch.light),
    )
    if generator is not None:
        flow, paint, cover = generator.layers(batch.moment())
    picture = canvas.compose(flow, batch.light, paint, cover, drawn=batch.drawn, samples=4)[0]
    return np.asarray((picture.permute(1, 2, 0) * 255).round().clamp(0, 255).numpy(), np.uint8)
