"""The gate of the staff page: no foreign page, no foreign name, no stranger, nothing too large."""

from collections.abc import Mapping

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from kiosk.cli.console import choose_token
from kiosk.console.asked import too_large
from kiosk.console.guard import HEADER, MOST_BYTES, Guard, TooLargeError, host_name

OURS = "http://localhost:8765"


async def answer(request: Request) -> Response:
    size = len(await request.body())
    return JSONResponse({"size": size, "secret": request.state.secret})


def gate(token: str | None = None, base_url: str = OURS) -> tuple[TestClient, str]:
    app = Starlette(
        routes=[Route("/api/x", answer, methods=["GET", "POST"])],
        exception_handlers={TooLargeError: too_large},
    )
    guard = Guard(app, ["localhost", "127.0.0.1", "[::1]"], token)
    return TestClient(guard, base_url=base_url, follow_redirects=False), guard.secret


@pytest.mark.parametrize("host", ["localhost:8765", "LOCALHOST", "127.0.0.1:1", "[::1]:8765"])
def test_our_own_names_are_let_in(host: str) -> None:
    client, _ = gate()
    assert client.get("/api/x", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "localhost.evil", "", "[::2]"]
)
def test_a_foreign_name_that_points_here_is_refused(host: str) -> None:
    client, _ = gate()
    refused = client.get("/api/x", headers={"Host": host})

    assert refused.status_code == 421
    assert "none of this page's addresses" in refused.json()["fault"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({HEADER: "guessed"}, 403),
        ({HEADER: "{secret}"}, 200),
        ({HEADER: "{secret}", "Origin": OURS}, 200),
        ({HEADER: "{secret}", "Origin": "http://evil.example"}, 403),
        ({HEADER: "{secret}", "Origin": "http://localhost:80"}, 403),
        ({HEADER: "{secret}", "Origin": "null"}, 403),
    ],
)
def test_only_our_own_pages_can_change_something(headers: Mapping[str, str], status: int) -> None:
    client, secret = gate()
    sent = {name: text.replace("{secret}", secret) for name, text in headers.items()}

    assert client.post("/api/x", headers=sent, content=b"x").status_code == status


def test_what_is_too_large_is_refused_whatever_its_header_says() -> None:
    client, secret = gate()
    large = b"x" * (MOST_BYTES + 1)
    honest = client.post("/api/x", headers={HEADER: secret}, content=large)
    streamed = client.post("/api/x", headers={HEADER: secret}, content=iter([large]))
    just = client.post("/api/x", headers={HEADER: secret}, content=large[1:])

    assert (honest.status_code, streamed.status_code, just.status_code) == (413, 413, 200)


def test_on_the_network_everybody_needs_the_token_and_gets_it_as_a_cookie() -> None:
    client, secret = gate("letmein")

    assert client.get("/api/x").status_code == 401
    assert client.get("/api/x?token=wrong").status_code == 401
    assert client.post("/api/x?token=letmein", headers={HEADER: secret}).status_code == 401

    admitted = client.get("/api/x?token=letmein")
    assert admitted.status_code == 303
    assert admitted.headers["location"] == "/api/x"
    cookie = admitted.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/api/x").status_code == 200
    assert client.post("/api/x", headers={HEADER: secret}).status_code == 200


def test_the_token_leads_nowhere_else_and_leaves_the_address_bar() -> None:
    client, _ = gate("letmein")

    assert (
        client.get(f"{OURS}//evil.example/?token=letmein").headers["location"] == "/evil.example/"
    )
    again = client.get("/api/x?token=letmein")
    assert (again.status_code, again.headers["location"]) == (303, "/api/x")


def test_another_site_cannot_even_read_but_may_link_hither() -> None:
    client, _ = gate()
    embedded = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    linked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}

    assert client.get("/api/x", headers=embedded).status_code == 403
    assert client.get("/api/x", headers=linked).status_code == 200


def test_names_of_this_page_are_the_same_in_capitals() -> None:
    guard = Guard(Starlette(), ["Museum.Example"])
    answered = TestClient(guard, base_url="http://museum.example").get("/")
    assert answered.status_code == 404  # let in; there is nothing


@pytest.mark.parametrize(
    ("given", "wanted", "asks"), [(None, False, False), (None, True, True), ("x", False, True)]
)
def test_a_page_for_others_always_asks_for_a_token(
    given: str | None, wanted: bool, asks: bool
) -> None:
    assert (choose_token(given, wanted=wanted) is not None) == asks


def test_every_answer_says_what_a_page_may_do() -> None:
    client, _ = gate()
    for answered in (client.get("/api/x"), client.get("/api/x", headers={"Host": "evil"})):
        assert "default-src 'self'" in answered.headers["content-security-policy"]
        assert answered.headers["x-content-type-options"] == "nosniff"
        assert answered.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("header", "name"),
    [("a:80", "a"), ("A", "a"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]"), ("", "")],
)
def test_a_hosts_name_is_without_its_port(header: str, name: str) -> None:
    assert host_name(header) == name
