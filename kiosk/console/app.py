"""The staff page put together: rooms, actions, files, and the gate before them."""

import contextlib
from collections.abc import AsyncIterator, Collection
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from kiosk.console import pages, studio_api, wall_api
from kiosk.console.asked import too_large
from kiosk.console.desk import Desk
from kiosk.console.guard import Guard, TooLargeError

STATIC = Path(__file__).parent / "static"


def build_page(desk: Desk, hosts: Collection[str], token: str | None = None) -> Guard:
    """The ASGI application.

    Args:
        desk: what it works on.
        hosts: names and addresses under which it may be asked for.
        token: that everybody must have; None where only this machine can ask.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        desk.jobs.close()

    desk.reports.mkdir(parents=True, exist_ok=True)
    page = Starlette(
        routes=[
            *pages.ROUTES,
            *wall_api.ROUTES,
            *studio_api.ROUTES,
            Mount("/reports", StaticFiles(directory=desk.reports, html=True)),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        exception_handlers={TooLargeError: too_large},
        lifespan=lifespan,
    )
    page.state.desk = desk
    return Guard(page, hosts, token)
