"""Captions: WebVTT in and out, spread over a voice, drawn where they can be read."""

import numpy as np
import pytest

from kiosk.curation.script import LINE, LINES, caption, in_rows
from kiosk.display.captions import draw_caption, place_caption
from kiosk.display.settings import DisplaySettings
from kiosk.errors import PackError
from kiosk.portraits.captions import Cue, caption_at, read_captions, write_captions
from tests.performing import RATE, tone

CUES = (Cue(0.25, 1.5, "Bonjour."), Cue(1.5, 3661.125, "Je m'appelle\nPersonne."))
TEXT = (
    "Good day. I was painted by a program, stroke by stroke, and never sat for anybody at all. "
    "You bring the rest."
)


def test_captions_come_back_as_they_were_written() -> None:
    assert read_captions(write_captions(CUES), name="a.vtt") == CUES


def test_markup_and_settings_are_left_out() -> None:
    text = b"\xef\xbb\xbfWEBVTT\r\n\r\n00:01.000 --> 00:02.000 align:start\r\n<i>Hi</i> you\r\n"

    assert read_captions(text, name="a.vtt") == (Cue(1.0, 2.0, "Hi you"),)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "a.vtt: is no WebVTT"),
        (b"words", "a.vtt: is no WebVTT"),
        (b"WEBVTT\n\n00:xx --> 3\nwords\n", "a.vtt: is no WebVTT"),
        (b"WEBVTT\n\n00:00:03.000 --> 00:00:01.000\nwords\n", "ends before it begins"),
        (b"WEBVTT\n\n\xff\xfe", "is not written in UTF-8"),
        (b"WEBVTT\n\n" + b"x" * (1 << 20), "is too large"),
    ],
)
def test_what_is_no_webvtt_is_refused_by_name(content: bytes, fault: str) -> None:
    with pytest.raises(PackError, match=fault):
        read_captions(content, name="a.vtt")


@pytest.mark.parametrize(
    ("second", "text"), [(0.0, ""), (0.25, "Bonjour."), (1.5, CUES[1].text), (4000.0, "")]
)
def test_a_caption_is_read_while_it_is_said(second: float, text: str) -> None:
    assert caption_at(CUES, second) == text


def voice(*spans: tuple[float, float], until: float) -> np.ndarray:
    sound = np.zeros(int(until * RATE), np.float32)
    for begin, end in spans:
        first = int(begin * RATE)
        part = tone(end - begin)
        sound[first : first + len(part)] = part
    return sound


def test_cues_change_in_the_pauses_of_the_voice() -> None:
    rows = ("A first sentence of some length.", "And a second one of that length.")
    sound = voice((0.5, 2.0), (2.5, 4.2), until=5.0)
    first, second = caption(" ".join(rows), sound, RATE)

    assert (first.text, second.text) == rows
    assert first.begin_s == pytest.approx(0.5, abs=0.03)
    assert first.end_s == second.begin_s == pytest.approx(2.25, abs=0.03)
    assert second.end_s == pytest.approx(4.6, abs=0.03)  # it stays a little


@pytest.mark.parametrize(
    "text",
    ["Yes. I have. No. It was I. And you?", "5 < 6 --> 7 & <b>8</b>", "A. B. C. D. E. F. G."],
)
def test_whatever_is_said_comes_back_from_its_file(text: str) -> None:
    cues = caption(text, voice((0.2, 0.9), (1.2, 1.5), (1.8, 3.0), until=3.4), RATE)

    assert " ".join(cue.text for cue in cues).split() == text.split()
    assert read_captions(write_captions(cues), name="a.vtt") == tuple(
        Cue(round(cue.begin_s, 3), round(cue.end_s, 3), cue.text) for cue in cues
    )


def test_a_louder_or_softer_voice_has_the_same_cues() -> None:
    sound = voice((0.5, 2.0), (2.5, 4.2), until=5.0)

    assert caption(TEXT, sound, RATE) == caption(TEXT, 0.1 * sound, RATE)


def test_every_word_is_in_a_caption_and_no_caption_is_too_long() -> None:
    rows = in_rows(TEXT)

    assert " ".join(rows).split() == TEXT.split()
    assert all(len(line) <= LINE for row in rows for line in row.splitlines())
    assert all(len(row.splitlines()) <= LINES for row in rows)


def test_silence_and_no_words_have_no_captions() -> None:
    assert caption(TEXT, np.zeros(RATE, np.float32), RATE) == ()
    assert caption("  \n", tone(), RATE) == ()


def test_a_caption_stands_in_the_middle_above_the_lower_edge() -> None:
    screen = (1080, 1920)
    ink = draw_caption(CUES[1].text, DisplaySettings(), screen)
    left, top = place_caption(ink.shape, screen)

    assert left + ink.shape[1] / 2 == pytest.approx(540, abs=1)
    assert 0.7 * 1920 < top < top + ink.shape[0] < 0.95 * 1920
    assert ink.shape[0] / 2 > 1080 / 30  # a line, to be read from two metres


def test_large_letters_and_contrast_are_heeded() -> None:
    screen = (1080, 1920)
    plain, large, clear = (
        draw_caption("Bonjour.", DisplaySettings(**changes), screen)
        for changes in ({}, {"lettering": 2.0}, {"high_contrast": True})
    )

    assert large.shape[0] > 1.7 * plain.shape[0]
    assert clear[0, clear.shape[1] // 2].tolist() == [0, 0, 0, 255]


def test_a_caption_higher_than_the_screen_begins_at_its_top() -> None:
    assert place_caption((500, 100, 4), (300, 400)) == (100, 0)


def test_a_line_of_the_usual_length_is_not_broken_anew() -> None:
    text = "Un programme m'a peinte avec soin, à"[:LINE]
    one, two = (
        draw_caption(row, DisplaySettings(), (1080, 1920)).shape[0]
        for row in (text, f"{text}\n{text}")
    )

    assert two < 2 * one
    assert one < 2.6 * 1080 / 27


def test_a_text_without_spaces_is_broken_where_it_has_to_be() -> None:
    one, many = (draw_caption("a" * n, DisplaySettings(), (360, 640)) for n in (10, 200))

    assert many.shape[0] > 4 * one.shape[0]
    assert many[:, -1, 3].max() > 0  # nothing is cut off at a side
    np.testing.assert_array_equal(many[:, :5, :3] > 128, False)
