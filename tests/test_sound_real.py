"""A voice through PortAudio, ALSA and a sound service of the test's own, recorded and compared."""

import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from ctypes.util import find_library
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from kiosk.messages import Floats
from kiosk.places import PROJECT
from kiosk.sound.voice import RATE
from tests.sound_player import EVERY_S, burst

logger = logging.getLogger(__name__)

NEAR_S = 0.2  # a burst is looked for so far from where it should be
# the service hands a recorder what is to be heard so much later: this much is asked of it
RECORDED_AHEAD_S = 0.01
BOUND_S = 0.04  # beyond, lips and voice come apart
HEARD_BOUND_S = 0.1  # a service may tell less than it delays
ALSA = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"


class Room:
    """A sound service of the test's own, in a folder of its own, with a room to play into."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "pulse").mkdir(mode=0o700)
        (folder / ".asoundrc").write_text(ALSA)
        self._socket = folder / "socket"
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_RUNTIME_PATH": str(folder / "pulse"),
            "PULSE_SERVER": f"unix:{self._socket}",
            "PYTHONPATH": str(PROJECT),
        }
        self._service: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        socket = f"module-native-protocol-unix socket={self._socket} auth-anonymous=1"
        self._service = subprocess.Popen(
            [
                "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit",
                f"--load=module-null-sink sink_name=room rate={RATE}", f"--load={socket}",
            ],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        give_up_at = time.monotonic() + 5
        while not self._socket.exists():
            if time.monotonic() > give_up_at or self._service.poll() is not None:
                self.kill()
                pytest.skip("no sound service can be started here")
            time.sleep(0.02)

    def kill(self) -> None:
        if self._service is not None:
            self._service.kill()
            self._service.wait()
        self._service = None
        self._socket.unlink(missing_ok=True)


class Recording:
    """What is heard in the room, and when."""

    def __init__(self, room: Room) -> None:
        form = ["--format=float32le", f"--rate={RATE}", "--channels=1"]
        form.append(f"--latency-msec={1000 * RECORDED_AHEAD_S:.0f}")
        self._process = subprocess.Popen(
            ["parec", "--raw", "--device=room.monitor", *form],
            env=room.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._parts: list[bytes] = []
        self.began = float("inf")  # what comes may come late, and never early
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def end(self) -> Floats:
        """All of it, (n,) float32."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        content = b"".join(self._parts)
        return np.frombuffer(content[: len(content) // 4 * 4], np.float32)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        size = 0
        with self._process.stdout as pipe:
            while part := os.read(pipe.fileno(), 1 << 16):
                self._parts.append(part)
                size += len(part)
                self.began = min(self.began, time.monotonic() - size / 4 / RATE)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    missing = [name for name in ("pulseaudio", "parec") if shutil.which(name) is None]
    if find_library("portaudio") is None:
        pytest.skip("libportaudio2 is not installed")
    if missing or not list(Path("/usr/lib").glob("*/alsa-lib/*pcm_pulse.so")):
        pytest.skip("pulseaudio, pulseaudio-utils or libasound2-plugins is not installed")
    room = Room(tmp_path)
    room.open()
    yield room
    room.kill()


def lateness_s(recording: Recording, *, at: float) -> list[float]:
    """By how much each burst that was recorded whole is late."""
    heard = recording.end()
    late = []
    for k in range(1000):
        due = at + k * EVERY_S - recording.began
        first, last = round((due - NEAR_S) * RATE), round((due + NEAR_S) * RATE)
        if first < 0 or last > len(heard):
            continue
        likeness = np.correlate(heard[first:last], burst(k), "valid")
        best = int(np.argmax(likeness))
        if likeness[best] > 0.5 * np.square(burst(k)).sum():
            late.append(best / RATE - NEAR_S + RECORDED_AHEAD_S)
    return late


@pytest.fixture
def player(room: Room) -> Iterator[IO[str]]:
    """What a player in that room tells."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.sound_player"],
        env=room.environment,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout
        process.kill()


def test_a_voice_is_heard_in_time_and_again_after_the_service_was_killed(
    room: Room, player: IO[str]
) -> None:
    recording = Recording(room)
    at = float(player.readline().removeprefix("at "))
    time.sleep(max(at + 3.5 - time.monotonic(), 0))
    before = lateness_s(recording, at=at)
    room.kill()
    gone = player.readline()
    room.open()
    recording = Recording(room)
    while player.readline() not in {"fault None\n", ""}:
        pass
    time.sleep(4.0)
    after = lateness_s(recording, at=at)

    for when, late in (("at first", before), ("after the service was killed", after)):
        logger.info("late %s, in ms: %s", when, np.round(1000 * np.array(late), 1).tolist())
    assert "gone" in gone
    assert len(before) >= 8
    assert len(after) >= 4
    assert abs(np.median(before)) < BOUND_S
    assert abs(np.median(after)) < BOUND_S


def test_a_microphone_hears_at_the_time_it_says(room: Room) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.sound_listener"],
        cwd=PROJECT, env=room.environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    late_s = [float(line) for line in told.stdout.split()]

    assert len(late_s) == 10, told.stderr[-500:]
    logger.info("heard late by %s ms", [round(1000 * each) for each in late_s])
    assert max(map(abs, late_s)) < HEARD_BOUND_S
