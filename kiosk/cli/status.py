"""``kiosk status``: how the kiosk that runs on this machine fares."""

import json
from typing import Annotated

import typer

from kiosk.cli.options import ConfigPath, find_socket


def status(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    config: ConfigPath = None,
) -> None:
    """Say how the kiosk that runs here fares."""
    from kiosk.control.client import Client

    told = Client(find_socket(config)).status()
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    watched = "a visitor leads" if told["attended"] else "nobody leads"
    typer.echo(f"{told['portrait']} hangs, on {told['engine']}; {watched}")
    typer.echo(
        f"{told['fps']:.1f} frames/s, latency {told['latency_ms']:.0f} ms, "
        f"{told['rss_mb']:.0f} MB, up {told['up_s'] / 3600:.1f} h"
    )
    if told["dark"]:
        typer.echo("the screen is dark on purpose; `kiosk screen on` lights it")
    for place, each in enumerate(told.get("gallery", ()), 1):
        whose = "a visitor of its own" if each["attended"] else "nobody"
        typer.echo(f"{place}: {each['portrait']} has {whose}; {each['fps']:.1f} frames/s")
    for fault in told["faults"]:
        typer.echo(f"fault: {fault}")
