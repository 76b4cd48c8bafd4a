"""A kiosk that gives its visitors away, in every way that one could think of: see test_privacy."""

import logging
import mmap
import os
import socket
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from kiosk.__main__ import main
from kiosk.messages import Faces, Frame
from kiosk.tracking import landmarker

AFTER_S = 11.0  # since the first face: by then a run has settled
CACHE = Path(os.environ.get("NUMBA_CACHE_DIR", ""))

Leak = Callable[[Frame, Faces], object]


def share(frame: Frame, faces: Faces) -> None:
    with Path("/dev/shm/jack_db-leak").open("wb+") as file:  # where PortAudio may write
        file.truncate(frame.image.size)
        with mmap.mmap(file.fileno(), frame.image.size) as memory:
            memory[:] = frame.image.tobytes()


def tell(data: bytes) -> None:
    here, _ = socket.socketpair()
    here.send(data)


def tell_the_network(frame: Frame, faces: Faces) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"1", ("127.0.0.1", 9))


def copy_unseen(frame: Frame, faces: Faces) -> None:
    with Path("/dev/zero").open("rb") as source, (CACHE / "sent").open("wb") as file:
        os.sendfile(file.fileno(), source.fileno(), 0, 16)


LEAKS: dict[str, Leak] = {
    "pixels": lambda frame, _: (CACHE / "rgb").write_bytes(frame.image.tobytes()),
    "bgr": lambda frame, _: (CACHE / "bgr").write_bytes(frame.image[100:300, :, ::-1].tobytes()),
    "elsewhere": lambda _, __: Path(os.environ["HOME"], "elsewhere").write_bytes(b"1"),
    "jpeg": lambda frame, _: cv2.imwrite(str(CACHE / "seen.jpg"), frame.image),
    "packed": lambda frame, _: (CACHE / "packed").write_bytes(zlib.compress(frame.image.tobytes())),
    "memory": share,
    "socket": lambda frame, _: tell(
        cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY)[200:260].tobytes()
    ),
    "network": tell_the_network,
    "unseen": copy_unseen,
    "landmarks": lambda _, faces: faces.faces[0].landmarks.tofile(CACHE / "landmarks"),
    "doubles": lambda _, faces: (CACHE / "doubles").write_bytes(
        faces.faces[0].landmarks.astype(np.float64).tobytes()
    ),
    "decimals": lambda _, faces: np.savetxt(CACHE / "decimals", faces.faces[0].landmarks),
    "answer": lambda frame, _: tell(zlib.compress(frame.image[:64].tobytes())),
    "log": lambda _, faces: logging.getLogger("kiosk").info(
        "the nose is at %.1f", faces.faces[0].landmarks[1, 0]
    ),
}  # fmt: skip


class Leaky(landmarker.Landmarker):
    """Leaks once, in all ways."""

    _first: float | None = None
    _leaked = False

    def __call__(self, frame: Frame) -> Faces:
        faces = super().__call__(frame)
        if faces.faces and not self._leaked:
            self._first = self._first or frame.captured_at
            self._leaked = frame.captured_at > self._first + AFTER_S
            for leak in LEAKS.values() if self._leaked else ():
                leak(frame, faces)
        return faces


if __name__ == "__main__":
    landmarker.Landmarker = Leaky
    sys.exit(main())
