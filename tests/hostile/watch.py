"""Pushes every file of the corpus through every door, in a process that is watched, and writes what it saw.

``python -m tests.hostile.watch CORPUS HOME OUT``. What is watched: the time of the processor, the most memory beyond what
was in use, each file that is opened, made, moved or removed, each program, connection and unpickled name.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.hostile.doors import DOORS, Answer, dump
from ui.warmup import wait_until_loaded

ROOT = Path(__file__).resolve().parents[2]
MOST_MEMORY = 3 * 2**30
"""So much more the process may map: an attack that succeeds ends itself, not the computer."""
HANGS_SECONDS = 60
"""After this an attack has succeeded; where it hangs is written to the terminal."""
NEVER = ("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "subprocess.Popen", "pickle.find_class", "pty.spawn",
         "ctypes.dlopen", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request", "os.symlink", "os.link",
         "os.startfile", "webbrowser.open", "code.__new__")  # fmt: skip
CHANGING = (
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "shutil.rmtree",
    "os.utime",
)
SYSTEM = ("/dev/null", "/dev/urandom", "/proc/", "/sys/", "/etc/localtime", "/usr/", "/lib/", "/lib64/")


class Watcher:
    """Notes what an attack must not do. It is switched on only while a file is at a door."""

    def __init__(self, corpus: Path, home: Path) -> None:
        self.seen: list[str] = []
        self.is_on = False
        self.may_write = (str(home),)
        libraries = {sys.prefix, sys.base_prefix, *filter(None, sys.path)}
        self.may_read = (str(home), str(corpus), str(ROOT), *SYSTEM, *libraries)
        sys.addaudithook(self.hear)

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """Take note of an event."""
        if not self.is_on:
            return
        if event in NEVER:
            self.seen.append(f"{event} {args!r:.200}")
        elif event == "open" and isinstance(args[0], str | bytes):
            self.check(event, args[0], self.may_write if writes(args) else self.may_read)
        elif event in CHANGING:
            for path in list_paths(event, args):
                self.check(event, path, self.may_write)
        elif event == "socket.connect":
            self.seen.append(f"{event} {args[1]!r}")
        elif event == "import" and "canary" in str(args[0]).lower():
            self.seen.append(f"import {args[0]}")

    def check(self, event: str, path: Any, allowed: tuple[str, ...]) -> None:
        """Note a path outside of what is allowed."""
        place = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - a Path would be followed
        if not place.startswith(allowed):
            self.seen.append(f"{event} {place[:200]}")


def list_paths(event: str, args: tuple[Any, ...]) -> list[str]:
    """The paths that an event changes; relative ones may be meant below an open folder."""
    count = 2 if event == "os.rename" else 1
    folders = args[-count:] if len(args) > count else (-1,) * count
    pairs = zip(args[:count], folders, strict=True)
    return [
        str(Path(f"/proc/self/fd/{folder}").readlink() / os.fsdecode(path)) if in_folder(folder) else os.fsdecode(path)
        for path, folder in pairs
        if isinstance(path, str | bytes | os.PathLike)
    ]


def in_folder(folder: Any) -> bool:
    """Whether an event's last argument is an open folder."""
    return isinstance(folder, int) and folder >= 0 and Path(f"/proc/self/fd/{folder}").is_dir()


def writes(args: tuple[Any, ...]) -> bool:
    """Whether a file is opened to be changed."""
    _, mode, flags = args
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return bool((flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND))


def read_memory(name: str) -> int:
    """A figure of this process's memory in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


@contextmanager
def measure(found: dict[str, Any]) -> Iterator[None]:
    """Write into ``found`` the seconds of the processor and the most memory beyond what was in use."""
    Path("/proc/self/clear_refs").write_text("5")
    before, start, clock = read_memory("VmRSS"), time.process_time(), time.monotonic()
    try:
        yield
    finally:
        found["seconds"] = time.process_time() - start
        found["waited"] = time.monotonic() - clock
        found["megabytes"] = (read_memory("VmHWM") - before) / 2**20


def push(file: Path, door: str, watcher: Watcher) -> dict[str, Any]:
    """Push one file through one door."""
    found: dict[str, Any] = {"file": f"{file.parent.name}/{file.name}", "door": door}
    content = file.stat().st_size
    watcher.seen.clear()
    faulthandler.dump_traceback_later(HANGS_SECONDS, exit=True)
    answer = Answer()
    with measure(found):
        watcher.is_on = True
        try:
            answer = DOORS[door](file)
        except BaseException as fault:  # the test says so
            found["fault"] = f"{type(fault).__name__}: {fault}"[:500]
        finally:
            watcher.is_on = False
    faulthandler.cancel_dump_traceback_later()
    canaries = [str(path) for path in (Path("CANARY"), file.parent / "CANARY") if path.exists()]
    taken = None if answer.refusal is not None else dump(answer)
    return found | {
        "refusal": answer.refusal,
        "taken": taken,
        "bytes": content,
        "seen": watcher.seen[:],
        "canaries": canaries,
    }


def list_files(folder: Path) -> list[str]:
    """Everything below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def warm(home: Path) -> None:
    """Let everything be loaded that an ordinary file needs, so that an attack is not charged for it."""
    wait_until_loaded()
    good = home / "good"
    good.mkdir()
    from tests.hostile.good import FILES

    for name, content in FILES.items():
        (good / name).write_bytes(content())
        for door in DOORS.values():
            try:
                door(good / name)
            except AssertionError as error:
                raise RuntimeError(f"{name}: {error}") from error


def main(corpus: Path, home: Path, out: Path) -> None:
    """Push everything through everything, a line of JSON for each."""
    warm(home)
    resource.setrlimit(resource.RLIMIT_AS, (read_memory("VmSize") + MOST_MEMORY,) * 2)
    watcher = Watcher(corpus, home)
    gc.collect()
    gc.freeze()
    with out.open("w") as lines:
        for file in sorted(path for path in corpus.rglob("*") if path.is_file()):
            for door in DOORS:
                before = list_files(home)
                found = push(file, door, watcher)
                left = sorted(set(list_files(home)) - set(before))
                lines.write(json.dumps({**found, "left": left}) + "\n")
                lines.flush()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
