"""Scenes before the camera, as whole pictures: the table of docs/experience.md."""

from itertools import pairwise

import numpy as np
import pytest

from kiosk.experience import State
from kiosk.messages import Bytes
from tests.crowd import Path, stand
from tests.room import PAINTINGS, PEOPLE, Cutout, Guest, Visit, film, painting, person, watch

pytestmark = [
    pytest.mark.media,
    pytest.mark.skipif(not PEOPLE or not PAINTINGS, reason="no shared/media here"),
]

COMES_S = 2.5  # who is still walking shows little: by then they lead


def walk(*ways: tuple[float, float], y: float = 250, width: float = 120) -> Path:
    """Through these places: second and x."""
    times, places = zip(*ways, strict=True)
    return lambda t: (float(np.interp(t, times, places)), y, width)


def visitor(name: str) -> Cutout:
    return person(next(path for path in PEOPLE if path.stem == name))


def play(guests: list[Guest], seconds: float) -> Visit:
    return watch(film(guests, seconds), guests)


def test_two_who_cross_do_not_swap_the_lead() -> None:
    nearer = Guest(visitor("d10"), walk((4, 180), (7, 460), width=130))
    other = Guest(visitor("d6"), walk((4, 460), (7, 180), width=100))

    assert play([nearer, other], 8).order() == [0]


def test_a_painting_behind_the_visitor_never_leads() -> None:
    poster = Guest(painting(PAINTINGS[0]), stand(x=500, y=160, width=110))
    guest = Guest(visitor("d18"), walk((2, -150), (3, 200), (7, 200), (8, -150)), comes=2, goes=8)
    seen = play([poster, guest], 11)

    assert seen.order() == [1, None]
    assert seen.changes()[0][0] < 2 + COMES_S


def test_who_leaves_and_returns_is_looked_after_and_followed_at_once() -> None:
    ways = walk((1, -150), (2, 320), (6, 320), (7, -150), (8, -150), (9, 320))
    seen = play([Guest(visitor("d10"), ways)], 11)

    assert seen.order() == [0, None, 0]
    assert seen.parts() == [
        State.ATTRACT, State.GREET, State.MIRROR, State.FAREWELL, State.ATTRACT, State.MIRROR
    ]  # fmt: skip
    (first, _), _, (again, _) = seen.changes()
    assert first < 1 + COMES_S
    assert again < 8 + COMES_S


@pytest.mark.parametrize("flicker", [0.0, 0.3])
def test_a_visitor_in_the_dark_leads(flicker: float) -> None:
    def dark(picture: Bytes, t: float) -> Bytes:
        return picture / 8 * (1 + flicker * np.sin(2 * np.pi * 9.7 * t))

    guest = Guest(visitor("d18"), walk((1, -150), (2, 320)), comes=1)
    seen = watch(film([guest], 5, light=dark), [guest])

    assert seen.order() == [0]
    assert seen.changes()[0][0] < 1 + COMES_S


def test_a_queue_is_served_one_after_the_other() -> None:
    cutouts = [visitor(name) for name in ("d0", "d6", "d18")]
    cutouts.append(cutouts[0].mirrored())

    def ways(start: float) -> Path:
        return walk((start, -150), (start + 0.8, 320), (start + 4.2, 320), (start + 5, 790))

    guests = [
        Guest(cutout, ways(4.0 * n), comes=4.0 * n, goes=4.0 * n + 5)
        for n, cutout in enumerate(cutouts)
    ]
    seen = play(guests, 18)
    led = [leader for leader in seen.order() if leader is not None]

    assert led == [0, 1, 2, 3]
    assert all(later - sooner > 2 for (sooner, _), (later, _) in pairwise(_led(seen)))
    assert all(at < 4.0 * n + COMES_S for n, (at, _) in enumerate(_led(seen)))


def _led(seen: Visit) -> list[tuple[float, int | None]]:
    return [change for change in seen.changes() if change[1] is not None]
