"""Every engine that this machine has, timed in turns on one portrait's own motions.

In turns, because a machine's speed wanders: what one minute does to an engine, it does to all.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from kiosk.config import GeneratorSettings
from kiosk.errors import EngineError
from kiosk.generator.choice import build_engines, check_agreement, trial_motions
from kiosk.generator.eager import PlainEngine
from kiosk.generator.engine import Engine
from kiosk.model.checkpoint import load_generator
from kiosk.model.generator import Generator, Moment
from kiosk.model.spec import INPUTS, RESOLUTION
from kiosk.portraits.pack import Pack
from kiosk.rig.rig import Rig

ROUND = 20  # passes of one engine before it is the next one's turn

logger = logging.getLogger(__name__)

Percentiles = dict[str, float]


@dataclass(frozen=True)
class EngineFigures:
    """One engine; the field names are those of the file."""

    name: str
    size: int  # pixels of paint and cover, a side
    generator_ms: Percentiles  # one pass: from what the rig drew to the network's answer
    gflop: float  # of a pass's convolutions and products, two for each multiplication and addition
    parameters: int
    agrees: bool
    reason: str = ""  # why it was refused


@dataclass
class _Entrant:
    engine: Engine
    reason: str = ""
    spent_ms: list[float] = field(default_factory=list)


def time_engines(
    pack: Pack,
    rig: Rig,
    settings: GeneratorSettings,
    *,
    passes: int,
    clock: Callable[[], float] = time.perf_counter,
) -> list[EngineFigures]:
    """Time all engines of this machine in turns, the plain network among them.

    Args:
        pack: the portrait.
        rig: the portrait's.
        settings: the table ``[generator]``.
        passes: of each.
        clock: seconds.
    """
    generator = load_generator(pack.weights)
    entrants = list(_enter(generator, rig, settings))
    drawings = [rig.draw(motion, RESOLUTION) for motion in trial_motions()]
    for done in range(-ROUND, passes, ROUND):  # the first round warms up
        for entrant in entrants:
            for number in range(ROUND):
                began = clock()
                entrant.engine.infer(drawings[number % len(drawings)])
                if done >= 0:
                    entrant.spent_ms.append(1000 * (clock() - began))
    gflop, parameters = count_gflop(generator), count_parameters(generator)
    return [
        EngineFigures(
            name=each.engine.name,
            size=RESOLUTION,
            generator_ms=percentiles(each.spent_ms),
            gflop=gflop,
            parameters=parameters,
            agrees=not each.reason,
            reason=each.reason,
        )
        for each in entrants
    ]


def _enter(generator: Generator, rig: Rig, settings: GeneratorSettings) -> Iterator[_Entrant]:
    yield _Entrant(PlainEngine(generator))
    for name, build in build_engines(generator, settings):
        try:
            engine = build()
        except (EngineError, ImportError, RuntimeError) as error:
            logger.warning("engine %s cannot be built: %s", name, error)
            continue
        entrant = _Entrant(engine)
        try:
            check_agreement(engine, generator, rig)
        except EngineError as error:
            entrant.reason = str(error)
        yield entrant


def percentiles(values: list[float]) -> Percentiles:
    """p50, p95 and p99."""
    found = np.percentile(values, [50, 95, 99])
    return {name: round(float(x), 3) for name, x in zip(("p50", "p95", "p99"), found, strict=True)}


def count_gflop(generator: Generator) -> float:
    """Of one pass."""
    counter = FlopCounterMode(display=False)
    with torch.inference_mode(), counter:
        generator(Moment(*(torch.zeros(shape) for shape in INPUTS.values())))
    return round(counter.get_total_flops() / 1e9, 3)


def count_parameters(generator: Generator) -> int:
    """All that is learnt."""
    return sum(weight.numel() for weight in generator.parameters())
