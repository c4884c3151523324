"""Reads the top of a source: imports, constants, functions, classes of modules; training code is left out in one remark."""

from __future__ import annotations

import ast
import re
from typing import Any

from builder.importer.own_parts import is_docstring, is_own_part, own_symbol
from builder.importer.remarks import Left, Remarks
from builder.importer.session import Frame, Session
from builder.importer.values import Chain, Class, Function, Instance, Layer, Symbol, is_constant
from builder.importer.vocabulary import NN
from builder.phrases import join_words

TRAINING_METHODS = ("training_step", "validation_step", "test_step", "predict_step", "configure_optimizers", "fit",
                    "train_dataloader", "val_dataloader", "test_dataloader", "on_train_epoch_end")  # fmt: skip
DEFAULT_NAME = "model"
MODULES = (Layer, Chain, Instance)
MODULE_NAME = re.compile(r"(?:^|\.)(?:Module|LightningModule|Sequential|PreTrainedModel)$")


def read_top(tree: ast.Module, session: Session) -> dict[str, Any]:
    """Read the statements at the top; the modules that are made there, by the names that they are given."""
    frame = Frame(session)
    made: dict[str, Any] = {}
    others: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            read_import(node, session)
        elif is_own_part(node):
            read_own_part(node, session)
        elif isinstance(node, ast.FunctionDef):
            session.names[node.name] = Function(node)
        elif isinstance(node, ast.ClassDef):
            read_class(node, frame)
        elif isinstance(node, ast.Assign) and read_several(node, frame):
            continue
        elif isinstance(node, (ast.Assign, ast.Expr)) and (module := read_assignment(node, frame)) is not None:
            made[module[0]] = module[1]
        elif not is_docstring(node) and not (isinstance(node, ast.Assign) and is_kept(node, session)):
            others.append(node)
    tell_others(others, session.remarks)
    return made


def read_own_part(node: ast.stmt, session: Session) -> None:
    """A module that exported code brings along means our own."""
    name = getattr(node, "name", "")
    symbol = own_symbol(name)
    if symbol is not None:
        session.names[name] = Symbol(symbol)


def read_import(node: ast.Import | ast.ImportFrom, session: Session) -> None:
    """Names of libraries, under the names that the source gives them. Nothing is imported."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            name = alias.asname or alias.name.partition(".")[0]
            session.names[name] = Symbol(alias.name if alias.asname else name)
        elif alias.name == "*":
            session.names |= {name: Symbol(f"{node.module}.{name}") for name in STARS.get(str(node.module), ())}
        else:
            session.names[alias.asname or alias.name] = Symbol(f"{node.module or ''}.{alias.name}".lstrip("."))


def star_names() -> dict[str, tuple[str, ...]]:
    """What ``from torch.nn import *`` brings, as far as it is known here."""
    return {"torch.nn": (*NN, "Module", "Sequential", "ModuleList", "ModuleDict", "Parameter", "init", "functional")}


STARS = star_names()


def read_class(node: ast.ClassDef, frame: Frame) -> None:
    """A class with its methods and constants; its bases tell whether it is a module."""
    session = frame.session
    bases = tuple(read_base(base, frame) for base in node.bases)
    cls = Class(node, node.name, bases)
    for part in node.body:
        if isinstance(part, ast.FunctionDef):
            cls.methods[part.name] = part
        elif isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            try:
                cls.constants[part.targets[0].id] = frame.evaluate(part.value)
            except Left:
                continue
    session.names[node.name] = cls
    if is_module(cls):
        session.classes[node.name] = cls
        tell_training(cls, session.remarks)


def read_base(node: ast.expr, frame: Frame) -> Any:
    """A class that another is made from."""
    try:
        return frame.evaluate(node)
    except Left:
        return Symbol(ast.unparse(node))


def is_module(cls: Class) -> bool:
    """Whether a class is a module: it has a forward, or is made from one that is."""
    if "forward" in cls.methods:
        return True
    names = [base.name for base in cls.bases if isinstance(base, Symbol)]
    return any(MODULE_NAME.search(name) for name in names) or any(
        is_module(base) for base in cls.bases if isinstance(base, Class)
    )


def tell_training(cls: Class, remarks: Remarks) -> None:
    """Say which methods are about training and have no place in a network."""
    found = [name for name in cls.methods if name in TRAINING_METHODS]
    if found:
        line = cls.methods[found[0]].lineno
        text = (
            f"{cls.name}: {join_words(found)} {'is' if len(found) == 1 else 'are'} about training, "
            "which the training graph says. __init__ and forward were taken."
        )
        remarks.add(line, text)


def read_several(node: ast.Assign, frame: Frame) -> bool:
    """Keep constants that are set together, ``nz, ngf = 100, 64``; whether that is what a line does."""
    target = node.targets[0]
    if not isinstance(target, ast.Tuple) or not all(isinstance(part, ast.Name) for part in target.elts):
        return False
    try:
        values = frame.evaluate(node.value)
    except Left:
        return False
    if not isinstance(values, (tuple, list)) or len(values) != len(target.elts) or not is_constant(values):
        return False
    names = [part.id for part in target.elts if isinstance(part, ast.Name)]
    frame.session.names.update(zip(names, values, strict=True))
    return True


def read_assignment(node: ast.Assign | ast.Expr, frame: Frame) -> tuple[str, Any] | None:
    """``model = nn.Sequential(...)`` or ``model = Net()`` at the top, or one without a name; constants are kept beside.

    None for all others.
    """
    target = node.targets[0] if isinstance(node, ast.Assign) else ast.Name(DEFAULT_NAME)
    if not isinstance(target, ast.Name) or (
        isinstance(node.value, ast.Call) and not is_about_modules(node.value, frame)
    ):
        return None
    before = dict(frame.session.remarks.found)
    try:
        value = frame.evaluate(node.value)
    except Left as error:
        if isinstance(node.value, ast.Call):
            frame.session.remarks.left(node, error)
        return None
    if isinstance(node, ast.Assign) and (
        is_constant(value) or isinstance(value, (dict, list, tuple, Symbol, *MODULES))
    ):
        frame.session.names[target.id] = value
    if isinstance(value, (Chain, Instance)):
        return target.id, value
    frame.session.remarks.found = before
    return None


def is_about_modules(node: ast.Call, frame: Frame) -> bool:
    """Whether a call at the top may make a network: by a class or a function of the source, or a Sequential."""
    try:
        callee = frame.evaluate(node.func)
    except Left:
        return False
    if isinstance(callee, Class):
        return is_module(callee)
    return isinstance(callee, Function) or callee == Symbol("torch.nn.Sequential")


def is_kept(node: ast.Assign, session: Session) -> bool:
    """Whether a constant was kept from an assignment."""
    return all(isinstance(target, ast.Name) and target.id in session.names for target in node.targets)


def tell_others(nodes: list[ast.stmt], remarks: Remarks) -> None:
    """One remark for everything that is no part of a network."""
    if nodes:
        first, last = nodes[0].lineno, nodes[-1].end_lineno or nodes[-1].lineno
        lines = (
            f"Line {first}"
            if first == last
            else f"What stands between lines {first} and {last} outside classes and functions"
        )
        text = f"{lines} is no part of a network (data, training, printing) and was left out."
        remarks.add(first, text)


def find_making(tree: ast.Module, cls: Class, frame: Frame) -> tuple[list[Any], dict[str, Any]] | None:
    """The arguments with which a source makes a class somewhere outside of it; None where it does not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == cls.name:
            try:
                args = [frame.evaluate(argument) for argument in node.args]
                kwargs = {keyword.arg: frame.evaluate(keyword.value) for keyword in node.keywords if keyword.arg}
            except Left:
                continue
            return args, kwargs
    return None
