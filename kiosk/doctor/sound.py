"""Sound: the library, the device, and whether somebody has muted it. Nothing is played."""

from collections.abc import Callable, Iterator
from typing import Any

from kiosk.doctor.finding import Finding, fault, good, warning
from kiosk.doctor.machine import Machine
from kiosk.errors import SoundError
from kiosk.sound.portaudio import load_portaudio

WHAT = "sound"
HEARD = "plug one in, name it in [sound] device, or set enabled = false for a silent portrait"


def examine_sound(
    machine: Machine, library: Callable[[], Any] = load_portaudio
) -> Iterator[Finding]:
    """Whether the portrait can be heard."""
    settings = machine.config.sound
    if not settings.enabled:
        yield good(WHAT, "switched off in the settings")
        return
    try:
        name = _device_name(library(), settings.device)
    except SoundError as error:
        yield fault(WHAT, str(error), HEARD)
        return
    if settings.volume == 0:
        yield warning(WHAT, f"{name}, at volume 0", "raise [sound] volume")
    elif _is_muted(machine):
        yield warning(
            WHAT, f"{name} is muted", "pactl set-sink-mute @DEFAULT_SINK@ 0, or alsamixer"
        )
    else:
        yield good(WHAT, name)


def _device_name(library: Any, device: str) -> str:
    which = int(device) if device.isdecimal() else device or None
    try:
        return str(library.query_devices(which, "output")["name"])
    except (library.PortAudioError, ValueError) as error:
        what = f"no sound device is called {device!r}" if device else "there is no sound device"
        raise SoundError(what) from error


def _is_muted(machine: Machine) -> bool:
    """As far as somebody tells."""
    told = machine.run(["pactl", "get-sink-mute", "@DEFAULT_SINK@"])
    if told is None:
        told = machine.run(["amixer", "sget", "Master"]) or ""
    return "Mute: yes" in told or "[off]" in told
