import numpy as np
import pytest

from kiosk.curation.study import Study
from kiosk.evaluation import measures
from kiosk.messages import Bytes

SIDE = 128


@pytest.fixture
def picture() -> Bytes:
    return np.random.default_rng(0).integers(40, 200, (SIDE, SIDE, 3)).astype(np.uint8)


@pytest.fixture
def everywhere() -> measures.Mask:
    return np.ones((SIDE, SIDE), bool)


def test_psnr_is_that_of_the_mean_square(picture: Bytes, everywhere: measures.Mask) -> None:
    assert measures.psnr(picture, picture + np.uint8(5), everywhere) == pytest.approx(
        34.15, abs=0.01
    )
    assert measures.psnr(picture, picture, everywhere) > 90


def test_only_the_mask_is_judged(picture: Bytes, everywhere: measures.Mask) -> None:
    spoilt = picture.copy()
    spoilt[:20] = 0
    below = everywhere.copy()
    below[:40] = False

    assert measures.psnr(picture, spoilt, everywhere) < 20
    assert measures.psnr(picture, spoilt, below) > 90
    assert measures.ssim(picture, spoilt, below) == pytest.approx(1)


def test_ssim_falls_with_noise_and_with_blur(picture: Bytes, everywhere: measures.Mask) -> None:
    import cv2

    rng = np.random.default_rng(1)
    noisy = np.clip(picture + rng.normal(0, 30, picture.shape), 0, 255).astype(np.uint8)
    blurred = np.asarray(cv2.GaussianBlur(picture, (0, 0), 3))

    assert measures.ssim(picture, picture, everywhere) == pytest.approx(1)
    assert measures.ssim(picture, noisy, everywhere) < 0.95
    assert measures.ssim(picture, blurred, everywhere) < 0.3


def test_fine_energy_is_that_of_strokes(picture: Bytes, everywhere: measures.Mask) -> None:
    ramp = np.repeat(np.arange(SIDE, dtype=np.uint8)[None, :, None], SIDE, 0).repeat(3, 2)

    assert measures.fine_energy(picture, everywhere) > 100
    assert measures.fine_energy(ramp, everywhere) < 1
    half = (picture.astype(np.float32) / 2).astype(np.uint8)
    share = measures.fine_energy(half, everywhere) / measures.fine_energy(picture, everywhere)
    assert share == pytest.approx(0.25, abs=0.01)


def test_sharpness_is_a_share_of_the_artworks(picture: Bytes) -> None:
    import cv2

    face = np.random.default_rng(1).uniform(-0.5, 0.5, (478, 3)).astype(np.float32)
    lower = face + np.array([0, 0.25, 0], np.float32)
    moved = np.roll(picture, SIDE // 8, axis=0)
    blurred = np.asarray(cv2.GaussianBlur(moved, (0, 0), 2))

    assert measures.sharpness(picture, face, picture, face) == pytest.approx(1)
    assert measures.sharpness(moved, lower, picture, face) == pytest.approx(1, abs=0.02)
    assert measures.sharpness(blurred, lower, picture, face) < 0.1


def test_regions_lie_where_their_names_say(study: Study) -> None:
    import cv2

    matte = cv2.resize(study.matte, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    masks = measures.region_masks(study.landmarks, matte)
    rows = {name: np.nonzero(mask)[0].mean() for name, mask in masks.items()}

    assert set(masks) == set(measures.REGIONS)
    assert rows["eyes"] < rows["face"] < rows["mouth"]
    for part in ("mouth", "eyes"):
        assert 0 < masks[part].sum() < 0.5 * masks["face"].sum()
        assert not (masks[part] & ~masks["face"]).any()
    assert masks["head"].sum() > 1.2 * masks["face"].sum()


def test_a_region_moves_with_the_face(study: Study) -> None:
    matte = np.ones((SIDE, SIDE), np.float32)
    lower = study.landmarks + np.array([0, 0.2, 0], np.float32)
    before, after = (measures.region_masks(x, matte)["mouth"] for x in (study.landmarks, lower))

    shift = np.nonzero(after)[0].mean() - np.nonzero(before)[0].mean()
    assert shift == pytest.approx(0.1 * SIDE, abs=1)
