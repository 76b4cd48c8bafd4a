"""Lips and sound of the whole road, side by side, while a portrait says its greeting."""

import threading
import time
from functools import partial

import numpy as np
import pytest
from scipy.signal import correlate

from kiosk.app import Road
from kiosk.config import CameraSettings, Config, load_config
from kiosk.display.screen import open_screen
from kiosk.display.settings import DisplaySettings
from kiosk.messages import Bytes, Floats, Frame, Layers
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import fit_pose, free_of_pose, measure
from kiosk.motion.recording import gesture_at
from kiosk.portraits.performances import Performance
from kiosk.portraits.store import choose_pack
from kiosk.sound.clip import read_sound
from kiosk.sound.sound import Sound
from kiosk.sound.voice import RATE
from kiosk.tracking.landmarker import Landmarker
from tests.fake_sound import Card, LiveClock

SIZE = (560, 560)
SECONDS = 14.0  # a visitor may be believed late
BAR_S = 0.08
STEP_S = 0.005
LEAST_FPS = 8.0


class Album:
    """Keeps every composed picture, and when it was composed."""

    def __init__(self) -> None:
        self.pictures: list[tuple[float, Bytes]] = []

    def __call__(self, image: Bytes, layers: Layers) -> None:
        self.pictures.append((time.monotonic(), image.copy()))


def lips_seen(pictures: list[tuple[float, Bytes]]) -> tuple[Floats, Floats]:
    """When a face was seen, and how far its lips were apart."""
    mean = load_face_model().mean
    landmarker = Landmarker(Config().tracking)
    seen = []
    for at, image in pictures:
        if faces := landmarker(Frame(image, at)).faces:
            face = faces[0].landmarks
            seen.append((at, measure(free_of_pose(face, fit_pose(face, mean))).gap))
    landmarker.close()
    return tuple(np.array(seen).T)  # type: ignore[return-value]


def heard_from(card: Card, voice: Floats) -> float:
    """The second at which the voice's first sample was heard."""
    first, last = card.heard[0][0], card.heard[-1][0]
    line = card.mono(first, last)
    place = int(np.argmax(correlate(line, voice, mode="valid", method="fft")))
    return first + place / RATE


def lag_s(seen: tuple[Floats, Floats], said: Performance, heard_at: float) -> float:
    """By how much the lips are later than the sound: the lag at which both agree best."""
    spoken = np.arange(0.2, said.recording.duration_s - 0.2, STEP_S)
    wanted = [gesture_at(said.recording, at).lips.gaps.mean() for at in spoken]

    def agreement(lag: float) -> float:
        return float(np.corrcoef(np.interp(heard_at + spoken + lag, *seen), wanted)[0, 1])

    lags = np.arange(-0.3, 0.3, STEP_S)
    best = max(lags, key=agreement)
    assert agreement(best) > 0.6  # else it is no lag of anything
    return float(best)


def test_lips_and_sound_are_not_apart_by_more_than_80_ms(monkeypatch: pytest.MonkeyPatch) -> None:
    card = Card(LiveClock(), latency_s=0.12)
    monkeypatch.setattr("kiosk.room.Sound", partial(Sound, library=lambda: card))
    config = Config(
        camera=CameraSettings(source="demo"),
        display=DisplaySettings(width=SIZE[0], height=SIZE[1]),
        portraits=load_config().portraits,
    )
    pack = choose_pack(config.portraits)
    greeting = next(each for each in pack.performances if each.name == "greeting")
    assert greeting.sound is not None
    album = Album()
    road = Road(config, pack)
    road.watch(album)
    playing = threading.Thread(target=card.run, args=(SECONDS + 30,), daemon=True)
    with open_screen(pack, config.display, offscreen=True) as screen, road:
        playing.start()
        road.run(screen, seconds=SECONDS)
    if road.report().fps < LEAST_FPS:
        pytest.skip(f"{road.report().fps:.0f} pictures a second tell nothing of lips")

    heard_at = heard_from(card, read_sound(greeting.sound))
    if heard_at + greeting.duration_s > album.pictures[-1][0]:
        pytest.skip("the visitor was believed so late that the greeting was not seen to its end")
    assert abs(lag_s(lips_seen(album.pictures), greeting, heard_at)) < BAR_S
