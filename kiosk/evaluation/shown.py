"""What a network in training shows of a pair, composed as the gallery would."""

import numpy as np
import torch
from torch.nn import functional as F

from kiosk.messages import Bytes
from kiosk.model.generator import FLOW_INPUT_GAIN, Generator, bright_enough
from kiosk.model.layers import warp
from kiosk.model.spec import FINER
from kiosk.training.batch import Batch
from kiosk.training.objective import lay_over
from kiosk.training.pairs import Pairs


@torch.inference_mode()
def show(generator: Generator | None, pairs: Pairs, number: int) -> Bytes:
    """The picture of one pair: (RESOLUTION, RESOLUTION, 3). Without a network, the rig's alone."""
    if generator is None:
        return np.array(pairs.below[number])
    batch = Batch.take(pairs, np.array([number]), torch.device("cpu"))
    painted = generator.paint(batch.landmarks, batch.given)
    flow = batch.given[:, 3:5] / FLOW_INPUT_GAIN
    matte = warp(F.avg_pool2d(generator.artwork[:, 3:], FINER), flow, generator.grid)
    sitter = F.interpolate(matte, scale_factor=FINER, mode="bilinear")
    painted = painted._replace(light=bright_enough(painted.light) * sitter)
    picture = lay_over(batch, painted, generator.slope, generator.window)
    return np.asarray((picture[0].permute(1, 2, 0) * 255).round().clamp(0, 255).numpy(), np.uint8)
