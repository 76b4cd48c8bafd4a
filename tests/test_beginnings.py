"""One picture learnt in several ways, and what is said of each."""

import itertools
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from kiosk.__main__ import main
from kiosk.evaluation import beginnings as module
from kiosk.evaluation.beginnings import (
    WAYS,
    Outcome,
    Sitting,
    begin,
    compare,
    judge,
    learn,
    line,
    save_sheet,
    strip,
)
from kiosk.model.generator import Generator
from kiosk.model.spec import RESOLUTION
from kiosk.portraits.pictures import read_picture
from kiosk.puppet.render import Puppet
from kiosk.training.finetune import Finetuning
from kiosk.training.pairs import Pairs


@pytest.fixture
def sitting(puppet: Puppet, pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> Sitting:
    monkeypatch.setattr(module, "SHOWN", 2)
    tests = Pairs(**{name: getattr(pairs, name)[:4] for name in Pairs.__slots__})
    return Sitting(puppet.figure, pairs, tests)


def test_the_rig_alone_is_near_the_puppet_and_no_more(sitting: Sitting) -> None:
    found = judge(sitting, None, "rig alone", 0)

    assert all(25 < value < 60 for value in found.psnr_db)
    assert all(0.7 < value < 1 for value in found.ssim)
    assert all(0.3 < value < 2 for value in found.fineness)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_learns(
    sitting: Sitting, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a clock by which a step takes a fifth of a second, however slow the machine is."""
    ticks = itertools.count()
    clock = SimpleNamespace(monotonic=lambda: next(ticks) / 5)
    monkeypatch.setattr("kiosk.training.finetune.time", clock)
    untouched = begin(sitting, way).generator
    ((_, first), (minutes, learnt)) = learn(sitting, way, [0.02, 0.01], tmp_path)

    assert (learnt.heads.weight != untouched.heads.weight).any()
    assert (learnt.heads.weight != first.heads.weight).any()
    found = judge(sitting, learnt, way, minutes)
    assert (found.way, found.minutes) == (way, 0.02)


def test_the_sheet_shows_the_puppet_above_what_was_learnt(sitting: Sitting, tmp_path: Path) -> None:
    save_sheet(sitting, [strip(sitting, None)], tmp_path / "stills" / "sheet.png")
    sheet = read_picture(tmp_path / "stills" / "sheet.png")

    assert sheet.shape == (2 * RESOLUTION, 2 * RESOLUTION, 3)
    np.testing.assert_array_equal(sheet[:RESOLUTION, :RESOLUTION], sitting.tests.frame[0])


def test_the_rig_alone_and_the_base_untouched_stand_above_what_is_learnt(
    sitting: Sitting, tmp_path: Path
) -> None:
    found = list(compare(sitting, ["nothing"], [0.01], tmp_path))

    assert [(outcome.way, outcome.minutes) for outcome, _ in found] == [
        ("rig alone", 0), ("base", 0), ("nothing", 0.01),
    ]  # fmt: skip
    assert all(strip.shape == (RESOLUTION, 2 * RESOLUTION, 3) for _, strip in found)


def test_a_line_of_the_table_tells_an_outcome_whole() -> None:
    outcome = Outcome("base", 3, (40.0, 35.25, 36.0), (0.9, 0.95, 0.91), (1.0, 1.01, 1.02))

    told = "base 3 40.00 0.9000 1.00 35.25 0.9500 1.01 36.00 0.9100 1.02"
    assert line(outcome).split() == told.split()


def test_a_run_that_is_finished_leaves_the_one_that_goes_on_as_it_was(
    sitting: Sitting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans: list[tuple[float, float]] = []

    def spend(run: Finetuning, *given: object, until: float, **named: object) -> Generator:
        begun, run.elapsed = run.elapsed, until * run.settings.seconds
        spans.append((begun, run.elapsed))
        return run.average

    monkeypatch.setattr(module, "finetune", spend)
    list(learn(sitting, "nothing", [2, 1], tmp_path))

    assert spans == [(0, 42), (42, 60), (42, 84), (84, 120)]


@pytest.mark.parametrize(
    "wrong", [["--minutes", "none"], ["--minutes", "0"], ["--ways", "base,luck"]]
)
def test_bad_wishes_are_told_before_any_work(
    wrong: list[str], photograph: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "beginnings", str(photograph), *wrong]) == 2
    assert wrong[1].rpartition(",")[2] in capsys.readouterr().err
