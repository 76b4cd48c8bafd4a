from pathlib import Path

import pytest

from kiosk.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["hopper", "/proc/no/picture.jpg"], "/proc/no/picture.jpg: cannot be written"),
        (["hopper", "picture.gif"], "picture.gif: is no picture's name; end it in .jpg or .png"),
        (["lisa", "picture.jpg"], "'lisa' is not one of"),
        (["hopper", "picture.jpg", "--width", "20"], "--width"),
    ],
)
def test_what_cannot_be_painted_is_refused_at_once(
    arguments: list[str],
    fault: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kiosk.painting.sitters.RECIPES", {})

    assert main(["paint", *arguments]) == 2
    assert fault in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
