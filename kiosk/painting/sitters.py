"""The recipes: `hopper`, `personne` and `visitor`.

Each makes one picture from two public-domain photographs that come inside installed packages. The
same seed gives the same picture. How each was composed is told in ``docs/paintings.md``.
"""

from kiosk.painting.blend import Image
from kiosk.painting.brush import paint
from kiosk.painting.hopper import compose_hopper
from kiosk.painting.personne import compose_personne
from kiosk.painting.photographs import first_photograph, second_photograph
from kiosk.painting.visitor import compose_visitor


def make_hopper(*, seed: int = 0, width_px: int = 1536) -> Image:
    """Grace Hopper in oil, 1536 to 1800: (H, W, 3) uint8 RGB."""
    photograph = second_photograph(scale=width_px / 512)
    reference, matter = compose_hopper(photograph, seed=seed)
    return paint(reference, matter, seed=seed)


def make_personne(*, seed: int = 0, width_px: int = 1536) -> Image:
    """*Portrait de personne*, in oil: nobody's portrait, 4 to 5, (H, W, 3) uint8 RGB."""
    photographs = first_photograph(), second_photograph()
    reference, matter = compose_personne(*photographs, seed=seed, width_px=width_px)
    return paint(reference, matter, seed=seed)


def make_visitor(*, seed: int = 0, width_px: int = 1200) -> Image:
    """A photograph-like picture of somebody who does not exist, 4 to 3: (H, W, 3) uint8 RGB."""
    photographs = first_photograph(), second_photograph()
    return compose_visitor(*photographs, seed=seed, width_px=width_px)


RECIPES = {"hopper": make_hopper, "personne": make_personne, "visitor": make_visitor}
WIDTHS_PX = {"hopper": 1536, "personne": 1536, "visitor": 1200}
