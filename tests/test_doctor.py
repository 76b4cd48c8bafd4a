"""The doctor's round: every part is told of, whatever one of them does; and the camera's."""

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kiosk.__main__ import main
from kiosk.config import CameraSettings, Config, SoundSettings
from kiosk.control.client import Client
from kiosk.control.server import serve_staff
from kiosk.control.view import Place, View, view_of
from kiosk.doctor.camera import PICTURES, examine_camera
from kiosk.doctor.examine import EXAMINATIONS, Examination, examine
from kiosk.doctor.finding import Finding, Verdict, fault, good, warning
from kiosk.doctor.machine import Machine, Running, find_kiosk, run_command
from kiosk.errors import ControlError
from kiosk.messages import Bytes, Face, Frame
from tests.fakes import FakeCapture, FrozenCapture, ManualClock, make_face
from tests.patients import bare_machine, read
from tests.test_control import FakeKiosk

VIEW = View(0.1, (640, 480), light=0.5, black=0.0, white=0.0, faces=(Place(0.5, 0.5, 0.2),))


def test_an_examination_that_fails_is_a_fault_of_its_own_and_the_next_goes_on() -> None:
    def breaks(_: Machine) -> Iterator[Finding]:
        yield good("first", "seen before")
        raise RuntimeError("the driver\nis gone")

    parts = (
        Examination("first", breaks),
        Examination("second", lambda _: iter([good("second", "well")])),
    )
    found = list(examine(Machine(), parts))

    assert [(each.what, each.verdict) for each in found] == [
        ("first", Verdict.OK), ("first", Verdict.FAULT), ("second", Verdict.OK)
    ]  # fmt: skip
    assert found[1].words == "it cannot be examined: RuntimeError: the driver is gone"


def test_an_examination_that_hangs_is_left_behind() -> None:
    goes_on = threading.Event()

    def hangs(_: Machine) -> Iterator[Finding]:
        goes_on.wait()
        yield good("first", "too late")

    parts = (
        Examination("first", hangs, limit_s=0.05),
        Examination("second", lambda _: iter([good("second", "well")])),
    )
    found = list(examine(Machine(), parts))
    goes_on.set()

    assert [each.verdict for each in found] == [Verdict.FAULT, Verdict.OK]
    assert "no answer within" in found[0].words


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([good("a", "well")], 0),
        ([good("a", "well"), warning("b", "so so", "do this")], 0),
        ([fault("a", "ill", "do that"), good("b", "well")], 2),
    ],
)
def test_only_a_fault_ends_in_another_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    findings: list[Finding],
    code: int,
) -> None:
    monkeypatch.setattr("kiosk.doctor.examine.examine", lambda _: iter(findings))
    monkeypatch.setattr("kiosk.doctor.machine.find_kiosk", lambda _: (None, ""))

    assert main(["doctor"]) == code
    assert capsys.readouterr().out.splitlines()[0].split(None, 1)[1] in ("a: well", "a: ill")
    assert main(["doctor", "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert [list(each) for each in told] == [["what", "verdict", "words", "todo"]] * len(findings)


def test_settings_that_are_wrong_are_a_fault_and_the_rest_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("kiosk.doctor.examine.examine", lambda _: iter([good("a", "well")]))
    monkeypatch.setattr("kiosk.doctor.machine.find_kiosk", lambda _: (None, ""))
    config = tmp_path / "config.toml"
    config.write_text("[camera]\nfps = 1\n")

    assert main(["doctor", "--json", "--config", str(config)]) == 2
    told = json.loads(capsys.readouterr().out)
    assert [each["what"] for each in told] == ["settings", "a"]
    assert "camera.fps is 1" in told[0]["words"]


def test_on_this_very_machine_nothing_breaks() -> None:
    config = Config(camera=CameraSettings(source="demo"), sound=SoundSettings(enabled=False))
    parts = tuple(part for part in EXAMINATIONS if part.what != "display")
    found = list(examine(Machine(config), parts))

    assert {each.what for each in found} == {part.what for part in parts}
    assert not any("it cannot be examined" in each.words for each in found)


def test_a_command_that_is_not_there_or_fails_tells_nothing() -> None:
    assert run_command(["echo", "so"]) == "so"
    assert run_command(["/no/such/command"]) is None
    assert run_command(["false"]) is None


def test_a_kiosk_that_runs_is_found_and_one_that_was_killed_is_not(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.sock"
    kiosk = FakeKiosk()
    with serve_staff(kiosk, path):
        running, silent = find_kiosk(path)
        assert running is not None
        assert (running.status["portrait"], running.view(), silent) == ("mona", None, "")
        kiosk.seen = VIEW
        assert running.view() == VIEW
    assert find_kiosk(path) == (None, "")


def test_a_kiosk_that_does_not_answer_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    def hang(_: Client) -> None:
        raise ControlError("no kiosk answers") from httpx.ReadTimeout("late")

    monkeypatch.setattr(Client, "status", hang)
    running, silent = find_kiosk(Path("/run/x.sock"))

    assert running is None
    assert "does not answer" in silent


def test_a_kiosk_that_may_not_be_asked_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Client) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Client, "status", refuse)

    assert find_kiosk(Path("/run/x.sock"))[1].endswith("cannot be asked (Permission denied)")


def test_a_picture_becomes_figures() -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    image[:, 320:] = 255
    view = view_of(image, [make_face(centre=(160, 240), width=128)], 0.25)

    assert (view.age_s, view.size) == (0.25, (640, 480))
    assert (view.light, view.black, view.white) == (0.5, 0.5, 0.5)
    assert view.faces[0].x == pytest.approx(0.25, abs=0.02)
    assert view.faces[0].width == pytest.approx(0.2, abs=0.02)


class Camera(FakeCapture):
    """So light a film of pictures, with noise, at so many a second."""

    def __init__(self, light: int, clock: ManualClock, fps: float = 30.0) -> None:
        super().__init__(1000, fps)
        self._light, self._clock = light, clock

    def grab(self) -> bool:
        self._clock.now += 1 / self.fps
        return super().grab()

    def retrieve(self) -> Bytes | None:
        noise = np.random.default_rng(self.grabbed).integers(-3, 4, (480, 640, 3))
        return np.clip(noise + self._light, 0, 255).astype(np.uint8)


def nobody(_: Frame) -> tuple[Face, ...]:
    return ()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "video0").touch()
    return bare_machine(tmp_path)


def test_a_good_camera_is_told_with_light_and_framing(machine: Machine) -> None:
    clock = ManualClock()
    camera = Camera(120, clock)
    face = make_face(centre=(320, 240), width=150)
    told = read(examine_camera(machine, lambda _: camera, lambda _: (face,), clock))

    assert told["camera"] == ("ok", "/dev/video0, 640 x 480, 30 pictures a second")
    assert told["light"][0] == told["framing"][0] == "ok"
    assert "a face in the middle, 2" in told["framing"][1]
    assert camera.released
    assert camera.grabbed == PICTURES


@pytest.mark.parametrize(
    ("light", "words"), [(20, "too dark"), (250, "too light"), (120, "47% on average")]
)
def test_light_is_judged(machine: Machine, light: int, words: str) -> None:
    clock = ManualClock()
    told = read(examine_camera(machine, lambda _: Camera(light, clock), nobody, clock))

    assert told["light"][1].startswith(words)
    assert told["light"][0] == ("ok" if light == 120 else "warning")
    assert "nobody in it" in told["framing"][1]


def test_a_slow_camera_is_a_warning(machine: Machine) -> None:
    clock = ManualClock()
    told = read(examine_camera(machine, lambda _: Camera(120, clock, 8.0), nobody, clock))

    assert told["camera"][0] == "warning"
    assert "8 pictures a second: the portrait will lag" in told["camera"][1]


def test_a_face_too_small_to_be_followed_is_a_warning(machine: Machine) -> None:
    clock, face = ManualClock(), make_face(centre=(100, 100), width=40)
    told = read(examine_camera(machine, lambda _: Camera(120, clock), lambda _: (face,), clock))

    assert told["framing"][0] == "warning"
    assert "a face to the left, high up" in told["framing"][1]


@pytest.mark.parametrize(
    ("capture", "words"),
    [
        (None, "is there, and cannot be opened"),
        (FakeCapture(0), "opens, and gives no picture"),
        (FrozenCapture(100), "gives the same picture again and again"),
    ],
)
def test_a_camera_that_gives_nothing_is_a_fault(
    machine: Machine, capture: FakeCapture | None, words: str
) -> None:
    told = read(examine_camera(machine, lambda _: capture, nobody, ManualClock()))

    assert told == {"camera": ("fault", f"/dev/video0 {words}")}


def test_a_camera_that_is_not_there_or_closed_is_not_opened(machine: Machine) -> None:
    def never(_: CameraSettings) -> None:
        raise AssertionError

    elsewhere = replace(machine, config=Config(camera=CameraSettings(source="3")))
    told = read(examine_camera(elsewhere, never, nobody))
    assert told["camera"] == ("fault", "there is no /dev/video3; there are: /dev/video0")
    told = read(examine_camera(replace(machine, may=lambda *_: False), never, nobody))
    assert told["camera"] == ("fault", "ann may not use /dev/video0")


def test_a_recording_is_a_warning_and_a_missing_one_a_fault(machine: Machine) -> None:
    for source, verdict in (("demo", "warning"), ("/no/clip.mp4", "fault")):
        config = Config(camera=CameraSettings(source=source))
        assert read(examine_camera(replace(machine, config=config)))["camera"][0] == verdict


def test_a_kiosk_that_runs_keeps_its_camera_and_is_asked(machine: Machine) -> None:
    def never(_: CameraSettings) -> None:
        raise AssertionError

    told = read(examine_camera(replace(machine, running=Running({}, lambda: VIEW)), never, nobody))
    assert "asked of the kiosk that runs" in told["camera"][1]
    assert [verdict for verdict, _ in told.values()] == ["ok", "ok", "ok"]

    for view, words in ((None, "no picture has come yet"), (replace(VIEW, age_s=5.0), "for 5 s")):
        running = Running({}, lambda view=view: view)
        told = read(examine_camera(replace(machine, running=running), never, nobody))
        assert told["camera"][0] == "fault"
        assert words in told["camera"][1]


def test_debug_tells_where_an_examination_broke(caplog: pytest.LogCaptureFixture) -> None:
    def breaks(_: Machine) -> Iterator[Finding]:
        raise RuntimeError("here")

    with caplog.at_level(logging.DEBUG, "kiosk"):
        list(examine(Machine(), (Examination("first", breaks),)))

    assert "in breaks" in caplog.text
