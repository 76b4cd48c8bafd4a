"""Portraits take turns, and none leaves while somebody watches it, or hardly ever."""

import pytest

from kiosk.config import PortraitSettings
from kiosk.portraits.playlist import Playlist


def test_each_hangs_its_time_in_turn() -> None:
    playlist = Playlist(["a", "b", "c"], 10, now=100)
    due = [playlist.due(now, attended=False) for now in range(100, 145)]

    changes = [(100 + place, each) for place, each in enumerate(due) if each is not None]
    assert changes == [(110, "b"), (120, "c"), (130, "a"), (140, "b")]


def test_while_somebody_watches_it_hangs_longer_but_not_for_ever() -> None:
    playlist = Playlist(["a", "b"], 10, now=0)

    assert playlist.due(15, attended=True) is None
    assert playlist.due(20, attended=True) == "b"
    assert playlist.due(30, attended=False) == "a"


def test_one_alone_hangs_for_ever() -> None:
    assert Playlist(["a"], 10, now=0).due(1e9, attended=False) is None


@pytest.mark.parametrize(
    ("hangs", "others"), [("b", ["c", "a"]), ("c", ["a", "b"]), ("x", ["a", "b", "c"])]
)
def test_a_playlist_goes_on_from_what_hangs(hangs: str, others: list[str]) -> None:
    settings = PortraitSettings(portrait=hangs, playlist=("a", "b", "c", "b"))

    assert settings.others(hangs) == others
