"""How long presets train until they answer so well: MNIST to 99%, CIFAR-10 to 94%.

``python -m benchmarks.reaching [PRESET ...] [--threads 2]``, with the data under ``LAYERLOOM_HOME/data/`` or from the hub, on the
GPU where there is one.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import torch

from benchmarks.record import record
from runtime.data.home import VARIABLE, find_home
from runtime.data.prepare import prepare
from runtime.events import Ended, Event, Progress, Scalars
from runtime.fast_path import adapt_project, choose_device
from runtime.loop import train
from runtime.runs.environment import describe_environment
from runtime.runs.project_file import read_project
from runtime.session import Session

AIMS: Final = {"mnist_cnn_deep": 0.99, "resnet18_cifar": 0.94}
"""The accuracy on the test part that each preset is to come to."""
EXPLANATION: Final = (
    "Seconds that a preset trains, with its own settings and the parts of the real data that it names, until it answers so "
    "large a part of the test part right. *Seconds* begin with the first step, count validations and whatever else a run does, "
    "and not the look at the test part after every epoch. *Of the machine*: the least time that the machine's measured ceilings "
    "allow for a step, as a part of the time that steps took. Where all epochs are over before, it is what it came to."
)


def reach(name: str) -> dict[str, Any]:
    """Train a preset until it is as good as it is to become, or at its end."""
    project = read_project(name)
    device = choose_device(project.run.device)
    prepared = prepare(project)
    source = next(iter(prepared.values()))
    if source.facts.origin:
        raise SystemExit(f"{name} would learn from the embedded data: put the real data under {find_home() / 'data'}.")
    session = Session.create(adapt_project(project, prepared, device), prepared, device)
    session.effort.know_machine(describe_environment(device, session.project.run))
    accuracy = seconds = share = 0.0
    events, begun = train(session, lambda: "stop" if accuracy >= AIMS[name] else "run"), time.perf_counter()
    for event in events:
        seconds += time.perf_counter() - begun
        if isinstance(event, Progress) and event.effort and event.effort.share:
            share = event.effort.share
        if tells_of_validation(event):
            accuracy = session.evaluator.measure("test").values["accuracy"]
            print(f"epoch {session.epoch + 1}: {accuracy:.4f} after {seconds:.0f} s", flush=True)
        if isinstance(event, Ended) or accuracy >= AIMS[name]:
            break
        session.effort.seek_ceilings()
        begun = time.perf_counter()
    return {
        "preset": name,
        "device": name_device(device),
        "threads": torch.get_num_threads(),
        "aim": AIMS[name],
        "accuracy": round(accuracy, 4),
        "reached": accuracy >= AIMS[name],
        "epochs": session.epoch + 1,
        "seconds": round(seconds, 1),
        "of the machine": round(share, 3),
    }


def tells_of_validation(event: Event) -> bool:
    """Whether an event brings what a validation found."""
    return isinstance(event, Scalars) and event.split == "validation"


def name_device(device: torch.device) -> str:
    """What people call it."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"


def main() -> None:
    """Measure some presets in a home of their own, with the data of the usual one."""
    parser = argparse.ArgumentParser(description="How long presets train until they answer so well.")
    parser.add_argument("presets", nargs="*", help=", ".join(AIMS))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    data = find_home() / "data"
    with tempfile.TemporaryDirectory() as home:
        os.environ[VARIABLE] = home
        (Path(home) / "data").symlink_to(data)
        for name in args.presets or AIMS:
            row = reach(name)
            record("reaching", [row], "preset", EXPLANATION)
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
