"""One request as an action sees it, and what becomes of its answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kiosk.console.desk import Desk
from kiosk.console.guard import TooLargeError
from kiosk.errors import KioskError

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an action is given."""

    desk: Desk
    path: dict[str, Any]  # the places of the address, by name
    query: dict[str, str]
    body: Record

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A number of the body; raises `ValueError` where it is none within these bounds."""
        value = float(self.body.get(key) or default)
        if not low <= value <= high:
            raise ValueError(f"{key} is {value:g}; use {low:g} to {high:g}")
        return value

    def text(self, key: str, most: int = 500) -> str:
        """A short text of the body; empty when there is none."""
        return str(self.body.get(key) or "").strip()[:most]


Action = Callable[[Asked], Response | Record | None]
Endpoint = Callable[[Request], Awaitable[Response]]


def action(act: Action) -> Endpoint:
    """An endpoint of an action, which runs in a thread; its errors become one line each."""

    async def endpoint(request: Request) -> Response:
        body = await _record(request)
        if body is None:
            return fault("send a JSON object")
        asked = Asked(desk_of(request), request.path_params, dict(request.query_params), body)
        try:
            answer = await run_in_threadpool(act, asked)
        except KioskError as error:
            return fault(str(error))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            return fault(f"this cannot be understood ({type(error).__name__}: {error})")
        return answer if isinstance(answer, Response) else JSONResponse(answer or {})

    return endpoint


def fault(words: str, status: int = 400) -> Response:
    """A refusal, in one line."""
    return JSONResponse({"fault": words}, status)


async def too_large(_: Request, error: Exception) -> Response:
    """The answer to whoever sends more than may come."""
    assert isinstance(error, TooLargeError)
    return fault("too large; send less", 413)


def desk_of(request: Request) -> Desk:
    """The desk of this page."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


async def _record(request: Request) -> Record | None:
    if not await request.body():
        return {}
    try:
        record = await request.json()
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
