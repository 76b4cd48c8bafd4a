"""The kiosk's units, rules, users and settings put where the system looks for them.

In go the program's virtual environment and the user it runs as; out come the files, written whole
or not at all, and what to type next. `systemd/` holds them as for /opt/tableau-vivant/current and
the user kiosk. Settings that are there already stay.
"""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import ServiceError
from kiosk.files import write_whole
from kiosk.places import CACHE, CONFIG, DOCS, PROJECT, SETTINGS, STATE, UNITS
from kiosk.service.config_file import moved

WRITTEN_FOR, WRITTEN_AS = "/opt/tableau-vivant/current", "kiosk"
WRITTEN_DOCS = "/opt/tableau-vivant/docs"
PLACES = {
    ".service": "etc/systemd/system",
    ".timer": "etc/systemd/system",
    ".rules": "etc/udev/rules.d",
    ".sysusers.conf": "etc/sysusers.d",
    ".tmpfiles.conf": "etc/tmpfiles.d",
    ".modules.conf": "etc/modules-load.d",
}
# by card: the unit, the programs that it needs, and Debian's packages of them
SHOWS = {
    "nvidia": ("kiosk", ("xinit", "Xorg", "xset"), "xinit xserver-xorg x11-xserver-utils"),
    "other": ("kiosk-cage", ("cage", "Xwayland"), "cage xwayland"),
}
WISHES = (  # for who wants it
    "systemctl enable --now kiosk-open.timer kiosk-close.timer  # opening hours",
    "systemctl enable --now kiosk-reboot.timer  # Monday 4:30",
    "systemctl enable --now kiosk-metrics.timer  # Prometheus asks this machine",
)
UNSEEN = ("/home", "/root", "/run/user")  # by units with ProtectHome


@dataclass(frozen=True, slots=True)
class Piece:
    """One file to be put in its place."""

    path: Path
    content: str


def pieces(environment: Path, user: str, *, root: Path = Path("/")) -> Iterator[Piece]:
    """Every file, for a program in a virtual environment that runs as ``user``.

    Raises:
        ServiceError: no units came with the program.
        ConfigError: the settings that came with it are wrong.
    """
    sources = sorted(UNITS.glob("*")) if UNITS.is_dir() else []
    if not sources:
        raise ServiceError(f"{UNITS}: holds no units; install the program anew")
    for source in sources:
        kind = next((kind for kind in PLACES if source.name.endswith(kind)), None)
        if kind is None:
            continue
        name = re.sub(r"\.(sysusers|tmpfiles|modules)\.conf$", ".conf", source.name)
        text = source.read_text(encoding="utf-8")
        text = text.replace(WRITTEN_FOR, str(environment)).replace(WRITTEN_DOCS, str(DOCS))
        yield Piece(root / PLACES[kind] / name, _for_user(text, user))
    settings = root / SETTINGS.relative_to("/") / CONFIG
    if not settings.exists():
        text = moved(PROJECT / CONFIG, folder=STATE / "portraits", engines=CACHE / "engines")
        yield Piece(settings, text)


def install(environment: Path, user: str, *, root: Path = Path("/")) -> list[Path]:
    """Write what is not there yet, or is there otherwise; settings only where there are none.

    Returns:
        What was written.

    Raises:
        ServiceError: it cannot be.
        ConfigError: the settings that came with the program are wrong.
    """
    written = []
    for piece in pieces(environment, user, root=root):
        try:
            if piece.path.is_file() and piece.path.read_text(encoding="utf-8") == piece.content:
                continue
            write_whole(piece.path, piece.content)
        except OSError as error:
            raise ServiceError(
                f"{piece.path}: cannot be written ({error.strerror}); run it as root"
            ) from error
        written.append(piece.path)
    return written


def unseen(*folders: Path) -> Path | None:
    """The first folder that the units, which are shut in, cannot see; None if they see all."""
    return next((each for each in folders if any(map(each.is_relative_to, UNSEEN))), None)


def steps(card: str, which: Callable[[str], str | None] = shutil.which) -> list[str]:
    """What root types when the files are there; then the portrait hangs, and does so at each boot.

    Args:
        card: ``nvidia``, or ``other``.
        which: where a program lies; None where it does not.
    """
    unit, programs, packages = SHOWS[card]
    lacking = not all(map(which, programs))
    return [
        *([f"apt-get install --yes {packages}"] if lacking else []),
        "systemd-sysusers && systemd-tmpfiles --create kiosk.conf",
        "systemctl restart systemd-modules-load",
        "systemctl daemon-reload",
        "udevadm control --reload; udevadm trigger --subsystem-match=video4linux || true",
        f"systemctl enable --now {unit} kiosk-console",
    ]


def carry_out(lines: Iterable[str]) -> Iterator[str]:
    """Do so, one after the other; yields each before it is done.

    Raises:
        ServiceError: one failed; those after it are left.
    """
    for line in lines:
        yield line
        done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout).strip().replace("\n", "; ")
            raise ServiceError(f"{line}: failed ({said or done.returncode}); mend that, and repeat")


def _for_user(text: str, user: str) -> str:
    """The words that name the user; the units' own names stay."""
    if user == WRITTEN_AS:
        return text
    changes = {
        f"User={WRITTEN_AS}\n": f"User={user}\n",
        f"--reuid={WRITTEN_AS} --regid={WRITTEN_AS}": f"--reuid={user} --regid={user}",
        f"\nu {WRITTEN_AS} ": f"\nu {user} ",  # lines of sysusers.d, not `python -m kiosk`
        f"\nm {WRITTEN_AS} ": f"\nm {user} ",
        f" {WRITTEN_AS} {WRITTEN_AS} ": f" {user} {user} ",
    }
    for old, new in changes.items():
        text = text.replace(old, new)
    return text
