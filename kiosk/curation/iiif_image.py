"""A picture from an IIIF image service, version 2 or 3, as large as it gives and we need.

https://iiif.io/api/image/ - some services limit sizes, some refuse the whole picture and give
tiles alone: then it is put together.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from kiosk.curation.fetch import Web
from kiosk.errors import CatalogueError
from kiosk.messages import Bytes

MOST_SIDE = 8000  # pixels; more than a 4K screen can show of a head
ENOUGH = 3000  # a picture that is limited to less is put together from tiles, if they are finer
MOST_BYTES = 256 << 20
MOST_INFO_BYTES = 4 << 20
MOST_TILES = 1024
FARTHEST = 10_000_000  # pixels; no picture is so wide

Report = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Service:
    """What an image service says of itself."""

    address: str
    version: int
    width: int
    height: int
    most: tuple[int, int]  # width and height that it gives at once
    tile: tuple[int, int] | None  # width and height, at full resolution

    @classmethod
    def read(cls, record: dict[str, Any], address: str) -> "Service":
        """Understand an ``info.json``.

        Raises:
            CatalogueError: it says no sizes.
        """
        try:
            width, height = int(record["width"]), int(record["height"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:  # infinity, too
            raise CatalogueError(f"{address}: the image service says no sizes") from error
        if min(width, height) < 1 or max(width, height) > FARTHEST:
            raise CatalogueError(f"{address}: the image service says sizes no picture has")
        newer = "id" in record or "/3/" in str(record.get("@context"))
        own = str(record.get("id") or record.get("@id") or address).rstrip("/")
        return cls(
            address=own if own.startswith(("http://", "https://")) else address,
            version=3 if newer else 2,
            width=width,
            height=height,
            most=_most(record, width, height),
            tile=_finest_tile(record),
        )


def fetch_picture(web: Web, address: str, report: Report = lambda *_: None) -> bytes:
    """The picture of a service, as the file that came, or, put together from tiles, as a PNG.

    Raises:
        CatalogueError: it cannot be had.
    """
    record = web.get_json(f"{address}/info.json", most_bytes=MOST_INFO_BYTES)
    service = Service.read(record, address)
    wanted = _fit(service.width, service.height, (MOST_SIDE, MOST_SIDE))
    given = _fit(service.width, service.height, service.most)
    limited = max(given) < min(ENOUGH, max(wanted))
    if limited and service.tile is not None and wanted == (service.width, service.height):
        return _from_tiles(web, service, report)
    try:
        content = web.get(_whole(service, min(wanted, given)), most_bytes=MOST_BYTES).content
        decode(content, service.address)
        return content
    except CatalogueError:
        if service.tile is None or max(service.width, service.height) > MOST_SIDE:
            raise
        return _from_tiles(web, service, report)


def decode(content: bytes, address: str) -> Bytes:
    """A picture's bytes: (H, W, 3) RGB.

    Raises:
        CatalogueError: they are none.
    """
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    if image is None:
        raise CatalogueError(f"{address}: the server sent something that is no picture")
    return np.ascontiguousarray(image[:, :, ::-1])


def _most(record: dict[str, Any], width: int, height: int) -> tuple[int, int]:
    """The largest picture that a service gives, by the limits it tells."""
    told = [record, *(each for each in _list(record.get("profile")) if isinstance(each, dict))]
    limits = {name: each[name] for each in told for name in _LIMITS if _is_number(each.get(name))}
    across = limits.get("maxWidth", width)
    down = limits.get("maxHeight", across if "maxWidth" in limits else height)
    share = min(1.0, (limits["maxArea"] / (width * height)) ** 0.5) if "maxArea" in limits else 1.0
    most = min(int(across), int(width * share)), min(int(down), int(height * share))
    return max(most[0], 1), max(most[1], 1)


_LIMITS = ("maxWidth", "maxHeight", "maxArea")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and 1 <= value <= FARTHEST**2


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _finest_tile(record: dict[str, Any]) -> tuple[int, int] | None:
    for tile in _list(record.get("tiles")):
        if isinstance(tile, dict) and 1 in _list(tile.get("scaleFactors")):
            width = tile.get("width")
            height = tile.get("height", width)
            if isinstance(width, int) and isinstance(height, int) and min(width, height) > 0:
                return width, height
    return None


def _fit(width: int, height: int, most: tuple[int, int]) -> tuple[int, int]:
    """The largest size of a shape within another."""
    share = min(1.0, most[0] / width, most[1] / height)
    return max(1, round(width * share)), max(1, round(height * share))


def _whole(service: Service, size: tuple[int, int]) -> str:
    """The address of the whole picture, of that size."""
    if size == (service.width, service.height):
        asked = "max" if service.version == 3 else "full"
    else:
        asked = f"{size[0]},{size[1]}" if service.version == 3 else f"{size[0]},"
    return f"{service.address}/full/{asked}/0/default.jpg"


def _from_tiles(web: Web, service: Service, report: Report) -> bytes:
    assert service.tile is not None
    tiles = list(_tiles(service.width, service.height, service.tile))
    if len(tiles) > MOST_TILES:
        raise CatalogueError(
            f"{service.address}: gives nothing but {len(tiles)} tiles; ask the museum for a file"
        )
    picture = np.zeros((service.height, service.width, 3), np.uint8)  # BGR, as OpenCV writes
    for done, (x, y, width, height) in enumerate(tiles):
        report("fetching tiles", done / len(tiles))
        size = f"{width},{height}" if service.version == 3 else f"{width},"
        url = f"{service.address}/{x},{y},{width},{height}/{size}/0/default.jpg"
        tile = decode(web.get(url, most_bytes=MOST_BYTES).content, url)
        if tile.shape[:2] != (height, width):
            raise CatalogueError(f"{url}: the tile has another size than it was asked for")
        picture[y : y + height, x : x + width] = tile[:, :, ::-1]
    return bytes(cv2.imencode(".png", picture)[1].tobytes())


def _tiles(width: int, height: int, tile: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, width and height of each; those at the edges are smaller."""
    for y in range(0, height, tile[1]):
        for x in range(0, width, tile[0]):
            yield x, y, min(tile[0], width - x), min(tile[1], height - y)
