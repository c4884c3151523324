"""Where a run trains: versions, device and threads. The same weights to the last bit are promised where all of it matches."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import torch

from builder.document import Run
from runtime.runs.errors import RunError
from runtime.session import choose_device

CORES = torch.get_num_threads()
"""How many threads PyTorch takes by itself: one for each core."""

EXACT = ("torch", "numpy", "device", "precision", "threads", "machine")


def find_device(run: Run, place: str | None = None) -> torch.device:
    """The device for a run: the one that was given to it (``cuda:1``), else the one that it asks for.

    Raises:
        RunError: PyTorch finds no such device here.
    """
    if run.device == "cuda" and not torch.cuda.is_available():
        raise RunError("This run asks for a GPU, and PyTorch finds none here.", "Set run.device to auto or to cpu.")
    device = torch.device(place) if place else choose_device(run.device)
    if device.type == "cuda" and device.index is not None:
        torch.cuda.set_device(device)  # what names no device must not wake another GPU
    return device


def set_threads(run: Run, earlier: dict[str, Any]) -> None:
    """Use the number of threads that the run asks for, else as many as before: their number changes rounding.

    A new run leaves one core to the page and to whatever else the person does: threads that wait for a core which is taken
    spin, and with all cores asked for a busy browser made training many times slower.
    """
    threads = run.threads or earlier.get("threads") or max(1, CORES - 1)
    if isinstance(threads, int) and threads != torch.get_num_threads():
        torch.set_num_threads(threads)


def describe_environment(device: torch.device, precision: str) -> dict[str, Any]:
    """What is recorded with a run; ``precision`` is the one that it really trains in."""
    return {
        "layerloom": find_version("layerloom"),
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "cuda": torch.version.cuda,
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        "place": str(device),
        "precision": precision,
        "threads": torch.get_num_threads(),
        "machine": platform.machine(),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
    }


def find_version(package: str) -> str | None:
    """The version of an installed package; None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def compare_environments(earlier: dict[str, Any], current: dict[str, Any]) -> str:
    """Say what changed since the run began and may change bits; empty where nothing did."""
    changed = [
        f"{name} {earlier[name]} → {current[name]}"
        for name in EXACT
        if name in earlier and earlier[name] != current.get(name)
    ]
    if not changed:
        return ""
    return f"Resumed in other surroundings ({', '.join(changed)}), so the numbers may differ in their last digits."
