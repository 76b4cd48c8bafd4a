"""The graphics card as it is now: gone, silent, there for a new process only, there for this one.

A process in which CUDA broke down (the driver was reset, the card fell off its bus) does not get it
back: CUDA goes on answering with its first error until the process ends. One that began before the
card was there may be no better off, and systemd lets a service open the devices that were there
when it began. So a process of its own is asked first, with a limit, for a driver may hang.
"""

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import Enum
from pathlib import Path

NODES = ("/dev/nvidia0", "/dev/nvhost-gpu")  # of a card; of a Jetson
QUESTION = "import torch; assert float(torch.ones(1, device='cuda') + 1) == 2"
PATIENCE_S = 60.0  # with a Jetson that loads PyTorch from an SD card


class Card(Enum):
    """How it is; the values say why it is not used."""

    ABSENT = "it is not there"
    SILENT = "its driver does not answer"
    ELSEWHERE = (
        "only a new process can use it; one begins by itself, once a day, when nobody has been "
        "there for five minutes"
    )
    HERE = "no engine works on it, the log says why"


def is_built_for_cuda() -> bool:
    """Whether this PyTorch could use a card; builds for processors alone cannot."""
    import torch

    return torch.version.cuda is not None


def ask_new_process() -> bool:
    """Whether PyTorch reckons on the card in a process that knows nothing of before."""
    quiet = subprocess.DEVNULL
    command = [sys.executable, "-c", QUESTION]
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            command, stdin=quiet, stdout=quiet, stderr=quiet, timeout=PATIENCE_S, check=False
        )
        return done.returncode == 0
    return False


def ask_here() -> bool:
    """Whether it does so in this one."""
    import torch

    try:
        return torch.cuda.is_available() and float(torch.ones(1, device="cuda") + 1) == 2
    except RuntimeError:
        return False


def look_at_card(
    nodes: Sequence[str] = NODES,
    *,
    elsewhere: Callable[[], bool] = ask_new_process,
    here: Callable[[], bool] = ask_here,
    reckons: Callable[[], bool] = is_built_for_cuda,
) -> Card:
    """How the card is now; takes up to a minute where there is one, else nothing."""
    node = next((node for node in nodes if Path(node).exists()), None)
    if node is None or not reckons():
        return Card.ABSENT
    try:
        os.close(os.open(node, os.O_RDWR | os.O_CLOEXEC))
    except OSError as error:
        # the service's own rules, made when it began; a closed mode is EACCES
        return Card.ELSEWHERE if error.errno == errno.EPERM else Card.SILENT
    if not elsewhere():
        return Card.SILENT
    return Card.HERE if here() else Card.ELSEWHERE
