"""What the page's rooms share: the settings, the kiosk, the packs, the work that is going on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.cache import cache_folder
from kiosk.config import Config
from kiosk.console.inbox import Inbox
from kiosk.console.jobs import Jobs
from kiosk.control.client import Client
from kiosk.control.place import socket_path
from kiosk.errors import PackError
from kiosk.portraits.pack import load_meta
from kiosk.portraits.store import find_pack, find_packs
from kiosk.portraits.swap import previous_of


@dataclass(frozen=True, slots=True)
class Desk:
    """One curator's desk."""

    config: Config
    config_path: Path | None  # for our own command line
    kiosk: Client
    jobs: Jobs
    inbox: Inbox
    reports: Path  # the folder of each new portrait's report

    @classmethod
    def furnish(cls, config: Config, config_path: Path | None, jobs: Jobs) -> "Desk":
        """With what stands in the settings."""
        root = cache_folder() / "console"
        return cls(
            config=config,
            config_path=config_path,
            kiosk=Client(socket_path(config.console.socket)),
            jobs=jobs,
            inbox=Inbox(root / "inbox"),
            reports=root / "reports",
        )

    @property
    def folder(self) -> Path:
        """Where the packs lie."""
        return self.config.portraits.folder

    def find(self, portrait_id: str) -> Path:
        """A pack's folder; raises `PackError` if there is none."""
        return find_pack(portrait_id, [self.folder])

    def portraits(self) -> list[dict[str, Any]]:
        """What is there: id, title and artist as maps of languages, or its fault."""
        rows = []
        for folder in find_packs([self.folder]):
            row: dict[str, Any] = {"id": folder.name, "before": previous_of(folder).exists()}
            try:
                meta = load_meta(folder)
                row |= {"title": meta.label.title, "artist": meta.label.artist}
            except PackError as error:
                row |= {"fault": str(error), "title": {}, "artist": {}}
            rows.append(row)
        return rows

    def settings(self) -> list[str]:
        """The option that names the settings, for our own command line."""
        return ["--config", str(self.config_path)] if self.config_path else []
