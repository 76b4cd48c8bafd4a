"""``kiosk recover``: after it has ended again and again, what was changed last is taken back."""

import typer

from kiosk.cli.options import ConfigPath
from kiosk.config import Config, load_config
from kiosk.errors import ConfigError


def recover(config: ConfigPath = None) -> None:
    """Clear what can be made again, and bring back the version before of damaged portraits."""
    from kiosk.service.last_good import last_good
    from kiosk.service.recover import recover as take_back

    try:
        settings = load_config(config)
    except ConfigError as error:
        typer.echo(f"{error}", err=True)
        settings = last_good() or Config()
    lines = list(take_back(settings))
    for line in lines or ["nothing was wrong that could be taken back"]:
        typer.echo(line)
