"""A kiosk keeps nothing of a visitor: all that it writes and sends, as the kernel saw it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from kiosk.camera.capture import read_pictures
from kiosk.control.client import Client
from kiosk.control.status import Status
from kiosk.errors import ControlError
from kiosk.places import DEMO_CLIP, PROJECT
from tests.discretion import Allowed, Pieces, complaints, cut
from tests.leaky import LEAKS
from tests.witness import Deeds, can_watch, watch

pytestmark = pytest.mark.skipif(not can_watch(), reason="strace is not here, or may not trace")

SECONDS = float(os.environ.get("PRIVACY_S", "18"))
SETTLES_S = 6.0  # after the first visitor: what is compiled, and the driver's shaders
CAME = b"a visitor has come"


@dataclass(frozen=True)
class Watched:
    """A kiosk's run, with the demo's visitor before it."""

    deeds: Deeds
    complaints: list[str]
    said: str
    answers: list[dict[str, object]]


def watched(home: Path, program: str, seconds: float, pieces: Pieces) -> Watched:
    """Run a kiosk in a folder of its own and let staff ask it meanwhile."""
    (home / "run").mkdir(parents=True)
    (home / "config.toml").write_text(
        f'[portraits]\nfolder = "{PROJECT}/assets/portraits"\n[log]\nevery_s = 4.0\n'
    )
    environment = {
        **os.environ, "HOME": str(home), "TMPDIR": str(home), "XDG_CACHE_HOME": f"{home}/cache",
        "XDG_RUNTIME_DIR": f"{home}/run", "NUMBA_CACHE_DIR": f"{home}/cache/numba",
        "PYTHONPATH": str(PROJECT),
    }  # fmt: skip
    command = [
        sys.executable, "-m", program, "run", "--config", f"{home}/config.toml", "--camera", "demo",
        "--offscreen", "--size", "360x640", "--seconds", str(seconds),
    ]  # fmt: skip
    answers: list[dict[str, object]] = []
    client = Client(home / "run" / "tableau-vivant" / "kiosk.sock")
    deeds = watch(
        command, home / "trace", environment=environment, meanwhile=asking(client, answers)
    )
    came = [each for each in deeds.given if CAME in each.data]
    allowed = Allowed(
        files=re.compile(rf"{home}/cache/.*|/dev/null|/dev/shm/jack_db-.*|/memfd:pulseaudio"),
        sockets=re.compile(rf'AF_UNIX( "{home}/run/.*")?'),
        log=f"{home}/trace/said",
        settled_at=came[0].at + SETTLES_S,
    )
    said = (home / "trace" / "said").read_text()
    return Watched(deeds, complaints(deeds, allowed, pieces), said, answers)


def asking(
    client: Client, answers: list[dict[str, object]]
) -> Callable[["subprocess.Popen[bytes]"], None]:
    """Staff who ask every second."""

    def ask(process: "subprocess.Popen[bytes]") -> None:
        while process.poll() is None:
            with suppress(ControlError):
                answers.append(client.status())
                client.log()
            time.sleep(1.0)

    return ask


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return cut(image for _, image in read_pictures(DEMO_CLIP))


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory, pieces: Pieces) -> Watched:
    return watched(tmp_path_factory.mktemp("honest") / "home", "kiosk", SECONDS, pieces)


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory, pieces: Pieces) -> Watched:
    return watched(tmp_path_factory.mktemp("leaky") / "home", "tests.leaky", 16, pieces)


def test_a_kiosk_with_a_visitor_gives_nothing_of_them_out(kiosk: Watched) -> None:
    assert kiosk.complaints == []


def test_the_run_is_one_in_which_there_was_something_to_give_out(kiosk: Watched) -> None:
    assert CAME.decode() in kiosk.said
    assert "frames/s" in kiosk.said
    assert kiosk.deeds.calls > 1000
    assert any(answer["attended"] for answer in kiosk.answers)
    sent = [each for each in kiosk.deeds.given if each.target.startswith("socket:")]
    assert any(b'"attended": true' in each.data for each in sent)


def test_staff_are_told_figures_of_the_kiosk_and_none_of_the_visitor(kiosk: Watched) -> None:
    assert {key for answer in kiosk.answers for key in answer} == {f.name for f in fields(Status)}


@pytest.mark.parametrize(
    ("leak", "words"),
    [
        ("pixels", "pixels in .*/numba/rgb"),
        ("bgr", "pixels in .*/numba/bgr"),
        ("elsewhere", "writes .*/elsewhere"),
        ("jpeg", r"a picture in .*/numba/seen\.jpg"),
        ("packed", "late bytes in .*/numba/packed"),
        ("memory", "pixels in /dev/shm/jack_db-leak"),
        ("socket", "pixels in socket:.*"),
        ("answer", "late bytes in socket:.*"),
        ("network", "opens AF_INET"),
        ("unseen", r"hides sendfile\(.*"),
        ("landmarks", "a list of numbers in .*/numba/landmarks"),
        ("doubles", "a list of numbers in .*/numba/doubles"),
        ("decimals", "a list of numbers in .*/numba/decimals"),
        ("log", r"logs .* the nose is at [\d.]+"),
    ],
)
def test_a_kiosk_that_leaks_is_found_out(leaky: Watched, leak: str, words: str) -> None:
    assert leak in LEAKS
    assert any(re.fullmatch(words, each) for each in leaky.complaints), leaky.complaints
