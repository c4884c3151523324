"""Executes a step plan. Each instruction becomes one small function, once; a step walks them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from builder.plan import Backward, Evaluate, Instruction, Measure, StepPlan, Turn, Update, Use, Value
from builder.step_planner import TrainingPlan
from runtime.effort.clock import Part, StepClock
from runtime.following import FOLLOWING
from runtime.optimizing import Optimizing
from runtime.updating import Updating, Watching

Values = dict[str, Any]
Action = Callable[[Values], None]
Measurement = tuple[str, list[Tensor]]
"""A metric and its inputs."""

DATA_FAMILY = "Data"
"""The family of the kinds that bring batches and change them before a network sees them."""


class Machinery:
    """The objects that a training graph's nodes stand for: networks, losses, metrics, optimizers."""

    def __init__(self, plan: TrainingPlan, networks: Mapping[str, nn.Module], device: torch.device, bf16: bool) -> None:
        self.plan, self.networks, self.device, self.bf16 = plan, networks, device, bf16
        self.modules: dict[str, Any] = {}
        self.metrics: dict[str, Any] = {}
        for id, use in plan.uses.items():
            if use.construct is not None:
                made = use.construct.build()
                if plan.role(id) == "metric":
                    made.run_along()
                kept = self.metrics if plan.role(id) == "metric" else self.modules
                kept[id] = made.to(device) if isinstance(made, nn.Module) else made
        self.memories = {id: module for id, module in self.modules.items() if plan.remembers(id)}
        for name, network in networks.items():
            network.requires_grad_(name in plan.trained)
        self.optimizers = {id: Optimizing(plan, id, networks) for id in plan.optimizers}
        self.updaters: dict[str, Updating] = {id: self.make_updater(id) for id in plan.updaters}
        self.watch: Watching | None = None
        self.clock: StepClock | None = None
        self.call_network: Callable[..., Any] | None = None
        """What calls a network in a step, given its name and its inputs, where that is not the network itself."""
        self.held: list[Measurement] | None = None
        """Where measurements gather that are made after the step, while a step is recorded."""

    def make_updater(self, id: str) -> Updating:
        """The optimizer of a node, or what changes weights without a loss."""
        following = FOLLOWING.get(self.plan.nodes[id].kind)
        return following(self.plan, id, self.networks) if following else self.optimizers[id]

    def autocast(self) -> AbstractContextManager[Any]:
        """Mixed precision around an evaluation: closed again before backward and step, or old weights would be used."""
        return torch.autocast(self.device.type, torch.bfloat16) if self.bf16 else nullcontext()

    def caller(self, use: Use) -> Callable[..., Any]:
        """What computes a node from its inputs."""
        role = use.kind.role
        if role == "network":
            return self.networks[use.params.network]
        if role == "penalty":
            module, names = self.modules[use.node], use.params.networks
            return lambda: module([p for name in names for p in self.networks[name].parameters()])
        if use.construct is not None and use.kind.asks_network:
            return partial(self.modules[use.node], self.networks[use.params.network])
        if use.construct is not None:
            return self.modules[use.node]  # type: ignore[no-any-return]
        return lambda *inputs: use.kind.apply(use.params, *inputs)

    def step_caller(self, use: Use) -> Callable[..., Any]:
        """What computes a node from its inputs in a step of training."""
        if self.call_network is not None and use.kind.role == "network":
            return partial(self.call_network, use.params.network)
        return self.caller(use)


def read(values: Values, value: Value) -> Any:
    """One output of a node that was evaluated."""
    return values[value.node] if value.count == 1 else values[value.node][value.output]


def gather(values: Values, inputs: tuple[Value | None, ...]) -> list[Any]:
    """A node's inputs, without the unlinked ones at the end."""
    arranged = [None if value is None else read(values, value) for value in inputs]
    while arranged and arranged[-1] is None:
        arranged.pop()
    return arranged


class StepRunner:
    """One step of a training graph for one set of turns."""

    def __init__(self, machinery: Machinery, plan: StepPlan) -> None:
        self.machinery = machinery
        self.plan, self.logged = plan, plan.logged
        prepared = [(self.prepare(instruction), self.name_part(instruction)) for instruction in plan.instructions]
        self.timed: list[tuple[Action, Part]] = [(action, part) for action, part in prepared if action is not None]
        self.actions: list[Action] = [action for action, _ in self.timed]
        self.updating = [machinery.updaters[item.updater] for item in plan.instructions if isinstance(item, Update)]
        self.num_timed = 0

    def run(self, batches: Values) -> dict[str, Tensor]:
        """Run the step on a batch of each Data node; returns the first value of every logged loss, detached."""
        log = self.change(batches)
        self.advance()
        return log

    def change(self, batches: Values) -> dict[str, Tensor]:
        """The part of the step that lies in tensors."""
        values = dict(batches)
        log: dict[str, Tensor] = {}
        values[""] = log
        if self.machinery.clock is not None:
            self.run_timed(values, self.machinery.clock)
            return log
        for action in self.actions:
            action(values)
        return log

    def advance(self) -> None:
        """The part of the step that lies in Python: updaters count, schedules move on."""
        for updater in self.updating:
            updater.advance()

    def run_timed(self, values: Values, clock: StepClock) -> None:
        """Run the step, telling a clock what each action is a part of."""
        self.num_timed += 1
        for action, part in self.timed:
            clock.enter(part)
            action(values)

    def name_part(self, instruction: Instruction) -> Part:
        """What an instruction counts as where it is asked what steps wait for."""
        match instruction:
            case Update():
                return "optimizer"
            case Evaluate(node=node) if self.machinery.plan.uses[node].kind.family == DATA_FAMILY:
                return "data"
            case _:
                return "computing"

    def prepare(self, instruction: Instruction) -> Action | None:
        """The function of one instruction; data is there before the step."""
        match instruction:
            case Evaluate(node=node) if self.machinery.plan.role(node) == "data":
                return None
            case Evaluate():
                return self.prepare_evaluation(instruction)
            case Measure(node=node):
                return self.prepare_measurement(node)
            case Backward():
                return self.prepare_backward(instruction)
            case Update(updater=id):
                return self.prepare_update(id)

    def prepare_evaluation(self, item: Evaluate) -> Action:
        """Compute a node in the right mode, with or without recording."""
        machinery, node = self.machinery, item.node
        use = machinery.plan.uses[node]
        call, inputs, is_logged = machinery.step_caller(use), use.inputs, node in self.logged
        network = machinery.networks.get(machinery.plan.network_of(node) or "")
        training = item.mode == "train"
        plain = item.record and not machinery.bf16

        def evaluate(values: Values) -> None:
            if network is not None and network.training is not training:
                network.train(training)
            if plain:
                result = call(*gather(values, inputs))
            else:
                with machinery.autocast(), torch.set_grad_enabled(item.record):
                    result = call(*gather(values, inputs))
            values[node] = result
            if is_logged:
                values[""].setdefault(node, result.detach())

        return evaluate

    def prepare_measurement(self, node: str) -> Action:
        """Give a metric its inputs, detached."""
        machinery, metric, inputs = self.machinery, self.machinery.metrics[node], self.machinery.plan.uses[node].inputs

        def measure(values: Values) -> None:
            found = [value.detach() for value in gather(values, inputs)]
            if machinery.held is not None:
                machinery.held.append((node, found))
                return
            with torch.no_grad():
                metric.update(*found)

        return measure

    def prepare_backward(self, item: Backward) -> Action:
        """Differentiate; with several optimizers only with respect to this one's parameters, so that nothing leaks."""
        optimizing = self.machinery.optimizers[item.updater]
        is_one_of_several = len(self.machinery.plan.optimizers) > 1

        def backward(values: Values) -> None:
            if item.zero:
                optimizing.zero_grad()
            loss = read(values, item.loss)
            if item.divide > 1:
                loss = loss / item.divide
            if optimizing.learning:
                loss.backward(retain_graph=item.retain, inputs=optimizing.learning if is_one_of_several else None)

        return backward

    def prepare_update(self, id: str) -> Action:
        """Let an updater change its networks, under the eyes of a watch where there is one."""
        machinery, updater = self.machinery, self.machinery.updaters[id]

        def update(values: Values) -> None:
            if machinery.watch is None:
                updater.step()
            else:
                machinery.watch.update(updater)

        return update


RunWhole = Callable[[StepRunner, Values], dict[str, Tensor]]


class Stepper:
    """Runs steps, each with the turns that are due, planning each set of turns once."""

    def __init__(self, machinery: Machinery) -> None:
        self.machinery = machinery
        self.runners: dict[tuple[Turn, ...], StepRunner] = {}
        self.is_simple = all(item.is_simple for item in machinery.updaters.values())
        self.simple: StepRunner | None = None
        self.run_whole: RunWhole | None = None
        """What runs a step where that is not its runner (``runtime/compiling/whole_steps.py``)."""

    def run(self, batches: Values, step: int, epoch: int) -> dict[str, Tensor]:
        """Run step number ``step`` (from 0) of epoch ``epoch``."""
        runner = self.find_runner(step, epoch)
        return self.run_whole(runner, batches) if self.run_whole is not None else runner.run(batches)

    def find_runner(self, step: int, epoch: int) -> StepRunner:
        """What runs the turns that are due in a step."""
        if self.simple is not None:
            return self.simple
        turns = tuple(t for item in self.machinery.updaters.values() if (t := item.next_turn(step, epoch)))
        if turns not in self.runners:
            self.runners[turns] = StepRunner(self.machinery, self.machinery.plan.plan_step(turns))
        if self.is_simple:
            self.simple = self.runners[turns]
        return self.runners[turns]


def at_rest(networks: Mapping[str, nn.Module]) -> ExitStack:
    """A context in which every network is in eval mode; afterwards each is as it was."""
    stack = ExitStack()
    for network in networks.values():
        stack.callback(network.train, network.training)
        network.eval()
    return stack
