"""A systemd of its own: the kiosk's units live in a container over this machine's own files.

systemd-nspawn boots what `/` holds, seen through an overlay, so that nothing of the machine is
changed; the kiosk is installed in it from its wheel, as `docs/operations.md` says. Xvfb stands in
for the screen's server, because it keeps what it shows in a file.
"""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import zipfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from kiosk.places import PROJECT

PROGRAM = "/opt/tableau-vivant"
PYTHON = f"{PROGRAM}/current/bin/python"
SETTINGS = "/etc/tableau-vivant/config.toml"
UNIT = "kiosk.service"
SCREEN = f"""[Service]
ExecStart=
ExecStart=/usr/bin/xinit {PYTHON} -m kiosk run -- /usr/bin/Xvfb :7 \
-screen 0 360x640x24 -nolisten tcp -fbdir /run/wall
ReadWritePaths=/run/wall
"""
NEEDED = ("systemd-nspawn", "nsenter", "xinit", "Xvfb", "pgrep", "pkill", "Xorg")
BOOT_S = 60.0


def why_not() -> str | None:
    """Why no system can be booted here, or None."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "only root may boot a container"
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} is not here"
    if not Path(_debians_python()).exists():
        return f"no {_debians_python()}: units may not look into a home for Python"
    if Path(sysconfig.get_paths()["purelib"]).is_relative_to("/tmp"):
        return "a container has a /tmp of its own: put the checkout elsewhere"
    return None


def _debians_python() -> str:
    return f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"


class LiveSystem:
    """A system that runs until it is closed; a context manager.

    Args:
        folder: for its files; a file system in memory is mounted there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._init = 0

    def __enter__(self) -> "LiveSystem":
        with ExitStack() as stack:
            root = self._overlay(stack)
            self._equip(root)
            self._boot(root, stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def root(self) -> Path:
        """Its files, as its own processes see them."""
        return Path(f"/proc/{self._init}/root")

    def run(self, command: str, *, check: bool = True) -> str:
        """What a line of shell says there.

        Raises:
            CalledProcessError: it ends with an error; what it said goes with it.
        """
        told = subprocess.run(
            ["nsenter", f"--target={self._init}", "--mount", "--uts", "--ipc", "--net", "--pid",
             "--cgroup", "--", "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
             "SYSTEMD_PAGER=cat", "sh", "-c", command],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if check and told.returncode:
            raise subprocess.CalledProcessError(told.returncode, command, told.stdout)
        return told.stdout

    def kiosk(self, *words: str) -> str:
        """What the kiosk's own command says to root."""
        return self.run(f"{PYTHON} -m kiosk {' '.join(words)}", check=False)

    def state(self, unit: str = UNIT) -> str:
        """``active``, ``inactive``, ``activating``, ``failed``…"""
        return self.run(f"systemctl is-active {unit}", check=False).strip()

    def restarts(self, unit: str = UNIT) -> int:
        """How often systemd has begun it anew by itself."""
        return int(self.run(f"systemctl show -P NRestarts {unit}"))

    def drop_in(self, name: str, lines: str, unit: str = UNIT) -> None:
        """Change a unit from its next start on; empty lines take that back."""
        folder = self.root / f"etc/systemd/system/{unit}.d"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.conf").write_text(lines)
        self.run("systemctl daemon-reload")

    def said(self, since: float, unit: str = UNIT) -> str:
        """What a unit has logged since a moment of `time.time`."""
        return self.run(f"journalctl --no-pager -o cat -u {unit} --since=@{since:.3f}")

    def _overlay(self, stack: ExitStack) -> Path:
        """This machine's files, to be written over without changing them."""
        place = self._folder
        _mount("-t", "tmpfs", "-o", "size=2G", "tmpfs", place)
        stack.callback(_unmount, place)
        upper, work, root = place / "upper", place / "work", place / "root"
        for each in (upper, work, root):
            each.mkdir()
        options = f"lowerdir=/,upperdir={upper},workdir={work}"
        _mount("-t", "overlay", "-o", options, "overlay", root)
        stack.callback(_unmount, root)
        return root

    def _equip(self, root: Path) -> None:
        """The program in an environment of a Python that units may see, beside its packages."""
        environment = root / PROGRAM[1:] / "0"
        make = [_debians_python(), "-m", "venv", "--without-pip", environment]
        subprocess.run(make, check=True)
        environment.with_name("current").symlink_to(environment.name)
        packages = next((environment / "lib").glob("python*/site-packages"))
        (packages / "packages.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
        wheels = self._folder / "wheels"
        subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
             "--wheel-dir", wheels, PROJECT],
            check=True,
        )  # fmt: skip
        with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
            wheel.extractall(packages)
        # what this machine starts by itself is not wanted
        shutil.rmtree(root / "etc/systemd/system/multi-user.target.wants", ignore_errors=True)
        (root / "etc/machine-id").write_text("")
        # whoever has a file open keeps its disk from being made read-only
        journal = root / "etc/systemd/journald.conf.d"
        journal.mkdir(exist_ok=True)
        (journal / "memory.conf").write_text("[Journal]\nStorage=volatile\nRateLimitBurst=0\n")

    def _boot(self, root: Path, stack: ExitStack) -> None:
        """Start it, and install the kiosk in it."""
        container = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network",
             "--console=pipe", f"--directory={root}", "--machine=vivant", "--boot"],
            env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        stack.callback(_end, container)
        wait_until(lambda: self._find_init(container.pid), BOOT_S, "the container has begun")
        wait_until(self._is_up, BOOT_S, "systemd is up")
        for number in (0, 7):  # nspawn gives no consoles
            self.run(f"mknod -m 620 /dev/tty{number} c 4 {number}; chgrp tty /dev/tty{number}")
        self.run(f"{PYTHON} -m kiosk install-service")
        self.run(f'sed -i \'s/^source = "0"/source = "demo"/\' {SETTINGS}')
        self.run("systemd-sysusers && systemd-tmpfiles --create kiosk.conf")
        self.run("install -d -o kiosk -g kiosk /run/wall")
        self.drop_in("screen", SCREEN)

    def _find_init(self, container: int) -> bool:
        told = subprocess.run(
            ["pgrep", "--parent", str(container)], capture_output=True, text=True, check=False
        )
        self._init = int(told.stdout.split()[0]) if told.stdout else 0
        return self._init > 0

    def _is_up(self) -> bool:
        told = self.run("systemctl is-system-running", check=False)
        return told.strip() in ("running", "degraded")


def wait_until(holds: Callable[[], bool], within_s: float, what: str) -> float:
    """Seconds until it holds.

    Raises:
        AssertionError: it does not in so many.
    """
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within_s, f"not within {within_s:g} s: {what}"
        time.sleep(0.1)
    return time.monotonic() - began


def _mount(*words: str | Path) -> None:
    subprocess.run(["mount", *words], check=True)


def _unmount(place: Path) -> None:
    subprocess.run(["umount", "--lazy", place], check=False)


def _end(container: "subprocess.Popen[bytes]") -> None:
    container.send_signal(signal.SIGTERM)  # it shuts its system down
    with suppress(subprocess.TimeoutExpired):
        container.wait(30)
        return
    container.kill()
    container.wait()
