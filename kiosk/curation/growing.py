"""A portrait while it learns: one row of moments, painted anew again and again.

In goes the network as it is by now, out comes a JPEG that is replaced in one move, so that whoever
looks at it meanwhile never sees half of it.
"""

from pathlib import Path

from kiosk.curation.preview import row_of
from kiosk.display.generated import save_jpeg
from kiosk.generator.eager import PlainEngine
from kiosk.generator.stage import GeneratorStage, Portrait
from kiosk.messages import Bytes, Motion, PortraitMotion
from kiosk.model.generator import Generator
from kiosk.motion.target import MotionTarget
from kiosk.motion.telling import telling_motions
from kiosk.puppet.render import Puppet

QUALITY = 88  # of the JPEG


class GrowingPreview:
    """Rewrites one picture.

    Args:
        puppet: the artwork's.
        target: its sitter.
        path: a `.jpg`.
    """

    def __init__(self, puppet: Puppet, target: MotionTarget, path: Path) -> None:
        self._puppet, self._target, self._path = puppet, target, path
        self._motions = telling_motions(target)

    @property
    def path(self) -> Path | None:
        """Where the picture is, once there is one."""
        return self._path if self._path.exists() else None

    def __call__(self, generator: Generator) -> None:
        """Show what this network paints: as on the wall, but at the network's own resolution."""
        portrait = Portrait(self._target.portrait_id, self._puppet.rig, PlainEngine(generator))
        stage = GeneratorStage(lambda: portrait)
        row = row_of([self._show(stage, motion) for motion in self._motions])
        partial = self._path.with_suffix(".partial")
        save_jpeg(row, partial, quality=QUALITY)
        partial.replace(self._path)

    def _show(self, stage: GeneratorStage, motion: Motion) -> Bytes:
        layers = stage(PortraitMotion(self._target.portrait_id, motion, captured_at=0.0))
        assert layers is not None
        return self._puppet.show(
            flow=layers.flow, light=layers.light, paint=layers.paint, cover=layers.cover
        )
