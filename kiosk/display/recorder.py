"""Pictures to an H.264 clip, each at its own time, with the note on generated movement inside.

Comes in: pictures as the screen shows them, with their monotonic seconds. Goes out: an MP4. Only
the portrait is ever given to it; visitors' pictures are not.
"""

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
from typing_extensions import Self

from kiosk.display.generated import COMMENT
from kiosk.errors import KioskError
from kiosk.messages import Bytes

CLOCK = 90_000  # ticks a second, as MPEG counts


class Recorder:
    """An MP4 being written; `close` makes it whole.

    Args:
        path: the file.
        size: width and height in pixels.
        fps: about how many pictures a second come.
        comment: what the file says of itself.

    Raises:
        KioskError: the file cannot be written, or there is no H.264 encoder.
    """

    def __init__(
        self, path: Path, size: tuple[int, int], fps: float, *, comment: str = COMMENT
    ) -> None:
        self._path = path
        self._first: float | None = None
        self._last = -1
        self._size = size[0] // 2 * 2, size[1] // 2 * 2  # yuv420p halves the colour planes
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = av.open(str(path), "w", format="mp4", options={"movflags": "faststart"})
            self._file.metadata.update({"comment": comment, "title": "Tableau vivant"})
            options = {"crf": "18", "preset": "veryfast"}
            rate = Fraction(fps).limit_denominator(1001)
            self._stream = self._file.add_stream("libx264", rate=rate, options=options)
        except (OSError, ValueError, av.FFmpegError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise KioskError(f"{path}: the recording cannot be written: {reason}") from error
        self._stream.width, self._stream.height = self._size
        self._stream.pix_fmt = "yuv420p"
        self._stream.time_base = Fraction(1, CLOCK)
        self._stream.codec_context.time_base = Fraction(1, CLOCK)

    def write(self, image: Bytes, at: float) -> None:
        """Adds ``image``, (H, W, 3) uint8 RGB, shown from second ``at``; times never go back."""
        if self._first is None:
            self._first = at
        ticks = max(round((at - self._first) * CLOCK), self._last + 1)
        self._last = ticks
        width, height = self._size
        frame = av.VideoFrame.from_ndarray(image[:height, :width], format="rgb24")
        frame.pts, frame.time_base = ticks, Fraction(1, CLOCK)
        self._put(frame)

    def close(self) -> None:
        """Ends the clip; nothing can be written after."""
        self._put(None)
        with self._named():
            self._file.close()

    def _put(self, frame: av.VideoFrame | None) -> None:
        with self._named():
            self._file.mux(self._stream.encode(frame))

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except (OSError, av.FFmpegError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise KioskError(f"{self._path}: the recording stopped: {reason}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
