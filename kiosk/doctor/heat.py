"""How warm the machine is."""

from collections.abc import Iterator

from kiosk.doctor.finding import Finding, good, warning
from kiosk.doctor.machine import Machine
from kiosk.temperatures import PROCESSORS, SENSORS, read_temperatures
from kiosk.thrift import COOL_C, HOT_C

HEAT = "heat"


def examine_heat(machine: Machine) -> Iterator[Finding]:
    """Whether what computes is so hot that fewer pictures are made, or will be."""
    told = read_temperatures(machine.at(SENSORS), PROCESSORS)
    if not told:
        yield good(HEAT, "no sensor of a processor tells")
        return
    sensor, celsius = max(told.items(), key=lambda each: each[1])
    words = f"{celsius:.0f} °C ({sensor})"
    if celsius > COOL_C:
        words = f"{words}; from {HOT_C:.0f} on fewer pictures are made"
        yield warning(HEAT, words, "clear its fans of dust, and give it air")
    else:
        yield good(HEAT, words)
