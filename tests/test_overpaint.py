"""Paint of the rig's own: of mouth, lids and lashes."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from kiosk.curation.study import Study
from kiosk.face import EYES, INNER_LOWER_LIP, INNER_UPPER_LIP, LOWER_LIP, MESH, UPPER_LIP
from kiosk.messages import Bytes, Floats, Motion
from kiosk.rig.grain import Grain
from kiosk.rig.landmarks import no_motion
from kiosk.rig.overpaint import Overpaint
from kiosk.rig.palette import Palette
from kiosk.rig.raster import pixel_centres, to_pixels
from kiosk.rig.rig import Drawing, Rig

SIZE = 512
UPPER_TEETH, TONGUE = 0.04, 0.85  # how far down an open mouth they are seen
BOX = (slice(2, 6), slice(1, 7))


@pytest.fixture(scope="module")
def rig(study: Study) -> Rig:
    return Rig(study.crop(), study.landmarks, study.matte)


def spoken(drop: float = 0.12) -> Motion:
    """The lower lip let down by so much, canvas units."""
    expression = np.zeros((MESH, 3), np.float32)
    expression[list(INNER_LOWER_LIP[1:-1]), 1] = drop
    return replace(no_motion(), expression=expression)


def shut(closure: float) -> Motion:
    return replace(no_motion(), closure=np.full(2, closure, np.float32))


def inside_mouth(drawing: Drawing, part: float) -> tuple[int, int]:
    """The pixel, x and y, so far down from the upper lip to the lower one."""
    upper, lower = drawing.landmarks[[UPPER_LIP, LOWER_LIP], :2]
    x, y = to_pixels((upper + part * (lower - upper))[None], SIZE)[0].round().astype(int)
    return int(x), int(y)


def on_lid(drawing: Drawing, side: int, part: float) -> tuple[int, int]:
    """The pixel, x and y, so far down from the crease to the lashes."""
    eye = EYES[side]
    crease, lash = drawing.landmarks[[eye.upper_fold[4], eye.upper[4]], :2]
    x, y = to_pixels((crease + part * (lash - crease))[None], SIZE)[0].round().astype(int)
    return int(x), int(y)


def one_tone(study: Study, colour: tuple[int, int, int]) -> Bytes:
    return np.full_like(study.crop(), 1) * np.array(colour, np.uint8)


def test_of_two_coats_the_upper_one_hides_as_much_as_it_covers() -> None:
    over = Overpaint(8)
    half = np.full((4, 6), 0.5, np.float32)
    over.lay(BOX, np.array([1, 0, 0], np.float32), half)
    over.lay(BOX, np.array([0, 0, 1], np.float32), half)
    shown = over.cover[..., None] * over.paint

    np.testing.assert_allclose(over.cover[BOX], 0.75)
    np.testing.assert_allclose(shown[3, 3], [0.25, 0, 0.5], atol=1e-5)
    assert over.cover.sum() == pytest.approx(0.75 * 24)
    assert not over.paint[0].any()


def test_a_bare_place_in_the_box_takes_the_colour_all_the_same() -> None:
    over = Overpaint(8)
    over.lay(BOX, np.array([0.2, 0.4, 0.6], np.float32), np.zeros((4, 6), np.float32))

    np.testing.assert_allclose(over.paint[3, 3], [0.2, 0.4, 0.6], atol=1e-5)
    assert not over.cover.any()


def test_a_face_at_rest_is_not_painted_over(rig: Rig) -> None:
    assert not rig.draw(no_motion(), SIZE).cover.any()


def test_eyes_opened_wide_are_painted_over_between_their_lids_alone(rig: Rig) -> None:
    drawing = rig.draw(shut(-0.4), SIZE)
    rows, columns = np.nonzero(drawing.cover > 0.02)
    lids = [number for eye in EYES for number in (*eye.upper, *eye.lower)]
    pixels = to_pixels(drawing.landmarks[lids, :2], SIZE)

    assert drawing.cover.max() > 0.9
    assert pixels[:, 0].min() - 2 <= columns.min() <= columns.max() <= pixels[:, 0].max() + 2
    assert pixels[:, 1].min() - 2 <= rows.min() <= rows.max() <= pixels[:, 1].max() + 2


def test_an_open_mouth_is_covered_up_to_the_lips(rig: Rig) -> None:
    drawing = rig.draw(spoken(), SIZE)
    x, y = inside_mouth(drawing, 0.5)
    lips = drawing.landmarks[[*INNER_UPPER_LIP, *INNER_LOWER_LIP], :2]
    low, high = to_pixels(lips, SIZE).min(0) - 3, to_pixels(lips, SIZE).max(0) + 3
    rows, columns = np.nonzero(drawing.cover > 0.02)

    assert drawing.cover[y, x] == pytest.approx(1, abs=1e-3)
    assert low[0] <= columns.min() <= columns.max() <= high[0]
    assert low[1] <= rows.min() <= rows.max() <= high[1]


def test_a_mouth_painted_open_shows_its_own_inside_until_it_opens_wider(study: Study) -> None:
    landmarks = study.landmarks.copy()
    landmarks[list(INNER_LOWER_LIP[1:-1]), 1] += 0.03  # as if painted so
    rig = Rig(study.crop(), landmarks, study.matte)
    covers = []
    for drop in (0.0, 0.01, 0.06):
        drawing = rig.draw(spoken(drop), SIZE)
        x, y = inside_mouth(drawing, 0.5)
        covers.append(drawing.cover[y, x])

    assert covers[0] == 0
    assert 0 < covers[1] < 0.9
    assert covers[2] == pytest.approx(1, abs=1e-3)


def test_teeth_hang_from_the_skull_and_the_tongue_lies_on_the_jaw(rig: Rig) -> None:
    wide, wider = rig.draw(spoken(0.12), SIZE), rig.draw(spoken(0.2), SIZE)
    x, teeth = inside_mouth(wide, UPPER_TEETH)
    smooth = [cv2.blur(each.paint, (7, 7)) for each in (wide, wider)]  # without its grain
    at = [inside_mouth(each, TONGUE) for each in (wide, wider)]
    tongues = [paint[y, x] for paint, (x, y) in zip(smooth, at, strict=True)]
    cavity = wider.paint[inside_mouth(wider, 0.5)[::-1]]

    np.testing.assert_allclose(wide.paint[teeth, x], wider.paint[teeth, x], atol=0.02)
    np.testing.assert_allclose(*tongues, atol=0.1)
    assert min(wide.paint[teeth, x].mean(), tongues[0].mean()) > cavity.mean() + 0.1


def test_both_sizes_draw_the_same_mouth(rig: Rig) -> None:
    fine, coarse = (rig.draw(spoken(), size) for size in (SIZE, SIZE // 2))

    def shown(drawing: Drawing) -> Floats:
        return np.asarray(
            cv2.resize(drawing.cover[..., None] * drawing.paint, (SIZE // 2, SIZE // 2),
                       interpolation=cv2.INTER_AREA)
        )  # fmt: skip

    inside = coarse.cover > 0.99
    assert inside.sum() > 50
    assert np.abs(shown(fine) - shown(coarse))[inside].mean() < 0.03


def test_a_closing_lid_is_covered_with_its_own_skin(study: Study) -> None:
    skin = (180, 120, 90)
    rig = Rig(one_tone(study, skin), study.landmarks, study.matte)
    drawing = rig.draw(shut(1.0), SIZE)
    for side in range(len(EYES)):
        x, y = on_lid(drawing, side, 0.5)

        assert 0.5 < drawing.cover[y, x] < 0.9  # some brushwork shows through
        np.testing.assert_allclose(drawing.paint[y, x] * 255, skin, atol=12)


@pytest.mark.parametrize("side", [0, 1])
def test_lashes_darken_the_seam_of_shut_lids_only(rig: Rig, side: int) -> None:
    half, whole = rig.draw(shut(0.45), SIZE), rig.draw(shut(1.0), SIZE)
    seams = [each.paint[on_lid(each, side, 1.02)[::-1]] for each in (half, whole)]
    x, y = on_lid(whole, side, 1.02)

    assert whole.cover[y, x] > 0.8
    assert seams[1].mean() < 0.5 * whole.paint[on_lid(whole, side, 0.4)[::-1]].mean()
    assert seams[1].mean() < seams[0].mean() - 0.05


def test_a_palette_is_mixed_from_the_painting(study: Study) -> None:
    pictures = [one_tone(study, tone) for tone in ((200, 160, 70), (220, 205, 195))]
    for picture in pictures:
        picture[::20] = 20  # a few dark strokes
    golden, pale = (Palette.of(picture, study.landmarks) for picture in pictures)

    assert golden.tooth[2] / golden.tooth[0] < 0.75 < pale.tooth[2] / pale.tooth[0]
    for palette in (golden, pale):
        assert palette.deep.mean() < palette.warm.mean() < palette.tooth.mean() < 1
        assert palette.lash.mean() < 0.6 * palette.tooth.mean()


def test_paint_has_the_grain_of_the_paintings_own(study: Study) -> None:
    offsets = pixel_centres(64).astype(np.float64) * 0.1
    strokes = one_tone(study, (180, 120, 90))
    strokes[::6] //= 2
    smooth, rough = (
        Grain(picture, study.landmarks).at(offsets)
        for picture in (one_tone(study, (180, 120, 90)), strokes)
    )

    np.testing.assert_allclose(smooth, 1, atol=1e-3)
    assert rough.std() > 0.02
    assert abs(rough.mean() - 1) < 0.05
    assert rough.max() < 1.15
