"""Compiles the networks of a run beside its steps and swaps them in. Whatever fails leaves the run as it is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

import runtime
from runtime.compiling.calls import NetworkCall, can_be_made, describe_call
from runtime.compiling.child import Order, as_json, is_known, write_order
from runtime.compiling.kernels import compile_network, explain, settled
from runtime.compiling.pace import SLOWER, Pace
from runtime.step import Machinery

WATCHED_SECONDS = 2.0
"""How long steps are watched before it is decided what is compiled."""
WATCHED_STEPS = 8
FREQUENT, MOST_CALLS = 0.1, 8
"""A form of inputs is compiled if it makes up this part of a network's calls: the last batch of an epoch is not."""
WORTH_SECONDS = 30.0
"""A run that will be over sooner is not worth compiling."""
LONGEST_SECONDS = 300.0
POLL_SECONDS = 0.1
STAYS = "stays as it is, not compiled"

Tell = Callable[[str], None]
Note = Callable[[int, bool], None]


class Beside:
    """Stands between a step and its networks. It watches how they are called, has that compiled, and calls what is compiled.

    Where compiled steps prove to be slower it calls the networks as they are again.

    Args:
        machinery: what a step is made of. Its networks are never replaced: evaluation, looks, checkpoints and exports use them.
        tell: hears a sentence for people.
        note: hears the number of steps that were done when the first compiled network was called, and when that was given up.
    """

    def __init__(self, machinery: Machinery, tell: Tell, note: Note) -> None:
        self.machinery, self.tell, self.note = machinery, tell, note
        self.seen: Counter[NetworkCall] = Counter()
        self.due: set[NetworkCall] = set()
        self.ready: dict[NetworkCall, Callable[..., Any]] = {}
        self.process: Compilation | None = None
        self.begun: tuple[float, int] | None = None
        self.step, self.polled = 0, 0.0
        self.pace, self.is_judged = Pace(), False
        obstacle = find_obstacle(machinery)
        self.is_watching = not obstacle
        if obstacle:
            tell(f"The run {STAYS}: {obstacle}.")

    def call(self, name: str, *inputs: Any) -> Any:
        """Call a network, compiled where that is ready and nobody looks into it."""
        network = self.machinery.networks[name]
        if self.machinery.watch is not None or not (self.ready or self.due or self.is_watching):
            return network(*inputs)
        call = describe_call(name, network, inputs)
        if call in self.ready or call in self.due:
            return self.call_compiled(call, inputs)
        if self.is_watching and call is not None:
            self.seen[call] += 1
        return network(*inputs)

    def call_compiled(self, call: NetworkCall, inputs: tuple[Any, ...]) -> Any:
        """Call what is compiled; what proves that it cannot be is called as it is, now and from now on."""
        network = self.machinery.networks[call.network]
        try:
            return self.ready[call](*inputs) if call in self.ready else self.load(call, inputs)
        except Exception as error:
            self.due.discard(call)
            self.ready.pop(call, None)
            self.tell(f'"{call.network}" {STAYS}: {explain(error)}.')
        return network(*inputs)

    def load(self, call: NetworkCall, inputs: tuple[Any, ...]) -> Any:
        """Take a call from the cache while it is made for the first time."""
        compiled = compile_network(self.machinery.networks[call.network])
        with settled():
            result = compiled(*inputs)
        self.due.discard(call)
        if not self.ready:
            self.note(self.step, True)
            self.pace.restart()
        self.ready[call] = compiled
        return result

    def before_step(self, step: int, steps: int) -> None:
        """Do what is due between two steps: decide, look after the process, swap.

        Args:
            step: how many steps are done.
            steps: how many there will be.
        """
        self.step = step
        if self.is_watching:
            self.watch(step, steps)
        elif self.process is not None and time.perf_counter() - self.polled > POLL_SECONDS:
            self.polled = time.perf_counter()
            self.poll(self.process)
        elif self.ready and not self.due and not self.is_judged:
            self.judge()

    def judge(self) -> None:
        """Give up what is compiled where it is slower."""
        self.pace.tick()
        ratio = self.pace.compare()
        if ratio is None:
            return
        self.is_judged = True
        if ratio > SLOWER:
            self.ready.clear()
            self.note(self.step, False)
            self.tell(
                f"Compiled, a step took {ratio:.2f} times as long, so from step {self.step + 1:,} on nothing is compiled."
            )

    def watch(self, step: int, steps: int) -> None:
        """Once enough steps were seen, decide what is compiled, and whether that is worth while."""
        now = time.perf_counter()
        if self.begun is None:
            self.begun = (now, step)
            self.pace.restart()
        else:
            self.pace.tick()
        seconds, num_seen = now - self.begun[0], step - self.begun[1]
        if num_seen < WATCHED_STEPS or seconds < WATCHED_SECONDS:
            return
        self.is_watching = False
        self.pace.keep_plain()
        wanted = self.choose()
        if wanted and seconds / num_seen * (steps - step) > WORTH_SECONDS and self.has_room():
            self.start(write_order(self.machinery, wanted), wanted)

    def choose(self) -> list[NetworkCall]:
        """The calls that come again and again. Networks that have none are told of."""
        totals: Counter[str] = Counter()
        for call, count in self.seen.items():
            totals[call.network] += count
        often = [call for call, n in self.seen.most_common() if n >= max(2, FREQUENT * totals[call.network])]
        wanted = [call for call in often if can_be_made(call)][:MOST_CALLS]
        for name in totals.keys() - {call.network for call in wanted}:
            self.tell(f'"{name}" {STAYS}: its inputs have another shape in nearly every step.')
        return wanted

    def has_room(self) -> bool:
        """Whether a GPU has room for the networks and a batch once more."""
        device = self.machinery.device
        if device.type != "cuda":
            return True
        free, _ = torch.cuda.mem_get_info(device)
        if free > 2 * torch.cuda.max_memory_reserved(device):
            return True
        self.tell(f"The run {STAYS}: the GPU has no room for a second process.")
        return False

    def start(self, order: Order, calls: list[NetworkCall]) -> None:
        """Have it compiled, unless it was before."""
        if is_known(order):
            self.due = set(calls)
            return
        try:
            self.process = Compilation(order, calls)
        except OSError as error:
            self.tell(f"The run {STAYS}: no process could be started for it ({error}).")

    def poll(self, process: Compilation) -> None:
        """See whether the process is done."""
        reasons = process.read()
        if reasons is None:
            return
        self.process = None
        self.due = {call for call, reason in zip(process.calls, reasons, strict=True) if not reason}
        failed = {call.network: reason for call, reason in zip(process.calls, reasons, strict=True) if reason}
        for name, reason in failed.items():
            self.tell(f'"{name}" {STAYS}: {reason}.')

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.end()
            self.process = None


class Compilation:
    """A process that compiles, and the calls that it was given."""

    def __init__(self, order: Order, calls: list[NetworkCall]) -> None:
        self.calls = calls
        self.begun = time.monotonic()
        root = str(Path(runtime.__file__).parents[1])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        with tempfile.TemporaryFile() as told:  # a pipe would be full before the process reads from it
            told.write(as_json(order))
            told.seek(0)
            self.process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "runtime", "compile"],
                stdin=told,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path},
                start_new_session=True,
            )

    def read(self) -> list[str] | None:
        """Why each call failed, empty where it did not; None as long as it is not known."""
        if self.process.poll() is None:
            if time.monotonic() - self.begun < LONGEST_SECONDS:
                return None
            self.end()
            return [f"it was not compiled within {LONGEST_SECONDS / 60:.0f} minutes"] * len(self.calls)
        assert self.process.stdout is not None
        with self.process.stdout as answer, suppress(ValueError, IndexError):
            reasons = json.loads(answer.read().decode(errors="replace").splitlines()[-1])
            if isinstance(reasons, list) and len(reasons) == len(self.calls):
                return [str(reason) for reason in reasons]
        return [f"the process that compiled it ended with code {self.process.returncode}"] * len(self.calls)

    def end(self) -> None:
        """End it with all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def find_obstacle(machinery: Machinery) -> str:
    """Why the networks of a training graph cannot be compiled, empty where they can."""
    plan = machinery.plan
    if plan.sloping:
        return "what is compiled has no slope of its slopes, and its training graph asks for one"
    if any(plan.params(id).freezes for id in plan.optimizers):
        return "which of its weights learn changes from epoch to epoch"
    return ""
