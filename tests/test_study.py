"""Each picture that cannot become a portrait ends in one line and exit code 2; nothing is left."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from kiosk.__main__ import main
from kiosk.curation.scan import read_artwork, read_scan
from kiosk.curation.study import Study, still_of, study_picture
from kiosk.errors import PictureError
from kiosk.messages import Bytes
from kiosk.puppet.figure import canvas_from_artwork


@pytest.fixture(scope="module")
def picture(photograph: Path) -> Bytes:
    return read_artwork(photograph)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with settings and a cache of its own."""
    (tmp_path / "config.toml").write_text('[portraits]\nfolder = "packs"\n')
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scaled(picture: Bytes, share: float) -> Image.Image:
    """The picture smaller, on a ground of the old size."""
    image = Image.fromarray(picture)
    ground = Image.new("RGB", image.size, (90, 90, 90))
    ground.paste(image.resize((int(image.width * share), int(image.height * share))), (60, 60))
    return ground


def twice(picture: Bytes) -> Image.Image:
    return Image.fromarray(np.hstack([picture, picture]))


def wall() -> Image.Image:
    noise = np.random.default_rng(0).integers(100, 140, (400, 500, 3))
    return Image.fromarray(noise.astype(np.uint8))


def refuse(home: Path, capsys: pytest.CaptureFixture[str], name: str, *options: str) -> str:
    """What the command says when it refuses; asserts that it leaves nothing behind."""
    before = sorted(home.iterdir())

    assert main(["portraits", "add", name, "--id", "hopper", *options]) == 2
    assert sorted(home.iterdir()) == before
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "Traceback" not in told
    return told


def test_a_missing_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "none.jpg: there is no such file" in refuse(home, capsys, "none.jpg")


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_an_unreadable_file(
    share: float, photograph: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = photograph.read_bytes()
    (home / "cut.jpg").write_bytes(content[: int(share * len(content))])

    assert "cut.jpg: cannot be read" in refuse(home, capsys, "cut.jpg")


def test_a_folder_is_no_picture(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot be read" in refuse(home, capsys, str(home))


def test_no_face(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wall().save(home / "wall.png")

    assert "wall.png: no face was found" in refuse(home, capsys, "wall.png")


def test_several_faces_ask_which(
    picture: Bytes, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice(picture).save(home / "pair.png")

    told = refuse(home, capsys, "pair.png")
    assert "2 faces were found: 1 at (2" in told
    assert "choose one with --face N" in told
    assert "--face 3 does not exist" in refuse(home, capsys, "pair.png", "--face", "3")


def test_the_chosen_face_is_taken(picture: Bytes, home: Path) -> None:
    twice(picture).save(home / "pair.png")

    assert study_picture(home / "pair.png", face=2).canvas[0] > 400


def test_a_face_too_small(picture: Bytes, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scaled(picture, 0.35).save(home / "small.png")

    told = refuse(home, capsys, "small.png")
    assert "small.png: the face is 6" in told
    assert "at least 80" in told


def test_a_small_face_is_warned_of(study: Study) -> None:
    assert "pixels wide: the result will be soft" in study.warnings[0]


def test_a_large_face_is_not(picture: Bytes, tmp_path: Path) -> None:
    image = Image.fromarray(picture)
    image.resize((1024, 1200)).save(tmp_path / "large.png")

    told = study_picture(tmp_path / "large.png").warnings
    assert not any("pixels wide" in each for each in told)


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["--id", "Mona Lisa"], "--id is 'Mona Lisa'; use a-z, 0-9 and hyphens"),
        (["--id", "../up"], "--id is '../up'"),
        (["--id", ""], "--id is ''"),
        (["--rights", "mine"], "--rights is 'mine'; use a URI of creativecommons.org"),
        (["--minutes", "0"], "--minutes"),
    ],
)
def test_a_bad_wish_is_refused_before_the_picture_is_opened(
    options: list[str], fault: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fault in refuse(home, capsys, "none.jpg", *options)


def test_a_folder_that_cannot_be_written_is_told_first(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "config.toml").write_text('[portraits]\nfolder = "/proc/packs"\n')

    assert "/proc/packs: cannot be written" in refuse(home, capsys, "none.jpg")


def test_the_canvas_and_the_landmarks_fit(study: Study, picture: Bytes) -> None:
    left, top, side = study.canvas
    rough = canvas_from_artwork(
        np.array([[left, top, 0], [left + side, top + side, 0]], np.float32), study.canvas
    )

    np.testing.assert_array_equal(study.artwork, picture)
    np.testing.assert_allclose(rough[:, :2], [[-1, -1], [1, 1]])
    assert study.crop().shape == study.plate.shape == (side, side, 3)
    assert study.matte.shape == (side, side)
    assert still_of(study).shape == (side, side, 3)


def test_a_picture_is_turned_as_its_camera_says(picture: Bytes, tmp_path: Path) -> None:
    image = Image.fromarray(picture)
    exif = image.getexif()
    exif[0x0112] = 6  # turn right to see it upright
    image.rotate(90, expand=True).save(tmp_path / "turned.png", exif=exif)

    np.testing.assert_array_equal(read_artwork(tmp_path / "turned.png"), picture)


def test_a_colour_profile_is_applied(tmp_path: Path) -> None:
    red = Image.new("RGB", (8, 8), (200, 30, 20))
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = plain.replace(b"rXYZ", b"----").replace(b"gXYZ", b"rXYZ").replace(b"----", b"gXYZ")
    for name, profile in (("same", plain), ("swapped", swapped), ("broken", b"no profile")):
        red.save(tmp_path / f"{name}.png", icc_profile=profile)
    same, green, broken = (
        read_artwork(tmp_path / f"{name}.png")[0, 0].tolist()
        for name in ("same", "swapped", "broken")
    )

    assert same == broken == [200, 30, 20]
    assert green[1] > 190 > 60 > green[0]


def test_what_was_done_to_colours_is_told(tmp_path: Path) -> None:
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    old, new = ("sRGB built-in".encode("utf-16-be"), "Scanner 12 \r\n".encode("utf-16-be"))
    named = plain.replace(old, new)
    told = {}
    for name, profile in (("none", None), ("srgb", plain), ("other", named), ("broken", b"no")):
        path = tmp_path / f"{name}.png"
        Image.new("RGBA", (8, 8), (200, 30, 20, 255)).save(path, icc_profile=profile)
        told[name] = read_scan(path).remarks

    assert told["none"] == told["srgb"] == ()
    assert told["other"] == ("converted to sRGB from Scanner 12",)
    assert "profile is broken and was ignored" in told["broken"][0]


def test_transparent_grey_and_deep_pictures_become_rgb(tmp_path: Path) -> None:
    for mode in ("L", "RGBA", "P", "1", "CMYK"):
        path = tmp_path / f"{mode}.tiff"
        Image.new(mode, (8, 6)).save(path)

        assert read_artwork(path).shape == (6, 8, 3)


def test_a_picture_too_large_to_open_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    Image.new("RGB", (60, 60)).save(tmp_path / "huge.png")

    with pytest.raises(PictureError, match=r"huge\.png: is too large"):
        read_artwork(tmp_path / "huge.png")
