"""Reads statements in order: assignments, loops over what is known, decisions that are known, and returns."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from builder.importer.arithmetic import is_true, settle
from builder.importer.expressions import apply_operator, list_items
from builder.importer.remarks import Left, show
from builder.importer.repeats import run_repeats
from builder.importer.session import Frame
from builder.importer.starts import tie
from builder.importer.top_level import read_import
from builder.importer.values import (
    Chain,
    Function,
    Hidden,
    Instance,
    Layer,
    Mode,
    Shape,
    Size,
    Tensor,
    Unknown,
    Wire,
)

TELLING = ("print", "pprint", "logging", "logger", "log", "warnings", "tqdm")
TELLING_METHODS = ("log", "log_dict", "logger", "print")
SILENT: dict[type[ast.stmt], str] = {
    ast.Assert: "only checks",
    ast.Raise: "only refuses what does not fit",
    ast.Delete: "only lets go of a name",
    ast.Global: "only says where a name belongs",
    ast.Nonlocal: "only says where a name belongs",
}
"""What statements do that change nothing of a network."""


@dataclass
class Returned:
    """What a function returns, and the expression for it."""

    value: Any
    node: ast.expr | None = None


class Interrupted(Exception):
    """``break`` or ``continue``."""


class Broken(Interrupted):
    """``break``."""


def run(body: list[ast.stmt], frame: Frame) -> Any:
    """Read the body of a function; what it returns."""
    result = run_body(body, frame)
    return result.value if result is not None else None


def run_body(body: list[ast.stmt], frame: Frame) -> Returned | None:
    """Read the body of a function; what it returns, and the expression for it."""
    try:
        return run_block(body, frame)
    except Interrupted:
        return None


def run_block(body: list[ast.stmt], frame: Frame) -> Returned | None:
    """Read statements up to one that returns. What cannot be taken gets a remark, and the rest is read on."""
    for statement in body:
        frame.session.spend()
        try:
            handler = STATEMENTS.get(type(statement))
            if handler is None:
                raise Left("is a statement that is not read here")
            result = handler(statement, frame)
        except Left as error:
            frame.session.remarks.left(statement, error)
            forget(statement, frame, error)
            continue
        if result is not None:
            return result
    return None


def forget(statement: ast.stmt, frame: Frame, error: Left) -> None:
    """What a statement would have set is not known from here on."""
    targets = list(getattr(statement, "targets", [])) or [getattr(statement, "target", None)]
    for target in targets:
        for part in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
            if isinstance(part, ast.Name) and not isinstance(frame.names.get(part.id), Wire):
                frame.names[part.id] = Unknown(error.reason)
            elif isinstance(part, ast.Attribute) and frame.owner is not None:
                frame.owner.attributes.setdefault(part.attr, Unknown(error.reason))


def run_assignment(statement: ast.Assign, frame: Frame) -> None:
    """``name = value``, with several names too."""
    wish = name_of(statement.targets[0], frame) if len(statement.targets) == 1 else ""
    value = frame.evaluate(statement.value, wish)
    for target in statement.targets:
        assign(target, value, frame)


def name_of(target: ast.expr, frame: Frame) -> str:
    """A name that is given a value once is a good name for the node that makes it; of several what they begin with."""
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    names = [part.id for part in parts if isinstance(part, ast.Name) and part.id in frame.singles]
    if len(names) < len(parts):
        return ""
    stem = names[0].rpartition("_")[0]
    return names[0] if len(names) == 1 else stem * all(name.startswith(f"{stem}_") for name in names)


def run_annotated(statement: ast.AnnAssign, frame: Frame) -> None:
    """``name: type = value``."""
    if statement.value is not None:
        assign(statement.target, frame.evaluate(statement.value, name_of(statement.target, frame)), frame)


def run_augmented(statement: ast.AugAssign, frame: Frame) -> None:
    """``name += value``."""
    before, change = frame.evaluate(statement.target), frame.evaluate(statement.value)
    if isinstance(before, Chain) and isinstance(statement.op, ast.Add):
        before.items.extend((str(len(before.items) + i), item) for i, item in enumerate(list_items(change)))
        return
    if isinstance(before, list) and isinstance(statement.op, ast.Add):
        change = list_items(change)
    assign(statement.target, apply_operator(type(statement.op), before, change, frame, "", statement), frame)


def assign(target: ast.expr, value: Any, frame: Frame) -> None:
    """Give a name, an attribute or an item its value. Raises Left."""
    match target:
        case ast.Name(id=name):
            frame.names[name] = value
        case ast.Attribute(value=holder, attr=name):
            owner = frame.evaluate(holder)
            if isinstance(owner, Layer) and isinstance(value, Tensor) and name == value.name == "weight":
                tie(owner, value.layer)
                return
            if not isinstance(owner, Instance):
                raise Left("sets something of a value that is no module of this source")
            owner.attributes[name] = value
        case ast.Subscript(value=holder, slice=key):
            set_item(frame.evaluate(holder), settle(frame.evaluate(key)), value)
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            parts = unpack(value, len(targets))
            for part, item in zip(targets, parts, strict=True):
                assign(part, item, frame)
        case _:
            raise Left("sets something that is not read here")


def set_item(holder: Any, key: Any, value: Any) -> None:
    """Set an item of a list or a dictionary."""
    if isinstance(holder, Chain) and not isinstance(key, int):
        holder.items.append((str(key), value))
        return
    try:
        holder[key] = value
    except (TypeError, LookupError):
        raise Left("sets an item of something that is not a list here") from None


def unpack(value: Any, number: int) -> list[Any]:
    """The parts of a value for so many names. Raises Left."""
    if isinstance(value, Unknown):
        return [value] * number
    if isinstance(value, Shape):
        return [Size(value.wire, axis) for axis in range(number)]
    if isinstance(value, Hidden):
        return [value] * number
    if not isinstance(value, (list, tuple)):
        raise Left("unpacks something whose parts are not known here")
    if len(value) != number:
        raise Left(f"unpacks {len(value)} values into {number} names")
    return list(value)


def run_expression(statement: ast.Expr, frame: Frame) -> None:
    """A call for what it does; a docstring does nothing."""
    if isinstance(statement.value, ast.Constant):
        return
    if is_telling(statement.value, frame):
        frame.note(statement, "only tells something")
        return
    value, changed = frame.evaluate(statement.value), find_changed(statement.value)
    if isinstance(value, Wire) and changed and isinstance(frame.names.get(changed), Wire):
        frame.names[changed] = value


def is_telling(node: ast.expr, frame: Frame) -> bool:
    """Whether an expression prints or logs."""
    parts = ast.unparse(node.func).split(".") if isinstance(node, ast.Call) else []
    if parts[:1] == ["self"]:
        return len(parts) > 1 and parts[1] in TELLING_METHODS
    return bool(parts) and parts[0] in TELLING and parts[0] not in frame.names


def find_changed(node: ast.expr) -> str | None:
    """The name whose tensor a call changes in place, as ``x.relu_()`` does; None for any other."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr.endswith("_") and name != "self":
            return name
    return None


def run_decision(statement: ast.If, frame: Frame) -> Returned | None:
    """``if``: the branch that is taken, where that is known; else the one that keeps more."""
    if all(isinstance(part, (ast.Raise, ast.Assert)) for part in statement.body) and not statement.orelse:
        frame.note(statement, "only refuses what does not fit")
        return None
    drawn, remarks = dict(frame.drawing.nodes if frame.drawing else {}), dict(frame.session.remarks.found)
    try:
        condition = frame.evaluate(statement.test)
        chosen = is_true(condition)
    except Left as error:
        frame.session.remarks.found = remarks
        if frame.drawing is not None:
            frame.drawing.keep_only(drawn)
        return run_undecided(statement, frame, error)
    if isinstance(condition, Mode):
        text = f"{show(statement.test)} differs between training and use. What is done in use was taken."
        frame.remark(statement.lineno, text)
    return run_block(statement.body if chosen else statement.orelse, frame)


def run_undecided(statement: ast.If, frame: Frame, error: Left) -> Returned | None:
    """A decision that only the running network can take."""
    kept = "What is done otherwise was taken" if statement.orelse else "What it guards was left out"
    frame.remark(statement.lineno, f"`if` {show(statement.test)} {error.reason}. {kept}.")
    return run_block(statement.orelse, frame)


def run_loop(statement: ast.For, frame: Frame) -> Returned | None:
    """``for`` over what is known: its body once for each item."""
    if run_repeats(statement, frame):
        return None
    for item in list_items(frame.evaluate(statement.iter)):
        assign(statement.target, item, frame)
        try:
            result = run_block(statement.body, frame)
        except Broken:
            break
        except Interrupted:
            continue
        if result is not None:
            return result
    return None


def run_return(statement: ast.Return, frame: Frame) -> Returned:
    """``return``."""
    value = None if statement.value is None else frame.evaluate(statement.value)
    return Returned(value, statement.value)


def run_with(statement: ast.With, frame: Frame) -> Returned | None:
    """``with``: its body."""
    for item in statement.items:
        if "no_grad" in ast.unparse(item.context_expr) or "inference_mode" in ast.unparse(item.context_expr):
            text = f"{show(item.context_expr)} keeps what is inside from learning. Its lines were taken, and here they learn."
            frame.remark(statement.lineno, text)
        else:
            frame.note(item.context_expr, "is opened around lines which were taken by themselves")
    return run_block(statement.body, frame)


def run_try(statement: ast.Try, frame: Frame) -> Returned | None:
    """``try``: what is tried."""
    for handler in statement.handlers:
        frame.remark(handler.lineno, "What `except` does was left out. What is tried was taken.")
    return run_block([*statement.body, *statement.orelse, *statement.finalbody], frame)


def run_definition(statement: ast.FunctionDef, frame: Frame) -> None:
    """A function inside a function."""
    frame.names[statement.name] = Function(statement, frame.owner, {**frame.around, **frame.names})


def skip(statement: ast.stmt, frame: Frame) -> None:
    """What says nothing at all."""


def run_import(statement: ast.Import | ast.ImportFrom, frame: Frame) -> None:
    """An import inside a function."""
    read_import(statement, frame.session)


def tell_check(statement: ast.stmt, frame: Frame) -> None:
    """What changes nothing of a network: checks, and names that are let go."""
    frame.note(statement, SILENT[type(statement)])


def refuse_class(statement: ast.stmt, frame: Frame) -> None:
    """A class inside a function. Raises Left."""
    raise Left("is a class inside a function, which is not read here", "Put it at the top of the source.")


def stop(statement: ast.stmt, frame: Frame) -> None:
    """``break`` and ``continue``."""
    raise Broken if isinstance(statement, ast.Break) else Interrupted


STATEMENTS: dict[type[ast.stmt], Callable[[Any, Frame], Returned | None]] = {
    ast.Assign: run_assignment,
    ast.AnnAssign: run_annotated,
    ast.AugAssign: run_augmented,
    ast.Expr: run_expression,
    ast.If: run_decision,
    ast.For: run_loop,
    ast.Return: run_return,
    ast.With: run_with,
    ast.Try: run_try,
    ast.FunctionDef: run_definition,
    ast.Break: stop,
    ast.Continue: stop,
    ast.Pass: skip,
    ast.ClassDef: refuse_class,
    **dict.fromkeys((ast.Import, ast.ImportFrom), run_import),
    **dict.fromkeys(SILENT, tell_check),
}
