"""Prints the body of ``forward``: a line a call. Variables bear the names of nodes, and what leaves those of Outputs."""

from __future__ import annotations

from collections import Counter

from builder.codegen.lines import Line
from builder.codegen.printing import TAKEN_IN_FORWARD, Names, commented
from builder.plan import Call, NetworkPlan, Value

COLUMN = 52


class ForwardPrinter:
    """Prints one network's ``forward``.

    A node without a module is named by its variable alone, so that variable always has the node's id. A module's result has
    the name of the Output that it leaves by, where there is one; otherwise a line of its own gives it that name.
    """

    def __init__(self, plan: NetworkPlan) -> None:
        self.plan = plan
        self.names = Names(always=TAKEN_IN_FORWARD)
        self.variables = {Value(id).at: self.names.claim(id) for id in plan.inputs}
        self.arguments = list(self.variables.values())
        self.running = [call for call in plan.calls if call.runs]
        self.own = {call.node: self.names.claim(call.node) for call in self.running}
        self.exits = {name: self.names.claim(name) for name in plan.output_names}
        self.uses_functional = False

    def print(self) -> list[Line]:
        """The lines."""
        self.name_outputs()
        lines = [line for call in self.running for line in self.print_running(call)]
        lines += [line for name, value in self.ends() for line in self.print_end(name, value)]
        returned = ", ".join(self.returned(name, value) for name, value in self.ends())
        return [*lines, Line(f"return {returned}", tuple((self.plan.name, name) for name, _ in self.ends()))]

    def ends(self) -> list[tuple[str, Value]]:
        """Each Output with what leaves by it."""
        return list(zip(self.plan.output_names, self.plan.outputs, strict=True))

    def name_outputs(self) -> None:
        """Choose the variables of all calls."""
        shared = {call.shares for call in self.plan.calls}
        leaving = Counter(value.at for value in self.plan.outputs)
        exits = {value.at: self.exits[name] for name, value in self.ends() if leaving[value.at] == 1}
        for call in self.running:
            is_named_by_module = has_module(call) and call.shares is None and call.node not in shared
            wishes = output_names(call)
            for place, wish in enumerate(wishes):
                at = (call.node, place)
                if is_named_by_module and at in exits:
                    self.variables[at] = exits[at]
                else:
                    self.variables[at] = self.own[call.node] if len(wishes) == 1 else self.names.claim(wish)

    def print_running(self, call: Call) -> list[Line]:
        """The lines of one call."""
        targets = [self.variables[call.node, place] for place in range(call.num_outputs)]
        inputs = self.read_inputs(call)
        if len(call.blocks) > 1 and not is_chain(call):
            layer = self.names.claim(f"{call.shares or call.node}_layer")
            texts = print_loop(call, inputs, targets, layer)
        else:
            texts = [commented(f"{', '.join(targets)} = {self.print_call(call, inputs)}", call.shape, COLUMN)]
        return [Line(text, ((self.plan.name, call.node),)) for text in texts]

    def read_inputs(self, call: Call) -> list[str | None]:
        """The variables of a call's inputs, without the unlinked ones at the end."""
        inputs = [None if value is None else self.variables[value.at] for value in call.inputs]
        while inputs and inputs[-1] is None:
            inputs.pop()
        return inputs

    def print_call(self, call: Call, inputs: list[str | None]) -> str:
        """The expression of one call."""
        if call.shares is None and not has_module(call):
            text = call.layer.expression(call.params, *inputs)
            self.uses_functional |= "F." in text
            return text
        if call.borrows:
            self.uses_functional = True
            return call.layer.borrow_expression(call.params, f"self.{call.shares}", *inputs)
        return f"self.{call.shares or call.node}({', '.join(name or 'None' for name in inputs)})"

    def is_plain(self, value: Value) -> bool:
        """Whether the only Output is called ``output`` and what leaves by it has its node's own name."""
        return self.plan.output_names == ("output",) and self.variables[value.at] in (
            *self.own.values(),
            *self.arguments,
        )

    def print_end(self, name: str, value: Value) -> list[Line]:
        """The line that gives a value the name of its Output; none where it has it."""
        if self.variables[value.at] == self.exits[name] or self.is_plain(value):
            return []
        return [Line(f"{self.exits[name]} = {self.variables[value.at]}", ((self.plan.name, name),))]

    def returned(self, name: str, value: Value) -> str:
        """The variable that is returned for an Output."""
        return self.variables[value.at] if self.is_plain(value) else self.exits[name]


def has_module(call: Call) -> bool:
    """Whether a call is of a module, its own or another's."""
    return bool(call.blocks) or call.construct is not None


def is_chain(call: Call) -> bool:
    """Whether repetitions simply follow each other, one tensor going through."""
    plan = call.blocks[0]
    return len(plan.inputs) == 1 and len(plan.outputs) == 1


def print_loop(call: Call, inputs: list[str | None], targets: list[str], layer: str) -> list[str]:
    """The lines that walk repetitions: outputs become the first inputs of the next, inputs beyond those go to all."""
    carried = min(len(inputs), len(targets))
    given = ", ".join([*targets[:carried], *map(str, inputs[carried:])])
    start = [f"{', '.join(targets[:carried])} = {', '.join(map(str, inputs[:carried]))}"] if carried else []
    step = commented(f"    {', '.join(targets)} = {layer}({given})", call.shape, COLUMN)
    return [*start, f"for {layer} in self.{call.shares or call.node}:", step]


def output_names(call: Call) -> list[str]:
    """The wished names of a call's variables."""
    if call.num_outputs == 1:
        return [call.node]
    ports = [port.name for port in call.layer.outputs][: call.num_outputs] or [str(i) for i in range(call.num_outputs)]
    return [f"{call.node}_{port}" for port in ports]
