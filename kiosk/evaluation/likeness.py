"""How like its puppet a generator's picture is, and how sharp it stays while it moves.

In go moments of a portrait, out come means over all of them, region by region.
"""

import numpy as np

from kiosk.display.texels import canvas_slices
from kiosk.evaluation import measures
from kiosk.messages import Bytes, Floats, Layers, Motion
from kiosk.model.spec import RESOLUTION
from kiosk.portraits.pack import Pack
from kiosk.puppet.figure import make_figure
from kiosk.puppet.render import Puppet
from kiosk.sitter import rig_of


class Likeness:
    """The generator's picture against the puppet's, at the generator's resolution."""

    def __init__(self, pack: Pack) -> None:
        self._puppet = puppet_of(pack)
        self._matte = self._puppet.figure.at(RESOLUTION).matte
        self._rows: list[dict[str, dict[str, float]]] = []

    def add(self, layers: Layers, motion: Motion, landmarks: Floats) -> None:
        """Compare one moment: what is shown, what was wanted, where the face's landmarks are."""
        wanted = self.wanted(motion)
        found = self.picture(layers)
        masks = measures.region_masks(landmarks, self._matte)
        self._rows.append(
            {
                "psnr": {name: measures.psnr(found, wanted, mask) for name, mask in masks.items()},
                "ssim": {name: measures.ssim(found, wanted, mask) for name, mask in masks.items()},
            }
        )

    def wanted(self, motion: Motion) -> Bytes:
        """What the puppet shows: (RESOLUTION, RESOLUTION, 3)."""
        return self._puppet.frame(motion)

    def picture(self, layers: Layers) -> Bytes:
        """What the layers show: (RESOLUTION, RESOLUTION, 3)."""
        return self._puppet.show(
            flow=layers.flow, light=layers.light, paint=layers.paint, cover=layers.cover
        )

    def mean(self, measure: str) -> dict[str, float]:
        """Of all moments added, by region."""
        return {
            region: float(np.mean([row[measure][region] for row in self._rows]))
            for region in measures.REGIONS
        }


class Brushwork:
    """How much of the artwork's finest detail is left."""

    def __init__(self, pack: Pack) -> None:
        self._crop, self._landmarks = crop_of(pack), pack.landmarks
        self._shares: list[float] = []

    def add(self, picture: Bytes, landmarks: Floats) -> None:
        """Look at one moment: (side, side, 3) as it is shown, (478, 3) canvas coordinates."""
        share = measures.sharpness(picture, landmarks, self._crop, self._landmarks)
        self._shares.append(share)

    def mean(self) -> float:
        """Fine energy of the moving face, as a share of the artwork's face."""
        return float(np.mean(self._shares))

    def at_rest(self, picture: Bytes) -> float:
        """Fine energy of the whole canvas at rest, as a share of the artwork's."""
        everywhere = np.ones(picture.shape[:2], bool)
        energy = measures.fine_energy(self._crop, everywhere)
        return measures.fine_energy(picture, everywhere) / energy


def crop_of(pack: Pack) -> Bytes:
    """The canvas's square of the artwork as it hangs: (side, side, 3)."""
    return pack.artwork[canvas_slices(pack.meta.canvas)]


def puppet_of(pack: Pack) -> Puppet:
    """The puppet of a finished pack."""
    matte = pack.matte.astype(np.float32) / 255
    figure = make_figure(
        crop_of(pack),
        matte,
        pack.background,
        landmarks=pack.landmarks,
        slope=np.array(pack.meta.light.slope, np.float32),
    )
    return Puppet(figure, rig_of(pack))
