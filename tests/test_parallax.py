"""Figure against ground as the visitor steps aside: by so much, that way, never quick, or not."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.display.compose import compose_artwork
from kiosk.display.offscreen import SILENT, OffscreenScreen
from kiosk.display.parallax import slide_window
from kiosk.generator.stage import GeneratorStage, Portrait
from kiosk.messages import Bytes, Layers, PortraitMotion, Visitor
from kiosk.motion.director import Director
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import MotionTarget
from kiosk.motion.viewpoint import FASTEST, STIFFNESS, Viewpoint
from kiosk.portraits.pack import Pack
from kiosk.rig.landmarks import no_motion
from tests.fakes import StillEngine, StillRig, make_face
from tests.packs import HEIGHT, LEFT, SIDE, TOP, WIDTH, face, small_pack

R = 64
PARALLAX = 0.02
SLID_PX = PARALLAX * SIDE
FRAME = (640, 480)
CANVAS = (slice(TOP, TOP + SIDE), slice(LEFT, LEFT + SIDE))
BLUE, WHITE = np.array([10.0, 10.0, 250.0]), np.full(3, 255.0)
UNSEEN = np.zeros((R, R), np.float32)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """A blue disc before its ground, which goes on behind it; no part of it leaves the canvas."""
    made = small_pack(tmp_path_factory.mktemp("packs"))
    artwork, share = made.artwork.copy(), made.matte[..., None] / 255
    ground = artwork[CANVAS].copy()
    artwork[CANVAS] = (ground + share * (BLUE - ground)).astype(np.uint8)
    return replace(made, artwork=artwork, background=ground)


def layers(x: float, y: float = 0.0, *, flow: float = 0.0, cover: float = 0.0) -> Layers:
    """A sitter at rest, or shifted, seen from a place; white paint lies on its chin."""
    rows, columns = ((np.mgrid[:R, :R] + 0.5) * 2 / R - 1).astype(np.float32)
    bump = np.exp(-((columns / 0.4) ** 2 + (rows / 0.4) ** 2))
    shift = np.stack([flow * bump, UNSEEN], axis=2)
    chin = cover * (np.hypot(columns, rows - 0.2) < 0.15).astype(np.float32)
    return Layers("gradient", shift, UNSEEN, np.ones((R, R, 3), np.float32), chin, 0.0, (x, y))


def shown(pack: Pack, given: Layers, parallax: float = PARALLAX) -> Bytes:
    settings = SILENT.model_copy(update={"parallax": parallax})
    with OffscreenScreen(pack, (WIDTH, HEIGHT), settings) as screen:
        screen.show(given)
        return screen.read()


def middle_of(colour: np.ndarray, picture: Bytes) -> np.ndarray:
    """x, y of the pixels that have about this colour."""
    alike = np.abs(picture - colour).max(axis=2) < 40
    return np.argwhere(alike).mean(axis=0)[::-1]


def test_off_is_the_same_picture_wherever_the_visitor_stands(pack: Pack) -> None:
    middle = shown(pack, layers(0.0, flow=0.1), parallax=0.0)

    assert np.array_equal(shown(pack, layers(1.0, -1.0, flow=0.1), parallax=0.0), middle)


def test_off_no_shader_slides(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.display.canvas.SLIDING", "none that could be compiled")

    shown(pack, layers(1.0), parallax=0.0)


@pytest.mark.parametrize("flow", [0.0, 0.1])
def test_seen_from_the_middle_the_portrait_is_as_without_it(pack: Pack, flow: float) -> None:
    without = shown(pack, layers(0.0, flow=flow), parallax=0.0)

    assert np.array_equal(shown(pack, layers(0.0, flow=flow)), without)


@pytest.mark.parametrize(("x", "y"), [(1.0, 0.0), (-1.0, 0.0), (0.5, 0.0), (0.0, 1.0)])
def test_the_figure_slides_away_from_the_visitor_by_the_share_that_is_set(
    pack: Pack, x: float, y: float
) -> None:
    """As behind a window: the ground goes with who steps aside, seen from the figure."""
    before, after = (middle_of(BLUE, shown(pack, layers(*view))) for view in ((0.0, 0.0), (x, y)))

    assert after - before == pytest.approx([-x * SLID_PX, -y * SLID_PX], abs=0.2)


def test_paint_slides_with_the_face(pack: Pack) -> None:
    before, after = (middle_of(WHITE, shown(pack, layers(x, cover=1.0))) for x in (0.0, 1.0))

    assert after - before == pytest.approx([-SLID_PX, 0], abs=0.2)


@pytest.mark.parametrize("flow", [0.0, 0.15])
def test_shader_and_plain_twin_agree(pack: Pack, flow: float) -> None:
    given = layers(0.9, -0.6, flow=flow, cover=0.8)
    apart = np.abs(shown(pack, given).astype(int) - compose_artwork(pack, given, PARALLAX))

    assert apart.mean() < 1
    assert (apart.max(axis=2) > 40).mean() < 0.003


def test_the_ground_stays_and_so_does_the_border_where_the_body_leaves(pack: Pack) -> None:
    matte = pack.matte.copy()
    matte[SIDE // 2 :, SIDE // 4 : -SIDE // 4] = 255
    body = replace(pack, matte=matte)
    apart = np.abs(shown(body, layers(1.0)).astype(int) - pack.artwork).max(axis=2)
    canvas = apart[CANVAS].copy()
    apart[CANVAS] = 0

    assert not apart.any()
    assert canvas[[0, -1]].max() <= 1
    assert canvas[:, [0, -1]].max() <= 1
    assert canvas[:, : SIDE // 10].max() <= 1  # ground
    assert canvas[SIDE // 4 : SIDE // 2].max() > 20


def test_the_slide_grows_from_where_the_body_leaves_and_is_whole_at_the_head() -> None:
    matte = np.zeros((200, 200), np.uint8)
    matte[60:, 60:140] = 255
    window = slide_window(matte, R)

    assert window[-1, R // 2] == 0
    assert window[R // 3, R // 2] > 0.99
    assert np.abs(np.diff(window, axis=0)).max() < 2.0 / (0.4 * R)
    assert (slide_window(np.zeros((200, 200), np.uint8), R) == 1).all()


def seen(at: float, x: float | None, track_id: int = 1) -> Visitor:
    there = None if x is None else make_face(track_id, centre=(320 * (1 + x), 240))
    return Visitor(there, 0.0, FRAME, at)


def follow(places: list[tuple[float | None, int]], start: float = 0.0) -> np.ndarray:
    """Frame by frame, 30 a second: (n, 2)."""
    viewpoint = Viewpoint()
    return np.array(
        [
            viewpoint.watch(seen(start + n / 30, x, number), start + n / 30)
            for n, (x, number) in enumerate(places)
        ]
    )


def test_the_view_goes_to_where_the_visitor_stands_and_back_when_nobody_does() -> None:
    views = follow([(0.6, 1)] * 90 + [(None, 0)] * 90)[:, 0]

    assert views[0] == 0
    assert views[89] == pytest.approx(0.6, abs=0.02)
    assert views[-1] == pytest.approx(0.0, abs=0.02)


def test_no_hand_over_is_quicker_than_the_gentle_speed() -> None:
    places = [(-0.9, 1)] * 60 + [(0.9, 2)] * 60 + [(None, 0)] * 20 + [(0.9, 3), (-0.9, 4)] * 30
    views = follow(places)[:, 0]
    speeds = np.diff(views) * 30

    assert np.abs(speeds).max() <= FASTEST + 1e-9
    assert np.abs(np.diff(speeds)).max() <= 4 * STIFFNESS * FASTEST / 30  # nor turns at once


def test_a_trackers_jitter_is_not_seen() -> None:
    rng = np.random.default_rng(0)
    views = follow([(0.3 + 0.01 * rng.standard_normal(), 1) for _ in range(240)])[120:, 0]

    assert views.std() < 0.002


def test_after_a_silence_the_view_goes_on_from_where_it_was() -> None:
    viewpoint = Viewpoint()
    viewpoint.watch(seen(0.0, 0.9), 0.0)
    before = viewpoint.watch(seen(0.03, 0.9), 0.03)[0]

    assert abs(viewpoint.watch(seen(60.0, -0.9), 60.0)[0] - before) <= 0.1 * FASTEST


def test_the_view_travels_with_the_motion_and_the_layers() -> None:
    director = Director(MotionTarget("sitter", face()), MotionSettings(), seed=0)
    for n in range(60):
        moved = director(seen(n / 30, 0.5), n / 30)
    portrait = Portrait("sitter", StillRig(), StillEngine())  # type: ignore[arg-type]
    made = GeneratorStage(lambda: portrait)(moved)

    assert moved.view[0] > 0.4
    assert made is not None
    assert made.view == moved.view
    assert PortraitMotion("sitter", no_motion(), 0.0).view == (0.0, 0.0)


def test_another_portrait_begins_as_seen_from_the_middle() -> None:
    director = Director(MotionTarget("sitter", face()), MotionSettings(), seed=0)
    for n in range(60):
        director(seen(n / 30, 0.5), n / 30)
    director.hang(MotionTarget("other", face()))

    assert director(seen(2.0, 0.5), 2.0).view == (0.0, 0.0)
