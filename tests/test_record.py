"""``kiosk portraits record`` and its sisters: what a curator types, and what comes of it."""

import json
import shutil
from pathlib import Path

import pytest
import soundfile

from kiosk.__main__ import main
from kiosk.places import DEMO_CLIP
from kiosk.portraits.pack import load_pack
from tests.packs import write_small_pack
from tests.performing import RATE, tone

CONFIG = '[portraits]\nfolder = "packs"\nportrait = "gradient"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack that hangs where the working folder's settings say; weights of any network."""
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    soundfile.write(tmp_path / "voice.wav", tone(1.0), RATE)
    (tmp_path / "words.txt").write_text("Good day.")
    return write_small_pack(tmp_path / "packs")


def record(*options: str) -> int:
    return main(["portraits", "record", "gradient", "--name", "hello", "--lang", "fr", *options])


def test_a_voice_and_its_words_become_a_performance(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert record("--from-audio", "voice.wav", "--words", "words.txt") == 0
    pack = load_pack(folder)
    (made,) = pack.performances

    assert capsys.readouterr().out == "gradient: hello in fr, 1.0 s, 1 captions\n"
    assert made.recording.voice_only
    assert [cue.text for cue in made.cues] == ["Good day."]
    assert "voice.wav" in pack.meta.provenance["performances/hello.fr"]


def test_a_clip_becomes_a_performance(folder: Path) -> None:
    told = "played by nobody, CC0"
    assert record("--from-clip", str(DEMO_CLIP), "--source", told) == 0
    pack = load_pack(folder)

    assert not pack.performances[0].recording.voice_only
    assert pack.performances[0].sound is None
    assert pack.meta.provenance["performances/hello.fr"] == told


def test_the_camera_is_asked_for_and_may_be_a_clip(folder: Path) -> None:
    assert record("--camera", str(DEMO_CLIP), "--seconds", "1.5", "--yes") == 0

    assert load_pack(folder).performances[0].duration_s == pytest.approx(1.5, abs=0.4)


def test_nobody_is_recorded_who_has_not_agreed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("typer.confirm", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    assert record("--camera", str(DEMO_CLIP)) == 130

    assert load_pack(folder).performances == ()


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_a_text_is_spoken_by_a_program_and_the_pack_says_so(folder: Path) -> None:
    assert record("--from-text", "words.txt", "--yes") == 0
    pack = load_pack(folder)

    assert pack.performances[0].sound is not None
    assert pack.performances[0].cues[0].text == "Good day."
    assert "spoken by eSpeak NG" in pack.meta.provenance["performances/hello.fr"]


def test_without_the_program_a_text_is_not_spoken(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert record("--from-text", "words.txt", "--yes") == 2

    assert "espeak-ng is not installed; install it" in capsys.readouterr().err
    assert load_pack(folder).performances == ()


def test_what_was_recorded_is_listed_and_forgotten(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record("--from-audio", "voice.wav")
    capsys.readouterr()
    assert main(["portraits", "performances", "gradient", "--json"]) == 0
    line = json.loads(capsys.readouterr().out)

    assert (line["name"], line["language"], line["sound"]) == ("hello", "fr", True)
    assert main(["portraits", "forget", "gradient", "--name", "hello", "--lang", "fr"]) == 0
    assert "performances/hello.fr" not in load_pack(folder).meta.provenance
    assert main(["portraits", "performances", "gradient"]) == 0
    assert "gradient: has no performance" in capsys.readouterr().out


def test_who_would_import_a_clip_is_told_how(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["portraits", "import", str(DEMO_CLIP)]) == 2
    assert "kiosk portraits record ID --from-clip" in capsys.readouterr().err


def test_a_portrait_is_given_an_ambience_and_loses_it(folder: Path) -> None:
    assert main(["portraits", "ambience", "gradient", "voice.wav"]) == 0
    assert load_pack(folder).ambience is not None

    assert main(["portraits", "ambience", "gradient", "--none"]) == 0
    assert load_pack(folder).ambience is None


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["--from-audio", "none.wav"], "none.wav"),
        (["--from-audio", "words.txt"], "words.txt: its sound cannot be read"),
        (["--from-audio", "voice.wav", "--words", "none.txt"], "none.txt: cannot be read"),
        (["--from-audio", "voice.wav", "--from-clip", "a.mp4"], "give one of"),
        (["--from-clip", "none.mp4"], "none.mp4"),
        (["--from-text", "none.txt", "--yes"], "none.txt: cannot be read"),
        (["--from-audio", "voice.wav", "--name", "Tale"], "--name is 'Tale'; use a-z"),
        (["--from-audio", "voice.wav", "--lang", "f"], "--lang is 'f'; give a language"),
    ],
)
def test_a_fault_is_one_line_and_changes_nothing(
    folder: Path, options: list[str], fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / "manifest-sha256.txt").read_bytes()
    assert record(*options) == 2

    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert fault in said
    assert (folder / "manifest-sha256.txt").read_bytes() == before
