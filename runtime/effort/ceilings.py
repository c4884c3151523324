"""How fast this machine computes and moves bytes at best: measured once, in a blink, and kept with its date.

The two ceilings of the roofline model. Arithmetic is the rate of a matrix product in the precision of the run, memory that of a
copy far larger than the caches, each the best of several tries with the run's threads. Other programs that were busy
meanwhile make them too low.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import torch
from torch import Tensor

from runtime.data.home import find_home
from runtime.runs.files import read_json, write_json

FILE = "ceilings.json"
TRIES = 3
SIDES = (256, 512, 1024, 2048, 4096, 8192)
"""Sides of the matrices. Small ones do not reach the ceiling; larger ones are tried while there is time."""
LONGEST_SECONDS = 0.08
"""No larger matrix is tried after so long."""
COPIED_BYTES = {"cpu": 64 * 2**20, "cuda": 128 * 2**20}
NAMED_BY = ("device", "processor", "instructions", "threads", "precision", "torch")
"""What in a run's environment the ceilings depend on."""


@dataclass(frozen=True)
class Ceilings:
    """The highest rates of a machine.

    Attributes:
        operations: a second; a multiply-add is two.
        bytes: a second that are read or written.
        measured: the day.
    """

    operations: float
    bytes: float
    measured: str


def name_machine(environment: dict[str, Any]) -> str:
    """What ceilings are kept by."""
    return ", ".join(f"{name} {environment.get(name)}" for name in NAMED_BY)


def find_ceilings(environment: dict[str, Any]) -> Ceilings | None:
    """The ceilings that were measured for a run's environment; None where they were not yet, or cannot be read."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept = Ceilings(**read_json(find_home() / FILE)[name_machine(environment)])
        return kept if kept.operations > 0 and kept.bytes > 0 else None
    return None


def keep_ceilings(environment: dict[str, Any], ceilings: Ceilings) -> None:
    """Keep them beside those of other machines. Where the disk does not take them they are measured again."""
    path = find_home() / FILE
    with suppress(OSError):
        known: dict[str, Any] = {}
        with suppress(OSError, ValueError):
            known = read_json(path)
        write_json(path, {**known, name_machine(environment): asdict(ceilings)})


def learn_ceilings(environment: dict[str, Any], device: torch.device) -> Ceilings | None:
    """The ceilings for a run's environment: those that were kept, else measured now and kept. None without memory for that."""
    ceilings = find_ceilings(environment)
    if ceilings is None:
        ceilings = measure_ceilings(device, str(environment["precision"]))
        if ceilings is not None:
            keep_ceilings(environment, ceilings)
    return ceilings


def measure_ceilings(device: torch.device, precision: str) -> Ceilings | None:
    """Measure them now, in about a third of a second, drawing nothing at random; None where there is no memory for that."""
    with torch.inference_mode(), suppress(torch.OutOfMemoryError, MemoryError, RuntimeError):
        operations = measure_arithmetic(device, torch.bfloat16 if precision == "bfloat16" else torch.float32)
        moved = measure_memory(device)
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
        return Ceilings(operations, moved, datetime.now(UTC).date().isoformat())
    return None


def measure_arithmetic(device: torch.device, dtype: torch.dtype) -> float:
    """Operations a second of the fastest matrix product."""
    best, begun = 0.0, time.perf_counter()
    for side in SIDES:
        matrix = torch.linspace(-1, 1, side * side, device=device).view(side, side).to(dtype)
        product = torch.empty_like(matrix)
        best = max(best, 2 * side**3 / time_best(device, partial(torch.mm, matrix, matrix, out=product)))
        if time.perf_counter() - begun > LONGEST_SECONDS:
            break
    return best


def measure_memory(device: torch.device) -> float:
    """Bytes a second, read and written, of a large copy."""
    source = torch.ones(
        COPIED_BYTES[device.type], dtype=torch.uint8, device=device
    )  # zeros may be one page, many times
    target = torch.empty_like(source)
    return 2 * source.numel() / time_best(device, partial(target.copy_, source))


def time_best(device: torch.device, work: Callable[[], Tensor]) -> float:
    """Seconds of the fastest of several tries."""
    taken = []
    for _ in range(1 + TRIES):
        begun = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        taken.append(time.perf_counter() - begun)
    return max(min(taken), 1e-9)
