"""How a mouth speaks what is heard: vowels and noise made here, sentences where eSpeak NG is."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import lfilter

from kiosk.face import MESH
from kiosk.messages import Floats
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import measure
from kiosk.motion.lips import lip_shape
from kiosk.motion.retarget import Retarget, gesture_of_offsets
from kiosk.motion.settings import MotionSettings
from kiosk.motion.speech import WEIGHTS, mouth_of, offsets_of
from kiosk.motion.target import MotionTarget
from kiosk.training.sentences import HELD_OUT
from kiosk.training.spoken import Manner, Phone, can_speak, speak
from kiosk.training.visemes import mouth_speaking

RATE = 16_000
FORMANTS_HZ = {"a": (750, 1200, 2500), "i": (280, 2250, 3000), "u": (310, 750, 2250)}
MURMUR_HZ = (250, 1050, 2200)
OPEN, ROUND, WIDE, PRESSED = range(4)

needs_espeak = pytest.mark.skipif(not can_speak(), reason="eSpeak NG is not installed")


def voiced(formants_hz: tuple[int, ...], seconds: float, pitch_hz: float = 120.0) -> Floats:
    """A voice holding one sound: pulses of a glottis through a throat."""
    count = int(seconds * RATE)
    beat = np.cumsum(pitch_hz * (1 + 0.03 * np.sin(np.arange(count) / RATE * 25)) / RATE)
    pulses = np.diff(np.floor(beat), prepend=0.0)
    sound = lfilter([1.0], [1.0, -0.96], pulses)
    for hz in (*formants_hz, 3600, 4500):
        radius = np.exp(-np.pi * (50 + 0.05 * hz) / RATE)
        poles = [1.0, -2 * radius * np.cos(2 * np.pi * hz / RATE), radius**2]
        sound = lfilter([sum(poles)], poles, sound)
    ramp = np.minimum(1.0, np.minimum(np.arange(count), np.arange(count)[::-1]) / (0.02 * RATE))
    return (0.2 * sound / sound.std() * ramp).astype(np.float32)


def silence(seconds: float) -> Floats:
    return np.zeros(int(seconds * RATE), np.float32)


def syllable(vowel: str, before_s: float = 0.5, seconds: float = 0.3) -> Floats:
    spoken = voiced(FORMANTS_HZ[vowel], seconds)
    return np.concatenate([silence(before_s), spoken, silence(0.5)])


def mean_face_speaking(**weights: float) -> NDArray[np.float64]:
    face = load_face_model().mean.copy()
    face[:MESH] += offsets_of(np.array([[weights.get(name, 0.0) for name in WEIGHTS]]))[0]
    return face


def test_silence_keeps_the_mouth_shut() -> None:
    assert not mouth_of(silence(2.0), RATE).any()


@pytest.mark.parametrize(("samples", "pictures"), [(0, 0), (1, 1), (RATE, 30), (RATE + 1, 31)])
def test_there_is_a_picture_for_each_that_begins_while_it_sounds(
    samples: int, pictures: int
) -> None:
    assert mouth_of(np.zeros(samples, np.float32), RATE).shape == (pictures, len(WEIGHTS))


def test_a_syllable_opens_the_mouth_and_the_pause_after_it_shuts_it() -> None:
    mouth = mouth_of(syllable("a"), RATE)

    assert mouth[15:25, OPEN].max() > 0.12
    assert not mouth[:11, OPEN].any()
    assert not mouth[-8:, OPEN].any()


def test_a_mouth_opens_when_its_vowel_sounds() -> None:
    opened = mouth_of(syllable("a", before_s=1.0), RATE, fps=100)[:, OPEN]
    began = int(np.argmax(opened > opened.max() / 2)) / 100

    assert 0.92 < began < 1.06


def test_vowels_differ_in_the_mouth() -> None:
    a, i, u = (mouth_of(syllable(vowel), RATE)[17:23].mean(0) for vowel in "aiu")

    assert a[OPEN] > 1.3 * max(i[OPEN], u[OPEN])
    assert u[ROUND] > max(a[ROUND], i[ROUND]) + 0.1
    assert i[WIDE] > max(a[WIDE], u[WIDE]) + 0.1


@pytest.mark.parametrize("gain", [0.01, 0.1, 4.0])
def test_loudness_is_not_what_opens_a_mouth(gain: float) -> None:
    sound = np.concatenate([syllable("a"), syllable("u"), syllable("i")])

    assert np.abs(mouth_of(gain * sound, RATE) - mouth_of(sound, RATE)).max() < 0.02


def test_the_rate_of_a_recording_does_not_matter() -> None:
    sound = syllable("a")
    at = np.arange(len(sound) * 3) / 3
    finer = np.interp(at, np.arange(len(sound)), sound).astype(np.float32)

    difference = mouth_of(finer, 3 * RATE) - mouth_of(sound, RATE)
    assert np.abs(difference[:, OPEN]).max() < 0.05


@pytest.mark.parametrize("kind", ["hiss", "hum", "rumble", "faint"])
def test_what_is_no_voice_hardly_moves_the_mouth(kind: str) -> None:
    rng = np.random.default_rng(3)
    seconds = np.arange(4 * RATE) / RATE
    hum = sum(np.sin(2 * np.pi * 50 * n * seconds) / n for n in range(1, 12))
    sounds = {
        "hiss": rng.normal(size=len(seconds)),
        "hum": hum + 0.05 * rng.normal(size=len(seconds)),
        "rumble": lfilter([0.1], [1.0, -0.97], rng.normal(size=len(seconds))),
        "faint": 1e-4 * rng.normal(size=len(seconds)),
    }
    mouth = mouth_of((0.1 * sounds[kind]).astype(np.float32), RATE)

    assert mouth[:, OPEN].mean() < 0.01
    assert mouth[:, OPEN].max() < 0.06


def test_a_mouth_at_rest_is_the_mean_face() -> None:
    assert not offsets_of(np.zeros((2, 4))).any()


def test_weights_do_what_their_names_say() -> None:
    rest = measure(load_face_model().mean)

    assert measure(mean_face_speaking(open=0.3)).gap > rest.gap + 0.1
    assert measure(mean_face_speaking(round=0.6)).width < 0.85 * rest.width
    assert abs(measure(mean_face_speaking(round=0.6)).gap - rest.gap) < 0.01
    assert measure(mean_face_speaking(wide=0.5)).width > 1.05 * rest.width
    assert abs(measure(mean_face_speaking(pressed=1.0)).gap - rest.gap) < 0.01


def test_pressed_lips_are_thinner() -> None:
    mean = load_face_model().mean
    shape = lip_shape(mean_face_speaking(pressed=1.0)[:MESH], mean[:MESH])

    assert shape.fullness.mean() < 0.85


def test_eyes_and_brows_say_nothing() -> None:
    mean = load_face_model().mean
    moved = np.abs(offsets_of(np.ones((1, 4)))[0])

    assert not moved[mean[:MESH, 1] < mean[4, 1] - 0.10].any()


def test_a_sitters_lips_part_and_meet_as_the_weights_say() -> None:
    mean = load_face_model().mean
    retarget = Retarget(MotionTarget("mean", mean.astype(np.float32)), MotionSettings())
    gaps = []
    for offsets in offsets_of(np.array([[0.3, 0, 0, 0], [0, 0.4, 0, 1.0]])):
        motion = retarget(gesture_of_offsets(offsets.astype(np.float64)))
        face = mean.copy()
        face[:MESH] += motion.expression
        gaps.append(measure(face).gap)

    assert gaps[0] > 0.1
    assert gaps[1] < 0.01


def test_lips_meet_in_the_middle_of_an_m() -> None:
    phones = (Phone("a", 0.0, 0.2), Phone("m", 0.2, 0.28), Phone("aɪ", 0.28, 0.5))
    mouth = mouth_speaking(phones, np.array([0.1, 0.22, 0.36]))

    assert mouth[1, OPEN] < 0.05
    assert mouth[1, PRESSED] > 0.8
    assert min(mouth[0, OPEN], mouth[2, OPEN]) > 0.2


def test_lips_are_round_before_the_round_vowel_sounds() -> None:
    phones = (Phone("", 0.0, 0.3), Phone("t", 0.3, 0.4), Phone("uː", 0.4, 0.6))

    before, after = mouth_speaking(phones, np.array([0.36, 0.5]))[:, ROUND]
    assert 0.15 < before < after


@needs_espeak
@pytest.mark.parametrize("voice", HELD_OUT[:3])
def test_a_strange_voice_closes_its_lips_for_m_b_p(voice: str) -> None:
    said = "Mama may buy a piano. My baby made a map of Bombay."
    spoken = speak(said, Manner(f"gmw/en+{voice}", words_per_minute=140))
    opened = mouth_of(spoken.sound, spoken.rate, fps=100)[:, OPEN]
    met = [
        opened[max(0, int((phone.begins - 0.03) * 100)) : int(phone.ends * 100) + 1].min() < 0.03
        for phone in spoken.phones
        if phone.name in "mbp" and phone.name
    ]

    assert len(met) > 10
    assert np.mean(met) > 0.7


@needs_espeak
def test_a_sentence_is_spoken_in_time_and_without_a_jerk() -> None:
    said = "Good morning. Would you please come a little closer to the painting?"
    spoken = speak(said, Manner(f"gmw/en+{HELD_OUT[1]}"))
    opened = mouth_of(spoken.sound, spoken.rate, fps=100)[:, OPEN]
    wanted = mouth_speaking(spoken.phones, np.arange(len(opened)) / 100)[:, OPEN]
    lags = range(-10, 11)
    agreement = [np.corrcoef(np.roll(wanted, lag), opened)[0, 1] for lag in lags]

    assert max(agreement) > 0.6
    assert abs(lags[int(np.argmax(agreement))]) <= 2
    assert np.abs(np.diff(mouth_of(spoken.sound, spoken.rate)[:, OPEN])).max() < 0.2
