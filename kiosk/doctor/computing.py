"""What computes: the graphics card and its driver, and what would run the network."""

from collections.abc import Callable, Iterator
from typing import Any

from kiosk.config import GeneratorSettings
from kiosk.doctor.finding import Finding, fault, good, warning
from kiosk.doctor.machine import Machine
from kiosk.errors import EngineError
from kiosk.generator.card import NODES

GPU, ENGINES = "GPU", "engines"
ASK = ("nvidia-smi", "--query-gpu=name,driver_version,temperature.gpu", "--format=csv,noheader")

Figures = dict[str, Any]


def describe() -> Figures:
    """Whatever PyTorch says of this machine."""
    from kiosk.bench.machine import describe_machine

    return describe_machine()


def best_engine(settings: GeneratorSettings) -> tuple[str, bool]:
    """The engine that would be tried first, and whether it is ready; nothing is built.

    Raises:
        EngineError: TensorRT is wanted, and cannot be used.
    """
    from kiosk.generator.build import what_fits
    from kiosk.generator.cache import EngineCache
    from kiosk.generator.choice import engine_names

    name = next(engine_names(settings))
    fitting = what_fits() if name == "tensorrt" else None
    return name, fitting is None or EngineCache(settings.engines).path(fitting[0]).exists()


def examine_gpu(machine: Machine, told: Callable[[], Figures] = describe) -> Iterator[Finding]:
    """Whether there is a card, its driver answers, and PyTorch sees it."""
    figures = told()
    by_driver = machine.run(ASK)
    there = any(machine.at(device).exists() for device in NODES)
    if "gpu" in figures:
        driver = f"; {by_driver.splitlines()[0]} °C" if by_driver else ""
        yield good(GPU, f"{figures['gpu']}, CUDA {figures['cuda']}{driver}")
    elif by_driver:
        yield warning(
            GPU,
            f"{by_driver.splitlines()[0]} °C; PyTorch {figures['torch']} does not use it",
            "install PyTorch's CUDA build, one that fits the driver: docs/engines.md",
        )
    elif there:
        todo = "nvidia-smi and dmesg say why; usually the driver must be installed anew"
        yield fault(GPU, "there is a card, and its driver does not answer", todo)
    elif (wanted := machine.config.generator.engine) in ("tensorrt", "cuda"):
        todo = 'set it to "auto", or install a card'
        yield warning(GPU, f"there is none, and [generator] engine is {wanted!r}", todo)
    else:
        yield good(GPU, f"there is none: {figures.get('processor', 'the processor')} does it all")


def examine_engines(
    machine: Machine, best: Callable[[GeneratorSettings], tuple[str, bool]] = best_engine
) -> Iterator[Finding]:
    """What runs the network, or would."""
    if machine.running is not None and machine.running.status["engine"] != "none":
        yield good(ENGINES, f"{machine.running.status['engine']}, asked of the kiosk that runs")
        return
    try:
        name, ready = best(machine.config.generator)
    except EngineError as error:
        yield warning(ENGINES, f"another than TensorRT will be used: {error}", "docs/engines.md")
        return
    if ready:
        yield good(ENGINES, f"{name} would be used; kiosk engines check compares all")
    else:
        words = f"{name} is to be built: the first start takes minutes"
        yield warning(ENGINES, words, "kiosk engines build")
