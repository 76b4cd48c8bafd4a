"""How warm the machine is: what Linux' sensors say, by name; where it has none, nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

SENSORS = Path("/sys/class")
# Intel's, AMD's, Arm's and NVIDIA Jetson's names for what computes
PROCESSORS = r"x86_pkg_temp|coretemp|k10temp|zenpower|cpu|gpu|soc|tj|amdgpu edge"
PLAUSIBLE_C = (-30.0, 120.0)  # what is not connected often tells -40, -273 or 127


def read_temperatures(sensors: Path = SENSORS, named: str = "") -> dict[str, float]:
    """Every temperature in degrees Celsius, by its sensor's name.

    Args:
        sensors: the folder that holds ``thermal`` and ``hwmon``.
        named: a pattern with which a name must begin; others are not read.
    """
    found: dict[str, float] = {}
    for name, file in (*_zones(sensors / "thermal"), *_chips(sensors / "hwmon")):
        if not re.match(named, name, re.IGNORECASE):
            continue
        try:
            celsius = int(_text(file)) / 1000
        except ValueError:
            continue
        if PLAUSIBLE_C[0] < celsius < PLAUSIBLE_C[1]:
            known = name in found
            found[f"{name} {file.parent.name} {file.name}" if known else name] = celsius
    return found


def processor_c(sensors: Path = SENSORS) -> float | None:
    """The highest temperature of what computes; None where no sensor says so.

    Other parts are well at what is too hot for a processor, and an input of the board that leads to
    nothing tells anything.
    """
    told = read_temperatures(sensors, PROCESSORS)
    return max(told.values(), default=None)


def _zones(folder: Path) -> Iterator[tuple[str, Path]]:
    for zone in sorted(folder.glob("thermal_zone*")):
        yield _text(zone / "type") or zone.name, zone / "temp"


def _chips(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.glob("hwmon*/temp*_input")):
        label = _text(file.with_name(file.name.replace("_input", "_label")))
        yield f"{_text(file.parent / 'name') or file.parent.name} {label}".strip(), file


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:  # some sensors sleep, and say so
        return ""
