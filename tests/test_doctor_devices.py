"""What the doctor says of made-up machines: GPU, engines, display, sound."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import (
    Config,
    DisplaySettings,
    GeneratorSettings,
    SoundSettings,
)
from kiosk.doctor.computing import best_engine, describe, examine_engines, examine_gpu
from kiosk.doctor.heat import examine_heat
from kiosk.doctor.machine import Machine
from kiosk.doctor.screen import Display, examine_display
from kiosk.doctor.sound import examine_sound
from kiosk.errors import DisplayError, EngineError, SoundError
from tests.patients import RUNNING, bare_machine, commands, place, read

MIDSUMMER = 1782000000.0  # in 2026


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return bare_machine(tmp_path)


CARD = {"torch": "2.13", "gpu": "RTX 4060", "cuda": "13.0"}


@pytest.mark.parametrize(
    ("figures", "told", "device", "verdict", "words"),
    [
        (CARD, "RTX 4060, 580.1, 51", True, "ok", "RTX 4060, CUDA 13.0; RTX 4060, 580.1, 51 °C"),
        ({"torch": "2.13+cpu"}, "RTX 4060, 580.1, 51", True, "warning", "2.13+cpu does not use it"),
        ({"torch": "2.13"}, None, True, "fault", "its driver does not answer"),
        ({"torch": "2.13", "processor": "i5"}, None, False, "ok", "i5 does it all"),
    ],
)
def test_a_card_its_driver_and_pytorch_are_told_apart(
    machine: Machine,
    figures: dict[str, str],
    told: str | None,
    device: bool,
    verdict: str,
    words: str,
) -> None:
    if device:
        place(machine, "/dev/nvidia0")
    machine = replace(machine, run=commands(nvidia_smi=told) if told else commands())
    found = read(examine_gpu(machine, lambda: figures))

    assert found["GPU"][0] == verdict
    assert words in found["GPU"][1]


def test_a_card_that_is_wanted_and_not_there_is_a_warning(machine: Machine) -> None:
    machine = replace(machine, config=Config(generator=GeneratorSettings(engine="cuda")))

    assert read(examine_gpu(machine, lambda: {"torch": "2.13"}))["GPU"][0] == "warning"


def test_the_engine_is_told_and_none_is_built(machine: Machine) -> None:
    def no_tensorrt(_: GeneratorSettings) -> tuple[str, bool]:
        raise EngineError("it is not installed here")

    assert read(examine_engines(machine, lambda _: ("cpu", True)))["engines"][0] == "ok"
    assert (
        "takes minutes"
        in read(examine_engines(machine, lambda _: ("tensorrt", False)))["engines"][1]
    )
    assert read(examine_engines(machine, no_tensorrt))["engines"][0] == "warning"
    asked = read(examine_engines(replace(machine, running=RUNNING), no_tensorrt))
    assert asked["engines"] == ("ok", "cpu, asked of the kiosk that runs")


def test_this_machines_own_engine_and_figures_can_be_told() -> None:
    assert best_engine(GeneratorSettings(engine="cpu"))[0] in ("cpu", "cpu-bfloat16")
    assert "torch" in describe()


@pytest.mark.parametrize(
    ("celsius", "found"),
    [
        (None, ("ok", "no sensor of a processor tells")),
        (61.4, ("ok", "61 °C (x86_pkg_temp)")),
        (88.0, ("warning", "88 °C (x86_pkg_temp); from 92 on fewer pictures are made")),
    ],
)
def test_how_warm_it_is_is_told(
    machine: Machine, celsius: float | None, found: tuple[str, str]
) -> None:
    sensors = {"acpitz": 99.0} | ({} if celsius is None else {"x86_pkg_temp": celsius})
    for number, (name, shown) in enumerate(sensors.items()):
        zone = f"/sys/class/thermal/thermal_zone{number}"
        place(machine, f"{zone}/type", name)
        place(machine, f"{zone}/temp", f"{shown * 1000:.0f}")

    assert read(examine_heat(machine)) == {"heat": found}


@pytest.mark.parametrize(
    ("env", "display", "verdicts", "words"),
    [
        ({"DISPLAY": ":0"}, Display(((1080, 1920),), "Mesa Intel"), ["ok", "ok"], "1080 x 1920"),
        (
            {"DISPLAY": ":0"},
            Display(((1, 1),), "llvmpipe (LLVM 15)"),
            ["ok", "warning"],
            "screen 0",
        ),
        ({"DISPLAY": ":0"}, Display((), "Mesa Intel"), ["fault", "ok"], "there are 0"),
        ({}, Display((), "NVIDIA"), ["warning", "ok"], "DISPLAY is not set"),
    ],
)
def test_screen_and_what_draws_on_it_are_told(
    machine: Machine, env: dict[str, str], display: Display, verdicts: list[str], words: str
) -> None:
    found = list(examine_display(replace(machine, env=env), lambda has_screen: display))

    assert [each.verdict.value for each in found] == verdicts
    assert words in found[0].words


def test_nothing_to_draw_on_is_a_fault(machine: Machine) -> None:
    def look(has_screen: bool) -> Display:
        raise DisplayError("no OpenGL")

    assert read(examine_display(machine, look))["display"] == ("fault", "no OpenGL")


def test_a_screen_that_cannot_be_seen_from_here_is_well_while_a_kiosk_runs(
    machine: Machine,
) -> None:
    machine = replace(machine, running=RUNNING, config=Config(display=DisplaySettings(screen=1)))
    found = list(examine_display(machine, lambda _: Display((), "NVIDIA")))

    assert [each.verdict.value for each in found] == ["ok", "ok"]


class Cards:
    """Stands for sounddevice."""

    class PortAudioError(Exception):
        pass

    def query_devices(self, device: object, kind: str) -> dict[str, Any]:
        assert kind == "output"
        if device in (None, "HDMI"):
            return {"name": "HDMI 0"}
        raise ValueError("no such device")


@pytest.mark.parametrize(
    ("settings", "run", "verdict", "words"),
    [
        ({}, {}, "ok", "HDMI 0"),
        ({}, {"pactl": "Mute: no"}, "ok", "HDMI 0"),
        ({}, {"pactl": "Mute: yes"}, "warning", "HDMI 0 is muted"),
        ({}, {"amixer": "Front Left: Playback 0 [0%] [off]"}, "warning", "HDMI 0 is muted"),
        ({"volume": 0}, {}, "warning", "HDMI 0, at volume 0"),
        ({"device": "HDMI"}, {}, "ok", "HDMI 0"),
        ({"device": "USB"}, {}, "fault", "no sound device is called 'USB'"),
        ({"device": "7"}, {}, "fault", "no sound device is called '7'"),
        ({"enabled": False}, {}, "ok", "switched off in the settings"),
    ],
)
def test_the_sound_device_is_told(
    machine: Machine, settings: dict[str, Any], run: dict[str, str], verdict: str, words: str
) -> None:
    config = Config(sound=SoundSettings(**settings))
    found = read(examine_sound(replace(machine, config=config, run=commands(**run)), Cards))

    assert found == {"sound": (verdict, words)}


def test_a_sound_library_that_is_missing_is_a_fault(machine: Machine) -> None:
    def missing() -> None:
        raise SoundError("install libportaudio2")

    assert read(examine_sound(machine, missing))["sound"][0] == "fault"
