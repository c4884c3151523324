"""The process that compiles networks for a run: it fills the cache on disk from which the run then takes them.

In the run's own process that would take the interpreter from its steps, and PyTorch puts the random state back after it has
traced a network, as if the steps in between had drawn nothing.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import torch
from torch import nn

from builder.document import Project
from builder.shape_flow import infer
from runtime.compiling.calls import NetworkCall, make_inputs, read_call, write_call
from runtime.compiling.kernels import compile_network, explain, find_cache, settled, tidy_cache
from runtime.forecast.process import end_with_parent
from runtime.session import build_networks
from runtime.step import Machinery

NICENESS = 10


@dataclass(frozen=True)
class Order:
    """What is to be compiled, as JSON."""

    project: dict[str, Any]
    trained: list[str]
    calls: list[dict[str, Any]]
    device: str
    threads: int

    @property
    def key(self) -> str:
        """The same for every run whose networks and calls are the same, in the same surroundings."""
        run = self.project["run"]
        known = [
            *(self.project["networks"], self.trained, self.calls, self.device, self.threads),
            *(run["precision"], run["memory_format"], torch.__version__, torch.backends.cpu.get_cpu_capability()),
        ]
        return sha256(json.dumps(known, sort_keys=True, default=str).encode()).hexdigest()


def write_order(machinery: Machinery, calls: list[NetworkCall]) -> Order:
    """Order that these calls of a run's networks be compiled."""
    return Order(
        project=machinery.plan.project.model_dump(mode="json"),
        trained=sorted(machinery.plan.trained),
        calls=[write_call(call) for call in calls],
        device=str(machinery.device),
        threads=torch.get_num_threads(),
    )


def is_known(order: Order) -> bool:
    """Whether all of it was compiled before and lies in the cache."""
    return (find_cache() / "known" / order.key).exists()


def note_known(order: Order) -> None:
    """Remember that all of it lies in the cache."""
    with suppress(OSError):
        (find_cache() / "known").mkdir(exist_ok=True)
        (find_cache() / "known" / order.key).touch()


def serve_compiling() -> int:
    """Compile what is ordered on standard input, print why what failed as a line of JSON, and return the exit code."""
    order = Order(**json.loads(sys.stdin.read()))
    threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    with suppress(OSError):
        os.nice(NICENESS)
    tidy_cache()
    reasons = Compiler(order).compile()
    if not any(reasons):
        note_known(order)
    print(json.dumps(reasons), flush=True)
    return 0


class Compiler:
    """Makes the networks of an order once more, with weights of its own, and compiles each call."""

    def __init__(self, order: Order) -> None:
        self.order, self.device = order, torch.device(order.device)
        torch.set_num_threads(order.threads)
        project = Project.model_validate(order.project)
        self.is_bfloat16 = project.run.precision == "bfloat16"
        self.networks: dict[str, nn.Module] = build_networks(project, infer(project), self.device)
        for name, network in self.networks.items():
            network.requires_grad_(name in order.trained)

    def compile(self) -> list[str]:
        """Compile all. Returns for each call why it failed, empty where it did not."""
        return [self.try_call(read_call(call)) for call in self.order.calls]

    def try_call(self, call: NetworkCall) -> str:
        """Compile one call."""
        network = self.networks[call.network].train(call.is_training)
        mixed = torch.autocast(self.device.type, torch.bfloat16) if self.is_bfloat16 else nullcontext()
        try:
            with settled(), mixed, torch.set_grad_enabled(call.is_recorded):
                compile_network(network)(*make_inputs(call, self.device))
        except Exception as error:
            traceback.print_exc()
            return explain(error)
        return ""


def as_json(order: Order) -> bytes:
    """An order as the process reads it."""
    return json.dumps(asdict(order)).encode()
