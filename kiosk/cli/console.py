"""``kiosk console``: the staff page."""

import secrets
import socket
from typing import Annotated
from urllib.parse import quote

import typer

from kiosk.cli.options import ConfigPath
from kiosk.config import load_config
from kiosk.errors import ControlError

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def console(
    lan: Annotated[
        bool, typer.Option("--lan", help="For other machines, too; asks them for a token.")
    ] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Else the settings'.")] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="A further name of this page, such as a proxy's.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(envvar="KIOSK_TOKEN", help="Else a new one each time.")
    ] = None,
    config: ConfigPath = None,
) -> None:
    """Serve the staff page: what hangs, new portraits, programme, log. Ctrl-C ends it."""
    import uvicorn

    from kiosk.console.app import build_page
    from kiosk.console.desk import Desk
    from kiosk.console.jobs import Jobs
    from kiosk.service.depot import fill

    settings = load_config(config)
    fill(settings.portraits.folder)
    chosen = port or settings.console.port
    hosts = [*LOOPBACK, *(own_names() if lan else ()), *(name or ())]
    secret = choose_token(token, wanted=lan or bool(name))
    page = build_page(Desk.furnish(settings, config, Jobs()), hosts, secret)
    with reserve("0.0.0.0" if lan else LOOPBACK[0], chosen) as place:
        for host in hosts if secret else hosts[:1]:
            typer.echo(f"http://{host}:{chosen}/" + (f"?token={quote(secret)}" if secret else ""))
        server = uvicorn.Config(
            page, log_level="warning", server_header=False, limit_concurrency=64
        )
        uvicorn.Server(server).run(sockets=[place])


def choose_token(given: str | None, *, wanted: bool) -> str | None:
    """What everybody must have; None where only this machine can ask and nothing was given."""
    if given:
        return given
    return secrets.token_urlsafe(16) if wanted else None


def reserve(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything else begins.

    Raises:
        ControlError: the port is taken, or not ours to take.
    """
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((host, port))
    except OSError as error:
        place.close()
        raise ControlError(
            f"port {port} cannot be had: {error.strerror}; choose another with --port"
        ) from error
    return place


def own_names() -> list[str]:
    """The names and addresses by which others of the local network may know this machine."""
    name = socket.gethostname()
    try:
        found = socket.getaddrinfo(name, None, socket.AF_INET)
    except OSError:
        found = []
    addresses = {str(place[0]) for *_, place in found}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.connect(("192.0.2.1", 9))  # sends nothing: it asks which address would be used
            addresses.add(trial.getsockname()[0])
        except OSError:
            pass
    others = sorted(each for each in addresses if not each.startswith("127."))
    return list(dict.fromkeys([name.lower(), f"{name.lower()}.local", *others]))
