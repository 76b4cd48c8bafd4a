"""The kiosk's units, rules and users put where systemd looks for them.

In go the folder of the program and the user it runs as; out come the files, written whole or not at
all, and what to type next. `systemd/` holds them as for /opt/tableau-vivant and the user kiosk.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.config import PROJECT
from kiosk.errors import ServiceError

WRITTEN_FOR, WRITTEN_AS = "/opt/tableau-vivant", "kiosk"
SOURCE = PROJECT / "systemd"
PLACES = {
    ".service": "etc/systemd/system",
    ".timer": "etc/systemd/system",
    ".rules": "etc/udev/rules.d",
    ".sysusers.conf": "etc/sysusers.d",
    ".tmpfiles.conf": "etc/tmpfiles.d",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One file to be put in its place."""

    path: Path
    content: str


def pieces(folder: Path, user: str, *, root: Path = Path("/")) -> Iterator[Piece]:
    """Every file, for a program in ``folder`` that runs as ``user``.

    Raises:
        ServiceError: the program's folder holds none.
    """
    sources = sorted(SOURCE.glob("*")) if SOURCE.is_dir() else []
    if not sources:
        raise ServiceError(f"{SOURCE}: holds no units; install from the project's own folder")
    for source in sources:
        kind = next((kind for kind in PLACES if source.name.endswith(kind)), None)
        if kind is None:
            continue
        name = source.name.replace(".sysusers.conf", ".conf").replace(".tmpfiles.conf", ".conf")
        text = source.read_text(encoding="utf-8").replace(WRITTEN_FOR, str(folder))
        yield Piece(root / PLACES[kind] / name, _for_user(text, user))


def install(folder: Path, user: str, *, root: Path = Path("/")) -> list[Path]:
    """Write what is not there yet, or is there otherwise.

    Returns:
        What was written.

    Raises:
        ServiceError: it cannot be.
    """
    written = []
    for piece in pieces(folder, user, root=root):
        try:
            if piece.path.is_file() and piece.path.read_text(encoding="utf-8") == piece.content:
                continue
            piece.path.parent.mkdir(parents=True, exist_ok=True)
            fresh = piece.path.with_name(f".{piece.path.name}.new")
            fresh.write_text(piece.content, encoding="utf-8", newline="\n")
            fresh.chmod(0o644)
            fresh.replace(piece.path)
        except OSError as error:
            raise ServiceError(
                f"{piece.path}: cannot be written ({error.strerror}); run it as root"
            ) from error
        written.append(piece.path)
    return written


def next_steps(card: str) -> list[str]:
    """What to type when the files are there.

    Args:
        card: ``nvidia``, or ``other``.
    """
    unit = "kiosk" if card == "nvidia" else "kiosk-cage"
    return [
        "systemd-sysusers && systemd-tmpfiles --create kiosk.conf",
        "systemctl daemon-reload && udevadm control --reload",
        f"systemctl enable --now {unit} kiosk-console",
        "systemctl enable --now kiosk-open.timer kiosk-close.timer kiosk-reboot.timer  # if wanted",
    ]


def _for_user(text: str, user: str) -> str:
    """The words that name the user; the units' own names stay."""
    if user == WRITTEN_AS:
        return text
    changes = {
        f"User={WRITTEN_AS}\n": f"User={user}\n",
        f"--reuid={WRITTEN_AS} --regid={WRITTEN_AS}": f"--reuid={user} --regid={user}",
        f"u {WRITTEN_AS} ": f"u {user} ",
        f"m {WRITTEN_AS} ": f"m {user} ",
        f" {WRITTEN_AS} {WRITTEN_AS} ": f" {user} {user} ",
    }
    for old, new in changes.items():
        text = text.replace(old, new)
    return text
