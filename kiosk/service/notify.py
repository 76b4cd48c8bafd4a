"""What the service manager is told: ready, alive, what is going on. Silent where there is none.

The protocol is sd_notify(3)'s: lines on a datagram socket whose name stands in NOTIFY_SOCKET.
"""

import logging
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress

logger = logging.getLogger(__name__)

SHARE = 1 / 3  # of the time after which silence would be taken for death
Environment = Mapping[str, str]


class Notifier:
    """Tells the service manager.

    Args:
        environment: of the process; says where to tell, and how often.
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float], environment: Environment | None = None) -> None:
        told = os.environ if environment is None else environment
        self._clock = clock
        self._address = told.get("NOTIFY_SOCKET", "")
        self._every_s = SHARE * float(told.get("WATCHDOG_USEC") or 0) / 1e6
        self._said_at: float | None = None

    def shown(self) -> bool:
        """A picture was really shown: the first means ready, each one alive.

        Returns:
            Whether it was the first.
        """
        now = self._clock()
        if self._said_at is None:
            self._tell("READY=1\nSTATUS=the portrait hangs\nWATCHDOG=1")
            self._said_at = now
            return True
        if self._every_s and now - self._said_at >= self._every_s:
            self._tell("WATCHDOG=1")
            self._said_at = now
        return False

    def stops(self) -> None:
        """It ends on purpose."""
        self._tell("STOPPING=1")

    def _tell(self, lines: str) -> None:
        if not self._address:
            return
        # a name that begins with @ has no file
        name = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(lines.encode(), name)
