import logging

import pytest

from kiosk.config import TrackingSettings
from kiosk.messages import Face, Visitor
from kiosk.tracking.arrivals import rank_face
from kiosk.tracking.presence import Presence
from tests.fakes import make_face, make_faces

SETTINGS = TrackingSettings(
    arrive_s=0.25, leave_s=1.0, rival_margin=1.4, rival_s=0.8, living_only=False
)
FRAME_S = 1 / 30


class Gallery:
    """Feeds faces to a presence, frame by frame."""

    def __init__(self) -> None:
        self.presence = Presence(SETTINGS, now=0.0)
        self.now = 0.0

    def see(self, *faces: Face, seconds: float = FRAME_S) -> Visitor:
        end = self.now + seconds - 1e-9
        while True:
            self.now += FRAME_S
            visitor = self.presence(make_faces(faces, self.now))
            if self.now >= end:
                return visitor


def leader(visitor: Visitor) -> int | None:
    return visitor.face.track_id if visitor.face else None


def test_nobody_there_is_no_visitor() -> None:
    visitor = Gallery().see(seconds=1)

    assert visitor.face is None
    assert visitor.since == 0.0


def test_a_face_leads_once_it_has_stayed() -> None:
    gallery = Gallery()

    assert leader(gallery.see(make_face(1), seconds=0.2)) is None
    assert leader(gallery.see(make_face(1), seconds=0.2)) == 1


def test_a_flicker_is_no_visitor() -> None:
    gallery = Gallery()
    for track in range(1, 20):
        assert leader(gallery.see(make_face(track), seconds=0.1)) is None


def test_a_far_face_is_no_visitor() -> None:
    assert leader(Gallery().see(make_face(width=40), seconds=2)) is None


def test_a_lost_face_stays_for_the_time_of_grace() -> None:
    gallery = Gallery()
    since = gallery.see(make_face(1), seconds=1).since

    lost = gallery.see(seconds=0.8)
    gone = gallery.see(seconds=0.4)

    assert (leader(lost), lost.since) == (1, since)
    assert leader(gone) is None
    assert gone.since == pytest.approx(gallery.now, abs=0.4)


def test_a_face_that_returns_in_time_is_the_same_visitor() -> None:
    gallery = Gallery()
    since = gallery.see(make_face(1), seconds=1).since
    gallery.see(seconds=0.4)

    back = gallery.see(make_face(1))

    assert (leader(back), back.since) == (1, since)


def test_the_nearest_of_several_leads() -> None:
    near, far = make_face(1, width=200), make_face(2, width=100)

    assert leader(Gallery().see(far, near, seconds=1)) == 1


def test_a_slightly_nearer_face_does_not_take_the_lead() -> None:
    gallery = Gallery()
    gallery.see(make_face(1, width=150), seconds=1)

    visitor = gallery.see(make_face(1, width=150), make_face(2, width=190), seconds=5)

    assert leader(visitor) == 1


def test_a_clearly_nearer_face_takes_the_lead_after_a_while() -> None:
    gallery = Gallery()
    old, new = make_face(1, width=100), make_face(2, width=200)
    gallery.see(old, seconds=1)

    assert leader(gallery.see(old, new, seconds=0.7)) == 1
    visitor = gallery.see(old, new, seconds=0.6)
    assert leader(visitor) == 2
    assert visitor.since == pytest.approx(gallery.now, abs=0.5)


def test_a_face_that_looks_this_way_ranks_above_a_profile() -> None:
    assert rank_face(make_face(turn=0)) > 1.5 * rank_face(make_face(turn=1))


def test_the_visitors_face_is_the_newest_one() -> None:
    gallery = Gallery()
    gallery.see(make_face(1), seconds=1)
    moved = make_face(1, centre=(330, 240))

    assert gallery.see(moved).face is moved


def test_comings_and_goings_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    gallery = Gallery()
    with caplog.at_level(logging.INFO):
        gallery.see(seconds=3)
        gallery.see(make_face(1), seconds=3)
        gallery.see(seconds=4)

    nobody = "nobody is before the camera; the portrait idles"
    assert [record.getMessage() for record in caplog.records] == [
        nobody,
        "a visitor has come",
        nobody,
    ]


def test_of_two_alike_the_one_who_has_stayed_has_the_better_right() -> None:
    assert rank_face(make_face(), 60.0) == pytest.approx(1.2 * rank_face(make_face(), 0.0))


def test_the_next_takes_over_at_once_from_who_walks_out_of_the_picture() -> None:
    gallery = Gallery()
    leaving, other = make_face(1, centre=(60, 240)), make_face(2, centre=(400, 240), width=120)
    gallery.see(leaving, other, seconds=2)

    assert leader(gallery.see(other)) == 2


def test_a_leader_lost_amid_the_picture_is_waited_for_a_moment() -> None:
    gallery = Gallery()
    lost, other = make_face(1), make_face(2, centre=(500, 240), width=120)
    gallery.see(lost, other, seconds=2)

    assert leader(gallery.see(other, seconds=0.2)) == 1
    assert leader(gallery.see(lost, other)) == 1
    assert leader(gallery.see(other, seconds=0.4)) == 2


def test_the_nearest_other_face_is_noticed() -> None:
    gallery = Gallery()
    far, near = make_face(2, width=70), make_face(3, width=90)
    visitor = gallery.see(make_face(1), far, near, seconds=1)

    assert leader(visitor) == 1
    assert visitor.noticed is near


def test_a_face_that_does_not_move_never_leads_but_is_noticed_at_first() -> None:
    gallery = Gallery()
    gallery.presence = Presence(TrackingSettings(), now=0.0)
    first, later = gallery.see(make_face(1)), gallery.see(make_face(1), seconds=5)

    assert (leader(first), leader(later)) == (None, None)
    assert first.noticed is not None
    assert later.noticed is None
