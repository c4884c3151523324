"""From a plan to a module that runs it. No generated code: the module walks the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import torch
from torch import nn

from builder.document import NETWORKS, Project
from builder.flow import Flow
from builder.layers.initialise import initialise
from builder.plan import Call, NetworkPlan
from builder.planner import plan_network

Trail = tuple[tuple[str, str, int], ...]
"""The way to a network inside others: graph, Block node and repetition (from 0) of each on it, outermost first."""

Tell = Callable[[Trail, NetworkPlan, Call, Any], None]
"""Hears of every node that was computed: the way to its network, the network's plan, the node's call and its value."""


class Repeated(nn.ModuleList):
    """Networks one after the other: the outputs of each are the first inputs of the next, inputs beyond those go to all."""

    def forward(self, *inputs: torch.Tensor) -> Any:
        """Compute the outputs of the last."""
        values, result = list(inputs), None
        for use in self:
            result = use(*values)
            outputs = result if isinstance(result, tuple) else (result,)
            values[: len(outputs)] = outputs[: len(inputs)]
        return result


class PlannedNetwork(nn.Module):
    """A network that walks its plan.

    Submodules bear the ids of their nodes, so the ``state_dict`` has the keys of the exported code (``conv1.weight``). What
    is the module's own starts with an underscore, as no id does.
    """

    def __init__(self, plan: NetworkPlan) -> None:
        super().__init__()
        self._plan, self._path = plan, NETWORKS + plan.name
        self._slots: dict[tuple[str, int], int] = {(id, 0): i for i, id in enumerate(plan.inputs)}
        for call in plan.calls:
            self._make_module(call)
        self._steps = [self._prepare_step(call) for call in plan.calls if call.runs]
        self._results = [self._slots[value.node, value.output] for value in plan.outputs]
        self._spent = self._find_spent()

    def _make_module(self, call: Call) -> None:
        """Make the submodule of a node that has one of its own."""
        if call.shares is not None:
            return
        if call.blocks:
            uses = [PlannedNetwork(plan) for plan in call.blocks]
            self.add_module(call.node, uses[0] if len(uses) == 1 else Repeated(uses))
        elif call.construct is not None:
            module = call.construct.build()
            initialise(module, call.params)
            self.add_module(call.node, module)

    def _prepare_step(self, call: Call) -> tuple[Any, tuple[int, ...], int, int]:
        """What runs, where its inputs lie, where its first output goes, and how many outputs there are.

        Modules are named, not held: a module in a plain list would hide from ``to``, ``deepcopy`` and ``torch.compile``.
        """
        sources = [-1 if value is None else self._slots[value.node, value.output] for value in call.inputs]
        while sources and sources[-1] == -1:
            sources.pop()
        target = len(self._slots)
        self._slots.update({(call.node, i): target + i for i in range(call.num_outputs)})
        has_module = call.blocks or call.construct is not None
        function: Any = (call.shares or call.node) if has_module else partial(call.layer.apply, call.params)
        if call.borrows:
            function = partial(self._borrow, call)
        return function, tuple(sources), target, call.num_outputs

    def _borrow(self, call: Call, *inputs: torch.Tensor) -> Any:
        """Compute a node with the weights of a module of another kind."""
        return call.layer.borrow(call.params, self._modules[str(call.shares)], *inputs)

    def _find_spent(self) -> list[tuple[int, ...]]:
        """For each step the slots that nobody reads after it.

        Letting go of them at once gives their memory to the next layer: kept until the end they made a step of a small
        convolutional network 1.2 times slower.
        """
        last = {slot: step for step, (_, sources, _, _) in enumerate(self._steps) for slot in sources}
        kept = set(self._results)
        return [
            tuple(slot for slot in set(sources) if last[slot] == step and slot not in kept)
            for step, (_, sources, _, _) in enumerate(self._steps)
        ]

    def forward(self, *inputs: torch.Tensor) -> Any:
        """Compute the outputs: a tensor, or a tuple of them where the network has several Output nodes."""
        values: list[Any] = [*inputs, *([None] * (len(self._slots) - len(inputs))), None]
        modules = self._modules
        for (function, sources, target, count), spent in zip(self._steps, self._spent, strict=True):
            run: Any = modules[function] if isinstance(function, str) else function
            result = run(values[sources[0]]) if len(sources) == 1 else run(*[values[i] for i in sources])
            if count == 1:
                values[target] = result
            else:
                values[target : target + count] = result
            result = None
            for slot in spent:
                values[slot] = None
        if len(self._results) == 1:
            return values[self._results[0]]
        return tuple(values[i] for i in self._results)

    def _list_owned(self, trail: Trail = ()) -> Iterator[tuple[Trail, NetworkPlan, Call, nn.Module]]:
        """Every node that has parameters of its own, blocks looked into: the way to it, its plan, its call, its module."""
        for call in self._plan.calls:
            module = self._modules.get(call.node)
            if module is None:
                continue
            if call.blocks:
                for turn, use in enumerate(list_uses(module)):
                    yield from use._list_owned((*trail, (self._path, call.node, turn)))
            elif any(True for _ in module.parameters()):
                yield trail, self._plan, call, module

    def _watch(self, tell: Tell, entered: list[tuple[Trail, str, str]], turn: int, stack: ExitStack) -> None:
        """Put a listener behind every step, here and in the blocks. ``entered``: the blocks that are being computed."""
        kept = self._steps
        stack.callback(setattr, self, "_steps", kept)
        calls = [call for call in self._plan.calls if call.runs]
        self._steps = [
            (self._listen(step[0], call, tell, entered, turn), *step[1:])
            for step, call in zip(kept, calls, strict=True)
        ]
        for call in self._plan.calls:
            if call.blocks and call.shares is None:
                for number, use in enumerate(list_uses(self._modules[call.node])):
                    use._watch(tell, entered, number, stack)

    def _listen(
        self, function: Any, call: Call, tell: Tell, entered: list[tuple[Trail, str, str]], turn: int
    ) -> Callable[..., Any]:
        """What a step does, and tells. A block that is shared is told under each node that uses it."""

        def run(*inputs: Any) -> Any:
            trail: Trail = ()
            if entered:
                before, graph, node = entered[-1]
                trail = (*before, (graph, node, turn))
            entered.append((trail, self._path, call.node))
            try:
                module: Any = self._modules[function] if isinstance(function, str) else function
                result = module(*inputs)
            finally:
                entered.pop()
            tell(trail, self._plan, call, result)
            return result

        return run


def list_owned(network: PlannedNetwork) -> Iterator[tuple[Trail, NetworkPlan, Call, nn.Module]]:
    """Every node that has parameters of its own, blocks looked into: the way to it, its plan, its call, its module.

    A function, since each public name of the module itself is one that no node could bear.
    """
    return network._list_owned()


def plan_of(network: PlannedNetwork) -> NetworkPlan:
    """What a network walks. It is no attribute that all may read: a node may be called ``plan``."""
    return network._plan


@contextmanager
def watching(network: PlannedNetwork, tell: Tell) -> Iterator[None]:
    """Have every node told right after it is computed, for as long as this lasts; nothing is computed otherwise."""
    with ExitStack() as stack:
        network._watch(tell, [], 0, stack)
        yield


def list_uses(module: Any) -> list[PlannedNetwork]:
    """The networks that a block's module is made of, one for each repetition."""
    uses = module if isinstance(module, Repeated) else (module,)
    return [use for use in uses if isinstance(use, PlannedNetwork)]


def build_network(project: Project, name: str, flows: dict[str, Flow] | None = None) -> PlannedNetwork:
    """Build a network of a project with fresh weights. Raises PlanError where the graph has errors."""
    return PlannedNetwork(plan_network(project, name, flows))
