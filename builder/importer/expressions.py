"""Reads expressions: constants, names, arithmetic on numbers and on tensors, lists, choices and comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from builder.importer.arithmetic import combine, compare, is_number, is_true, negate, settle, too_long
from builder.importer.attributes import read_attribute
from builder.importer.indexing import read_subscript, tensor_of
from builder.importer.remarks import Left
from builder.importer.session import Frame
from builder.importer.values import Function, Mode, Symbol, Unknown, Wire, wires_in

LONGEST_LOOP = 1000
LARGEST_CONSTANT = 10**15
LONGEST_CONSTANT = 2000
PLACEHOLDER = "A placeholder keeps its place and its links; put a layer there."
MERGES: dict[type[ast.operator], str] = {
    ast.Add: "Add",
    ast.Mult: "Multiply",
    ast.Sub: "Subtract",
    ast.MatMult: "MatMul",
}


def evaluate(node: ast.expr, frame: Frame, wish: str = "") -> Any:
    """The value of an expression. What cannot be taken but has tensors in it becomes a placeholder. Raises Left."""
    frame.session.spend()
    try:
        handler = HANDLERS.get(type(node))
        if handler is None:
            raise Left("is written in a way that is not read here")
        return handler(node, frame, wish)
    except Left as error:
        wires = wires_in(error.operands)
        if frame.drawing is None or not wires:
            raise
        error.hint = " ".join(part for part in (error.hint, PLACEHOLDER) if part)
        frame.session.remarks.left(node, error)
        links = [(f"input_{place}" if place > 1 else "input", wire) for place, wire in enumerate(wires, 1)]
        return frame.add(error.kind or type(node).__name__.lower(), {}, links, wish or error.kind, node.lineno)


def evaluate_constant(node: ast.Constant, frame: Frame, wish: str) -> Any:
    """A number, a word, None, true or false."""
    value = node.value
    if isinstance(value, (bytes, complex)) or value is ...:
        raise Left("is a constant that no layer takes")
    if isinstance(value, int) and abs(value) > LARGEST_CONSTANT:
        raise Left("is a number that no size can be")
    if isinstance(value, str) and len(value) > LONGEST_CONSTANT:
        raise Left("is a text that no layer takes")
    return value


def evaluate_name(node: ast.Name, frame: Frame, wish: str) -> Any:
    """What a name stands for."""
    return frame.look_up(node.id)


def evaluate_attribute(node: ast.Attribute, frame: Frame, wish: str) -> Any:
    """Something of a value."""
    return read_attribute(evaluate(node.value, frame), node.attr, frame)


def evaluate_list(node: ast.List | ast.Tuple | ast.Set, frame: Frame, wish: str) -> Any:
    """A list or a tuple, with other lists unpacked into it."""
    items = read_items(node.elts, frame)
    return tuple(items) if isinstance(node, ast.Tuple) else items


def read_items(nodes: list[ast.expr], frame: Frame) -> list[Any]:
    """The values of a list's expressions; a starred one gives all of its own."""
    items: list[Any] = []
    for node in nodes:
        if isinstance(node, ast.Starred):
            items.extend(list_items(evaluate(node.value, frame)))
        else:
            items.append(evaluate(node, frame))
        if len(items) > LONGEST_LOOP * 10:
            too_long()
    return items


def list_items(value: Any) -> list[Any]:
    """The items of what can be gone through. Raises Left."""
    from_chain = getattr(value, "items", None)
    if isinstance(value, dict):
        return list(value)
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(from_chain, list):
        return [item for _, item in from_chain]
    raise Left(value.reason if isinstance(value, Unknown) else "goes through something whose items are not known here")


def evaluate_dict(node: ast.Dict, frame: Frame, wish: str) -> dict[Any, Any]:
    """A dictionary with plain keys."""
    found: dict[Any, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        name = settle(evaluate(key, frame)) if key is not None else None
        if not isinstance(name, (str, int)):
            raise Left("has keys that are not read here")
        found[name] = evaluate(value, frame)
    return found


def evaluate_operator(node: ast.BinOp, frame: Frame, wish: str) -> Any:
    """An operator on numbers, or on tensors, where it is a layer."""
    first, second = read_argument(node.left, frame), read_argument(node.right, frame)
    try:
        return apply_operator(type(node.op), first, second, frame, wish, node)
    except Left as error:
        error.operands = error.operands or (first, second)
        error.kind = error.kind or type(node.op).__name__.lower()
        raise


def apply_operator(
    kind: type[ast.operator], first: Any, second: Any, frame: Frame, wish: str, node: ast.BinOp | ast.AugAssign
) -> Any:
    """Draw a merge of two tensors, or compute with numbers."""
    if not (wires_in(first) or wires_in(second)):
        return combine(kind, first, second)
    merge = MERGES.get(kind)
    if is_number(first) or is_number(second):
        raise Left("computes with a tensor and a number, and there is no layer for that")
    if merge is None:
        raise Left("is an operator on tensors that no layer carries out")
    wires = [tensor_of(first, frame), tensor_of(second, frame)]
    if merge in ("Subtract", "MatMul"):
        return frame.add(merge, {}, zip(("input", "other"), wires, strict=True), wish, node.lineno)
    return join_operands(merge, node, wires, frame, wish)


def join_operands(merge: str, node: ast.BinOp | ast.AugAssign, wires: list[Wire], frame: Frame, wish: str) -> Wire:
    """One node for ``a + b + c``: an operator right before this one, in the same expression, takes one more link."""
    assert frame.drawing is not None
    before = frame.drawing.nodes[wires[0].node]
    is_same = isinstance(node, ast.BinOp) and isinstance(node.left, ast.BinOp) and type(node.left.op) is type(node.op)
    if not is_same or before.kind != merge or next(reversed(frame.drawing.nodes)) != before.id:
        return frame.add(merge, {}, [(f"inputs.{i}", wire) for i, wire in enumerate(wires)], wish, node.lineno)
    earlier = [Wire(edge.source, edge.source_port) for edge in frame.drawing.edges if edge.target == before.id]
    frame.drawing.remove(before.id)
    wires = [*earlier, wires[1]]
    return frame.add(merge, {}, [(f"inputs.{i}", wire) for i, wire in enumerate(wires)], wish, node.lineno)


def evaluate_sign(node: ast.UnaryOp, frame: Frame, wish: str) -> Any:
    """A number's other sign, or the opposite of a condition."""
    value = evaluate(node.operand, frame)
    if isinstance(node.op, ast.Not):
        return Mode(not value.outside) if isinstance(value, Mode) else not is_true(value)
    if is_number(value) and isinstance(node.op, (ast.USub, ast.UAdd)):
        return negate(value) if isinstance(node.op, ast.USub) else value
    raise Left("is an operator on tensors that no layer carries out", operands=(value,), kind="negative")


def evaluate_comparison(node: ast.Compare, frame: Frame, wish: str) -> Any:
    """Whether comparisons hold, one after the other."""
    values = [evaluate(part, frame) for part in (node.left, *node.comparators)]
    if wires_in(values) and not all(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops):
        raise Left("compares tensors, and no layer does that", operands=tuple(values), kind="compare")
    return all(compare(type(op), a, b) for op, (a, b) in zip(node.ops, pairwise(values), strict=True))


def evaluate_logic(node: ast.BoolOp, frame: Frame, wish: str) -> Any:
    """``and`` and ``or``, which give the value that decides."""
    value: Any = None
    for part in node.values:
        value = evaluate(part, frame)
        if is_true(value) is isinstance(node.op, ast.Or):
            return value
    return value


def evaluate_choice(node: ast.IfExp, frame: Frame, wish: str) -> Any:
    """One of two values."""
    return evaluate(node.body if is_true(evaluate(node.test, frame)) else node.orelse, frame, wish)


def evaluate_subscript(node: ast.Subscript, frame: Frame, wish: str) -> Any:
    """An item of a list, or a piece of a tensor."""
    value = evaluate(node.value, frame)
    items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    try:
        index = [read_index(item, frame) for item in items]
        return read_subscript(value, index, frame, wish, node.lineno)
    except Left as error:
        error.operands = error.operands or (value,)
        error.kind = error.kind or "index"
        raise


def read_index(node: ast.expr, frame: Frame) -> Any:
    """One part of an index: a number, a slice, None, or three dots."""
    if isinstance(node, ast.Slice):
        return slice(*(None if part is None else evaluate(part, frame) for part in (node.lower, node.upper, node.step)))
    if isinstance(node, ast.Constant) and node.value is ...:
        return ...
    return evaluate(node, frame)


def evaluate_comprehension(node: ast.ListComp | ast.GeneratorExp, frame: Frame, wish: str) -> list[Any]:
    """A list made by a loop."""
    inner = frame.inner(
        names=dict(frame.names), around=frame.around, owner=frame.owner, behind=frame.behind, singles=frozenset()
    )
    return list(go_through(node.elt, node.generators, inner))


def go_through(element: ast.expr, generators: list[ast.comprehension], frame: Frame) -> list[Any]:
    """The values of a comprehension's loops."""
    if not generators:
        return [evaluate(element, frame)]
    first, *others = generators
    found: list[Any] = []
    for item in list_items(evaluate(first.iter, frame)):
        bind(first.target, item, frame)
        if all(is_true(evaluate(test, frame)) for test in first.ifs):
            found += go_through(element, others, frame)
        if len(found) > LONGEST_LOOP:
            too_long()
    return found


def bind(target: ast.expr, value: Any, frame: Frame) -> None:
    """Give the names of a loop their values."""
    if isinstance(target, ast.Name):
        frame.names[target.id] = value
    elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (list, tuple)):
        if len(target.elts) != len(value):
            raise Left("unpacks another number of values than there are")
        for part, item in zip(target.elts, value, strict=True):
            bind(part, item, frame)
    else:
        raise Left("unpacks something whose parts are not known here")


def evaluate_text(node: ast.JoinedStr, frame: Frame, wish: str) -> str:
    """A text with values in it, as names of modules are made."""
    parts = []
    for part in node.values:
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        value = settle(evaluate(inner, frame))
        if not isinstance(value, (str, int)):
            raise Left("puts something into a text that is not read here")
        parts.append(str(value))
    return "".join(parts)[:LONGEST_CONSTANT]


def evaluate_lambda(node: ast.Lambda, frame: Frame, wish: str) -> Function:
    """A function without a name."""
    return Function(node, frame.owner, {**frame.around, **frame.names})


def evaluate_call(node: ast.Call, frame: Frame, wish: str) -> Any:
    """What a call gives."""
    pooled = read_global_average(node, frame, wish)
    if pooled is not None:
        return pooled
    callee = evaluate(node.func, frame)
    args, kwargs = read_arguments(node, frame)
    try:
        return frame.call(callee, args, kwargs, wish, node.lineno)
    except Left as error:
        error.operands = error.operands or (getattr(callee, "holder", None), args, kwargs)
        error.kind = error.kind or ast.unparse(node.func).rpartition(".")[2][:40]
        raise


def read_global_average(node: ast.Call, frame: Frame, wish: str) -> Wire | None:
    """``torch.flatten(x, 2).mean(dim=2)`` is one layer: the mean of every channel."""
    match node:
        case ast.Call(
            func=ast.Attribute(
                value=ast.Call(func=ast.Attribute(attr="flatten"), args=[inner, ast.Constant(value=2)], keywords=[]),
                attr="mean",
            ),
            args=[],
            keywords=[ast.keyword(arg="dim", value=ast.Constant(value=2))],
        ) if frame.drawing is not None:
            flatten = evaluate(node.func.value.func, frame)  # type: ignore[attr-defined]
            if flatten == Symbol("torch.flatten"):
                return frame.add("GlobalAvgPool", {}, tensor_of(evaluate(inner, frame), frame), wish, node.lineno)
    return None


def read_arguments(node: ast.Call, frame: Frame) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call. One that cannot be read is unknown and takes nothing else with it."""
    args: list[Any] = []
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            args.extend(list_items(evaluate(argument.value, frame)))
        else:
            args.append(read_argument(argument, frame))
    kwargs: dict[str, Any] = {}
    for keyword in node.keywords:
        value = read_argument(keyword.value, frame)
        if keyword.arg is not None:
            kwargs[keyword.arg] = value
        elif isinstance(value, dict):
            kwargs.update({str(key): item for key, item in value.items()})
    return args, kwargs


def read_argument(node: ast.expr, frame: Frame) -> Any:
    """One argument; unknown where it cannot be read."""
    try:
        return evaluate(node, frame)
    except Left as error:
        return Unknown(error.reason)


HANDLERS: dict[type[ast.expr], Callable[[Any, Frame, str], Any]] = {
    ast.Constant: evaluate_constant,
    ast.Name: evaluate_name,
    ast.Attribute: evaluate_attribute,
    ast.List: evaluate_list,
    ast.Tuple: evaluate_list,
    ast.Dict: evaluate_dict,
    ast.BinOp: evaluate_operator,
    ast.UnaryOp: evaluate_sign,
    ast.Compare: evaluate_comparison,
    ast.BoolOp: evaluate_logic,
    ast.IfExp: evaluate_choice,
    ast.Subscript: evaluate_subscript,
    ast.ListComp: evaluate_comprehension,
    ast.GeneratorExp: evaluate_comprehension,
    ast.JoinedStr: evaluate_text,
    ast.Lambda: evaluate_lambda,
    ast.Call: evaluate_call,
}
