"""From objects of a source to networks: ``forward`` is read once, and objects that come to the same graph share one."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any

from builder.document import Graph
from builder.ids import suggest_id
from builder.importer.arithmetic import is_number
from builder.importer.attributes import find_member
from builder.importer.drawing import Drawing
from builder.importer.feeding import call_module
from builder.importer.indexing import tensor_of
from builder.importer.instances import bind_arguments, find_singles, first_name, module_names, name_chain
from builder.importer.leftovers import tell_unused_modules
from builder.importer.remarks import Left
from builder.importer.session import Frame, Session
from builder.importer.statements import run_body
from builder.importer.values import Chain, Function, Instance, Unknown, Wire, as_param, plain
from builder.references import NAME

FALLBACKS = {"num_classes": 10, "n_classes": 10, "vocab_size": 10_000, "vocabulary_size": 10_000}
FALLBACK = 64


@dataclass(frozen=True)
class Exit:
    """The tensor that leaves by the Output of this number."""

    number: int


@dataclass
class Drawn:
    """A network that was read: its graph, its ports, and what it gives, one value or a tuple, with an Exit for each tensor."""

    name: str
    stem: str
    drawing: Drawing
    inputs: list[str]
    outputs: list[str]
    is_one: bool
    values: list[Any] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)
    scope: dict[str, Any] = field(default_factory=dict)

    def graph(self) -> Graph:
        """The graph as a document holds it."""
        return self.drawing.graph(self.params)


@dataclass(frozen=True)
class PartUse:
    """How a part is used as a block: its parameters and the names of its ports."""

    params: dict[str, Any]
    inputs: list[str]
    outputs: list[str]
    is_one: bool
    values: list[Any] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)

    def give(self, node: str) -> Any:
        """What a node that is such a use gives."""
        values = [Wire(node, self.outputs[item.number]) if isinstance(item, Exit) else item for item in self.values]
        return values[0] if self.is_one else tuple(values)

    @property
    def is_single(self) -> bool:
        """Whether one tensor goes in and one comes out."""
        return len(self.inputs) == len(self.outputs) == 1 and self.is_one


def draw_part(instance: Instance, count: int, session: Session, names: tuple[str, ...] = ()) -> PartUse | None:
    """The block that an object is when it is called with so many tensors; None where it cannot be one. Raises Left."""
    key = (count, names)
    if key not in instance.uses:
        instance.uses[key] = Left("calls itself")
        drawn = draw_instance(instance, count, session, names)
        instance.uses[key] = use_network(drawn, instance, session) if drawn is not None else None
    use = instance.uses[key]
    if isinstance(use, Left):
        raise use
    return use  # type: ignore[no-any-return]


def draw_instance(instance: Instance, count: int, session: Session, names: tuple[str, ...] = ()) -> Drawn | None:
    """Read ``forward`` of an object with so many tensors; None where it gives anything but tensors."""
    forward = find_member(instance, (instance.cls,), "forward")
    drawing = Drawing({suggest_id(name) for name in module_names(instance) if name})
    frame = Frame(session, drawing=drawing)
    if not isinstance(forward, Function) or not isinstance(forward.node, ast.FunctionDef):
        return draw_chain(instance, frame)
    session.read.add(id(forward.node))
    asked = [argument.arg for argument in forward.node.args.args if argument.arg != first_name(forward)][:count]
    asked += [name for name in names if name not in asked]
    inputs = {name: Wire(drawing.add("Input", {}, name, line=forward.node.lineno)) for name in asked}
    inner = frame.inner(owner=instance, singles=find_singles(forward.node), behind=forward.around.get("super()", ()))
    inner.names.update(bind_arguments(forward.node.args, [instance], dict(inputs), frame))
    returned = run_body(forward.node.body, inner)
    if returned is None:
        session.remarks.add(forward.node.lineno, f'"{instance.cls.name}" returns nothing from forward. Add an Output.')
        return finish(instance.cls.name, frame, list(inputs.values()), (), None)
    return finish(instance.cls.name, frame, list(inputs.values()), returned.value, returned.node)


def draw_chain(instance: Instance, frame: Frame) -> Drawn | None:
    """A class that is a Sequential: one input, one output."""
    if instance.chain is None:
        raise Left(f'has a class "{instance.cls.name}" without a forward')
    return draw_sequence(instance.chain, instance.cls.name, frame)


def draw_sequence(module: Any, name: str, frame: Frame) -> Drawn | None:
    """A network that is nothing but one module called with one input."""
    assert frame.drawing is not None
    wire = Wire(frame.drawing.add("Input", {}, "input"))
    value = call_module(module, [wire], {}, frame, "", getattr(module, "line", 0))
    return finish(name, frame, [wire], value, None)


def finish(stem: str, frame: Frame, inputs: list[Wire], value: Any, node: ast.expr | None) -> Drawn | None:
    """Add the Outputs, named like what is returned; None where there is no tensor in it."""
    assert frame.drawing is not None
    if isinstance(value, dict):
        value = tuple(value.values())
    is_one = not isinstance(value, (tuple, list))
    values = [value] if is_one else list(value)
    parts: list[Any] = node.elts if isinstance(node, (ast.Tuple, ast.List)) else [node]
    names = parts if len(parts) == len(values) else [None] * len(values)
    given: list[Any] = []
    outputs: list[str] = []
    for item, name in zip(values, names, strict=True):
        try:
            wire = tensor_of(item, frame)
        except Left:
            given.append(item)
            continue
        given.append(Exit(len(outputs)))
        outputs.append(add_output(frame.drawing, wire, name))
    frame.drawing.settle_owners()
    if not outputs:
        return None
    return Drawn("", stem, frame.drawing, [wire.node for wire in inputs], outputs, is_one, given)


def add_output(drawing: Drawing, wire: Wire, name: ast.expr | None) -> str:
    """Add an Output, named like the variable that is returned unless a node has that name."""
    wish = name.id if isinstance(name, ast.Name) else "output"
    is_free = wish not in drawing.nodes and wish not in drawing.reserved
    return drawing.add("Output", {}, wish if is_free else "output", [("input", wire)], own=True)


def use_network(drawn: Drawn, instance: Instance, session: Session) -> PartUse:
    """The parameters of a block that uses a network; one that is there already is taken."""
    used = find_references(drawn)
    params = {name: plain(instance.arguments[name]) for name in used if name in instance.arguments}
    drawn = keep_network(drawn, session)
    for name, value in params.items():
        drawn.params.setdefault(name, FALLBACKS.get(name, FALLBACK) if value is None else value)
    arguments = {name: as_param(instance.arguments[name]) for name in params if params[name] is not None}
    more = {"arguments": arguments} if arguments else {}
    return PartUse(
        {"network": drawn.name, **more}, drawn.inputs, drawn.outputs, drawn.is_one, drawn.values, instance.arguments
    )


def keep_network(drawn: Drawn, session: Session) -> Drawn:
    """Keep a network under a free name, or take the equal one that was kept for the same class before."""
    stem = drawn.stem.rstrip("0123456789")
    for other in session.networks.values():
        if other.stem.rstrip("0123456789") == stem and is_equal(other.drawing, drawn.drawing):
            forget_sizes(other.drawing, drawn.drawing)
            return other  # type: ignore[no-any-return]
    drawn.name = suggest_id(snake_case(drawn.stem), session.networks)
    session.networks[drawn.name] = drawn
    return drawn


def is_equal(first: Drawing, second: Drawing) -> bool:
    """Whether two graphs are the same, node by node and link by link, and their tensors have the same names."""
    is_same = list(first.nodes.values()) == list(second.nodes.values()) and set(first.edges) == set(second.edges)
    return is_same and first.paths == second.paths


def forget_sizes(kept: Drawing, other: Drawing) -> None:
    """Forget given sizes that are not the same in all uses: they are sizes of a use, not of the network."""
    for id, sizes in kept.sizes.items():
        found = {name: as_param(value) for name, (_, _, value) in other.sizes.get(id, {}).items()}
        kept.sizes[id] = {name: size for name, size in sizes.items() if found.get(name) == as_param(size[2])}


def find_references(drawn: Drawn) -> list[str]:
    """The names of parameters that a network's nodes refer to."""
    texts = repr([node.params for node in drawn.drawing.nodes.values()])
    return sorted({match.group(1) for match in NAME.finditer(texts)})


def snake_case(name: str) -> str:
    """``BasicBlock`` as ``basic_block``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def draw_root(module: Any, name: str, session: Session) -> Drawn | None:
    """A whole network: an object with all tensors that its forward asks for, or a Sequential. Raises Left."""
    if not isinstance(module, Instance):
        if isinstance(module, Chain):
            name_chain(module)
        frame = Frame(session, drawing=Drawing({suggest_id(part.wish) for _, part in chain_items(module) if part.wish}))
        drawn = draw_sequence(module, name, frame)
    else:
        drawn = draw_instance(module, count_tensors(module), session)
    if drawn is None:
        raise Left("returns something that is no tensor", "Return tensors, or a tuple of them.")
    if isinstance(module, Instance):
        set_root_params(drawn, module, session)
    tell_unused_modules(module, session)
    return keep_network(drawn, session)


def chain_items(module: Any) -> list[tuple[str, Any]]:
    """The parts of a Sequential that have names."""
    return [item for item in module.items if hasattr(item[1], "wish")] if isinstance(module, Chain) else []


def count_tensors(instance: Instance) -> int:
    """How many arguments of forward have no default: those are tensors."""
    forward = find_member(instance, (instance.cls,), "forward")
    if not isinstance(forward, Function):
        return 1
    arguments = forward.node.args
    return len([a for a in arguments.args if a.arg != first_name(forward)]) - len(arguments.defaults)


def set_root_params(drawn: Drawn, instance: Instance, session: Session) -> None:
    """Give the parameters of a whole network their values; one that has none gets a usual one, and a remark."""
    drawn.scope = {name: number for name, value in instance.arguments.items() if is_number(number := plain(value))}
    for name in find_references(drawn):
        value = plain(instance.arguments.get(name))
        if value is None or isinstance(value, Unknown):
            value = FALLBACKS.get(name, FALLBACK)
            text = (
                f'The argument "{name}" of {instance.cls.name} has no value in this source. {value} was put in; '
                "set it in the parameters of the network."
            )
            session.remarks.add(instance.cls.node.lineno, text)
        drawn.params[name] = value
