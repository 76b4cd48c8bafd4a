"""A portrait judged by a clip: agreement, likeness, brushwork, and a contact sheet."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kiosk.__main__ import main
from kiosk.curation.study import Study
from kiosk.messages import Layers
from kiosk.model.spec import RESOLUTION
from kiosk.motion.agreement import BARS, agree
from kiosk.motion.rig import no_motion
from kiosk.portraits.pack import load_pack
from kiosk.puppet.render import Puppet
from kiosk.training import measures
from kiosk.training.evaluate import Likeness, figure_of
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
def told(depot: Depot, clip: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command prints as JSON."""
    import contextlib
    import io

    sheet = tmp_path_factory.mktemp("sheet") / "sheet.png"
    out = io.StringIO()
    command = ["train", "evaluate", "--portrait", "hopper", "--visitor", str(clip), "--json"]
    with contextlib.redirect_stdout(out):
        code = main([*command, "--sheet", str(sheet), "--config", str(depot.config)])
    assert code == 0
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_every_figure_is_told(told: dict[str, Any]) -> None:
    assert (told["portrait"], told["visitor"], told["frames"]) == ("hopper", "turning.mp4", FRAMES)
    assert set(told["agreement"]) == set(BARS) == set(told["bars"])
    assert set(told["psnr_db"]) == set(told["ssim"]) == set(measures.REGIONS)
    assert isinstance(told["passed"], bool)


def test_the_portrait_is_like_its_puppet(told: dict[str, Any]) -> None:
    assert min(told["psnr_db"].values()) > 18
    assert max(told["psnr_db"].values()) < 60
    assert 0.4 < min(told["ssim"].values()) <= max(told["ssim"].values()) < 1


def test_the_neutral_keeps_its_brushwork(told: dict[str, Any]) -> None:
    assert 0.6 < told["neutral_fine_energy"] < 1.3


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


def test_a_clip_of_a_few_frames_agrees_in_nothing(study: Study) -> None:
    few = np.repeat(study.landmarks[None], 5, axis=0)

    assert max(agree(few, few).r.values()) < 1e-6
    assert not agree(few, few).passed


def test_a_still_generator_is_unlike_a_puppet_that_turns(depot: Depot) -> None:
    class Turned:
        motion = replace(no_motion(), rotation=np.array([0, 0.3, 0], np.float32))

    class Still:
        motion = no_motion()

    pack = load_pack(depot.packs / "hopper")
    r = RESOLUTION
    nothing = np.zeros((r, r), np.float32)
    layers = Layers("hopper", np.zeros((r, r, 2), np.float32), np.zeros((r, r, 3), np.float32),
                    nothing, 0.0)  # fmt: skip
    heads = []
    for director in (Still(), Turned()):
        likeness = Likeness(pack)
        likeness.add(layers, director, pack.landmarks)  # type: ignore[arg-type]
        heads.append(likeness.mean("psnr")["head"])

    assert heads[0] > 30
    assert heads[1] < heads[0] - 8
    assert figure_of(pack).landmarks is pack.landmarks
