"""The other side: asks a kiosk that runs on this machine."""

from pathlib import Path
from typing import Any

import httpx

from kiosk.control.view import View
from kiosk.errors import ControlError

TIMEOUT_S = 5.0


class Client:
    """One kiosk, at its socket.

    Args:
        path: the socket.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def status(self) -> dict[str, Any]:
        """How it fares; the keys are those of `kiosk.control.status.Status`.

        Raises:
            ControlError: it does not run, or refuses; so do the others.
        """
        return dict(self._ask("GET", "/status").json())

    def view(self) -> View | None:
        """What its camera sees, in figures; None: it has not seen anything yet."""
        record = self._ask("GET", "/view").json()
        return None if record is None else View.from_record(record)

    def picture(self) -> bytes:
        """What the screen shows now, a JPEG."""
        return self._ask("GET", "/picture").content

    def log(self, after: int = 0) -> dict[str, Any]:
        """The ``lines`` of its log after one, and since when they are counted: ``began``."""
        return dict(self._ask("GET", f"/log?after={after}").json())

    def hang(self, portrait_id: str) -> None:
        """Have a portrait hung."""
        self._ask("POST", "/hang", {"portrait": portrait_id})

    def tune(self, portrait_id: str, **changes: object) -> None:
        """Have gains and limits tried out on what hangs."""
        self._ask("POST", "/tune", {"portrait": portrait_id, **changes})

    def light(self, on: bool) -> None:
        """Have the screen show the picture, or be black."""
        self._ask("POST", "/screen", {"on": on})

    def _ask(self, method: str, address: str, body: object = None) -> httpx.Response:
        nobody = f"no kiosk answers at {self._path}; start one with `kiosk run`"
        if not self._path.is_socket():
            raise ControlError(nobody)
        transport = httpx.HTTPTransport(uds=str(self._path))
        try:
            with httpx.Client(
                transport=transport, base_url="http://kiosk", timeout=TIMEOUT_S
            ) as http:
                answer = http.request(method, address, json=body)
        except httpx.HTTPError as error:
            raise ControlError(nobody) from error
        if answer.is_error:
            raise ControlError(_reason(answer))
        return answer


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["fault"])
    except (ValueError, KeyError, TypeError):
        return f"the kiosk answers {answer.status_code}"
