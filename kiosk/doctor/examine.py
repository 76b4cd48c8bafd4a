"""The examinations, one after the other; what goes wrong in one is told, and the next goes on."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kiosk.doctor.camera import examine_camera
from kiosk.doctor.clock import examine_clock
from kiosk.doctor.computing import examine_engines, examine_gpu
from kiosk.doctor.disk import examine_disk
from kiosk.doctor.finding import Finding, fault
from kiosk.doctor.heat import examine_heat
from kiosk.doctor.machine import Machine
from kiosk.doctor.packs import examine_packs
from kiosk.doctor.permissions import examine_permissions
from kiosk.doctor.screen import examine_display
from kiosk.doctor.service import examine_kiosk, examine_service
from kiosk.doctor.sound import examine_sound

logger = logging.getLogger(__name__)

LIMIT_S, LONG_S = 4.0, 8.0


@dataclass(frozen=True, slots=True)
class Examination:
    """One part of the machine."""

    what: str
    examine: Callable[[Machine], Iterator[Finding]]
    limit_s: float = LIMIT_S


EXAMINATIONS = (
    Examination("kiosk", examine_kiosk),
    Examination("camera", examine_camera, LONG_S),
    Examination("GPU", examine_gpu, LONG_S),
    Examination("engines", examine_engines, LONG_S),
    Examination("heat", examine_heat),
    Examination("display", examine_display, LONG_S),
    Examination("sound", examine_sound),
    Examination("packs", examine_packs, LONG_S),
    Examination("disk", examine_disk),
    Examination("clock", examine_clock),
    Examination("service", examine_service),
    Examination("permissions", examine_permissions),
)


def examine(
    machine: Machine, examinations: tuple[Examination, ...] = EXAMINATIONS
) -> Iterator[Finding]:
    """What each examination finds, as soon as it has come to an end."""
    for examination in examinations:
        yield from _within_limit(examination, machine)


def _within_limit(examination: Examination, machine: Machine) -> list[Finding]:
    """In a thread of its own, which is left behind when a device or a driver hangs."""
    found: list[Finding] = []
    what = examination.what

    def look() -> None:
        try:
            found.extend(examination.examine(machine))
        except Exception as error:  # nobody's examination may end the others'
            logger.debug("%s", what, exc_info=True)
            reason = " ".join(str(error).split()) or "no more is known"
            words = f"it cannot be examined: {type(error).__name__}: {reason}"
            found.append(fault(what, words, "kiosk doctor --debug shows where"))

    thread = threading.Thread(target=look, name=f"doctor-{what}", daemon=True)
    thread.start()
    thread.join(examination.limit_s)
    told = found.copy()
    if thread.is_alive():
        words = f"no answer within {examination.limit_s:.0f} s"
        told.append(fault(what, words, "a device or a driver hangs: unplug it, or start anew"))
    return told
