"""Linux' cameras: which there are, and in words why one does not open.

What is asked is Video4Linux' own: what a device can do, and whether another program has it. Who
that is, /proc tells of programs that whoever asks may look at.
"""

import errno
import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

DEVICES, PROCESSES = Path("/dev"), Path("/proc")
# linux/videodev2.h: requests, the size of what they are given, and what they answer in it
WHAT_IT_CAN, CAN_BYTES, CAN_AT = 0x80685600, 104, 84  # VIDIOC_QUERYCAP
BUFFERS, BUFFERS_BYTES = 0xC0145608, 20  # VIDIOC_REQBUFS
CAPTURES, MAPPED = 1, 1  # V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_MEMORY_MMAP
TAKES, GIVES_OUT, OF_NODE = 0x1, 0x2 | 0x4000 | 0x8000, 0x80000000  # V4L2_CAP_*


@dataclass(frozen=True, slots=True)
class Device:
    """A camera that is plugged in."""

    path: str
    name: str  # as its maker calls it
    place: str  # where it is plugged in


def ask_device(path: Path) -> Device | None:
    """What a device says of itself; None where it takes no pictures, or does not answer."""
    record = bytearray(CAN_BYTES)
    try:
        with _opened(path) as file:
            fcntl.ioctl(file, WHAT_IT_CAN, record)
    except OSError:
        return None
    can, node_can = struct.unpack_from("=II", record, CAN_AT)
    can = node_can if can & OF_NODE else can
    if not can & TAKES or can & GIVES_OUT:  # what also gives out is a codec
        return None
    return Device(str(path), _text(record[16:48]), _text(record[48:80]))


def find_cameras(
    devices: Path = DEVICES, ask: Callable[[Path], Device | None] = ask_device
) -> list[Device]:
    """Every camera, by its first device: most have several."""
    found: dict[str, Device] = {}
    for path in sorted(devices.glob("video*"), key=lambda path: (len(path.name), path.name)):
        device = ask(path)
        if device is not None:
            found.setdefault(device.place or device.path, device)
    return list(found.values())


def is_taken(path: Path) -> bool:
    """Whether another program takes pictures with it."""
    try:
        with _opened(path) as file:
            fcntl.ioctl(file, BUFFERS, bytearray(struct.pack("=III8x", 0, CAPTURES, MAPPED)))
    except OSError as error:
        return error.errno == errno.EBUSY
    return False


def find_holders(path: Path, processes: Path = PROCESSES) -> list[str]:
    """The programs that have a device open, by name and number, as far as they can be seen."""
    device = os.path.realpath(path)
    found = []
    for process in sorted(processes.glob("[0-9]*")):
        with suppress(OSError):  # another user's, or gone by now
            files = [str(file.readlink()) for file in (process / "fd").iterdir()]
            if device in files and process.name != str(os.getpid()):
                name = (process / "comm").read_text(errors="replace").strip()
                found.append(f"{name}, {process.name}")
    return found


def held_by(path: Path, processes: Path = PROCESSES) -> str:
    """That another program has a device, in words, and which; empty: none has, that can be seen."""
    known = find_holders(path, processes)
    if not known and not is_taken(path):
        return ""
    return "is held by another program" + (f" ({'; '.join(known)})" if known else "")


def why_closed(
    path: Path,
    may: Callable[[Path, int], bool] = os.access,
    held: Callable[[Path], str] = held_by,
) -> str:
    """Why a device does not open, in words."""
    if not path.exists():
        return f"there is no {path}"
    if not may(path, os.R_OK | os.W_OK):
        return f"the user may not use {path}"
    return f"{path} {held(path) or _barred(path)}"


def _barred(path: Path) -> str:
    """Of a device that nobody holds and everybody may use."""
    try:
        with _opened(path):
            pass
    except OSError as error:
        # what systemd lets a service open are the kinds of devices there were when it began
        if error.errno == errno.EPERM:
            return "came after the service had begun, which may not open it; restart the service"
    return "is there, and cannot be opened"


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield file
    finally:
        os.close(file)


def _text(record: bytearray) -> str:
    return record.split(b"\0")[0].decode(errors="replace").strip()
