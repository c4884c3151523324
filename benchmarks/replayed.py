"""What a GPU gains by replaying whole steps as CUDA graphs. Needs a GPU.

``python -m benchmarks.replayed [PRESET ...] [--pairs 31]``
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from typing import Any

import torch

from benchmarks.compiled import STRETCH_SECONDS, open_preset, run_steps
from benchmarks.record import CLOCKS, record
from benchmarks.step_time import describe, measure
from runtime.compiling.whole_steps import WARM_STEPS, WholeSteps
from runtime.session import Session

PRESETS = ("mnist_mlp", "mnist_cnn", "resnet18_cifar", "autoencoder", "gan", "wgan_gp", "unet_masks", "char_gpt")
EXPLANATION = (
    "*Ratio*: seconds of a replayed step divided by those of a step as it is, of a preset with its own batch on a GPU, the "
    "median of interleaved pairs of stretches of about half a second, each until the GPU is done, with the interval that holds "
    "it in 95 of 100 repetitions. Below 1 is a gain. *Told*: why steps were not replayed, where they were not."
)


def stretch(session: Session) -> Callable[[int], None]:
    """Steps of a session until the GPU has done them, as ``measure`` takes them."""

    def run(steps: int) -> None:
        run_steps(session, steps)
        torch.cuda.synchronize()

    return run


def measure_preset(name: str, pairs: int) -> dict[str, Any]:
    """A row of the table."""
    gpu, told = torch.device("cuda"), list[str]()
    plain, replayed = open_preset(name, gpu), open_preset(name, gpu)
    replayed.stepper.run_whole = WholeSteps(replayed.machinery, told.append, lambda: None).run
    run_steps(replayed, 10 * WARM_STEPS)
    steps = max(2, round(STRETCH_SECONDS / statistics.median(run_steps(plain, 10 * WARM_STEPS))))
    times = measure(stretch(replayed), stretch(plain), pairs, steps, CLOCKS["wall"])
    return {**describe(name, torch.get_num_threads(), "wall", times, ("replayed", "plain")), "told": " ".join(told)}


def main() -> None:
    """Measure some presets."""
    parser = argparse.ArgumentParser(description="What a GPU gains by replaying whole steps.")
    parser.add_argument("presets", nargs="*", default=PRESETS)
    parser.add_argument("--pairs", type=int, default=31)
    args = parser.parse_args()
    if not torch.cuda.is_available():
        parser.error("there is no GPU to replay steps on")
    for name in args.presets:
        row = measure_preset(name, args.pairs)
        record("replayed", [row], "measurement", EXPLANATION)
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
