"""Which performance is next: stories take turns, and so do languages."""

import pytest

from kiosk.experience_settings import PerformanceSettings
from kiosk.portraits.performances import Performance
from kiosk.repertoire import Repertoire
from tests.performing import piece

PIECES = tuple(
    piece(name, language) for name in ("greeting", "legend", "painter") for language in ("en", "fr")
)


def repertoire(
    pieces: tuple[Performance, ...] = PIECES,
    language: str = "en",
    now: str = "10:00",
    **told: object,
) -> Repertoire:
    settings = PerformanceSettings.model_validate(told)
    return Repertoire(settings, language, lambda: pieces, time_of_day=lambda: now)


def said(performance: Performance | None) -> str | None:
    return None if performance is None else f"{performance.name} {performance.language}"


def test_a_visitor_hears_each_story_once() -> None:
    each = repertoire()
    each.begin_visit()

    assert [said(each.story()) for _ in range(3)] == ["legend en", "painter en", None]


def test_stories_take_turns_from_visitor_to_visitor() -> None:
    each = repertoire()
    heard = []
    for _ in range(3):
        each.begin_visit()
        heard.append(said(each.story()))

    assert heard == ["legend en", "painter en", "legend en"]


def test_languages_take_turns_from_visit_to_visit() -> None:
    each = repertoire(languages=["fr", "en"])
    heard = []
    for _ in range(3):
        each.begin_visit()
        heard.append((said(each.greeting()), said(each.story())))

    assert [greeting for greeting, _ in heard] == ["greeting fr", "greeting en", "greeting fr"]
    assert [str(story)[-2:] for _, story in heard] == ["fr", "en", "fr"]


@pytest.mark.parametrize(("now", "language"), [("08:59", "en"), ("09:00", "fr"), ("14:00", "en")])
def test_languages_go_by_the_hour(now: str, language: str) -> None:
    hours = [["09:00", "fr"], ["14:00", "en"]]
    each = repertoire(now=now, language="es", language_hours=hours, languages=["de"])
    each.begin_visit()

    assert said(each.greeting()) == f"greeting {language}"


@pytest.mark.parametrize(
    ("wanted", "spoken"), [("fr-CA", "fr"), ("de", "en"), ("FR", "fr"), ("en-GB", "en")]
)
def test_a_language_it_does_not_speak_becomes_the_nearest(wanted: str, spoken: str) -> None:
    assert said(repertoire(language=wanted).greeting()) == f"greeting {spoken}"


def test_who_speaks_one_language_speaks_that() -> None:
    assert said(repertoire((piece("greeting", "it"),)).greeting()) == "greeting it"


def test_who_has_nothing_to_say_is_silent() -> None:
    assert repertoire(()).greeting() is None
    assert repertoire(()).story() is None
    assert repertoire(greeting=False).greeting() is None


def test_another_portraits_performance_is_not_its_own() -> None:
    assert repertoire().holds(PIECES[0])
    assert not repertoire().holds(piece("greeting", "en"))
