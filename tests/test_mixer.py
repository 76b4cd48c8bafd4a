import weakref

import numpy as np
import pytest

from kiosk.messages import Floats
from kiosk.sound.ambience import CROSSFADE_S, seamless
from kiosk.sound.mixer import DUCKED, KNEE, Mixer, limited
from kiosk.sound.voice import LEAP, RATE

BLOCK = 480


def tone(seconds: float, *, hertz: float = 200.0, loud: float = 0.3) -> Floats:
    n = np.arange(round(seconds * RATE))
    wave: Floats = (loud * np.sin(2 * np.pi * hertz / RATE * n)).astype(np.float32)
    return wave


def noise(seconds: float, *, loud: float = 0.1, seed: int = 0) -> Floats:
    rng = np.random.default_rng(seed)
    return rng.normal(0, loud, round(seconds * RATE)).astype(np.float32)


def ramp(seconds: float) -> Floats:
    """Each sample tells, by its value, where in the sound it stands."""
    return np.linspace(0.1, 0.6, round(seconds * RATE), dtype=np.float32)


def place_s(value: float, seconds: float) -> float:
    """Where in a `ramp` a value stands."""
    return (value - 0.1) / 0.5 * seconds


def heard(mixer: Mixer, seconds: float, *, at: float) -> Floats:
    """What comes out in so many seconds, heard from ``at`` on, the blocks one after another."""
    blocks = []
    for k in range(round(seconds * RATE / BLOCK)):
        out = np.full((BLOCK, 1), np.nan, np.float32)
        mixer.fill(out, at + k * BLOCK / RATE)
        blocks.append(out[:, 0])
    return np.concatenate(blocks)


def open_mixer(ambience_volume: float = 1.0) -> Mixer:
    """At full volume, and past the first moment, in which it rises from silence."""
    mixer = Mixer(ambience_volume=ambience_volume)
    heard(mixer, 0.1, at=-0.1)
    return mixer


def largest_step(line: Floats) -> float:
    return float(np.abs(np.diff(line)).max())


def rms(line: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(line, dtype=np.float64))))


def test_a_voice_is_heard_sample_for_sample_at_its_time() -> None:
    mixer, sound = open_mixer(), tone(1.0)
    mixer.say(sound, at=0.5)

    line = heard(mixer, 2.0, at=0.0)

    expected = np.zeros(2 * RATE, np.float32)
    expected[RATE // 2 : RATE // 2 + RATE] = sound
    assert np.allclose(line, expected, atol=1e-6)


@pytest.mark.parametrize("ahead_s", [-0.03, -0.01, 0.01, 0.03])
def test_a_clock_that_wavers_a_little_changes_nothing(ahead_s: float) -> None:
    mixer, sound = open_mixer(), ramp(1.0)
    mixer.say(sound, at=0.0)

    first = heard(mixer, 0.4, at=0.0)
    then = heard(mixer, 0.4, at=0.4 + ahead_s)

    assert np.array_equal(np.concatenate([first, then]), sound[: round(0.8 * RATE)])


def test_after_a_gap_the_voice_goes_on_where_the_show_is_without_a_click() -> None:
    mixer, sound = open_mixer(), tone(3.0)
    mixer.say(sound, at=0.0)

    line = np.concatenate([heard(mixer, 1.0, at=0.0), heard(mixer, 1.0, at=1.5)])

    assert np.allclose(line[RATE + BLOCK :], sound[round(1.5 * RATE) + BLOCK :][: RATE - BLOCK])
    assert largest_step(line) < 1.5 * largest_step(sound)


def test_in_a_pause_the_voice_comes_back_to_its_time_sooner() -> None:
    sound = np.concatenate([tone(1.0), np.zeros(RATE // 2, np.float32), ramp(1.0)])
    mixer = open_mixer()
    mixer.say(sound, at=0.0)

    heard(mixer, 1.0, at=0.0)
    line = heard(mixer, 1.5, at=1.02)

    begun = int(np.flatnonzero(line > 0.09)[0]) / RATE + 1.02
    assert begun == pytest.approx(1.5, abs=0.001)


def test_a_voice_that_ran_ahead_is_not_heard_again_at_its_end() -> None:
    mixer, sound = open_mixer(), tone(1.0)
    mixer.say(sound, at=0.0)

    heard(mixer, 0.5, at=0.0)
    line = heard(mixer, 1.0, at=0.47)

    assert np.array_equal(line[: RATE // 2], sound[RATE // 2 :])
    assert not line[RATE // 2 :].any()


def test_a_voice_whose_samples_come_late_begins_where_the_show_is() -> None:
    mixer, sound = open_mixer(), ramp(2.0)
    voice = mixer.say(None, at=0.0)

    before = heard(mixer, 0.7, at=0.0)
    voice.arrive(sound)
    line = heard(mixer, 1.0, at=0.7)

    assert not before.any()
    assert np.array_equal(line[BLOCK:], sound[round(0.7 * RATE) + BLOCK :][: RATE - BLOCK])
    assert largest_step(line) < 0.002  # it rises within ten milliseconds


def test_hush_fades_without_a_click_and_to_silence() -> None:
    mixer, sound = open_mixer(), tone(3.0)
    mixer.say(sound, at=0.0)

    first = heard(mixer, 1.0, at=0.0)
    mixer.hush(fade_s=0.4)
    line = heard(mixer, 1.0, at=1.0)

    assert largest_step(np.concatenate([first, line])) < 1.05 * largest_step(sound)
    assert rms(line[: RATE // 10]) > 3 * rms(line[round(0.3 * RATE) : round(0.4 * RATE)]) > 0
    assert not line[round(0.4 * RATE) :].any()


def test_a_next_voice_takes_over_when_it_is_to_begin() -> None:
    mixer = open_mixer()
    mixer.say(tone(3.0), at=0.0)
    heard(mixer, 0.5, at=0.0)
    mixer.say(tone(1.0, hertz=1000.0), at=1.0)

    line = heard(mixer, 2.0, at=0.5)

    assert np.allclose(line[: RATE // 2], tone(1.0)[RATE // 2 :], atol=1e-6)
    assert np.allclose(line[RATE : RATE + BLOCK], tone(1.0, hertz=1000.0)[RATE // 2 :][:BLOCK])
    assert largest_step(line) < largest_step(tone(1.0)) + largest_step(tone(1.0, hertz=1000.0))


@pytest.mark.parametrize("volume", [0.0, 0.25, 0.8])
def test_volume_is_of_everything(volume: float) -> None:
    mixer, sound = open_mixer(), tone(1.0)
    mixer.volume = volume
    heard(mixer, 0.1, at=-0.1)
    mixer.say(sound, at=0.0)

    line = heard(mixer, 1.0, at=0.0)

    assert np.allclose(line, volume * sound, atol=1e-6)


def test_a_device_that_begins_is_heard_rising_from_silence() -> None:
    mixer = open_mixer()
    mixer.ambience(tone(5.0))
    heard(mixer, 4.0, at=0.0)

    mixer.begin()
    line = heard(mixer, 1.0, at=10.0)

    assert abs(line[0]) < 0.001
    assert largest_step(line) < 1.05 * largest_step(tone(1.0))


def test_who_was_hushed_while_the_device_was_away_is_heard_no_more() -> None:
    mixer = open_mixer()
    mixer.say(tone(9.0), at=0.0)
    heard(mixer, 1.0, at=0.0)
    mixer.hush()

    mixer.begin()

    assert not heard(mixer, 1.0, at=4.0).any()


def test_ambience_goes_on_without_a_step() -> None:
    mixer, sound = open_mixer(), noise(10.0)
    smooth = np.convolve(sound, np.hanning(201) / 100, "same").astype(np.float32)
    mixer.ambience(smooth)

    line = heard(mixer, 30.0, at=0.0)

    assert largest_step(line) < 1.2 * largest_step(smooth)
    powers = [rms(line[k * RATE : (k + 1) * RATE]) for k in range(4, 30)]
    assert max(powers) / min(powers) < 1.25  # noise of 240 Hz wavers by itself


@pytest.mark.parametrize("samples", [1, 2, 3, 100])
def test_the_shortest_ambience_has_no_seam_either(samples: int) -> None:
    assert 0 < len(seamless(np.ones(samples, np.float32))) <= samples


def test_one_ambience_gives_way_to_the_next_and_power_is_kept() -> None:
    mixer = open_mixer()
    mixer.ambience(noise(10.0, seed=1))
    heard(mixer, 4.0, at=0.0)
    mixer.ambience(noise(10.0, seed=2))

    line = heard(mixer, CROSSFADE_S + 1, at=4.0)

    powers = [rms(part) for part in np.split(line, 16)]
    assert max(powers) / min(powers) < 1.05


def test_of_ambiences_that_follow_fast_the_last_is_heard_and_nothing_clicks() -> None:
    mixer = open_mixer()
    last = 0.2 * np.ones(RATE, np.float32)
    for loud in np.linspace(-0.2, 0.2, 9):
        mixer.ambience(np.full(RATE, loud, np.float32))
        line = heard(mixer, 0.5, at=0.0)
        assert largest_step(line) < 0.001
    mixer.ambience(last)

    heard(mixer, 2 * CROSSFADE_S, at=0.0)

    assert np.allclose(heard(mixer, 0.1, at=0.0), 0.2, atol=0.09)  # where its seam is, it is louder
    mixer.ambience(None)
    heard(mixer, 2 * CROSSFADE_S, at=0.0)
    assert not heard(mixer, 0.1, at=0.0).any()


def test_ambience_steps_back_before_a_voice_and_returns_after_it() -> None:
    mixer = open_mixer()
    mixer.ambience(noise(10.0))
    alone = rms(heard(mixer, 4.0, at=0.0)[-RATE // 2 :])
    silent_voice = np.zeros(2 * RATE, np.float32)
    mixer.say(silent_voice, at=5.0)

    line = heard(mixer, 6.0, at=4.0)

    assert rms(line[: RATE // 4]) == pytest.approx(alone, rel=0.05)
    spoken = line[round(1.05 * RATE) : round(2.95 * RATE)]
    assert rms(spoken) == pytest.approx(alone * DUCKED, rel=0.05)
    assert rms(line[4 * RATE :]) == pytest.approx(alone, rel=0.05)
    loudness = [rms(part) for part in np.split(line[: 2 * RATE], 40)]
    assert max(np.abs(np.diff(loudness))) < 0.15 * alone


def test_too_much_is_bent_and_never_clips() -> None:
    much = np.linspace(-3, 3, 10001, dtype=np.float32)

    bent = limited(much)

    assert np.abs(bent).max() <= 1
    assert np.all(np.diff(bent) >= 0)
    quiet = np.abs(much) <= KNEE
    assert np.array_equal(bent[quiet], much[quiet])
    assert np.abs(np.diff(bent, 2)).max() < 1e-4  # no corner


def test_a_clock_that_drifts_stays_together_with_few_leaps_that_do_not_click() -> None:
    seconds, drift = 600.0, 100e-6
    mixer, sound = open_mixer(), ramp(seconds)
    mixer.say(sound, at=0.0)

    worst, leaps, last = 0.0, 0, 0.1
    frames = 2400
    out = np.zeros((frames, 1), np.float32)
    for k in range(round((seconds - 1) * RATE / frames)):
        heard_at = k * frames / RATE * (1 + drift)
        mixer.fill(out, heard_at)
        worst = max(worst, abs(place_s(float(out[-1, 0]), seconds) - heard_at - frames / RATE))
        leaps += abs(float(out[-1, 0]) - last) > 1.5 * frames * 0.5 / len(sound)
        last = float(out[-1, 0])

    assert worst < LEAP / RATE + 0.001
    assert leaps == 1


def test_ten_thousand_voices_leave_nothing_behind() -> None:
    mixer, sound = open_mixer(), tone(0.1)
    out = np.zeros((BLOCK, 1), np.float32)
    kept: list[weakref.ref[Floats]] = []
    for k in range(10_000):
        said = sound.copy()
        kept.append(weakref.ref(said))
        mixer.say(said, at=k * 0.01)
        mixer.fill(out, k * 0.01)
        mixer.hush(0.05)
        mixer.fill(out, k * 0.01 + 0.005)
    heard(mixer, 1.0, at=1000.0)

    assert sum(sound() is not None for sound in kept) == 1  # ``said`` itself
    assert rms(heard(mixer, 0.1, at=1001.0)) == 0
