"""The two public-domain photographs everything starts from, inside installed packages."""

from importlib.resources import files
from pathlib import Path

from kiosk.painting.blend import Photograph, load_photograph


def first_photograph(*, scale: float = 3.0) -> Photograph:
    """Eileen Collins, NASA, public domain: 512 x 512, enlarged."""
    return load_photograph(Path(str(files("skimage") / "data" / "astronaut.png")), scale=scale)


def second_photograph(*, scale: float = 3.0) -> Photograph:
    """Grace Hopper, U.S. Navy, public domain: 512 x 600, enlarged."""
    folder = files("matplotlib") / "mpl-data" / "sample_data"
    return load_photograph(Path(str(folder / "grace_hopper.jpg")), scale=scale)
