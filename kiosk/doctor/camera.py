"""The camera: whether it is there, gives pictures, sees enough light, and where a face is.

While a kiosk runs the camera is its own: then it is asked for the figures.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from kiosk.camera.capture import DEVICES, Capture, device_path, open_device
from kiosk.camera.devices import held_by
from kiosk.camera.source import clip_path
from kiosk.config import CameraSettings, TrackingSettings
from kiosk.control.view import Place, View, view_of
from kiosk.doctor.finding import Finding, fault, good, warning
from kiosk.doctor.machine import Machine
from kiosk.errors import CameraError
from kiosk.messages import Bytes, Face, Frame

CAMERA, LIGHT, FRAMING = "camera", "light", "framing"
PICTURES = 20  # exposure and white balance have settled by then
PATIENCE_S = 2.0
OLD_S = 3.0
SLOW = 15.0  # pictures a second
DARK, DARK_SHARE = 0.2, 0.6
GLARING, GLARING_SHARE = 0.85, 0.25
PLUG = "plug it in, or name another in [camera] source"

Find = Callable[[Frame], tuple[Face, ...]]


@dataclass(frozen=True, slots=True)
class Sample:
    """A second of a camera."""

    last: Bytes | None
    changes: bool  # no two pictures of a live camera are the same
    rate: float  # pictures a second


def find_faces(frame: Frame) -> tuple[Face, ...]:
    """As the kiosk would."""
    from kiosk.tracking.landmarker import Landmarker

    landmarker = Landmarker(TrackingSettings())
    try:
        return landmarker(frame).faces
    finally:
        landmarker.close()


def examine_camera(
    machine: Machine,
    opener: Callable[[CameraSettings], Capture | None] = open_device,
    find: Find = find_faces,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Finding]:
    """From the device to the face."""
    if machine.running is not None:
        yield from _ask(machine, machine.running.view())
        return
    settings = machine.config.camera
    if not settings.source.isdecimal() and not settings.source.startswith(DEVICES):
        yield _recording(settings.source)
        return
    device = device_path(settings.source)
    closed = _closed(machine, device)
    if closed is not None:
        yield closed
        return
    capture = opener(settings)
    if capture is None:
        yield _unopened(machine, device)
        return
    try:
        sample = _sample(capture, clock)
    finally:
        capture.release()
    yield from _judge(machine, sample, find)


def _ask(machine: Machine, view: View | None) -> Iterator[Finding]:
    asked = "asked of the kiosk that runs, which has it open"
    if view is None or view.age_s > OLD_S:
        since = "yet" if view is None else f"for {view.age_s:.0f} s"
        yield fault(CAMERA, f"no picture has come {since}, {asked}", f"see its cable; {PLUG}")
        return
    yield good(CAMERA, f"{view.size[0]} x {view.size[1]}, {asked}")
    yield _light(view)
    yield _framing(machine, view)


def _recording(source: str) -> Finding:
    try:
        clip_path(source)
    except CameraError as error:
        return fault(CAMERA, str(error), PLUG)
    words = f"a recording stands in for it ({source})"
    return warning(CAMERA, words, "name a device in [camera] source")


def _closed(machine: Machine, device: str) -> Finding | None:
    path = machine.at(device)
    if not path.exists():
        others = ", ".join(f"/dev/{each.name}" for each in sorted(machine.root.glob("dev/video*")))
        return fault(CAMERA, f"there is no {device}; there are: {others or 'none'}", PLUG)
    if not machine.may(path, os.R_OK | os.W_OK):
        words = f"{machine.user} may not use {device}"
        return fault(CAMERA, words, f"usermod -aG video {machine.user}, then log in anew")
    return None


def _unopened(machine: Machine, device: str) -> Finding:
    if held := held_by(machine.at(device), machine.at("/proc")):
        return fault(CAMERA, f"{device} {held}", "end that program; fuser -v names it to root")
    words = f"{device} is there, and cannot be opened"
    return fault(CAMERA, words, "unplug it and plug it in; fuser -v /dev/video* names who has it")


def _sample(capture: Capture, clock: Callable[[], float]) -> Sample:
    """Pictures, until there are enough or it is late."""
    began, first_at, count = clock(), 0.0, 0
    first: Bytes | None = None
    last: Bytes | None = None
    changes = False
    while count < PICTURES and clock() - began < PATIENCE_S and capture.grab():
        last = capture.retrieve()
        if last is None:
            break
        if first is None:
            first, first_at = last.copy(), clock()
        changes = changes or not np.array_equal(first, last)
        count += 1
    return Sample(last, changes, (count - 1) / max(clock() - first_at, 1e-3) if count else 0.0)


def _judge(machine: Machine, sample: Sample, find: Find) -> Iterator[Finding]:
    source = device_path(machine.config.camera.source)
    if sample.last is None:
        yield fault(CAMERA, f"{source} opens, and gives no picture", "unplug it and plug it in")
        return
    if not sample.changes:
        words = f"{source} gives the same picture again and again"
        yield fault(CAMERA, words, "unplug it and plug it in; then try another cable or port")
        return
    seen = np.ascontiguousarray(
        sample.last[:, ::-1] if machine.config.camera.mirror else sample.last
    )
    view = view_of(seen, find(Frame(seen, 0.0)), 0.0)
    told = f"{source}, {view.size[0]} x {view.size[1]}, {sample.rate:.0f} pictures a second"
    if sample.rate < SLOW:
        todo = "more light lets it expose faster; give it a USB port of its own"
        yield warning(CAMERA, f"{told}: the portrait will lag", todo)
    else:
        yield good(CAMERA, told)
    yield _light(view)
    yield _framing(machine, view)


def _light(view: View) -> Finding:
    told = f"{view.light:.0%} on average; {view.black:.0%} black, {view.white:.0%} blown out"
    if view.light < DARK or view.black > DARK_SHARE:
        return warning(LIGHT, f"too dark: {told}", "light visitors from the front, softly")
    if view.light > GLARING or view.white > GLARING_SHARE:
        return warning(LIGHT, f"too light: {told}", "turn it away from windows and lamps")
    return good(LIGHT, told)


def _framing(machine: Machine, view: View) -> Finding:
    field = f"a field of {view.size[0]} x {view.size[1]}"
    if not view.faces:
        return good(FRAMING, f"{field}, nobody in it; stand there, and ask again")
    face = max(view.faces, key=lambda each: each.width)
    width_px, least_px = face.width * view.size[0], machine.config.tracking.min_face_px
    told = f"a face {_where(face)}, {face.width:.0%} of the frame wide ({width_px:.0f} px)"
    if width_px < least_px:
        words = f"{told}: narrower than the {least_px:.0f} px from which one is followed"
        return warning(FRAMING, words, "come nearer, zoom in, or raise [camera] width and height")
    return good(FRAMING, f"{told}, in {field}")


def _where(face: Place) -> str:
    across = ("to the left", "in the middle", "to the right")[min(int(face.x * 3), 2)]
    down = ("high up", "", "low down")[min(max(int(face.y * 3), 0), 2)]
    return f"{across}, {down}".rstrip(", ")
