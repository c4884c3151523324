"""Prints ``model.py``: one class for each network of a project and for each block that it uses."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from builder.codegen.forward_source import ForwardPrinter, is_chain
from builder.codegen.lines import Line, Places, join_pieces, locate_nodes, plain_lines
from builder.codegen.parts_source import Parts, list_definitions, sort_imports
from builder.codegen.printing import Names, class_name, docstring, print_construct
from builder.document import Project
from builder.flow import Flow
from builder.layers.initialise import initialise_source
from builder.naming import networks_in_training
from builder.plan import Call, NetworkPlan
from builder.planner import plan_network
from builder.repetitions import blocks_in
from builder.shape_flow import infer

SCRIPT_NAMES = ("Tensor", "Path", "Any", "PREPARATIONS", "PICTURE", "CLASSES")
"""What the scripts that import a network call something else."""


def generate_model(project: Project, flows: dict[str, Flow] | None = None) -> str:
    """The source of ``model.py``. It needs only torch. Raises PlanError where a network has errors."""
    return print_model(project, flows).text


def print_model(project: Project, flows: dict[str, Flow] | None = None, names: list[str] | None = None) -> ModelSource:
    """``model.py`` line by line, each with the nodes that it is of. Raises PlanError where a network has errors.

    ``names`` are the networks to print where it is not those that training calls; their blocks come with them.
    """
    flows = flows or infer(project)
    chosen = used_networks(project) if names is None else names
    return ModelPrinter(project, [plan_network(project, name, flows) for name in chosen]).print()


def used_networks(project: Project) -> list[str]:
    """The networks that take part in training, in the project's order; all that are no block where none does."""
    blocks = {name for graph in project.networks.values() for name in blocks_in(graph.nodes)}
    return networks_in_training(project) or [name for name in project.networks if name not in blocks]


def network_classes(names: list[str]) -> dict[str, str]:
    """The class of each network in exported code."""
    taken = Names([*SCRIPT_NAMES, *list_definitions()])
    return {name: taken.claim(class_name(name)) for name in names}


@dataclass(frozen=True)
class ModelSource:
    """``model.py``, and which of its lines are of which node."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The file."""
        return "\n".join(line.text for line in self.lines) + "\n"

    @property
    def places(self) -> Places:
        """The lines of each node."""
        return locate_nodes(self.lines)


class ModelPrinter:
    """Prints the classes of a project."""

    def __init__(self, project: Project, plans: list[NetworkPlan]) -> None:
        self.project, self.plans = project, plans
        self.classes = network_classes([plan.name for plan in plans])
        self.names = Names(["Tensor", *list_definitions(), *self.classes.values()])
        self.parts = Parts()
        self.blocks: list[tuple[NetworkPlan, str, list[Line]]] = []
        self.uses_functional = False

    def print(self) -> ModelSource:
        """The whole file."""
        bodies = [self.print_class(plan, self.classes[plan.name], is_block=False) for plan in self.plans]
        part_imports, parts = self.parts.print()
        imports = ["from __future__ import annotations", "import torch", "from torch import Tensor, nn", *part_imports]
        if self.uses_functional:
            imports.append("import torch.nn.functional as F")
        pieces = [*(plain_lines(part) for part in parts), *(lines for _, _, lines in self.blocks), *bodies]
        text = "\n".join(line.text for piece in pieces for line in piece)
        if "torch." not in text.replace("torch.nn.functional", ""):
            imports.remove("import torch")
        title = docstring(f"{self.project.name}: its networks in PyTorch. They need nothing but torch.")
        head = plain_lines("\n".join([title, "", *sort_imports(imports)]))
        return ModelSource(tuple(join_pieces([head, *pieces])))

    def print_class(self, plan: NetworkPlan, name: str, is_block: bool) -> list[Line]:
        """One class."""
        note = self.project.description if not is_block and len(self.plans) == 1 else ""
        first = plain_lines(docstring(note or f'The network "{plan.name}".', "    "))
        init = [Line(line, ((plan.name, call.node),)) for call in plan.calls for line in self.print_init(call)]
        forward = ForwardPrinter(plan)
        body = forward.print()
        self.uses_functional |= forward.uses_functional
        arguments = ", ".join(f"{argument}: Tensor" for argument in forward.arguments)
        result = "Tensor" if len(plan.outputs) == 1 else f"tuple[{', '.join(['Tensor'] * len(plan.outputs))}]"
        lines = [Line(f"class {name}(nn.Module):"), *first, Line("")]
        if init:
            start = plain_lines("    def __init__(self) -> None:\n        super().__init__()")
            lines += [*start, *(line.indented(2) for line in init), Line("")]
        head = Line(f"    def forward(self, {arguments}) -> {result}:", tuple((plan.name, id) for id in plan.inputs))
        return [*lines, head, *(line.indented(2) for line in body)]

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
        body = self.print_class(plan, name, is_block=True)
        self.blocks.append((plan, name, body))
        return name


def print_repeats(target: str, made: list[str], chain: bool) -> list[str]:
    """The lines that make repetitions: a Sequential where one tensor goes through, else a list to walk."""
    if len(made) > 2 and len(set(made)) == 1:
        each = f"{made[0]} for _ in range({len(made)})"
        return [f"{target} = nn.Sequential(*({each}))" if chain else f"{target} = nn.ModuleList({each})"]
    opening, closing = ("nn.Sequential(", ")") if chain else ("nn.ModuleList([", "])")
    return [f"{target} = {opening}", *(f"    {each}," for each in made), closing]
