"""A portrait judged by a clip: agreement, likeness, brushwork, and a contact sheet."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from kiosk.__main__ import main
from kiosk.curation.study import Study
from kiosk.display.recorder import Recorder
from kiosk.evaluation import measures
from kiosk.evaluation.highlights import FILM_NOTE
from kiosk.evaluation.likeness import Likeness, puppet_of
from kiosk.messages import Layers
from kiosk.model.spec import RESOLUTION
from kiosk.motion.agreement import BARS, agree
from kiosk.portraits.pack import load_pack
from kiosk.puppet.render import Puppet
from kiosk.rig.landmarks import no_motion
from tests.conftest import Depot

FRAMES, RATE = 48, 24.0


@pytest.fixture(scope="module")
def clip(puppet: Puppet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a head that turns to and fro."""
    path = tmp_path_factory.mktemp("clip") / "turning.mp4"
    code = cv2.VideoWriter.fourcc(*"mp4v")
    film = cv2.VideoWriter(str(path), code, RATE, (RESOLUTION, RESOLUTION))
    for angle in 0.2 * np.sin(np.linspace(0, 4 * np.pi, FRAMES)):
        motion = replace(no_motion(), rotation=np.array([0.3 * angle, angle, 0], np.float32))
        film.write(np.ascontiguousarray(puppet.render(motion).frame[..., ::-1]))
    film.release()
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the report goes."""
    return tmp_path_factory.mktemp("reports") / "of-hopper"


@pytest.fixture(scope="module")
def told(
    depot: Depot, clip: Path, report: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What the command prints as JSON."""
    import contextlib
    import io

    sheet = tmp_path_factory.mktemp("sheet") / "sheet.png"
    out = io.StringIO()
    command = ["train", "evaluate", "--portrait", "hopper", "--visitor", str(clip), "--json"]
    command += ["--sheet", str(sheet), "--report", str(report)]
    with contextlib.redirect_stdout(out):
        code = main([*command, "--config", str(depot.config)])
    assert code == 0
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_every_figure_is_told(told: dict[str, Any]) -> None:
    assert (told["portrait"], told["visitor"], told["frames"]) == ("hopper", "turning.mp4", FRAMES)
    assert set(told["agreement"]) == set(BARS) == set(told["bars"])
    assert set(told["psnr_db"]) == set(told["ssim"]) == set(measures.REGIONS)
    assert isinstance(told["passed"], bool)
    assert isinstance(told["quality_passed"], bool)
    assert set(told["quality_bars"]) < set(told)


def test_the_portrait_is_like_its_puppet(told: dict[str, Any]) -> None:
    assert min(told["psnr_db"].values()) > 18
    assert max(told["psnr_db"].values()) < 70  # a mouth that stays shut is nearly the artwork
    assert 0.4 < min(told["ssim"].values()) <= max(told["ssim"].values()) <= 1


def test_the_neutral_keeps_its_brushwork(told: dict[str, Any]) -> None:
    assert 0.6 < told["neutral_fine_energy"] < 1.3
    assert 0.4 < told["sharpness"] < 1.5


def test_a_visitor_who_never_blinks_says_nothing_of_blinks(told: dict[str, Any]) -> None:
    assert told["blinks"]["frames"] == 0
    assert told["blinks"]["worst"] is None


def test_identity_stands_beside_the_visitors_own(told: dict[str, Any]) -> None:
    assert 0 < told["identity"]["portrait_pct"] < 5
    assert 0 < told["identity"]["visitor_pct"] < 5


def test_a_portrait_is_nearly_still_before_a_still_visitor(told: dict[str, Any]) -> None:
    for what in ("told", "picture"):
        assert told["flicker"][f"{what}_typical_pct"] < 0.3
        assert told["flicker"][f"{what}_typical_pct"] <= told["flicker"][f"{what}_worst_pct"]


def test_the_report_is_one_page_with_its_pictures_beside_it(
    told: dict[str, Any], report: Path
) -> None:
    page = (report / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'(?:src|href)="([^"#]+)"', page)

    assert "Grace Hopper" in page
    assert "<script" not in page
    assert "http" not in page
    assert {"hopper/sheet.png", "hopper/film.mp4", "hopper/rest.jpg"} < set(named)
    assert all((report / name).stat().st_size > 1000 for name in named)
    beside = {str(path.relative_to(report)) for path in report.rglob("*.*")}
    assert beside == {"index.html", *named}
    assert all(' alt="' in image for image in re.findall(r"<img[^>]+>", page))
    assert [path.name for path in report.parent.iterdir()] == [report.name]


def test_the_film_is_as_long_as_the_clip_and_says_what_it_is(
    told: dict[str, Any], report: Path
) -> None:
    with av.open(str(report / "hopper" / "film.mp4")) as film:
        stream = film.streams.video[0]
        seen = sum(1 for _ in film.decode(stream))

    assert FRAMES - 12 < seen <= FRAMES
    assert stream.codec_context.name == "h264"
    assert film.metadata["comment"] == FILM_NOTE


def test_the_sheet_is_a_picture(told: dict[str, Any]) -> None:
    sheet = cv2.imread(told["sheet"])

    assert sheet is not None
    assert sheet.std() > 10


def test_what_is_no_clip_is_told(
    tmp_path: Path, depot: Depot, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "noise.mp4"
    path.write_bytes(b"no film")

    command = ["train", "evaluate", "--portrait", "hopper", "--visitor", str(path)]

    assert main([*command, "--config", str(depot.config), "--sheet", str(tmp_path / "s.png")]) == 2
    assert "noise.mp4: is no clip that can be played" in capsys.readouterr().err


def evaluate_badly(clip: Path, depot: Depot, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    """The command's complaint about a clip; nothing else may come of it."""
    place = clip.parent / "written"
    place.mkdir()
    command = ["train", "evaluate", "--portrait", "hopper", "--visitor", str(clip)]
    command += ["--sheet", str(place / "s.png"), "--report", str(place / "report")]
    assert main([*command, "--config", str(depot.config), *more]) == 2
    assert not list(place.iterdir())
    return capsys.readouterr().err


def test_a_clip_without_a_face_is_told_and_leaves_nothing(
    tmp_path: Path, depot: Depot, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wall.mp4"
    with Recorder(path, (160, 120), 24.0) as recorder:
        for number in range(30):
            recorder.write(np.full((120, 160, 3), number, np.uint8), number / 24)

    assert "wall.mp4: no face is seen in it" in evaluate_badly(path, depot, capsys)


def test_a_clip_cut_short_is_told_and_leaves_nothing(
    tmp_path: Path, depot: Depot, capsys: pytest.CaptureFixture[str]
) -> None:
    path, rng = tmp_path / "half.mp4", np.random.default_rng(0)
    with Recorder(path, (160, 120), 24.0) as recorder:
        for number in range(60):
            recorder.write(rng.integers(0, 255, (120, 160, 3), np.uint8), number / 24)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    assert re.search(
        r"half.mp4: is cut short, \d+ of 60 pictures", evaluate_badly(path, depot, capsys)
    )


def test_a_face_of_a_moment_is_too_little(
    tmp_path: Path, depot: Depot, puppet: Puppet, capsys: pytest.CaptureFixture[str]
) -> None:
    path, face = tmp_path / "moment.mp4", puppet.render(no_motion()).frame
    with Recorder(path, face.shape[:2], 24.0) as recorder:
        for number in range(12):
            recorder.write(face, number / 24)

    assert "moment.mp4: a face is seen in" in evaluate_badly(path, depot, capsys)


def test_all_that_are_whole_are_evaluated_and_the_others_named(
    depot: Depot,
    clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Found:
        stills = (2 * (np.zeros((9, 9, 3), np.uint8),),)

        def figures(self) -> dict[str, object]:
            return {"portrait": "hopper"}

    packs = tmp_path / "packs"
    shutil.copytree(depot.packs / "hopper", packs / "hopper")
    shutil.copytree(depot.packs / "hopper", packs / "worn")
    (packs / "worn" / "matte.png").write_bytes(b"")
    (tmp_path / "config.toml").write_text('[portraits]\nfolder = "packs"\n')
    monkeypatch.setattr("kiosk.evaluation.evaluate.evaluate", lambda *_: Found())

    command = ["train", "evaluate", "--all", "--visitor", str(clip), "--json"]
    command += ["--sheet", str(tmp_path / "s.png"), "--config", str(tmp_path / "config.toml")]

    assert main(command) == 2
    printed = capsys.readouterr()
    assert [each["portrait"] for each in json.loads(printed.out)] == ["hopper"]
    assert "not evaluated: worn" in printed.err
    assert (tmp_path / "s-hopper.png").is_file()


def test_a_report_needs_a_folder(
    depot: Depot, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes").write_text("mine")

    command = ["train", "evaluate", "--portrait", "hopper", "--visitor", str(clip)]
    command += ["--report", str(tmp_path / "notes"), "--sheet", str(tmp_path / "s.png")]

    assert main([*command, "--config", str(depot.config)]) == 2
    assert "notes: is a file; name a folder for the report" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes"]


@pytest.mark.parametrize("asked", [[], ["--portrait", "hopper", "--all"]])
def test_one_portrait_or_all_must_be_asked_for(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "evaluate", *asked]) == 2
    assert "--portrait ID, or take all with --all" in capsys.readouterr().err


def test_a_clip_of_a_few_frames_agrees_in_nothing(study: Study) -> None:
    few = np.repeat(study.landmarks[None], 5, axis=0)

    assert max(agree(few, few).r.values()) < 1e-6
    assert not agree(few, few).passed


def test_a_still_generator_is_unlike_a_puppet_that_turns(depot: Depot) -> None:
    turned = replace(no_motion(), rotation=np.array([0, 0.3, 0], np.float32))
    pack = load_pack(depot.packs / "hopper")
    r = RESOLUTION
    nothing = np.zeros((r, r), np.float32)
    flow, paint = (np.zeros((r, r, channels), np.float32) for channels in (2, 3))
    layers = Layers("hopper", flow, nothing, paint, nothing, 0.0)
    heads = []
    for motion in (no_motion(), turned):
        likeness = Likeness(pack)
        likeness.add(layers, motion, pack.landmarks)
        heads.append(likeness.mean("psnr")["head"])

    assert heads[0] > 30
    assert heads[1] < heads[0] - 8
    assert puppet_of(pack).figure.landmarks is pack.landmarks
