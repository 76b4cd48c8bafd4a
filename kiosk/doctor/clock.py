"""The clock: programme, opening hours and greetings go by it."""

import time
from collections.abc import Callable, Iterator

from kiosk.doctor.finding import Finding, fault, good, warning
from kiosk.doctor.machine import Machine

YEARS = range(2025, 2100)  # a board without a battery begins in 1970, or when its system was built
SYNCHRONISED = "/run/systemd/timesync/synchronized"
WHAT = "clock"


def examine_clock(machine: Machine, now: Callable[[], float] = time.time) -> Iterator[Finding]:
    """Whether the year can be right, and somebody keeps the time so."""
    here = time.localtime(now())
    told = time.strftime("%Y-%m-%d %H:%M %Z", here)
    if here.tm_year not in YEARS:
        yield fault(WHAT, f"it says {told}", "set it: timedatectl set-time, or a time server")
        return
    if _is_synchronised(machine):
        yield good(WHAT, f"{told}, kept by a time server")
        return
    yield warning(
        WHAT,
        f"{told}; no time server keeps it so",
        "timedatectl set-ntp true; without a network, check it twice a year",
    )


def _is_synchronised(machine: Machine) -> bool:
    told = machine.run(["timedatectl", "show", "--property=NTPSynchronized", "--value"])
    return told == "yes" or (told is None and machine.at(SYNCHRONISED).exists())
