"""What came of a picture: told in words with what could be done, shown on a page."""

from pathlib import Path

import av
import pytest
from PIL import Image

from kiosk.curation.add import UNANSWERED
from kiosk.display.recorder import COMMENT
from kiosk.errors import KioskError
from kiosk.evaluation import made, made_film
from kiosk.evaluation.made import report_made
from kiosk.evaluation.made_film import FILM_PX, smaller
from kiosk.evaluation.made_page import CLIP, REST, SHEET, STILLS, Made, write_made
from kiosk.evaluation.made_words import Finding, find_words, how_alike
from kiosk.motion.target import Gains, MotionTarget
from kiosk.motion.telling import telling_motions
from kiosk.portraits.meta import CanvasPlace, Label, Limits, PackMeta
from kiosk.portraits.meta import Gains as PackGains
from kiosk.portraits.pack import Pack, load_pack
from tests.conftest import Depot
from tests.test_verdicts import Tags

GOOD = {"head": 44.0, "face": 40.0, "mouth": 38.0, "eyes": 37.0}


def meta(**changes: object) -> PackMeta:
    """A good portrait's record."""
    canvas = CanvasPlace(left=0, top=0, side=512)
    usual = {"id": "lisa", "canvas": canvas, "training": {"minutes": 10.0, "seed": 0}}
    return PackMeta.model_validate(usual | changes)


def weak(found: list[Finding]) -> list[Finding]:
    return [each for each in found if each.well is False]


@pytest.fixture(scope="module")
def pack(depot: Depot) -> Pack:
    return load_pack(depot.packs / "hopper")


@pytest.fixture(scope="module")
def report(depot: Depot, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[float]]:
    """Of `hopper`, with a clip of a second; and the shares that were told."""
    target, shares = tmp_path_factory.mktemp("report") / "hopper", list[float]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_film, "IDLE_S", 0.6)
        patch.setattr(made_film, "PERFORMED_S", 0.4)
        patch.setattr(made, "MOMENTS", 4)
        report_made(depot.packs / "hopper", target, ["the face is small"], shares.append)
    return target, shares


def test_a_good_portrait_has_no_weakness() -> None:
    found = find_words(meta(), GOOD, [])

    assert all(each.well for each in found)
    assert not any(each.remedy for each in found)


@pytest.mark.parametrize(
    ("decibels", "words"),
    [(41.0, "hardly to be told"), (36.5, "near to"), (31.0, "softer"), (25.0, "visibly unlike")],
)
def test_decibels_are_told_in_words(decibels: float, words: str) -> None:
    assert how_alike("eyes", decibels).startswith(words)


def test_who_learnt_too_little_is_told_to_learn_longer_until_that_helps_no_more() -> None:
    blurred = GOOD | {"mouth": 31.0}
    (short,) = weak(find_words(meta(), blurred, []))
    (long,) = weak(find_words(meta(training={"minutes": 60.0}), blurred, []))

    assert "--minutes 20 --replace" in short.remedy
    assert "more time will hardly help" in long.remedy


def test_a_head_that_hardly_turns_and_parts_that_stay_still_are_told() -> None:
    stiff = meta(limits=Limits(yaw_deg=(-4, 20)), gains=PackGains(mouth=0, closure=0))
    remarks = [UNANSWERED["mouth"], UNANSWERED["closure"]]
    turn, mouth, lids = weak(find_words(stiff, GOOD, remarks))

    assert turn.answer.startswith("4 degrees to the picture's left and 20 to its right")
    assert mouth.answer == "the mouth"
    assert "does not blink" in lids.answer
    assert "--points" in mouth.remedy


def test_what_stays_still_is_not_told_twice_and_other_remarks_are() -> None:
    found = find_words(meta(), GOOD, [UNANSWERED["gaze"], "the face is very dark"])

    assert [each.answer for each in found if each.well is None] == ["the face is very dark"]


def test_what_a_portrait_never_does_is_not_asked_of_it(pack: Pack) -> None:
    still = MotionTarget("hopper", pack.landmarks, gains=Gains(gaze=0.0, closure=0.0))
    for motion in telling_motions(still):
        assert not motion.gaze.any()
        assert not motion.closure.any()
    assert telling_motions(MotionTarget("hopper", pack.landmarks))[2].closure.all()


def test_the_page_is_well_formed_and_asks_for_nothing_from_outside() -> None:
    title = Label(title={"en": '<script>"&'})
    page = write_made(Made(meta(label=title), GOOD, GOOD, ("<b>small</b>",)))
    tags = Tags()
    tags.feed(page)

    assert not tags.open
    assert {"video", "img", "table"} < tags.seen
    assert not {"script", "link", "iframe", "b"} & tags.seen
    assert "://" not in page
    for file in (CLIP, SHEET, REST, *STILLS):
        assert f'="{file}"' in page


def test_a_report_is_whole(report: tuple[Path, list[float]]) -> None:
    target, shares = report
    files = {path.name for path in target.iterdir()}

    assert files == {"index.html", CLIP, SHEET, REST, *STILLS}
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    page = (target / "index.html").read_text()
    assert "Grace Hopper" in page
    assert "the face is small" in page


def test_clip_and_pictures_say_that_the_movement_is_generated(
    report: tuple[Path, list[float]],
) -> None:
    target, _ = report
    with av.open(str(target / CLIP)) as clip:
        assert clip.metadata["comment"] == COMMENT
        assert clip.streams.video[0].codec_context.name == "h264"
        assert sum(1 for _ in clip.decode(video=0)) == 25
    with Image.open(target / SHEET) as sheet:
        assert sheet.info["Comment"] == COMMENT
    for name in (REST, *STILLS):
        with Image.open(target / name) as still:
            assert COMMENT.encode() in still.info["comment"]


def test_a_report_that_cannot_be_written_leaves_nothing(depot: Depot, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KioskError, match="is a file; name a folder"):
        report_made(depot.packs / "hopper", tmp_path / "file", [])

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_smaller_pack_is_its_canvas_alone(pack: Pack) -> None:
    small = smaller(pack, FILM_PX)

    assert small.artwork.shape == small.background.shape == (FILM_PX, FILM_PX, 3)
    assert small.matte.shape == (FILM_PX, FILM_PX)
    assert small.meta.canvas == CanvasPlace(left=0, top=0, side=FILM_PX)
    assert smaller(small, 10_000).artwork.shape == small.artwork.shape
