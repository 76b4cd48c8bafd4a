"""Permissions: what whoever asks may use, and where the socket for staff lies."""

import os
from collections.abc import Iterator

from kiosk.control.place import socket_path
from kiosk.doctor.finding import Finding, Verdict, fault, good
from kiosk.doctor.machine import Machine

DEVICES = {  # by the group that has them
    "video": "dev/video*", "render": "dev/dri/renderD*", "audio": "dev/snd/pcm*p",
    "input": "dev/input/event*",
}  # fmt: skip
NEEDED = "video"  # without it, nothing follows anybody
LONGEST = 107  # bytes of a Unix socket's path, by Linux
WHAT = "permissions"


def examine_permissions(machine: Machine) -> Iterator[Finding]:
    """Which devices are closed to the user, and whether staff can be answered."""
    yield _groups(machine)
    path = socket_path(machine.config.console.socket)
    if len(os.fsencode(path)) > LONGEST:
        todo = "name a shorter one in [console] socket"
        yield fault(WHAT, f"{path}: too long for a socket", todo)
    elif path.parent.exists() and not machine.may(path.parent, os.W_OK | os.X_OK):
        yield fault(
            WHAT,
            f"{machine.user} cannot leave a socket for staff in {path.parent}",
            "name another in [console] socket, or run it as the service does",
        )


def _groups(machine: Machine) -> Finding:
    closed = []
    for group, pattern in DEVICES.items():
        found = sorted(machine.root.glob(pattern))
        if found and not any(machine.may(each, os.R_OK | os.W_OK) for each in found):
            closed.append(group)
    if not closed:
        return good(WHAT, f"{machine.user} may use what devices there are")
    return Finding(
        WHAT,
        Verdict.FAULT if NEEDED in closed else Verdict.WARNING,
        f"closed to {machine.user}: the devices of {', '.join(closed)}",
        f"usermod -aG {','.join(closed)} {machine.user}, then log in anew; or ask as user kiosk",
    )
