"""A program under strace: every file it opened to write, every socket, every byte it gave out."""

import codecs
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

WRITES = {
    "write", "writev", "pwrite64", "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg",
}  # fmt: skip
OPENS = {"open", "openat", "openat2", "creat"}
NAMES = {
    "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "mkdir",
    "mkdirat", "execve", "execveat",
}  # fmt: skip
ADDRESSES = {"socket", "socketpair", "connect", "bind"}
# what these carry is not seen in a trace
BLIND = {
    "sendfile", "splice", "tee", "vmsplice", "copy_file_range", "io_uring_setup", "io_submit",
    "process_vm_writev", "ptrace", "shmget", "msgsnd", "mq_open", "mq_timedsend", "memfd_secret",
    "mknod", "mknodat", "setxattr", "lsetxattr", "fsetxattr", "add_key",
}  # fmt: skip
WHOLE = 1 << 26  # bytes of one call that are kept: more than a picture has
LINE = re.compile(r"(?P<at>\d+\.\d+) (?P<call>\w+)\((?P<rest>.*)")
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"(\.\.\.)?')
OPENED = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE")
MAPPED = re.compile(r"PROT_WRITE.*MAP_SHARED[^,]*, \d+<([^>]*)>")
RESULT = re.compile(r"\) = \d+<([^>]*)>")
FAILED = re.compile(r"\) += -1 E\w+ \([^)]*\)$")


@dataclass(frozen=True, slots=True)
class Given:
    """Bytes that went somewhere."""

    at: float
    target: str  # a path, pipe or socket
    data: bytes


@dataclass(slots=True)
class Deeds:
    """What a program, all its threads and whatever it started did."""

    calls: int = 0
    opened: set[str] = field(default_factory=set)  # to be written
    shared: set[str] = field(default_factory=set)  # files whose bytes are also memory
    sockets: set[str] = field(default_factory=set)  # families and addresses
    unseen: set[str] = field(default_factory=set)  # calls whose bytes are not known
    given: list[Given] = field(default_factory=list)

    def streams(self) -> dict[str, bytes]:
        """All that each target was given, in order."""
        joined: dict[str, list[bytes]] = {}
        for each in self.given:
            joined.setdefault(each.target, []).append(each.data)
        return {target: b"".join(parts) for target, parts in joined.items()}


def can_watch() -> bool:
    """Whether strace is there and may trace: some containers forbid it."""
    if shutil.which("strace") is None:
        return False
    trial = ["strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "true"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


def watch(
    command: Sequence[str],
    folder: Path,
    *,
    environment: Mapping[str, str],
    meanwhile: Callable[["subprocess.Popen[bytes]"], None] = lambda _: None,
) -> Deeds:
    """Run a command to its end under strace; traces and what it says lie in ``folder``.

    Args:
        command: the program and its arguments.
        folder: is made.
        environment: of the program.
        meanwhile: is called with the process while it runs.
    """
    folder.mkdir()
    calls = ",".join(sorted(WRITES | OPENS | NAMES | ADDRESSES | BLIND | {"mmap"}))
    strace = ["strace", "-ff", "-qq", "-y", "-x", "-ttt", "-s", str(WHOLE), "--seccomp-bpf"]
    traced = [*strace, "-o", str(folder / "trace"), "-e", f"trace={calls}", *command]
    with (
        (folder / "said").open("wb") as said,
        subprocess.Popen(traced, stdout=said, stderr=said, env=environment) as process,
    ):
        meanwhile(process)
    assert process.returncode == 0, (folder / "said").read_text()
    return read_deeds(folder.glob("trace.*"))


def read_deeds(traces: Iterator[Path]) -> Deeds:
    """What strace wrote down, one file for each thread."""
    deeds = Deeds()
    for trace in traces:
        with trace.open(encoding="ascii") as lines:
            for line in lines:
                if (match := LINE.match(line)) and not FAILED.search(line):
                    deeds.calls += 1
                    _note(deeds, float(match["at"]), match["call"], match["rest"])
    deeds.given.sort(key=lambda each: each.at)
    return deeds


def _note(deeds: Deeds, at: float, call: str, rest: str) -> None:
    if call in WRITES:
        target = rest[: rest.find(", ")].partition("<")[2].rstrip(">")
        deeds.given.append(Given(at, target, _bytes(deeds, call, rest)))
    elif call in NAMES:
        deeds.given.append(Given(at, f"{call}: names", _bytes(deeds, call, rest)))
    if call in OPENS and (call == "creat" or OPENED.search(rest)):
        deeds.opened.add(RESULT.findall(rest)[-1])
    elif call in ADDRESSES or "sa_family" in rest:
        deeds.sockets.add(_address(rest))
    elif call == "mmap" and (mapped := MAPPED.search(rest)):
        deeds.shared.add(mapped[1])
    if call in BLIND or "SCM_RIGHTS" in rest:
        deeds.unseen.add(f"{call}({rest[:80]}")


def _bytes(deeds: Deeds, call: str, rest: str) -> bytes:
    parts = []
    for text, cut in TEXT.findall(rest):
        parts.append(codecs.escape_decode(text.encode("ascii"))[0])
        if cut:
            deeds.unseen.add(f"the end of a {call}")
    return b"".join(parts)


def _address(rest: str) -> str:
    family = re.search(r"AF_\w+", rest)
    path = re.search(r'sun_path=(@?"[^"]*")', rest)
    return (family[0] if family else rest) + (f" {path[1]}" if path else "")
