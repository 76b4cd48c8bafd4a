"""The light on a sitter's face."""

import numpy as np

from kiosk.face import EYES, LEFT_MOUTH, MESH, OVAL, RIGHT_MOUTH
from kiosk.motion.bank import load_bank
from kiosk.motion.face_model import load_face_model
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.shades import MOST, load_shades
from kiosk.motion.shading import SLOPE, Shading
from kiosk.motion.target import MotionTarget
from kiosk.puppet.figure import SIZE, Figure

BESIDE_THE_MOUTH = (57, 287)


def figure(tone: float = 150.0) -> Figure:
    """The mean face, turned to us, as one warm tone with a little light from the left."""
    landmarks = load_face_model().mean.astype(np.float32) * 0.35
    light = np.linspace(1.15, 0.85, SIZE, dtype=np.float32)[None, :, None]
    colour = np.array([1.1, 1.0, 0.8], np.float32) * tone
    artwork = np.broadcast_to(light * colour, (SIZE, SIZE, 3)).astype(np.float32)
    matte = np.ones((SIZE, SIZE), np.float32)
    return Figure(
        artwork=artwork,
        matte=matte,
        plate=artwork,
        landmarks=landmarks,
        slope=np.ones(3, np.float32),
    )


def shading(one: Figure | None = None, **amounts: float) -> Shading:
    one = one or figure()
    return Shading(np.clip(one.artwork, 0, 255).astype(np.uint8), one.landmarks, **amounts)


def expression(name: str, strength: float = 1.0) -> np.ndarray:
    shades = load_shades()
    chosen = [each.startswith(name) for each in shades.names]
    return strength * 0.35 * shades.basis[chosen].sum(axis=0)


def test_a_face_at_rest_keeps_its_light() -> None:
    assert not shading()(np.zeros((MESH, 3))).any()


def test_a_smile_darkens_the_skin_beside_the_mouth() -> None:
    ratio = shading()(expression("smile"))

    assert ratio[list(BESIDE_THE_MOUTH)].max() < -0.02


def test_a_smile_is_alike_on_both_sides() -> None:
    flat = figure()
    flat.artwork[:] = 150.0
    ratio = shading(flat)(expression("smile"))

    mirrored = ratio[load_face_model().mirror[:MESH]]
    assert np.abs(ratio - mirrored).max() < 0.02


def test_neither_outline_nor_eyes_change() -> None:
    ratio = shading()(expression("smile"))

    assert not ratio[list(OVAL)].any()
    for eye in EYES:
        assert not ratio[[*eye.upper, *eye.lower]].any()


def test_no_amount_gives_no_light() -> None:
    assert not shading(amount=0.0)(expression("smile")).any()


def test_folds_have_a_slider_of_their_own() -> None:
    smooth = shading(crease=0.0)(expression("frown"))
    folded = shading(crease=1.0)(expression("frown"))

    assert folded[[107, 336]].max() < smooth[[107, 336]].min() - 0.02


def test_a_blink_changes_no_light() -> None:
    blink = np.zeros((MESH, 3))
    for eye in EYES:
        blink[list(eye.upper), 1] += 0.03

    assert not shading()(blink).any()


def test_light_moves_no_faster_than_the_face() -> None:
    """A tenth of a percent of the face's height of jitter is not to be seen."""
    light = shading()
    rng = np.random.default_rng(0)
    smile = expression("smile")
    jitter = rng.normal(0.0, 0.001, (8, MESH, 3))
    change = [np.abs(light(smile + each) - light(smile)).max() for each in jitter]

    assert max(change) < 0.015


def test_strength_is_bounded() -> None:
    strengths = shading().strengths(expression("smile", 20.0))

    assert strengths.min() >= 0
    assert strengths.max() <= MOST


def test_every_rehearsed_motion_keeps_within_a_painters_range() -> None:
    one = figure()
    light = shading(one)
    rehearsal = Rehearsal(load_bank(), MotionTarget("mean", one.landmarks))
    rng = np.random.default_rng(1)
    ratios = np.array([light(rehearsal.draw(rng).expression) for _ in range(20)])

    assert ratios.min() > -0.26
    assert ratios.max() < 0.17


def test_colour_follows_luminance_within_bounds() -> None:
    slope = shading().slope

    assert ((slope >= SLOPE[0]) & (slope <= SLOPE[1])).all()


def test_corners_of_the_mouth_rise_in_the_smile_that_ships() -> None:
    shades = load_shades()
    smile = shades.basis[[name.startswith("smile") for name in shades.names]].sum(axis=0)

    assert smile[[LEFT_MOUTH, RIGHT_MOUTH], 1].max() < 0
    assert smile[RIGHT_MOUTH, 0] > 0 > smile[LEFT_MOUTH, 0]
