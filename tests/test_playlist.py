"""Portraits take turns, and none leaves while somebody watches it, or hardly ever."""

from kiosk.portraits.playlist import Playlist


def turns(playlist: Playlist, ids: str, times: range, hanging: str) -> list[tuple[int, str]]:
    """When the portrait changed, and to which; each hangs ten seconds."""
    changes = []
    for now in times:
        if due := playlist.due(ids, hanging, every_s=10, now=now, attended=False):
            hanging = due
            changes.append((now, due))
    return changes


def test_each_hangs_its_time_in_turn() -> None:
    changes = turns(Playlist(now=100), "abc", range(100, 145), "a")

    assert changes == [(110, "b"), (120, "c"), (130, "a"), (140, "b")]


def test_while_somebody_watches_it_hangs_longer_but_not_for_ever() -> None:
    playlist = Playlist(now=0)

    assert playlist.due("ab", "a", every_s=10, now=15, attended=True) is None
    assert playlist.due("ab", "a", every_s=10, now=20, attended=True) == "b"
    assert playlist.due("ab", "b", every_s=10, now=30, attended=False) == "a"


def test_one_alone_hangs_for_ever() -> None:
    assert Playlist(now=0).due("a", "a", every_s=10, now=1e9, attended=False) is None


def test_others_take_over_at_once_when_their_hours_begin() -> None:
    playlist = Playlist(now=0)
    playlist.due("ab", "a", every_s=10, now=1, attended=False)

    assert playlist.due("cd", "a", every_s=10, now=2, attended=False) == "c"
    assert playlist.due("cd", "a", every_s=10, now=3, attended=False) is None  # it is on its way


def test_others_wait_until_nobody_watches() -> None:
    playlist = Playlist(now=0)

    assert playlist.due("cd", "a", every_s=10, now=2, attended=True) is None
    assert playlist.due("cd", "a", every_s=10, now=3, attended=False) == "c"


def test_one_that_cannot_be_hung_does_not_stop_the_round() -> None:
    playlist = Playlist(now=0)
    due = [playlist.due("abc", "a", every_s=10, now=now, attended=False) for now in (10, 20, 40)]

    assert due == ["b", "c", None]  # then it is a's own turn


def test_what_staff_hang_while_others_wait_hangs_for_its_turn() -> None:
    playlist = Playlist(now=0)
    playlist.due("cd", "a", every_s=10, now=1, attended=True)
    playlist.hung(2)  # x, by hand

    assert playlist.due("cd", "x", every_s=10, now=3, attended=False) is None


def test_what_staff_hang_hangs_for_its_turn() -> None:
    playlist = Playlist(now=0)
    playlist.due("ab", "a", every_s=10, now=1, attended=False)
    playlist.hung(5)  # x, by hand

    assert playlist.due("ab", "x", every_s=10, now=14, attended=False) is None
    assert playlist.due("ab", "x", every_s=10, now=15, attended=False) == "a"
