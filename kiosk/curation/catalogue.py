"""An artwork from a museum's catalogue: its picture as a file, and what the catalogue says of it.

The picture is kept, so that the same command, interrupted or repeated, does not ask for it again.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from kiosk.cache import cache_folder
from kiosk.curation.fetch import Web
from kiosk.curation.iiif import Entry, read_manifest
from kiosk.curation.iiif_image import MOST_BYTES, Report, decode, fetch_picture
from kiosk.errors import CatalogueError

MOST_MANIFEST_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Catalogued:
    """An artwork, ready to be looked at."""

    entry: Entry
    picture: Path
    provenance: str


def fetch_artwork(
    manifest: str, canvas: int, report: Report = lambda *_: None, web: Web | None = None
) -> Catalogued:
    """Read a manifest and fetch its picture.

    Args:
        manifest: its address.
        canvas: which picture, counted from 1.
        report: called with what is done and the share of it, 0 to 1.
        web: to be used; else one is opened.

    Raises:
        CatalogueError: it cannot be had; says why and names the address.
    """
    with web or Web() as opened:
        report("reading the catalogue", 0.0)
        record = opened.get_json(manifest, most_bytes=MOST_MANIFEST_BYTES)
        try:
            entry = read_manifest(record, canvas)
        except CatalogueError as error:
            raise CatalogueError(f"{manifest}: {error}") from error
        source = entry.service or entry.image
        picture = _kept(source)
        if not picture.exists():
            report("fetching the picture", 0.0)
            _keep(picture, _fetch(opened, entry, report))
    return Catalogued(entry, picture, f"{source}, named by {manifest}, picture {canvas}")


def _fetch(web: Web, entry: Entry, report: Report) -> bytes:
    """By the image service; where that fails, and the picture has its own address, by that."""
    if entry.service:
        try:
            return fetch_picture(web, entry.service, report)
        except CatalogueError:
            if not entry.image or entry.image.rstrip("/") == entry.service:
                raise
    content = web.get(entry.image, most_bytes=MOST_BYTES).content
    decode(content, entry.image)
    return content


def _kept(source: str) -> Path:
    name = hashlib.sha256(source.encode()).hexdigest()[:24]
    return cache_folder() / "catalogue" / f"{name}.image"


def _keep(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be written ({error.strerror})") from error
