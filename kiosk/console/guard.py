"""Who may ask what of the staff page: the gate before everything else.

A page of another site that a curator has open must not be able to act here. So the address must be
one of ours (else a foreign name could be pointed at this machine: DNS rebinding), and whatever
changes something must carry a header with this process's secret, which only our own pages know. On
the local network a token is asked for, too.
"""

import secrets
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE, HEADER = "kiosk_token", "x-kiosk"
SAFE_METHODS = ("GET", "HEAD")
MOST_BYTES = 64 << 10
MOST_PICTURE_BYTES, MOST_PACK_BYTES = 256 << 20, 640 << 20
LARGE = {"/api/pictures": MOST_PICTURE_BYTES, "/api/packs": MOST_PACK_BYTES}
MONTH_S = 30 * 86400
# a report made by `portraits add` brings its style along; nothing else may come from anywhere
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """ASGI middleware.

    Args:
        app: what it stands before.
        hosts: names and addresses, without port, under which the page may be asked for.
        token: that everybody must have; None on the loopback address.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], token: str | None = None) -> None:
        self._app, self._token = app, token
        self._hosts = frozenset(host.lower() for host in hosts)
        self.secret = secrets.token_urlsafe(24)  # in our pages, and so in what they send

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        scope["state"] = {**scope.get("state", {}), "secret": self.secret}
        refusal = self._refusal(Request(scope))
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
            return
        await self._app(scope, _counted(receive, _most_bytes(scope)), _with_headers(send))

    def _refusal(self, request: Request) -> Response | None:
        headers = request.headers
        host = host_name(headers.get("host", ""))
        if host not in self._hosts:
            return _refuse(421, f"{host or 'no name'} is none of this page's addresses")
        if headers.get("sec-fetch-site") == "cross-site" and not _navigates(headers):
            return _refuse(403, "another site may not use this page")
        if self._token is not None and not _same(request.cookies.get(COOKIE, ""), self._token):
            return self._admit(request)
        if "token" in request.query_params:  # out of the address bar
            return RedirectResponse(_path(request), 303)
        if request.method not in SAFE_METHODS:
            origin = headers.get("origin")
            foreign = origin is not None and urlsplit(origin).netloc != headers.get("host")
            if foreign or not _same(headers.get(HEADER, ""), self.secret):
                return _refuse(403, "this did not come from the staff page; load it anew")
            return _check_length(headers, _most_bytes(request.scope))
        return None

    def _admit(self, request: Request) -> Response:
        """Who brings the token along in the address gets it as a cookie."""
        given = request.query_params.get("token", "")
        if request.method != "GET" or not _same(given, self._token or ""):
            return _refuse(401, "open the address with the token that `kiosk console` has printed")
        answer = RedirectResponse(_path(request), 303)
        answer.set_cookie(COOKIE, given, max_age=MONTH_S, httponly=True, samesite="strict")
        return answer


class TooLargeError(Exception):
    """More bytes came than may."""


def host_name(host: str) -> str:
    """The name in a Host header: without its port, in lower case."""
    bare = host[: host.rindex("]") + 1] if "]" in host else host.rsplit(":", 1)[0]
    return bare.lower()


def _path(request: Request) -> str:
    """Where a request leads on this page: two slashes at its beginning would lead elsewhere."""
    return "/" + request.url.path.lstrip("/")


def _navigates(headers: Headers) -> bool:
    """Whether somebody follows a link hither."""
    return headers.get("sec-fetch-mode") == "navigate"


def _most_bytes(scope: Scope) -> int:
    return LARGE.get(scope["path"], MOST_BYTES)


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode(), wanted.encode())


def _refuse(status: int, words: str) -> Response:
    return JSONResponse({"fault": words}, status)


def _check_length(headers: Headers, most: int) -> Response | None:
    length = headers.get("content-length")
    if length is not None and (not length.isdecimal() or int(length) > most):
        return _refuse(413, f"too large: {most >> 10} KiB at most")
    return None


def _counted(receive: Receive, most: int) -> Receive:
    """Count what really comes, whatever its header says."""
    count = 0

    async def counted() -> Message:
        nonlocal count
        message = await receive()
        count += len(message.get("body", b""))
        if count > most:
            raise TooLargeError
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sent
