"""Where a run trains: versions, device and threads. The same weights to the last bit are promised where all of it matches."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from builder.document import Facts, Project, Run
from runtime.fast_path import choose_device
from runtime.runs.errors import RunError

CORES = torch.get_num_threads()
"""How many threads PyTorch takes by itself: one for each core."""

ADAPTED = ("precision", "optimizer_kernels", "memory_format", "data_place", "compiling")
"""The settings of a run that say how it uses its machine."""
EXACT = (
    *("layerloom", "torch", "numpy", "cuda", "device", "threads", "machine", "processor", "instructions"),
    *(name for name in ADAPTED if name != "data_place"),
)
"""What changes rounding. Where data lies does not."""
MAY_DIFFER = "so the numbers may differ in their last digits"


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


def describe_environment(device: torch.device, run: Run) -> dict[str, Any]:
    """What is recorded with a run; its settings are those that it really trains with, with nothing left open."""
    return {
        "layerloom": find_version("layerloom"),
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "cuda": torch.version.cuda,
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        "place": str(device),
        **{name: getattr(run, name) for name in ADAPTED},
        "threads": torch.get_num_threads(),
        "machine": platform.machine(),
        "processor": name_processor(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
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
    if changed:
        return f"Resumed in other surroundings ({', '.join(changed)}), {MAY_DIFFER}."
    if current.get("compiling", "off") != "off":
        means = "compiled" if current["compiling"] == "on" else "replayed as CUDA graphs"
        return f"Resumed as it is and {means} from a later step on, {MAY_DIFFER}."
    if current.get("cuda") and current["device"] != "cpu":
        return f"Resumed on a GPU, where some operations add up in no fixed order, {MAY_DIFFER}."
    return ""


def compare_data(earlier: Project, current: Project) -> str:
    """Say which sources are no longer what the run began to learn from; empty where all are."""
    changed = [
        name
        for name, source in earlier.data.items()
        if source.facts is not None
        and name in current.data
        and not is_still_known(source.facts, current.data[name].facts)
    ]
    if not changed:
        return ""
    names = ", ".join(f'"{name}"' for name in changed)
    return f"The data of {names} changed since the run began, so it goes on with other samples than before."


def is_still_known(earlier: Facts, current: Facts | None) -> bool:
    """Whether all that was known of a source still is; what nobody counted then cannot have changed."""
    return current is not None and agrees(earlier.model_dump(), current.model_dump())


def agrees(earlier: Any, current: Any) -> bool:
    """Whether a value is the same wherever the earlier one says something."""
    if isinstance(earlier, dict) and isinstance(current, dict):
        return earlier.keys() == current.keys() and all(agrees(value, current[key]) for key, value in earlier.items())
    return earlier is None or bool(earlier == current)


def name_processor() -> str:
    """The processor's name, as far as the system tells it: another one may round in another order."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
