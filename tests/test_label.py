"""Label and note: what they say, in which language, and where they hang."""

import numpy as np
import pytest

from kiosk.display.label import (
    NOTES,
    draw_labels,
    note_in,
    place_labels,
    rights_in_short,
)
from kiosk.display.lettering import Line, find_font, letter
from kiosk.display.placement import place_artwork, touch
from kiosk.display.settings import DisplaySettings
from kiosk.portraits.meta import CanvasPlace, in_language
from tests.packs import small_meta

PLACE = CanvasPlace(left=40, top=60, side=200)


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "Mouvement"), ("fr-CA", "Mouvement"), ("en", "Generated"), ("eo", "Generated")],
)
def test_the_note_speaks_the_visitors_language_else_english(language: str, words: str) -> None:
    assert note_in(DisplaySettings(language=language)).startswith(words)


def test_a_note_of_ones_own_is_taken_as_it_is() -> None:
    assert note_in(DisplaySettings(disclosure="Magie", language="fr")) == "Magie"
    assert note_in(DisplaySettings(disclosure="")) == ""


@pytest.mark.parametrize(
    ("words", "language", "found"),
    [
        ({"en": "Lady", "fr": "Dame"}, "fr", "Dame"),
        ({"en": "Lady", "fr": "Dame"}, "fr-CA", "Dame"),
        ({"pt-BR": "Dama", "en": "Lady"}, "pt", "Dama"),
        ({"en": "Lady", "de": "Dame"}, "it", "Lady"),
        ({"de": "Dame"}, "it", "Dame"),
        ({}, "it", ""),
    ],
)
def test_a_map_of_languages_gives_the_nearest(
    words: dict[str, str], language: str, found: str
) -> None:
    assert in_language(words, language) == found


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("https://creativecommons.org/publicdomain/mark/1.0/", "Public domain"),
        ("https://creativecommons.org/licenses/by-sa/4.0/", "CC BY-SA 4.0"),
        ("https://creativecommons.org/licenses/by/3.0", "CC BY 3.0"),
        ("https://rightsstatements.org/vocab/InC/1.0/", ""),
        ("", ""),
    ],
)
def test_a_licence_is_named_as_people_name_it(uri: str, words: str) -> None:
    assert rights_in_short(uri) == words


def test_the_label_hangs_on_the_wall_and_the_note_alone_where_there_is_none() -> None:
    labels = draw_labels(small_meta(), DisplaySettings(), (720, 1280))
    tall = place_artwork((300, 400), (720, 1280), canvas=PLACE, margin=0)
    image, area = place_labels(labels, (720, 1280), tall)
    assert image is labels[0]
    assert not touch(area, tall.picture)

    full = place_artwork((300, 400), (900, 1200), canvas=PLACE, margin=0)
    image, area = place_labels(labels, (900, 1200), full)
    assert image is labels[1]
    assert not touch(area, full.canvas)


def test_without_label_and_note_nothing_is_hung() -> None:
    settings = DisplaySettings(disclosure="", label=False)
    labels = draw_labels(small_meta(), settings, (720, 1280))
    placement = place_artwork((300, 400), (720, 1280), canvas=PLACE, margin=0)

    assert place_labels(labels, (720, 1280), placement)[1] == (0, 0, 0, 0)


def test_large_letters_are_larger_and_high_contrast_is_black_and_white() -> None:
    usual, large, clear = (
        draw_labels(small_meta(), DisplaySettings(**changes), (720, 1280))[1]  # type: ignore[arg-type]
        for changes in ({}, {"lettering": 2.0}, {"high_contrast": True})
    )
    assert large.shape[0] > 1.7 * usual.shape[0]
    assert clear[..., 3].max() == 255
    middle = clear[clear.shape[0] // 2]
    assert middle[:, :3].min() == 0
    assert clear[..., :3].max() == 255


def test_long_statements_are_broken_at_words() -> None:
    words = "On loan from the Museum of Everything, given in memory of somebody dear to all"
    image = letter([Line(words, 20)], width=300)

    assert image.shape[1] <= 300
    assert image.shape[0] > 3 * 20


def ink_columns(image: np.ndarray) -> np.ndarray:
    return np.flatnonzero((image[..., :3].max(2) > 100).any(0))


def test_scripts_from_the_right_stand_at_the_right() -> None:
    lines = [Line("A long line of Latin letters", 20), Line("שלום", 20)]
    both, latin = letter(lines, width=600), letter(lines[:1], width=600)
    second = ink_columns(both[latin.shape[0] - 4 :])

    assert second.min() > both.shape[1] / 2


def strokes(text: str) -> int:
    """How many pieces of ink stand side by side."""
    inked = (letter([Line(text, 60)], width=600)[..., :3].max(2) > 60).any(0)
    return int((np.diff(inked.astype(int)) == 1).sum())


def test_arabic_letters_are_joined() -> None:
    assert strokes("محمد") == 1
    assert strokes("\u200c".join("محمد")) == 4  # kept apart on purpose


@pytest.mark.parametrize("language", [each for each in NOTES if each not in ("ja", "ko", "zh")])
def test_our_own_font_writes_every_note_but_the_east_asian_ones(language: str) -> None:
    path = getattr(find_font(NOTES[language], 20), "path", "")
    assert str(path).endswith("DejaVuSans.ttf")
