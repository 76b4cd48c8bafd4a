"""``kiosk screen``: dark when the museum closes, lit when it opens."""

from enum import Enum
from typing import Annotated

import typer

from kiosk.cli.options import ConfigPath, find_socket


class Light(str, Enum):
    """What the screen is to be."""

    ON = "on"
    OFF = "off"


def screen(
    light: Annotated[Light, typer.Argument(help="on, or off: black, and nobody is seen.")],
    config: ConfigPath = None,
) -> None:
    """Have the kiosk that runs here be dark, or shine again."""
    from kiosk.control.client import Client

    Client(find_socket(config)).light(on=light is Light.ON)
