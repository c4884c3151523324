"""Whole steps as CUDA graphs: a step is recorded once, then a GPU repeats it with no Python between its kernels.

A recording repeats what was done to the same places in memory, with the numbers that stood in Python at the time. So batches are
copied to where the recorded ones lay, learning rates are tensors, what counts in Python is done after it, and metrics measure
copies. What cannot be repeated that way is not recorded (``find_obstacle``), and a recording is trusted only after it has done to
the weights what the step itself does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import torch
from torch import Tensor

from runtime.compiling.calls import Argument
from runtime.compiling.cuda_graph import GpuRecorder
from runtime.compiling.kernels import first_line
from runtime.compiling.step_state import State
from runtime.optimizing import Optimizing
from runtime.step import Machinery, Measurement, StepRunner, Values

WARM_STEPS: Final = 8
"""So many steps of a form are taken as they are: what kernels set up when they are first used is not recorded."""
MOST_FORMS: Final = 4
"""Every recording keeps the memory of a step."""
LOSS_TOLERANCE: Final = 0.01
STAYS: Final = "Steps are taken kernel by kernel, not replayed"

FUSED: Final = (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW)
"""The optimizers whose kernels read a learning rate from the device."""

Log = dict[str, Tensor]


class Recorder(Protocol):
    """What records work on a device."""

    def find_obstacle(self) -> str:
        """Why nothing can be recorded now, empty where something can."""

    def record(self, work: Callable[[], None]) -> Callable[[], None]:
        """Record work without a change to any tensor that was there before; returns what does it each time it is called."""


class Form(NamedTuple):
    """Steps that one recording can stand for: the same turns on batches that lie alike."""

    runner: StepRunner
    batches: tuple[Argument, ...]


class WholeSteps:
    """Runs steps in a runner's stead: recorded ones where there is a recording of their form.

    Args:
        machinery: what a step is made of.
        tell: hears a sentence for people.
        note: is called when the first recording takes over.
        recorder: records them; where there is none, a GPU does.
    """

    def __init__(
        self,
        machinery: Machinery,
        tell: Callable[[str], None],
        note: Callable[[], None],
        recorder: Recorder | None = None,
    ) -> None:
        self.machinery, self.tell, self.note = machinery, tell, note
        self.recorder = recorder or GpuRecorder(machinery.device)
        self.seen: Counter[Form] = Counter()
        self.recordings: dict[Form, Recording] = {}
        self.rates = Rates(list(machinery.optimizers.values()), machinery.device)
        self.is_over = False
        obstacle = find_obstacle(machinery) or self.recorder.find_obstacle()
        if obstacle:
            self.give_up(obstacle)

    def run(self, runner: StepRunner, batches: Values) -> Log:
        """Run a step on a batch of each Data node; returns its losses. Where somebody looks into it, it runs as it is."""
        machinery = self.machinery
        if self.is_over or machinery.watch is not None:
            return runner.run(batches)
        form = Form(runner, tuple(map(Argument.describe, list_tensors(batches))))
        if form in self.recordings:
            return self.replay(form, batches)
        self.seen[form] += 1
        if self.seen[form] <= WARM_STEPS or len(self.recordings) == MOST_FORMS:
            return runner.run(batches)
        return self.try_recording(form, batches)

    def replay(self, form: Form, batches: Values) -> Log:
        """Repeat what was recorded, and do in Python what belongs to it."""
        recording = self.recordings[form]
        if self.machinery.clock is not None:
            form.runner.num_timed += 1
            self.machinery.clock.enter("computing")
        recording.fill(batches)
        self.rates.fill()
        recording.replay()
        with torch.no_grad():
            for node, inputs in recording.held:
                self.machinery.metrics[node].update(*(value.clone() for value in inputs))
        form.runner.advance()
        return {name: value.clone() for name, value in recording.log.items()}

    def try_recording(self, form: Form, batches: Values) -> Log:
        """Take a step as it is, and once more as recorded, from the same state: where both agree the recording is kept."""
        obstacle = self.recorder.find_obstacle()
        if obstacle:
            self.give_up(obstacle)
            return form.runner.run(batches)
        self.rates.fill()
        try:
            recording = self.make_recording(form.runner, batches)
        except Exception as error:
            self.give_up(f"one of them cannot be recorded ({type(error).__name__}: {first_line(error)})")
            return form.runner.run(batches)
        before = State.take(self.machinery)
        log = form.runner.run(batches)
        after = State.take(self.machinery)
        before.put_back()
        recording.replay()
        if not after.is_reached(before) or not agree(recording.log, log):
            after.put_back()
            self.give_up("a recorded one changed the weights otherwise than the step itself")
        else:
            if not self.recordings:
                self.note()
            self.recordings[form] = recording
        return log

    def make_recording(self, runner: StepRunner, batches: Values) -> Recording:
        """Record a step on a batch, with measurements held back."""
        machinery, inputs = self.machinery, copy_batches(batches)
        recording = Recording(list_tensors(inputs), {}, [])

        def work() -> None:
            machinery.held = []
            recording.log = runner.change(inputs)
            recording.held = machinery.held

        clock, machinery.clock = machinery.clock, None
        try:
            with self.rates.in_tensors():
                recording.replay = self.recorder.record(work)
        finally:
            machinery.held, machinery.clock = None, clock
        return recording

    def give_up(self, why: str) -> None:
        """Take all steps as they are from now on."""
        self.is_over = True
        self.recordings.clear()
        self.tell(f"{STAYS}: {why}.")


@dataclass
class Recording:
    """A step that can be repeated: where its batch lies, the losses and the inputs of metrics that it writes."""

    inputs: list[Tensor]
    log: Log
    held: list[Measurement]
    replay: Callable[[], None] = lambda: None

    def fill(self, batches: Values) -> None:
        """Copy a batch to where the recorded one lay."""
        for place, tensor in zip(self.inputs, list_tensors(batches), strict=True):
            place.copy_(tensor, non_blocking=True)


class Rates:
    """Learning rates in tensors, which a recording reads anew each time it is repeated."""

    def __init__(self, optimizers: Sequence[Optimizing], device: torch.device) -> None:
        self.groups = [group for item in optimizers for group in item.optimizer.param_groups]
        self.known = [float(group["lr"]) for group in self.groups]
        self.tensors = [torch.tensor(rate, device=device) for rate in self.known]

    def fill(self) -> None:
        """Write down what schedules have made of them."""
        for place, group in enumerate(self.groups):
            if group["lr"] != self.known[place]:
                self.known[place] = float(group["lr"])
                self.tensors[place].fill_(self.known[place])

    @contextmanager
    def in_tensors(self) -> Iterator[None]:
        """A context in which optimizers read their rates from the tensors, and let themselves be recorded."""
        kept = [dict(group) for group in self.groups]
        for group, tensor in zip(self.groups, self.tensors, strict=True):
            group.update(lr=tensor, capturable=True)
        try:
            yield
        finally:
            for group, earlier in zip(self.groups, kept, strict=True):
                group.clear()
                group.update(earlier)


def find_obstacle(machinery: Machinery) -> str:
    """Why the steps of a training graph cannot be replayed, empty where they may be."""
    plan = machinery.plan
    if any(plan.params(id).freezes for id in plan.optimizers):
        return "which of its weights learn changes from epoch to epoch"
    if any(plan.params(id).accumulate > 1 for id in plan.optimizers):
        return "gradients are added up over several steps"
    if machinery.memories:
        return f'"{next(iter(machinery.memories))}" keeps something from step to step'
    if not all(
        isinstance(item.optimizer, FUSED) and item.optimizer.defaults["fused"] for item in find_learning(machinery)
    ):
        return "it needs the fused kernels of SGD, Adam or AdamW"
    return ""


def find_learning(machinery: Machinery) -> list[Optimizing]:
    """The optimizers that have something to learn."""
    return [item for item in machinery.optimizers.values() if item.learning]


def agree(repeated: Log, log: Log) -> bool:
    """Whether a recorded step gave the losses that the step itself gave."""
    return all(torch.allclose(repeated[name], log[name], rtol=LOSS_TOLERANCE, atol=1e-5) for name in log)


def list_tensors(batches: Values) -> list[Tensor]:
    """The tensors of a batch of each Data node, in order."""
    return [tensor for batch in batches.values() for tensor in (batch if isinstance(batch, tuple) else (batch,))]


def copy_batches(batches: Values) -> Values:
    """The same in memory of its own."""
    return {
        node: tuple(tensor.clone() for tensor in batch) if isinstance(batch, tuple) else batch.clone()
        for node, batch in batches.items()
    }
