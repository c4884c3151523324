"""How much memory this process has, had at most, and may have: read from the system, on a GPU from PyTorch."""

from __future__ import annotations

import os
import re
import resource
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch

STATUS = Path("/proc/self/status")
MAPS = Path("/proc/self/smaps")
PEAKS = Path("/proc/self/clear_refs")
FORGET_PEAK = "5"
"""What the system takes for: count the peak anew from now on."""
GROUPS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)
PREPARED = "/prepared/"
"""In the path of every file of prepared data."""


class Meter(Protocol):
    """Measures the memory of a device, as far as this process takes it."""

    def restart(self) -> None:
        """Count the peak anew."""

    def peak(self) -> int:
        """The most that was taken since then, in bytes, without what is mapped from files."""


class ProcessMeter:
    """The memory of this process, beside a GPU."""

    def restart(self) -> None:
        """Count the peak anew. Where the system does not do that, it is the peak since the beginning."""
        with suppress(OSError):
            PEAKS.write_text(FORGET_PEAK)

    def peak(self) -> int:
        """The most memory of its own; pages of mapped files are no such memory, the system takes them back where it must."""
        return read_peak() - read_status("RssFile")


@dataclass(frozen=True)
class GpuMeter:
    """The memory of a GPU."""

    device: torch.device

    def restart(self) -> None:
        """Count the peak anew."""
        torch.cuda.reset_peak_memory_stats(self.device)

    def peak(self) -> int:
        """The most that tensors took."""
        return torch.cuda.max_memory_allocated(self.device)


def choose_meter(device: torch.device) -> Meter:
    """What measures the memory of a device."""
    return GpuMeter(device) if device.type == "cuda" else ProcessMeter()


def find_room(device: torch.device) -> int:
    """How many bytes a device has free."""
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else find_free()


def find_free() -> int:
    """How many bytes of the computer's memory are free, as far as this process may have them."""
    with suppress(OSError):
        found = re.search(r"^MemAvailable:\s+(\d+)", Path("/proc/meminfo").read_text(), re.MULTILINE)
        if found:
            return min(int(found[1]) * 1024, *find_group_room())
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def find_group_room() -> list[int]:
    """What is left of the limits of a container; two of them, so that there is always something to compare."""
    found = [sys.maxsize, sys.maxsize]
    for limit, used in GROUPS:
        with suppress(OSError, ValueError):
            found.append(int(limit.read_text()) - int(used.read_text()))
    return found


def read_status(name: str) -> int:
    """A number of bytes that the system keeps about this process; 0 where it keeps none."""
    with suppress(OSError):
        found = re.search(rf"^{name}:\s+(\d+)", STATUS.read_text(), re.MULTILINE)
        return int(found[1]) * 1024 if found else 0
    return 0


def read_peak() -> int:
    """The most memory that this process ever had, files that it maps included."""
    counted = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return read_status("VmHWM") or counted * (1 if sys.platform == "darwin" else 1024)


def find_untouched() -> int:
    """Bytes of prepared data that are mapped and were not looked at yet: a whole run looks at all of them."""
    with suppress(OSError):
        parts = re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", MAPS.read_text(errors="replace"), flags=re.MULTILINE)
        return sum(count_untouched(part) for part in parts if PREPARED in part.partition("\n")[0])
    return 0


def count_untouched(mapping: str) -> int:
    """The bytes of one mapping that are not in memory."""
    found = dict(re.findall(r"^(Size|Rss):\s+(\d+)", mapping, re.MULTILINE))
    return (int(found.get("Size", 0)) - int(found.get("Rss", 0))) * 1024


def limit_memory(room: int) -> None:
    """Let this process take so many bytes more and no further: it is refused memory before the computer has none left."""
    taken = read_status("VmData")
    if taken:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (taken + room, resource.getrlimit(resource.RLIMIT_DATA)[1]))
