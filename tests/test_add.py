"""A picture becomes a portrait: interrupted, resumed, packed, and shown."""

import io
import shutil
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kiosk.__main__ import INTERRUPTED, main
from kiosk.config import GeneratorSettings
from kiosk.curation import commission as module
from kiosk.curation.commission import Commission, check_commission, check_room, workshop
from kiosk.curation.preview import CELL, GAP
from kiosk.display.compose import compose
from kiosk.display.recorder import COMMENT
from kiosk.errors import PictureError
from kiosk.generator.choice import choose_engine
from kiosk.generator.stage import GeneratorStage, Portrait
from kiosk.messages import PortraitMotion
from kiosk.model.checkpoint import load_generator
from kiosk.portraits.pack import Pack, load_pack
from kiosk.rig.landmarks import no_motion
from kiosk.sitter import rig_of
from tests.conftest import Depot


@pytest.fixture(scope="module")
def pack(depot: Depot) -> Pack:
    return load_pack(depot.packs / "hopper")


def test_an_interruption_leaves_no_pack(depot: Depot) -> None:
    assert depot.begun[0] == "looking"
    assert "drawing examples" in depot.begun
    assert depot.left == []


def test_the_same_commission_goes_on_where_it_stopped(depot: Depot) -> None:
    assert "drawing examples" not in depot.resumed
    assert depot.resumed[-1] == "packing"


def test_a_preview_grows_while_the_portrait_learns(depot: Depot) -> None:
    with Image.open(io.BytesIO(depot.previews[0])) as image:
        assert image.size == (4 * (CELL + GAP), CELL + GAP)
        assert COMMENT.encode() in image.info["comment"]
        moments = np.split(np.asarray(image, np.float32), 4, axis=1)

    for one, other in combinations(moments, 2):
        assert np.abs(one - other).mean() > 0.5


def test_what_a_power_cut_spoilt_is_made_anew_with_one_line(depot: Depot) -> None:
    spoilt = [line for line in depot.log if "begins anew" in line]
    assert [line.partition(":")[0] for line in spoilt] == ["finetuning.pt"]


def test_nothing_is_left_behind_but_the_pack(depot: Depot) -> None:
    assert [path.name for path in depot.packs.iterdir()] == ["hopper"]
    assert list((depot.cache / "tableau-vivant").iterdir()) == []


def test_the_pack_is_whole(depot: Depot, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["portraits", "check", "--config", str(depot.config)]) == 0
    assert capsys.readouterr().out == "hopper: whole\n"


def test_the_pack_says_what_it_was_made_of(pack: Pack, photograph: Path) -> None:
    meta = pack.meta

    assert meta.label.title == {"en": "Grace Hopper"}
    assert meta.rights.startswith("https://creativecommons.org/")
    assert {"seed": 3, "minutes": 0.2, "pairs": 128}.items() <= meta.training.items()
    assert "grace_hopper.jpg" in meta.provenance["artwork"]
    artwork = pack.folder / "artwork.jpg"
    assert artwork.read_bytes() == photograph.read_bytes()
    assert -26 <= meta.limits.yaw_deg[0] < 0 < meta.limits.yaw_deg[1] <= 26


def test_the_network_is_of_finite_numbers(pack: Pack) -> None:
    for name, value in load_generator(pack.weights).state_dict().items():
        assert bool(value.isfinite().all()), name


def test_the_portrait_moves_in_the_gallery(pack: Pack) -> None:
    import torch

    threads = torch.get_num_threads()
    rig = rig_of(pack)
    portrait = Portrait(
        pack.meta.id, rig, choose_engine(pack, rig, GeneratorSettings(engine="cpu"))
    )
    stage = GeneratorStage(lambda: portrait)
    torch.set_num_threads(threads)
    lowered = replace(no_motion(), translation=np.array([0, 0.05], np.float32))
    still, moved = (
        stage(PortraitMotion(pack.meta.id, motion, captured_at=0.0))
        for motion in (no_motion(), lowered)
    )
    assert still is not None
    assert moved is not None
    place = pack.meta.canvas
    crop = pack.artwork[place.top : place.top + place.side, place.left : place.left + place.side]
    error = np.abs(compose(pack, still).astype(int) - crop).mean()

    assert error < 8
    assert np.abs(moved.flow - still.flow).max() > 0.02


def test_an_older_pack_gives_way(depot: Depot, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    shutil.copy(depot.config, config)
    shutil.copytree(depot.packs, tmp_path / "packs")

    assert main(["portraits", "remove", "hopper", "--yes", "--config", str(config)]) == 0
    assert list((tmp_path / "packs").iterdir()) == []


def test_a_portrait_that_hangs_is_not_replaced_unasked(
    depot: Depot, photograph: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (depot.packs / "hopper" / "pack.toml").stat()
    command = ["portraits", "add", str(photograph), "--id", "hopper", "--config", str(depot.config)]

    assert main(command) == 2
    assert "choose another --id, or give --replace" in capsys.readouterr().err
    assert (depot.packs / "hopper" / "pack.toml").stat() == before
    check_commission(Commission(photograph, "hopper", replace=True), depot.packs)


def test_ctrl_c_is_answered_in_one_line(
    photograph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "config.toml").write_text('[portraits]\nfolder = "packs"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kiosk.curation.add.study_picture", interrupt)

    assert main(["portraits", "add", str(photograph), "--id", "hopper"]) == INTERRUPTED
    told = capsys.readouterr()
    assert "hopper: stopped; the same command goes on from here\n" in told.out
    assert told.err == ""


def test_another_wish_has_another_workshop(
    photograph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    places = []
    for minutes in (1.0, 1.0, 2.0):
        with workshop(Commission(photograph, "hopper", minutes=minutes)) as folder:
            assert folder.is_dir()
            places.append(folder)
        assert not folder.exists()

    assert places[0] == places[1] != places[2]


def test_a_full_disk_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_room(tmp_path, 1000)
    usage = module.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: usage._replace(free=2_000_000_000))

    with pytest.raises(PictureError, match=r"2\.0 GB are free and 2\.5 GB are needed"):
        check_room(tmp_path, 2_500_000_000)
    (tmp_path / "made").write_bytes(bytes(600_000_000 // 100))
    check_room(tmp_path, 2_004_000_000)  # what is there already counts
