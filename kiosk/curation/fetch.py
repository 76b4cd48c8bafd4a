"""Files from the web: in time, within bounds, from http and https alone.

A museum's server may be slow, lie about sizes, send a page in place of data, or send for ever.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from kiosk.errors import CatalogueError

SECONDS = 20.0  # without a byte
MOST_SECONDS = 300.0  # for one file
MOST_REDIRECTS = 5
AGENT = "tableau-vivant (a portrait kiosk; reads IIIF)"

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent."""

    url: str  # after redirects
    content: bytes
    kind: str  # its Content-Type, without parameters


class Web:
    """A connection to servers; a context manager.

    Args:
        clock: monotonic seconds.
        seconds: for one file, at most.
    """

    def __init__(self, clock: Clock = time.monotonic, seconds: float = MOST_SECONDS) -> None:
        self._clock, self._seconds = clock, seconds
        self._client = httpx.Client(
            timeout=min(SECONDS, seconds),
            follow_redirects=True,
            max_redirects=MOST_REDIRECTS,
            headers={"User-Agent": AGENT},
        )

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, url: str, *, most_bytes: int) -> Answer:
        """Fetch one file.

        Raises:
            CatalogueError: it cannot be had: says why, and names the address.
        """
        if not url.startswith(("http://", "https://")):
            raise CatalogueError(f"{url}: is no address of the web; give one with https://")
        give_up_at = self._clock() + self._seconds
        try:
            with self._client.stream("GET", url) as response:
                response.raise_for_status()
                content = bytearray()
                for block in response.iter_bytes():
                    content += block
                    if len(content) > most_bytes:
                        raise CatalogueError(f"{url}: is larger than {most_bytes >> 20} MB")
                    if self._clock() > give_up_at:
                        raise CatalogueError(f"{url}: does not come in {self._seconds:.0f} s")
                kind = response.headers.get("content-type", "").partition(";")[0].strip()
                return Answer(str(response.url), bytes(content), kind)
        except httpx.HTTPStatusError as error:
            status = error.response
            raise CatalogueError(
                f"{url}: the server says {status.status_code} {status.reason_phrase}"
            ) from error
        except httpx.TooManyRedirects as error:
            raise CatalogueError(f"{url}: sends from address to address without end") from error
        except httpx.TimeoutException as error:
            raise CatalogueError(f"{url}: the server does not answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            told = str(error) or type(error).__name__
            raise CatalogueError(f"{url}: cannot be fetched: {told}") from error

    def get_json(self, url: str, *, most_bytes: int) -> dict[str, Any]:
        """Fetch one JSON object.

        Raises:
            CatalogueError: it cannot be had, or is something else.
        """
        answer = self.get(url, most_bytes=most_bytes)
        try:
            record = read_json(answer.content)
        except (ValueError, RecursionError) as error:
            what = "a web page" if "html" in answer.kind else "no JSON, or only a part of it"
            raise CatalogueError(f"{url}: the server sent {what}") from error
        if not isinstance(record, dict):
            raise CatalogueError(f"{url}: is JSON, but no manifest")
        return record


def read_json(content: bytes) -> Any:
    """What a server's JSON says; half a letter, which no file can hold, becomes a question mark.

    Raises:
        ValueError: it is none.
        RecursionError: it is meant to do harm.
    """
    whole = json.dumps(json.loads(content), ensure_ascii=False).encode(errors="replace")
    return json.loads(whole)
