"""Small stand-ins that behave like what they stand for."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np

from kiosk.display.hanging import Hanging
from kiosk.display.settings import DisplaySettings
from kiosk.face import LANDMARKS, LEFT_CHEEK, NOSE_TIP, RIGHT_CHEEK
from kiosk.generator.engine import Maps
from kiosk.messages import Bytes, Face, Faces, Frame, Layers
from kiosk.portraits.pack import Pack


class ManualClock:
    """Time moves only when told to, or when somebody waits."""

    def __init__(self, now: float = 100.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += max(seconds, 0.0)


class FakeCapture:
    """A film of numbered pictures: every pixel of picture n is n."""

    def __init__(self, count: int, fps: float = 25.0, shape: tuple[int, int] = (48, 64)) -> None:
        self.fps = fps
        self.count = count
        self.grabbed = 0
        self.released = False
        self._shape = shape

    def grab(self) -> bool:
        if self.released or self.grabbed >= self.count:
            return False
        self.grabbed += 1
        return True

    def retrieve(self) -> Bytes | None:
        return np.full((*self._shape, 3), self.grabbed - 1, np.uint8)

    def release(self) -> None:
        self.released = True


class FrozenCapture(FakeCapture):
    """Goes on giving the same picture, as some unplugged cameras do."""

    def __init__(self, count: int, grey: int = 90) -> None:
        super().__init__(count)
        self._grey = grey

    def retrieve(self) -> Bytes | None:
        return np.full((*self._shape, 3), self._grey, np.uint8)


class FakeScreen:
    """Keeps what it was shown; closes itself after so many pictures."""

    def __init__(self, size: tuple[int, int] = (72, 128), closes_after: int | None = None) -> None:
        self.size = size
        self.shown: list[Layers | None] = []
        self.hung: list[str] = []
        self.overlaid = False
        self.captions: list[str] = []
        self.dark = False
        self.overlays: list[Bytes | None] = []
        self._closes_after = closes_after
        self.given_back = False

    @property
    def closed(self) -> bool:
        return self._closes_after is not None and len(self.shown) >= self._closes_after

    def prepare(self, pack: Pack) -> Hanging:
        return Hanging.prepare(pack, self.size, DisplaySettings(), largest=4096)

    def hang(self, hanging: Hanging) -> None:
        self.hung.append(hanging.pack.meta.id)

    def show(self, layers: Layers | None) -> None:
        self.shown.append(layers)

    def lay(self, overlay: Bytes | None) -> None:
        self.overlays.append(overlay)

    def caption(self, text: str) -> None:
        self.captions.append(text)

    def darken(self, dark: bool) -> None:
        self.dark = dark

    def read(self) -> Bytes:
        return np.zeros((self.size[1], self.size[0], 3), np.uint8)

    def close(self) -> None:
        self.given_back = True


class FakeStage:
    """Answers with a function of the message, and counts its calls."""

    def __init__(self, answer: Callable[[object], object]) -> None:
        self._answer = answer
        self.calls: list[object] = []
        self.closed = False

    def __call__(self, message: object) -> object:
        self.calls.append(message)
        return self._answer(message)

    def close(self) -> None:
        self.closed = True


def make_face(
    track_id: int = 1,
    *,
    centre: tuple[float, float] = (320, 240),
    width: float = 150,
    turn: float = 0,
) -> Face:
    """A face of random points in a box, with cheeks and nose where they belong.

    ``turn`` is 0 for a face that looks this way, 1 or -1 for a profile.
    """
    points = np.random.default_rng(0).uniform(-0.5, 0.5, (LANDMARKS, 3)).astype(np.float32)
    points[LEFT_CHEEK], points[RIGHT_CHEEK] = (-0.5, 0, 0), (0.5, 0, 0)
    points[NOSE_TIP] = (0.5 * turn, 0, -0.3)
    points = points * width + np.array([*centre, 0], np.float32)
    return Face(track_id=track_id, landmarks=points.astype(np.float32), score=1.0)


def make_faces(faces: Sequence[Face], at: float) -> Faces:
    """Faces of a frame of 640 x 480."""
    return Faces(faces=tuple(faces), frame_size=(640, 480), captured_at=at)


def make_frame(at: float = 0.0, shape: tuple[int, int] = (48, 64)) -> Frame:
    """A grey frame."""
    return Frame(image=np.full((*shape, 3), 128, np.uint8), captured_at=at)


def photograph(name: str = "grace_hopper.jpg") -> Bytes:
    """A public-domain photograph that comes with matplotlib, (H, W, 3) uint8 RGB."""
    import matplotlib as mpl

    path = Path(mpl.get_data_path()) / "sample_data" / name
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


def write_clip(path: Path, images: Sequence[Bytes], fps: float = 25.0) -> Path:
    """An MP4 of RGB images."""
    height, width = images[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, (width, height))
    assert writer.isOpened()
    for image in images:
        writer.write(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def moving_photograph(count: int, size: tuple[int, int] = (640, 480)) -> list[Bytes]:
    """A photograph that sways gently before a still camera."""
    image = photograph()
    width, height = size
    frames = []
    for step in range(count):
        angle = 4 * np.sin(step / 9)
        turn = cv2.getRotationMatrix2D((256, 220), angle, 0.75)
        turn[:, 2] += (width / 2 - 256 + 25 * np.sin(step / 7), height / 2 - 220)
        frames.append(cv2.warpAffine(image, turn, size, borderValue=(60, 60, 60)))
    return frames


class StillRig:
    """Draws a sitter that does not move."""

    def draw(self, motion: object, size: int) -> SimpleNamespace:
        maps = {name: np.zeros((size, size), np.float32) for name in ("light", "cover")}
        flow, paint = (np.zeros((size, size, n), np.float32) for n in (2, 3))
        return SimpleNamespace(flow=flow, paint=paint, **maps)


class StillEngine:
    """Paints nothing."""

    name = "still"

    def infer(self, drawing: SimpleNamespace) -> Maps:
        return Maps(drawing.paint.copy(), drawing.cover.copy(), drawing.light.copy())
