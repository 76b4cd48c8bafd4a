"""What the landmarker is shown of a picture that is too dark: more light, and only then."""

import numpy as np
import pytest

from kiosk.messages import Bytes
from kiosk.tracking.brightening import (
    DIM,
    EVERY_S,
    KEPT_S,
    LIGHT,
    LONG_S,
    MOST,
    WANTED,
    Brightening,
    make_table,
    measure_light,
)
from tests.fakes import make_face

FACE = make_face(centre=(320, 240), width=150)


def grey(level: float) -> Bytes:
    return np.full((480, 640, 3), round(level), np.uint8)


def before_a_window(level: float) -> Bytes:
    image = grey(240)
    image[140:340, 220:420] = round(level)
    return image


def look(brightening: Brightening, image: Bytes, begins: float, seconds: float) -> list[Bytes]:
    return [brightening(image, begins + step / 10) for step in range(int(10 * seconds))]


@pytest.mark.parametrize("level", [DIM, 90, 200, 255])
def test_a_picture_light_enough_is_the_very_same(level: float) -> None:
    image = grey(level)

    assert all(seen is image for seen in look(Brightening(), image, 0.0, 10.0))


def test_a_dark_picture_is_made_lighter_once_it_stays_dark() -> None:
    image, brightening = grey(50), Brightening()
    brightening(grey(120), 0.0)
    seen = look(brightening, image, EVERY_S, 6.0)

    assert seen[0] is image
    assert next(each.mean() for each in seen if each is not image) == WANTED
    assert sum(each is image for each in seen) == pytest.approx(10 * (LONG_S - EVERY_S), abs=11)


def test_no_picture_is_made_lighter_than_so() -> None:
    assert look(Brightening(), grey(10), 0.0, 5.0)[-1].max() == 10 * MOST
    assert make_table(0.0)[100] == 100 * MOST
    assert make_table(10.0)[255] == 255
    assert (np.diff(make_table(50.0).astype(int)) >= 0).all()


def test_a_light_that_wavers_about_the_limit_changes_nothing() -> None:
    brightening = Brightening()
    look(brightening, grey(DIM - 5), 0.0, 5.0)
    between = [DIM + 3, DIM - 3] * 20
    seen = [brightening(grey(level), 5.0 + n) for n, level in enumerate(between)]

    factors = {round(each[0, 0, 0] / level, 1) for each, level in zip(seen, between, strict=True)}
    assert len(factors) == 1
    assert min(factors) > 1.2
    image = grey(LIGHT + 1)
    assert look(brightening, image, 50.0, 2.0)[-1] is image


def test_before_a_window_the_face_is_what_counts_while_it_is_known() -> None:
    image, brightening = before_a_window(30), Brightening()
    assert measure_light(image, None) > 150
    assert measure_light(image, FACE) == 30

    seen = []
    for n in range(60):
        brightening.see((FACE,), n / 10)
        seen.append(brightening(image, n / 10))
    assert seen[-1][240, 320, 0] == 30 * MOST
    assert look(brightening, image, 6.0, KEPT_S + 2 * EVERY_S)[-1] is image  # it is gone


def test_a_face_out_of_the_picture_is_no_measure() -> None:
    far = make_face(centre=(-500, -500), width=100)

    assert measure_light(grey(80), far) == 80


def test_a_clock_that_begins_anew_is_looked_at_anew() -> None:
    brightening = Brightening()
    look(brightening, grey(40), 100.0, 6.0)

    image = grey(200)
    assert brightening(image, 0.0) is image


def test_in_front_of_a_covered_lens_nothing_breaks() -> None:
    brightening, black = Brightening(), np.zeros((48, 64, 3), np.uint8)
    for second in range(10):
        assert brightening(black, float(second)).max() == 0

    assert brightening(black + 30, 20.0).max() > 30  # and light is noticed again
