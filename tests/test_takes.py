"""A film of an actor, or a voice, becomes a performance; what cannot is refused by name."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from kiosk.curation.live import take_live
from kiosk.curation.performing import encode, perform_sound, perform_take, read_words
from kiosk.curation.takes import RATE, Take, hear, take_of_clip
from kiosk.errors import CameraError, PerformanceError
from kiosk.face import MESH
from kiosk.messages import Floats, Frame
from kiosk.motion.face_model import load_face_model
from kiosk.motion.recording import gesture_at
from kiosk.motion.transcribe import transcribe
from kiosk.motion.typical import typical_expressions
from kiosk.places import DEMO_CLIP
from tests.fakes import ManualClock, write_clip
from tests.performing import tone

MEAN = load_face_model().mean
FPS = 30


def faces(opened: Floats, late_s: float = 0.0) -> tuple[tuple[float, ...], tuple[Floats, ...]]:
    """A face that opens its mouth so far, 0 to 1, in each picture."""
    shapes = np.repeat(MEAN[None], len(opened), axis=0)
    shapes[:, :MESH] += opened[:, None, None] * typical_expressions()["open"]
    landmarks = tuple((120 * shape + [320, 240, 0]).astype(np.float32) for shape in shapes)
    return tuple(late_s + np.arange(len(opened)) / FPS), landmarks


def speaking(seconds: float = 4.0) -> Floats:
    times = np.arange(int(seconds * FPS)) / FPS
    return np.asarray(np.sin(np.pi * times) ** 2, np.float32)


def test_lips_part_when_the_actors_did() -> None:
    recording = transcribe(*faces(speaking()))
    gaps = [gesture_at(recording, number / FPS).lips.gaps.mean() for number in range(4 * FPS)]

    assert abs(int(np.argmax(gaps[:FPS])) - FPS // 2) <= 1
    assert gaps[15] > 5 * abs(gaps[0])


def test_pictures_that_show_no_face_are_bridged() -> None:
    seconds, landmarks = faces(speaking())
    keep = [number for number in range(len(seconds)) if not 40 <= number < 46]
    whole = transcribe(seconds, landmarks)
    bridged = transcribe([seconds[n] for n in keep], [landmarks[n] for n in keep])

    assert bridged.duration_s == pytest.approx(whole.duration_s)
    assert np.abs(gesture_at(bridged, 1.0).offsets - gesture_at(whole, 1.0).offsets).max() < 0.02


def test_what_begins_late_is_still_before_it_begins() -> None:
    recording = transcribe(*faces(speaking(), late_s=0.5))

    begun, early, wide = (gesture_at(recording, at).lips.gaps for at in (0.0, 0.2, 1.0))

    assert early == pytest.approx(begun)
    assert wide.mean() > 0.05


def test_a_few_pictures_are_no_performance() -> None:
    seconds, landmarks = faces(speaking(0.3))
    with pytest.raises(PerformanceError, match="a face is seen in 9 pictures; 15 are needed"):
        perform_take(Take(seconds, landmarks, None), name="tale", language="fr", words=None)


def words(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_take_keeps_motion_sound_and_captions(tmp_path: Path) -> None:
    text = words(tmp_path, "tale.txt", "Once there was a painter. She had no sitter.")
    take = Take(*faces(speaking()), sound=tone(4.0))
    made = perform_take(take, name="tale", language="fr", words=read_words(text))

    assert made.recording.duration_s == pytest.approx(4.0, abs=0.05)
    assert not made.recording.voice_only
    assert made.sound is not None
    assert made.sound[:4] == b"OggS"
    assert [cue.text for cue in made.cues] == ["Once there was a painter.", "She had no sitter."]


def test_a_silent_take_needs_timed_captions(tmp_path: Path) -> None:
    take = Take(*faces(speaking()), sound=None)
    timed = words(tmp_path, "tale.vtt", "WEBVTT\n\n00:00.500 --> 00:01.000\nOnce.\n")
    made = perform_take(take, name="tale", language="fr", words=read_words(timed))

    assert made.sound is None
    assert made.cues[0].begin_s == 0.5
    text = words(tmp_path, "tale.txt", "Once.")
    made = perform_take(take, name="tale", language="fr", words=read_words(text))
    assert made.cues == ()  # and the take is not lost


def test_a_voice_alone_leaves_the_eyes_alone() -> None:
    made = perform_sound(tone(2.0), name="tale", language="fr", words=None)

    assert made.recording.voice_only
    assert made.recording.duration_s == pytest.approx(2.0, abs=0.05)


def test_silence_is_no_voice() -> None:
    with pytest.raises(PerformanceError, match="tale: nothing is heard"):
        perform_sound(np.zeros(RATE, np.float32), name="tale", language="fr", words=None)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("none.txt", None, "none.txt: cannot be read"),
        ("tale.txt", b"\xff\xfe", "is not written in UTF-8"),
        ("tale.vtt", b"words", "tale.vtt: is no WebVTT"),
    ],
)
def test_words_that_cannot_be_read_are_named(
    tmp_path: Path, name: str, content: bytes | None, fault: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(PerformanceError, match=fault):
        perform_sound(tone(), name="tale", language="fr", words=read_words(tmp_path / name))


def test_a_sound_comes_back_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "a.ogg"
    file.write_bytes(encode(tone(2.0)))
    heard = hear(file)

    assert heard is not None
    assert len(heard) == pytest.approx(2 * RATE, abs=2000)
    spectrum = np.abs(np.fft.rfft(heard))
    assert np.argmax(spectrum) * RATE / len(heard) == pytest.approx(220, abs=2)


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100])
def test_any_rate_and_both_channels_are_heard_as_one(tmp_path: Path, rate: int) -> None:
    times = np.arange(rate) / rate
    both = np.stack([0.2 * np.sin(440 * np.pi * times), np.zeros(rate)], axis=1)
    soundfile.write(tmp_path / "a.wav", both, rate)
    heard = hear(tmp_path / "a.wav")

    assert heard is not None
    assert len(heard) == pytest.approx(RATE, abs=200)
    assert np.abs(heard).max() == pytest.approx(0.1, rel=0.5)


def test_what_is_no_sound_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"no sound")
    with pytest.raises(PerformanceError, match=r"a\.wav: its sound cannot be read"):
        hear(tmp_path / "a.wav")


def test_a_film_without_a_face_is_refused(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "wall.mp4", [np.full((240, 320, 3), 90, np.uint8)] * 20)
    with pytest.raises(PerformanceError, match=r"wall\.mp4: a face is seen in 0 of 20 pictures"):
        take_of_clip(clip)


def with_sound(clip: Path, out: Path, sound: Floats) -> Path:
    """The first second of a clip with a sound in it."""
    with av.open(str(clip)) as source, av.open(str(out), "w") as target:
        pictures = target.add_stream("mpeg4", rate=30)
        heard = target.add_stream("aac", rate=RATE)
        pictures.width, pictures.height = 640, 480
        for number, frame in enumerate(source.decode(video=0)):
            if number >= FPS:
                break
            picture = av.VideoFrame.from_ndarray(frame.to_ndarray(format="rgb24"), format="rgb24")
            picture = picture.reformat(width=640, height=480, format="yuv420p")
            picture.pts = number
            target.mux(pictures.encode(picture))
        samples = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
        samples.sample_rate = RATE
        target.mux(heard.encode(samples))
        for stream in (pictures, heard):
            target.mux(stream.encode(None))
    return out


def test_a_clip_gives_faces_and_sound_on_one_clock(tmp_path: Path) -> None:
    take = take_of_clip(with_sound(DEMO_CLIP, tmp_path / "demo.mp4", tone(1.0)))

    assert len(take.seconds) >= 25
    assert take.seconds[-1] == pytest.approx(29 / FPS, abs=0.1)
    assert take.sound is not None
    assert len(take.sound) / RATE == pytest.approx(1.0, abs=0.1)


class FakeCamera:
    """Shows the demo's visitor, thirty times a second; asks to stop after a second."""

    def __init__(self, clock: ManualClock, stop: threading.Event, *, works: bool = True) -> None:
        self._clock, self._stop, self._works = clock, stop, works
        self._pictures = self._read()
        self.fps, self.began, self.closed = 30.0, 0.0, False

    def _read(self) -> Iterator[Frame]:
        with av.open(str(DEMO_CLIP)) as clip:
            for frame in clip.decode(video=0):
                yield Frame(frame.to_ndarray(format="rgb24"), 0.0)

    def __call__(self, message: None = None, /) -> Frame | None:
        self._clock.wait(1 / 30)
        if not self._works:
            self._clock.wait(1.0)
            return None
        if self._clock() > 101.2:
            self._stop.set()
        return replace(next(self._pictures), captured_at=self._clock())

    def close(self) -> None:
        self.closed = True


class FakeMicrophone:
    """Heard its first sample a while before the take began."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._began = 0.0

    def begin(self) -> None:
        self._began = self._clock() - 0.1

    def end(self) -> tuple[float, Floats] | None:
        return self._began, tone(1.3)


def test_a_live_take_has_pictures_and_sound_on_one_clock() -> None:
    clock, stop = ManualClock(100.0), threading.Event()
    camera = FakeCamera(clock, stop)
    take = take_live(camera, FakeMicrophone(clock), stop, clock=clock)

    assert camera.closed
    assert take.seconds[0] == pytest.approx(0.1 + 1 / 30, abs=1e-3)  # by the sound's clock
    assert np.diff(take.seconds) == pytest.approx(1 / 30, abs=1e-3)
    assert take.sound is not None


def test_a_camera_without_pictures_is_told() -> None:
    clock, stop = ManualClock(100.0), threading.Event()
    camera = FakeCamera(clock, stop, works=False)
    with pytest.raises(CameraError, match="the camera gives no picture"):
        take_live(camera, FakeMicrophone(clock), stop, clock=clock)
    assert camera.closed
