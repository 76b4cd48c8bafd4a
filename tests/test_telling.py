"""What `kiosk portraits add` tells: lines for programs, a bar and lines for people."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from kiosk.__main__ import main
from kiosk.cli.progress import progress_bar
from kiosk.cli.telling import (
    EVERY_S,
    Outcome,
    Person,
    Program,
    Teller,
    told_to_program,
)
from kiosk.curation.timetable import LEARNING, LOOKING, PACKING, Progress, Timetable
from kiosk.errors import PictureError
from tests.fakes import ManualClock

KEYS = {"stage", "share", "left_s", "preview", "error"}


def read_lines(told: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told.splitlines()]


def test_a_program_is_told_twice_a_second_and_of_every_new_stage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = ManualClock()
    tell = Teller(Program(clock), Timetable(1.0, clock))
    for number in range(100):
        tell(Progress(LEARNING, number / 100, error=0.1))
        clock.wait(0.1)
    tell(Progress(PACKING, 0.0))
    lines = read_lines(capsys.readouterr().out)

    assert all(set(line) == KEYS for line in lines)
    assert len(lines) == pytest.approx(100 * 0.1 / EVERY_S, abs=4)
    assert [line["stage"] for line in lines[-2:]] == [LEARNING, PACKING]


def test_a_program_reads_stage_share_time_and_preview(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tell = Teller(Program(), Timetable(1.0))
    tell(Progress(LEARNING, 0.5, error=0.02347, preview=tmp_path / "preview.jpg"))
    tell(Progress(LOOKING, 0.5, remark="the face is small"))
    tell.fetch("fetching tiles", 0.25)
    learning, remark, fetching = read_lines(capsys.readouterr().out)

    assert learning["preview"] == str(tmp_path / "preview.jpg")
    assert learning["error"] == 0.0235
    assert learning["left_s"] == pytest.approx(24 + 27)
    assert remark == {"remark": "the face is small"}
    assert fetching == {
        "stage": "fetching tiles", "share": 0.25, "left_s": None, "preview": None, "error": None,
    }  # fmt: skip


def test_a_program_reads_what_came_of_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    Program().end(Outcome("lace", tmp_path, ("too small",), tmp_path / "index.html"))

    assert read_lines(capsys.readouterr().out) == [
        {
            "id": "lace",
            "folder": str(tmp_path),
            "warnings": ["too small"],
            "report": str(tmp_path / "index.html"),
        }
    ]


def test_a_fault_is_a_line_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PictureError), told_to_program():
        raise PictureError("lace.jpg: no face was found")

    assert read_lines(capsys.readouterr().out) == [{"fault": "lace.jpg: no face was found"}]


def test_a_command_that_fails_says_so_in_json_with_its_exit_code(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[portraits]\nfolder = "packs"\n')
    missing, report = tmp_path / "none.jpg", tmp_path / "report"
    command = ["portraits", "add", str(missing), "--id", "lace", "--report", str(report)]

    assert main([*command, "--json", "--config", str(config)]) == 2
    *_, last = read_lines(capsys.readouterr().out)
    assert set(last) == {"fault"}
    assert "none.jpg" in last["fault"]


def test_a_report_that_cannot_be_written_is_told_before_the_work(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, photograph: Path
) -> None:
    config, file = tmp_path / "config.toml", tmp_path / "file"
    config.write_text('[portraits]\nfolder = "packs"\n')
    file.touch()
    command = ["portraits", "add", str(photograph), "--id", "lace", "--report", str(file)]

    assert main([*command, "--json", "--config", str(config)]) == 2
    (only,) = read_lines(capsys.readouterr().out)
    assert "cannot be written" in only["fault"]


def test_a_person_is_told_once_where_the_preview_is_and_sees_the_time_left(
    tmp_path: Path,
) -> None:
    screen = io.StringIO()
    console = Console(file=screen, soft_wrap=True, force_terminal=True, width=160, highlight=False)
    with progress_bar(console, "stopped") as bar:
        tell = Teller(Person("lace", console, bar), Timetable(10.0))
        for part in (0.1, 0.2):
            tell(Progress(LEARNING, part, error=0.0321, preview=tmp_path / "preview.jpg"))
        tell(Progress(LOOKING, 0.5, remark="the face is small"))
    shown = screen.getvalue()

    assert shown.count(f"as it is learnt: {tmp_path / 'preview.jpg'}") == 1
    assert "lace: the face is small" in shown
    assert "learning, error 0.032" in shown
    assert "0:06:51" in shown  # .8 of eight minutes, packing and the report
