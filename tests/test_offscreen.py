"""Screens with and without a screen: what is there is used, what is missing is said."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kiosk.display import context
from kiosk.display.offscreen import OffscreenScreen
from kiosk.display.settings import DisplaySettings
from kiosk.display.window import WindowScreen
from kiosk.errors import DisplayError
from tests.packs import HEIGHT, WIDTH, small_pack, write_small_pack

TESTS = Path(__file__).parent
SHOW = """
import sys
from pathlib import Path
import numpy as np
from kiosk.display import context
from kiosk.display.offscreen import OffscreenScreen
from kiosk.portraits.pack import load_pack
context.find_egl_device = lambda: None
pack = load_pack(Path(sys.argv[1]), check_weights=False)
with OffscreenScreen(pack, (300, 400)) as screen:
    screen.show(None)
    assert np.array_equal(screen.read(), pack.artwork)
"""


def test_a_picture_has_the_size_asked_for(tmp_path: Path) -> None:
    with OffscreenScreen(small_pack(tmp_path), (180, 320)) as screen:
        screen.show(None)
        image = screen.read()

    assert image.shape == (320, 180, 3)
    assert image.dtype == np.uint8


def test_two_screens_live_side_by_side(tmp_path: Path) -> None:
    pack = small_pack(tmp_path)
    with OffscreenScreen(pack, (WIDTH, HEIGHT)) as first, OffscreenScreen(pack, (60, 80)) as second:
        second.show(None)
        first.show(None)

        assert np.array_equal(first.read(), pack.artwork)
        assert second.read().shape == (80, 60, 3)


def test_another_portrait_takes_its_place(tmp_path: Path) -> None:
    pack = small_pack(tmp_path)
    negative = small_pack(tmp_path / "other")
    negative.artwork[:] = 255 - negative.artwork
    with OffscreenScreen(pack, (WIDTH, HEIGHT)) as screen:
        screen.hang(negative)

        assert np.array_equal(screen.read(), negative.artwork)


def test_without_egl_and_xvfb_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "find_egl_device", lambda: None)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(DisplayError, match=r"no screen, no EGL and no Xvfb; install .*libegl1"):
        OffscreenScreen(small_pack(tmp_path), (60, 80))


def test_without_a_screen_the_window_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)

    with pytest.raises(DisplayError, match=r"DISPLAY is not set.*--offscreen"):
        WindowScreen(small_pack(tmp_path), DisplaySettings())


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")
def test_without_egl_a_virtual_screen_shows_the_same_picture(tmp_path: Path) -> None:
    folder = write_small_pack(tmp_path)
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    environment["PYTHONPATH"] = str(TESTS.parent)
    command = [sys.executable, "-c", SHOW, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
