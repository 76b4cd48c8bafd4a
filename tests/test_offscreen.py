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
from kiosk.portraits.pack import Pack
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


def negative_of(pack: Pack, tmp_path: Path) -> Pack:
    negative = small_pack(tmp_path / "other")
    negative.artwork[:] = 255 - pack.artwork
    return negative


def test_another_portrait_takes_its_place(tmp_path: Path) -> None:
    pack = small_pack(tmp_path)
    negative = negative_of(pack, tmp_path)
    settings = DisplaySettings(disclosure="", label=False, crossfade_s=0)
    with OffscreenScreen(pack, (WIDTH, HEIGHT), settings) as screen:
        screen.hang(screen.prepare(negative))
        screen.show(None)

        assert np.array_equal(screen.read(), negative.artwork)


def test_another_portrait_fades_in_and_nothing_is_left_of_the_first(tmp_path: Path) -> None:
    pack = small_pack(tmp_path)
    negative = negative_of(pack, tmp_path)
    now = [0.0]
    settings = DisplaySettings(disclosure="", label=False, crossfade_s=1.0)
    with OffscreenScreen(pack, (WIDTH, HEIGHT), settings, clock=lambda: now[0]) as screen:
        screen.show(None)
        screen.hang(screen.prepare(negative))
        pictures = []
        for now[0] in (0.0, 0.25, 0.5, 0.75, 1.0, 1.5):
            screen.show(None)
            pictures.append(screen.read().astype(int))

    away = [np.abs(picture - pack.artwork).mean() for picture in pictures]
    assert np.array_equal(pictures[0], pack.artwork)
    assert away == sorted(away)
    assert np.abs(pictures[2] - 127.5).max() <= 1.5  # half of each
    assert np.array_equal(pictures[-2], negative.artwork)
    assert np.array_equal(pictures[-1], negative.artwork)


def test_a_portrait_that_comes_in_the_midst_of_a_fade_takes_over(tmp_path: Path) -> None:
    pack = small_pack(tmp_path)
    negative = negative_of(pack, tmp_path)
    now = [0.0]
    settings = DisplaySettings(disclosure="", label=False, crossfade_s=1.0)
    with OffscreenScreen(pack, (WIDTH, HEIGHT), settings, clock=lambda: now[0]) as screen:
        for each in (negative, pack, negative):
            screen.hang(screen.prepare(each))
            now[0] += 0.3
            screen.show(None)
        now[0] += 2
        screen.show(None)

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
