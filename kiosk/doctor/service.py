"""The service, which starts the kiosk with the machine, and anew when it ends; and the kiosk."""

from collections.abc import Iterator

from kiosk.doctor.finding import Finding, fault, good, warning
from kiosk.doctor.machine import Machine

UNITS = ("kiosk.service", "kiosk-cage.service")  # bare Xorg; cage
RESTART = "systemctl try-restart kiosk kiosk-cage"  # whichever runs
SYSTEMD = "/run/systemd/system"
ASKED = ("LoadState", "UnitFileState", "ActiveState", "NRestarts", "WatchdogUSec")
KIOSK, SERVICE = "kiosk", "service"
UNWATCHED = ("0", "infinity", "")


def examine_kiosk(machine: Machine) -> Iterator[Finding]:
    """What the kiosk that runs says of itself."""
    if machine.running is None:
        yield _absence(machine)
        return
    status = machine.running.status
    for words in status["faults"]:
        yield fault(KIOSK, words, "see what is found below, and kiosk status")
    if not status["faults"]:
        told = f"{status['portrait']} hangs on {status['engine']}"
        rate = f"{status['fps']:.0f} frames/s, latency {status['latency_ms']:.0f} ms"
        yield good(KIOSK, f"it runs; {told}, {rate}")


def _absence(machine: Machine) -> Finding:
    if machine.silent:
        todo = f"ask as its user or as root; if it hangs, {RESTART}"
        return fault(KIOSK, machine.silent, todo)
    return warning(
        KIOSK, "none runs here", "systemctl start its unit, kiosk or kiosk-cage; or kiosk run"
    )


def examine_service(machine: Machine) -> Iterator[Finding]:
    """Whether systemd starts the kiosk, keeps it running, and notices when it hangs."""
    if not machine.at(SYSTEMD).exists():
        yield warning(
            SERVICE,
            "there is no systemd here: nothing starts the kiosk anew",
            "see docs/operations.md for what else must do so",
        )
        return
    installed = {
        unit: told for unit in UNITS if (told := _ask(machine, unit))["LoadState"] == "loaded"
    }
    if not installed:
        yield warning(SERVICE, "it is not installed", "kiosk install-service")
    elif not any(told["UnitFileState"] == "enabled" for told in installed.values()):
        words = "it does not start with the machine"
        todo = "systemctl enable kiosk-cage; with an NVIDIA card, kiosk"
        yield warning(SERVICE, words, todo)
    for unit, told in installed.items():
        if told["UnitFileState"] == "enabled" or told["ActiveState"] != "inactive":
            yield _state(unit, told)


def _state(unit: str, told: dict[str, str]) -> Finding:
    state = f"{unit} is {told['ActiveState']}"
    if told["ActiveState"] in ("failed", "inactive"):
        return fault(SERVICE, state, f"systemctl restart {unit}; journalctl -u {unit} says why")
    if told["WatchdogUSec"] in UNWATCHED:
        todo = f"set WatchdogSec=20 in {unit}, or kiosk install-service"
        return warning(SERVICE, f"{state}, and its watchdog is off", todo)
    restarts = told["NRestarts"]
    begun = f", begun anew {restarts} times" if restarts not in ("", "0") else ""
    return good(SERVICE, f"{state}{begun}; its watchdog is on")


def _ask(machine: Machine, unit: str) -> dict[str, str]:
    told = machine.run(["systemctl", "show", unit, f"--property={','.join(ASKED)}"]) or ""
    pairs = (line.partition("=") for line in told.splitlines())
    return dict.fromkeys(ASKED, "") | {key: value for key, _, value in pairs}
