"""Figures in words, each against its bar; and the page that holds them."""

from html.parser import HTMLParser
from typing import Any

import pytest

from kiosk.evaluation.report_page import Chapter, Shot, write_page
from kiosk.evaluation.verdicts import QUALITY_BARS, judge, quality_passed
from kiosk.motion.agreement import BARS


def figures(**changes: Any) -> dict[str, Any]:
    """Those of a good portrait."""
    good: dict[str, Any] = {
        "portrait": "lisa",
        "visitor": "clip.mp4",
        "frames": 100,
        "agreement": dict.fromkeys(BARS, 0.99),
        "psnr_db": {"head": 41.0, "face": 39.0, "mouth": 36.0, "eyes": 37.0},
        "neutral_fine_energy": 0.98,
        "sharpness": 0.93,
        "blinks": {"blinks": 2, "frames": 6, "mean": 0.25, "worst": 0.28, "deepest": 0.2},
        "identity": {"portrait_pct": 0.6, "visitor_pct": 0.5},
        "flicker": {"told_worst_pct": 0.05, "picture_worst_pct": 0.12},
        "bars": BARS,
        "quality_bars": QUALITY_BARS,
    }
    return good | changes


def answer(question: str, found: dict[str, Any]) -> str:
    (verdict,) = [each for each in judge(found) if each.question == question]
    return verdict.answer


def test_a_good_portrait_reaches_every_bar() -> None:
    assert all(verdict.met for verdict in judge(figures()))
    assert quality_passed(figures())
    assert answer("Blinks close fully", figures()) == (
        "yes, to 25 % of the open eye on average, 28 % at worst (2 blinks)"
    )


@pytest.mark.parametrize(
    ("change", "question"),
    [
        ({"blinks": {"blinks": 1, "mean": 0.3, "worst": 0.4}}, "Blinks close fully"),
        ({"agreement": dict.fromkeys(BARS, 0.99) | {"roll": 0.2}}, "Turns its head"),
        ({"agreement": dict.fromkeys(BARS, 0.99) | {"gaze": 0.2}}, "Looks where"),
        ({"identity": {"portrait_pct": 1.4, "visitor_pct": None}}, "Stays the same person"),
        ({"flicker": {"told_worst_pct": 0.2, "picture_worst_pct": 0.1}}, "Holds still"),
        ({"flicker": {"told_worst_pct": None, "picture_worst_pct": 0.2}}, "Holds still"),
        ({"neutral_fine_energy": 0.5}, "Keeps its brushwork at rest"),
        ({"sharpness": 0.5}, "Keeps its brushwork while"),
        ({"psnr_db": {"head": 41.0, "mouth": 30.0, "eyes": 37.0}}, "Has learnt"),
    ],
)
def test_one_missed_bar_is_one_verdict(change: dict[str, Any], question: str) -> None:
    missed = [verdict for verdict in judge(figures(**change)) if verdict.met is False]

    assert [verdict.question.startswith(question) for verdict in missed] == [True]
    assert missed[0].answer.startswith(("no, ", "nearly, "))
    assert not quality_passed(figures(**change))


def test_what_could_not_be_measured_is_no_fault() -> None:
    found = figures(
        blinks={"blinks": 0, "frames": 0, "mean": None, "worst": None, "deepest": None},
        identity={"portrait_pct": None, "visitor_pct": 0.5},
        flicker={"told_worst_pct": None, "picture_worst_pct": None},
    )

    assert [verdict.met for verdict in judge(found)].count(None) == 3
    assert quality_passed(found)


def test_the_weakest_signal_of_a_group_is_named() -> None:
    found = figures(agreement=dict.fromkeys(BARS, 0.99) | {"pitch": 0.94})

    assert answer("Turns its head with the visitor", found) == "yes, 0.94 (pitch)"


class Tags(HTMLParser):
    """Checks that what is opened is closed."""

    VOID = ("meta", "img", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def chapter(title: str, **changes: Any) -> Chapter:
    shots = [Shot("lisa/moment-0.jpg", "eyes shut", 3.2)]
    return Chapter(title, figures(**changes), shots, {"seed": 0})


def test_the_page_is_well_formed_and_asks_for_nothing_from_outside() -> None:
    page = write_page([chapter("Lisa"), chapter("Ann", portrait="ann", sharpness=0.1)])
    tags = Tags()
    tags.feed(page)

    assert not tags.open
    assert {"video", "img", "table", "figure"} < tags.seen
    assert not {"script", "link", "iframe"} & tags.seen
    assert "://" not in page
    assert '<a href="#ann">Ann</a>' in page
    assert "keeps its brushwork while it moves" in page


def test_words_of_a_pack_cannot_break_the_page() -> None:
    page = write_page([chapter('<script>"&'), chapter("Lisa")])

    assert "<script" not in page
    assert "&lt;script&gt;&quot;&amp;" in page


def test_bars_stand_beside_the_engineers_figures() -> None:
    page = write_page([chapter("Lisa")])

    assert "<td>agreement.yaw</td><td>0.99</td><td>0.88</td>" in page.replace(
        str(BARS["yaw"]), "0.88"
    )
    assert "<td>blinks.worst</td><td>0.28</td><td>0.35</td>" in page
    assert "<td>psnr_db.mouth</td><td>36.0</td><td>35.0</td>" in page
