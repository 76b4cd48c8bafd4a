"""The best engine that this machine has for a portrait.

The plain module in float32 on the CPU is the yardstick: an engine must agree with it on the
portrait's own landmarks before it is used, or it is refused with the figures and the next is tried.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

import numpy as np
import torch

from kiosk.config import GeneratorSettings
from kiosk.errors import EngineError
from kiosk.face import MESH
from kiosk.generator.build import find_tensorrt, key_here, open_engine
from kiosk.generator.cache import EngineCache
from kiosk.generator.cpu import CpuEngine
from kiosk.generator.eager import GraphEngine, PlainEngine, half_precision
from kiosk.generator.engine import Engine
from kiosk.generator.memory import try_with_room
from kiosk.generator.tensorrt import TensorrtNetwork
from kiosk.messages import Floats, Motion
from kiosk.model.checkpoint import load_generator
from kiosk.model.generator import Generator
from kiosk.model.precision import bfloat16_pays
from kiosk.model.spec import RESOLUTION
from kiosk.portraits.pack import Pack
from kiosk.rig.landmarks import no_motion
from kiosk.rig.rig import Rig

logger = logging.getLogger(__name__)

# of agreement with the plain network; flow is the rig's, the same for every engine
PAINT_LIMIT = 2 / 255  # mean difference of what is shown of it, where it covers anything
COVERS = 0.1
LIGHT_LIMIT = 2 / 255  # mean difference of log luminance


def choose_engine(
    pack: Pack, rig: Rig, settings: GeneratorSettings, *, without: Collection[str] = ()
) -> Engine:
    """The best engine that works here and agrees.

    Args:
        pack: the portrait.
        rig: the portrait's.
        settings: the table ``[generator]``.
        without: engines that broke down in this run, by name.

    Raises:
        EngineError: none works.
    """
    generator = load_generator(pack.weights)
    reasons = []
    for name, build in build_engines(generator, settings):
        if name in without:
            reasons.append(f"{name}: broke down before")
            continue
        try:
            engine = try_with_room(build)
            check_agreement(engine, generator, rig)
        except (EngineError, ImportError, RuntimeError) as error:
            logger.warning("engine %s refused: %s", name, error)
            reasons.append(f"{name}: {error}")
        else:
            return engine
    raise EngineError(f"{pack.meta.id}: no engine works here: " + "; ".join(reasons))


def check_agreement(engine: Engine, generator: Generator, rig: Rig) -> None:
    """Compare an engine with the plain network in a few motions.

    Raises:
        EngineError: it differs by more than the limits; says by how much.
    """
    yardstick = PlainEngine(generator)
    for motion in trial_motions():
        drawing = rig.draw(motion, RESOLUTION)
        found, wanted = engine.infer(drawing), yardstick.infer(drawing)
        shown = found.cover[..., None] * found.paint - wanted.cover[..., None] * wanted.paint
        covered = np.maximum(found.cover, wanted.cover) > COVERS
        differences = (
            ("paint", _mean(np.abs(shown[covered])), PAINT_LIMIT),
            ("light", _mean(np.abs(found.light - wanted.light)), LIGHT_LIMIT),
        )
        for what, apart, limit in differences:
            if not apart <= limit:
                raise EngineError(
                    f"{engine.name} differs from the plain network: its {what} by "
                    f"{apart * 255:.2f}/255 (limit {limit * 255:g})"
                )


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else 0.0


def build_engines(
    generator: Generator, settings: GeneratorSettings
) -> Iterator[tuple[str, Callable[[], Engine]]]:
    """Engines to try, the best first, by name."""
    threads = settings.threads
    builders: dict[str, Callable[[], Engine]] = {
        "tensorrt": lambda: _open_tensorrt(generator, settings),
        "cuda": lambda: GraphEngine("cuda", half_precision(generator)),
        "cpu-bfloat16": lambda: CpuEngine(generator, threads=threads, low=True),
        "cpu": lambda: CpuEngine(generator, threads=threads),
    }
    for name in engine_names(settings):
        yield name, builders[name]


def engine_names(settings: GeneratorSettings) -> Iterator[str]:
    """Engines to try, the best first; nothing is built."""
    wanted = settings.engine
    if wanted != "cpu" and torch.cuda.is_available():
        if wanted != "cuda":
            yield "tensorrt"
        yield "cuda"
    elif wanted not in ("auto", "cpu"):
        logger.warning("engine %s is not to be had here; the CPU is used", wanted)
    if bfloat16_pays(torch.device("cpu")):
        yield "cpu-bfloat16"
    yield "cpu"


def _open_tensorrt(generator: Generator, settings: GeneratorSettings) -> Engine:
    def report(what: str, share: float) -> None:
        logger.info("%s, %.0f %%", what, 100 * share)

    trt = find_tensorrt()
    cache, key = EngineCache(settings.engines), key_here(trt)
    try:
        network = TensorrtNetwork(trt, open_engine(cache, key, trt, report=report))
        network.hold(generator)
    except EngineError as error:  # intact, and yet of no use: once more
        logger.warning("%s; the engine is built anew", error)
        engine = open_engine(cache, key, trt, report=report, anew=True)
        network = TensorrtNetwork(trt, engine)
        network.hold(generator)
    return GraphEngine("tensorrt", network)


def trial_motions() -> Iterator[Motion]:
    """At rest, and turned with an expression and a look aside."""
    yield no_motion()
    rng = np.random.default_rng(0)
    for _ in range(2):
        yield replace(
            no_motion(),
            rotation=rng.normal(0, 0.06, 3).astype(np.float32),
            expression=rng.normal(0, 0.003, (MESH, 3)).astype(np.float32),
            closure=rng.uniform(0, 0.8, 2).astype(np.float32),
            gaze=rng.normal(0, 0.05, (2, 2)).astype(np.float32),
        )
