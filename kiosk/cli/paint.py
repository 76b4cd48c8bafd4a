"""`kiosk paint`: paint one of the project's own pictures anew."""

import tempfile
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kiosk.errors import ConfigError

paint_app = typer.Typer(help="Paint the project's own pictures anew.")

SUFFIXES = (".jpg", ".jpeg", ".png")
JPEG_QUALITY = 98  # brushwork is fine grain: 1 MB for 1536 pixels


class Recipe(str, Enum):
    """The pictures that can be painted."""

    HOPPER = "hopper"
    PERSONNE = "personne"
    VISITOR = "visitor"


@paint_app.callback(
    invoke_without_command=True,
    context_settings={"allow_interspersed_args": True},  # options may come last
)
def paint(
    recipe: Annotated[Recipe, typer.Argument(help="Which picture.")],
    out: Annotated[Path, typer.Argument(help="Where to write it: a .jpg or .png file.")],
    seed: Annotated[int, typer.Option(help="The same seed paints the same picture.")] = 0,
    width: Annotated[int | None, typer.Option(min=200, max=4000, help="Width in pixels.")] = None,
) -> None:
    """Paint RECIPE and write it to OUT."""
    from PIL import Image as Files  # the recipes take a second to import

    from kiosk.painting.sitters import RECIPES, WIDTHS_PX

    _check_place(out)
    width_px = width or WIDTHS_PX[recipe.value]
    with Console().status(f"Painting {recipe.value} at {width_px} pixels; a minute at most ..."):
        picture = RECIPES[recipe.value](seed=seed, width_px=width_px)
    Files.fromarray(picture).save(out, quality=JPEG_QUALITY, subsampling=0)
    typer.echo(f"{out}: {picture.shape[1]} x {picture.shape[0]} pixels, seed {seed}")


def _check_place(out: Path) -> None:
    """Refuse before the work what could not be written after it."""
    if out.suffix.lower() not in SUFFIXES:
        raise ConfigError(f"{out}: is no picture's name; end it in .jpg or .png")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out.parent):
            pass
    except OSError as error:
        raise ConfigError(f"{out}: cannot be written: {error.strerror}") from error
