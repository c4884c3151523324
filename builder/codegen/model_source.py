"""Prints ``model.py``: one class for each network of a project and for each block that it uses."""

from __future__ import annotations

import torch

from builder.codegen.parts_source import Parts, sort_imports
from builder.codegen.printing import Names, class_name, commented, docstring, indented, print_construct
from builder.document import Project
from builder.flow import Flow
from builder.layers.initialise import initialise_source
from builder.plan import Call, NetworkPlan, Value
from builder.planner import plan_network
from builder.renaming import named_network
from builder.shape_flow import infer


def generate_model(project: Project, flows: dict[str, Flow] | None = None) -> str:
    """The source of ``model.py``. It needs only torch. Raises PlanError where a network has errors."""
    flows = flows or infer(project)
    used = used_networks(project)
    return ModelPrinter(project, [plan_network(project, name, flows) for name in used]).print()


def used_networks(project: Project) -> list[str]:
    """The networks that training calls, in the project's order; all that are complete where there is no training."""
    calls = [node for node in project.training.nodes if node.kind == "Network" and not node.bypassed]
    called = {named_network(node) for node in calls}
    blocks = {
        node.params.get("network")
        for graph in project.networks.values()
        for node in graph.nodes
        if node.kind == "Block"
    }
    chosen = [name for name in project.networks if name in called]
    return chosen or [name for name in project.networks if name not in blocks]


def network_classes(names: list[str]) -> dict[str, str]:
    """The class of each network in exported code."""
    taken = Names(["Tensor"])
    return {name: taken.claim(class_name(name)) for name in names}


class ModelPrinter:
    """Prints the classes of a project."""

    def __init__(self, project: Project, plans: list[NetworkPlan]) -> None:
        self.project, self.plans = project, plans
        self.classes = network_classes([plan.name for plan in plans])
        self.names = Names(["Tensor", *self.classes.values()])
        self.parts = Parts()
        self.blocks: list[tuple[NetworkPlan, str, list[str]]] = []
        self.uses_functional = False

    def print(self) -> str:
        """The whole file."""
        bodies = [self.print_class(plan, self.classes[plan.name], is_block=False) for plan in self.plans]
        part_imports, parts = self.parts.print()
        imports = ["from __future__ import annotations", "import torch", "from torch import Tensor, nn", *part_imports]
        if self.uses_functional:
            imports.append("import torch.nn.functional as F")
        blocks = ["\n".join(lines) for _, _, lines in self.blocks]
        pieces = [*parts, *blocks, *bodies]
        text = "\n".join(pieces)
        if "torch." not in text.replace("torch.nn.functional", ""):
            imports.remove("import torch")
        title = docstring(f"{self.project.name}: its networks in PyTorch. They need nothing but torch.")
        return "\n\n\n".join(["\n".join([title, "", *sort_imports(imports)]), *pieces]) + "\n"

    def print_class(self, plan: NetworkPlan, name: str, is_block: bool) -> str:
        """One class."""
        note = self.project.description if not is_block and len(self.plans) == 1 else ""
        first = docstring(note or f'The network "{plan.name}".', "    ")
        init = [line for call in plan.calls for line in self.print_init(call)]
        forward = self.print_forward(plan)
        arguments = ", ".join(f"{id}: Tensor" for id in self.arguments(plan))
        result = "Tensor" if len(plan.outputs) == 1 else f"tuple[{', '.join(['Tensor'] * len(plan.outputs))}]"
        lines = [f"class {name}(nn.Module):", first, ""]
        if init:
            lines += ["    def __init__(self) -> None:", "        super().__init__()", *indented(init, 2), ""]
        lines += [f"    def forward(self, {arguments}) -> {result}:", *indented(forward, 2)]
        return "\n".join(lines)

    def print_init(self, call: Call) -> list[str]:
        """The lines that make a node's module."""
        if call.shares is not None:
            return []
        target = f"self.{call.node}"
        if call.blocks:
            made = [f"{self.block_class(plan)}()" for plan in call.blocks]
            return [f"{target} = {made[0]}"] if len(made) == 1 else print_repeats(target, made, is_chain(call))
        if call.construct is None:
            return []
        self.parts.need(call.construct.target)
        with torch.device("meta"):
            module = call.construct.build()
        return [f"{target} = {print_construct(call.construct)}", *initialise_source(target, module, call.params)]

    def block_class(self, plan: NetworkPlan) -> str:
        """The class of a block; equal plans share one."""
        for known, name, _ in self.blocks:
            if known == plan:
                return name
        name = self.names.claim(class_name(plan.name))
        body = self.print_class(plan, name, is_block=True).split("\n")
        self.blocks.append((plan, name, body))
        return name

    def arguments(self, plan: NetworkPlan) -> list[str]:
        """The names of the arguments of ``forward``."""
        names = Names(["Tensor"])
        return [names.claim(id) for id in plan.inputs]

    def print_forward(self, plan: NetworkPlan) -> list[str]:
        """The body of ``forward``: a line a call, the shape behind it."""
        names = Names(["Tensor"])
        variables = {(id, 0): names.claim(id) for id in plan.inputs}
        lines = []
        for call in (call for call in plan.calls if call.runs):
            inputs = self.read_inputs(call, variables)
            targets = [names.claim(wish) for wish in output_names(call)]
            variables.update({(call.node, i): target for i, target in enumerate(targets)})
            if len(call.blocks) > 1 and not is_chain(call):
                lines += print_loop(call, inputs, targets, names.claim(f"{call.shares or call.node}_layer"))
            else:
                lines.append(commented(f"{', '.join(targets)} = {self.print_call(call, inputs)}", call.shape, 52))
        return [*lines, f"return {', '.join(read(variables, value) for value in plan.outputs)}"]

    def read_inputs(self, call: Call, variables: dict[tuple[str, int], str]) -> list[str | None]:
        """The variables of a call's inputs, without the unlinked ones at the end."""
        inputs = [None if value is None else read(variables, value) for value in call.inputs]
        while inputs and inputs[-1] is None:
            inputs.pop()
        return inputs

    def print_call(self, call: Call, inputs: list[str | None]) -> str:
        """The expression of one call."""
        if call.shares is None and call.construct is None and not call.blocks:
            text = call.layer.expression(call.params, *inputs)
            self.uses_functional |= "F." in text
            return text
        return f"self.{call.shares or call.node}({', '.join(name or 'None' for name in inputs)})"


def is_chain(call: Call) -> bool:
    """Whether repetitions simply follow each other, one tensor going through."""
    plan = call.blocks[0]
    return len(plan.inputs) == 1 and len(plan.outputs) == 1


def print_repeats(target: str, made: list[str], chain: bool) -> list[str]:
    """The lines that make repetitions: a Sequential where one tensor goes through, else a list to walk."""
    if len(made) > 2 and len(set(made)) == 1:
        each = f"{made[0]} for _ in range({len(made)})"
        return [f"{target} = nn.Sequential(*({each}))" if chain else f"{target} = nn.ModuleList({each})"]
    opening, closing = ("nn.Sequential(", ")") if chain else ("nn.ModuleList([", "])")
    return [f"{target} = {opening}", *(f"    {each}," for each in made), closing]


def print_loop(call: Call, inputs: list[str | None], targets: list[str], layer: str) -> list[str]:
    """The lines that walk repetitions: outputs become the first inputs of the next, inputs beyond those go to all."""
    carried = min(len(inputs), len(targets))
    given = ", ".join([*targets[:carried], *map(str, inputs[carried:])])
    start = [f"{', '.join(targets[:carried])} = {', '.join(map(str, inputs[:carried]))}"] if carried else []
    step = commented(f"    {', '.join(targets)} = {layer}({given})", call.shape, 52)
    return [*start, f"for {layer} in self.{call.shares or call.node}:", step]


def output_names(call: Call) -> list[str]:
    """The wished names of a call's variables."""
    if call.num_outputs == 1:
        return [call.node]
    ports = [port.name for port in call.layer.outputs] or [str(i) for i in range(call.num_outputs)]
    return [f"{call.node}_{port}" for port in ports]


def read(variables: dict[tuple[str, int], str], value: Value) -> str:
    """The variable that holds a value."""
    return variables[value.node, value.output]
