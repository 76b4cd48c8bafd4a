"""A small pack to test with: a gradient for a painting, a disc for its sitter, weights of one."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from kiosk.messages import Bytes, Floats
from kiosk.portraits.pack import CanvasPlace, Label, Pack, PackMeta, load_pack, write_pack

WIDTH, HEIGHT = 300, 400
LEFT, TOP, SIDE = 40, 60, 200


def small_meta(portrait_id: str = "gradient") -> PackMeta:
    return PackMeta(
        id=portrait_id,
        rights="https://creativecommons.org/publicdomain/zero/1.0/",
        label=Label(title={"en": 'A "gradient"', "fr": "Dégradé"}, date={"en": "2026"}),
        canvas=CanvasPlace(left=LEFT, top=TOP, side=SIDE),
        provenance={"artwork.jpg": "painted by NumPy"},
        training={"seed": 3, "minutes": 0.5, "commit": "none", "adversarial": True},
    )


def painting(width: int = WIDTH, height: int = HEIGHT) -> Bytes:
    """A gradient with strokes over it: (height, width, 3)."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    strokes = 25 * np.sin(x / 5) * np.sin(y / 7)
    channels = (x / width * 180, y / height * 180, 90 + 40 * np.sin((x + y) / 40))
    return np.stack([np.clip(c + 30 + strokes, 0, 255) for c in channels], axis=2).astype(np.uint8)


def sitter(side: int = SIDE) -> Bytes:
    """The matte of a disc with a soft edge: (side, side)."""
    y, x = (np.mgrid[:side, :side] + 0.5) * 2 / side - 1
    return np.asarray(np.clip((0.6 - np.hypot(x, y)) * side / 12 + 0.5, 0, 1) * 255, np.uint8)


def face() -> Floats:
    """(478, 3) points on the canvas."""
    return np.random.default_rng(0).uniform(-0.5, 0.5, (478, 3)).astype(np.float32)


def write_small_pack(folder: Path, portrait_id: str = "gradient") -> Path:
    """Writes the pack into ``folder``/``portrait_id`` and returns that."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / ".weights.safetensors"
    save_file({"one": np.ones((2, 3), np.float32)}, weights)
    artwork = painting()
    write_pack(
        folder / portrait_id,
        small_meta(portrait_id),
        artwork=artwork,
        matte=sitter(),
        background=255 - artwork[TOP : TOP + SIDE, LEFT : LEFT + SIDE],
        landmarks=face(),
        still=artwork[::2, ::2],
        weights=weights,
    )
    weights.unlink()
    return folder / portrait_id


def small_pack(folder: Path, portrait_id: str = "gradient") -> Pack:
    return load_pack(write_small_pack(folder, portrait_id), check_weights=False)
