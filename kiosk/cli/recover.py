"""``kiosk recover``: after it has ended again and again, what was changed last is taken back."""

import typer

from kiosk.cli.options import ConfigPath
from kiosk.config import load_config


def recover(config: ConfigPath = None) -> None:
    """Clear what can be made again, and bring back the version before of damaged portraits."""
    from kiosk.service.recover import recover as take_back

    lines = list(take_back(load_config(config)))
    for line in lines or ["nothing was wrong that could be taken back"]:
        typer.echo(line)
