"""A staff page without a network: a kiosk that only remembers, and a browser's side."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from kiosk.config import Config, PortraitSettings
from kiosk.console.app import build_page
from kiosk.console.desk import Desk
from kiosk.console.guard import HEADER
from kiosk.console.inbox import Inbox
from kiosk.console.jobs import Jobs
from kiosk.errors import ControlError
from tests.packs import write_small_pack

STATUS = {
    "portrait": "mona", "engine": "cpu", "fps": 30.0, "latency_ms": 50.0, "faults": [],
    "attended": True, "up_s": 60.0, "rss_mb": 700.0,
}  # fmt: skip


class FakeKiosk:
    """Stands in for the client of a kiosk that runs."""

    def __init__(self) -> None:
        self.runs = True
        self.hung: list[str] = []
        self.tuned: list[tuple[str, dict[str, Any]]] = []

    def status(self) -> dict[str, Any]:
        if not self.runs:
            raise ControlError("no kiosk answers")
        return STATUS

    def picture(self) -> bytes:
        self.status()
        return b"\xff\xd8jpeg"

    def log(self, after: int = 0) -> dict[str, Any]:
        line = {"number": after + 1, "at": 0.0, "level": "INFO", "text": "<b>hello</b>"}
        return {"began": 0.0, "lines": [line]}

    def hang(self, portrait_id: str) -> None:
        self.hung.append(portrait_id)

    def tune(self, portrait_id: str, **changes: Any) -> None:
        self.tuned.append((portrait_id, changes))


class Page:
    """A browser's side, with the secret that our pages carry."""

    def __init__(self, desk: Desk, kiosk: FakeKiosk) -> None:
        guard = build_page(desk, ["localhost"])
        self.desk, self.kiosk = desk, kiosk
        self.client = TestClient(guard, base_url="http://localhost", headers={HEADER: guard.secret})

    def html(self, address: str, language: str = "en") -> str:
        answer = self.client.get(address, headers={"Accept-Language": language})
        assert answer.status_code == 200, answer.text
        return answer.text

    def ask(self, method: str, address: str, record: object = None) -> tuple[int, dict[str, Any]]:
        answer = self.client.request(method, address, json=record)
        return answer.status_code, answer.json()

    def finished(self, number: int) -> dict[str, Any]:
        gives_up_at = time.monotonic() + 120
        while time.monotonic() < gives_up_at:
            _, state = self.ask("GET", f"/api/jobs/{number}")
            if state["done"]:
                return state
            time.sleep(0.05)
        raise AssertionError(state)


@contextmanager
def open_page(tmp_path: Path) -> Iterator[Page]:
    """A page on a desk with two portraits, at work in that folder."""
    folder = tmp_path / "packs"
    for portrait in ("mona", "girl"):
        write_small_pack(folder, portrait)
    kiosk = FakeKiosk()
    config = tmp_path / "config.toml"
    config.write_text('[portraits]\nfolder = "packs"\n')
    desk = Desk(
        config=Config(portraits=PortraitSettings(folder=folder)),
        config_path=config,
        kiosk=kiosk,  # type: ignore[arg-type]
        jobs=Jobs(),
        inbox=Inbox(tmp_path / "inbox"),
        reports=tmp_path / "reports",
    )
    try:
        yield Page(desk, kiosk)
    finally:
        desk.jobs.close()
