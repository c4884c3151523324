"""Objects of the source's classes: ``__init__`` is read with the arguments of each, numbers among them as references."""

from __future__ import annotations

import ast
from typing import Any

from builder.importer.attributes import BEHIND, find_member
from builder.importer.modules import make_chain
from builder.importer.recognised import recognise
from builder.importer.remarks import Left
from builder.importer.session import Frame
from builder.importer.values import (
    Chain,
    Class,
    Function,
    Instance,
    Layer,
    Method,
    Reference,
    Symbol,
    Unknown,
)

MISSING: Any = object()


def make_instance(cls: Class, args: list[Any], kwargs: dict[str, Any], frame: Frame, line: int) -> Instance | Layer:
    """Make an object: read its class's ``__init__``. Raises Left."""
    frame.session.spend()
    instance = Instance(cls, {}, {}, line)
    init = find_member(instance, (cls,), "__init__")
    if isinstance(init, Function):
        inner = run_method(init, args, kwargs, frame.inner(drawing=None))
        instance.arguments = {name: value for name, value in inner.names.items() if name != first_name(init)}
        known = recognise(cls, instance.arguments, line, frame.session.remarks)
        if known is not None:
            frame.session.read.update(map(id, cls.methods.values()))
            return known
        inner.names.update({name: refer(name, value) for name, value in instance.arguments.items()})
        inner.run(init.node.body if isinstance(init.node, ast.FunctionDef) else [])
    elif is_sequential(cls):
        instance.chain = make_chain("Sequential", args)
    name_parts(instance)
    return instance


def is_sequential(cls: Class) -> bool:
    """Whether a class is a Sequential of its own name."""
    return any(
        (isinstance(base, Symbol) and base.name == "torch.nn.Sequential")
        or (isinstance(base, Class) and is_sequential(base))
        for base in cls.bases
    )


def first_name(function: Function) -> str:
    """What a method calls its object, mostly ``self``."""
    arguments = function.node.args.args
    return arguments[0].arg if arguments and function.owner is not None else ""


def refer(name: str, value: Any) -> Any:
    """An argument as it is known inside: a number as a reference to the parameter of that name."""
    number = value.value if isinstance(value, Reference) else value
    if isinstance(number, bool) or not (number is None or isinstance(number, (int, float))):
        return value
    if value is None:
        return None
    return Reference(f"${name}", number)


def run_method(function: Function, args: list[Any], kwargs: dict[str, Any], frame: Frame) -> Frame:
    """The frame in which a function is read, its arguments bound. Raises Left."""
    frame.session.read.add(id(function.node))
    around = dict(function.around)
    behind = around.pop(BEHIND, ())
    inner = frame.inner(owner=function.owner, around=around, behind=behind, singles=find_singles(function.node))
    given = [function.owner, *args] if behind or is_method(function) else args
    inner.names.update(bind_arguments(function.node.args, given, kwargs, frame))
    return inner


def is_method(function: Function) -> bool:
    """Whether a function is called with its object first."""
    return isinstance(function.node, ast.FunctionDef) and BEHIND in function.around


def find_singles(node: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
    """The names that are given a value once, outside loops: good names for what they hold."""
    found: dict[str, int] = {}
    looped = {
        id(inner) for part in ast.walk(node) if isinstance(part, (ast.For, ast.While)) for inner in ast.walk(part)
    }
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found[part.id] = found.get(part.id, 0) + (2 if id(part) in looped else 1)
    arguments = {argument.arg for argument in node.args.args}
    return frozenset(name for name, count in found.items() if count == 1 and name not in arguments)


def bind_arguments(wanted: ast.arguments, args: list[Any], kwargs: dict[str, Any], frame: Frame) -> dict[str, Any]:
    """The values of a function's arguments by name. Raises Left where they do not fit."""
    names = [argument.arg for argument in (*wanted.posonlyargs, *wanted.args)]
    bound: dict[str, Any] = dict(zip(names, args, strict=False))
    if len(args) > len(names) and wanted.vararg is None:
        raise Left(f"gives {len(args)} arguments to a function of {len(names)}")
    if wanted.vararg is not None:
        bound[wanted.vararg.arg] = tuple(args[len(names) :])
    every = [*names, *(argument.arg for argument in wanted.kwonlyargs)]
    spare = {name: value for name, value in kwargs.items() if name not in every}
    if spare and wanted.kwarg is None:
        raise Left(f'gives an argument "{next(iter(spare))}" that is not there')
    if wanted.kwarg is not None:
        bound[wanted.kwarg.arg] = spare
    bound |= {name: value for name, value in kwargs.items() if name in every}
    defaults = dict(zip(names[len(names) - len(wanted.defaults) :], wanted.defaults, strict=True))
    defaults |= {
        argument.arg: value for argument, value in zip(wanted.kwonlyargs, wanted.kw_defaults, strict=True) if value
    }
    for name in every:
        if name not in bound:
            bound[name] = read_default(defaults.get(name), frame)
    return bound


def read_default(node: ast.expr | None, frame: Frame) -> Any:
    """A default value; unknown where there is none or it cannot be read."""
    if node is None:
        return Unknown("is given no value in this source")
    try:
        return frame.session.reader.evaluate(node, Frame(frame.session), "")
    except Left as error:
        return Unknown(error.reason)


def call_inherited(method: Method, name: str, args: list[Any], kwargs: dict[str, Any], frame: Frame) -> Any:
    """What ``super()`` reaches in a class of the library: the start of a Module, or the parts of a Sequential."""
    owner = method.owner
    if name == "__init__":
        if is_sequential(owner.cls) and args:
            owner.chain = make_chain("Sequential", args)
        return None
    if name == "forward" and owner.chain is not None:
        return frame.call(owner.chain, args, kwargs)
    raise Left(f'calls "{name}" of a class that is not in this source')


def name_parts(owner: Instance) -> None:
    """Give each part the name that its tensors bear: the attribute's, with the place in a list behind it."""
    for name, value in owner.attributes.items():
        name_part(value, name, name, 0)
    if owner.chain is not None:
        name_chain(owner.chain)


def name_chain(chain: Chain) -> None:
    """Give the parts of a Sequential that stands alone their names; numbers are none."""
    for name, value in chain.items:
        name_part(value, "" if name.isdigit() else name, name, 0)


def name_part(value: Any, wish: str, path: str, depth: int) -> None:
    """Name one part and what is inside it, where nobody has done so."""
    if depth > 8:
        return
    if isinstance(value, (Layer, Instance, Chain)):
        value.wish, value.path = value.wish or wish.replace(".", "_"), value.path or path
    for name, part in list_named(value):
        name_part(part, f"{wish}_{name}", f"{path}.{name}", depth + 1)


def list_named(value: Any) -> list[tuple[str, Any]]:
    """What a list or dictionary of modules holds, by the names that it has there."""
    if isinstance(value, Chain):
        return value.items
    if isinstance(value, (list, tuple)):
        return [(str(place), part) for place, part in enumerate(value[:1000])]
    return list(value.items()) if isinstance(value, dict) else []


def module_names(owner: Instance) -> set[str]:
    """The names that the parts of an object bear."""
    found: set[str] = set()
    waiting: list[Any] = [*owner.attributes.values(), owner.chain]
    while waiting and len(found) < 5000:
        part = waiting.pop()
        if isinstance(part, Chain):
            found.add(part.wish)
            waiting.extend(item for _, item in part.items)
        elif isinstance(part, (list, tuple)) and len(waiting) < 5000:
            waiting.extend(part[:1000])
        elif isinstance(part, (Layer, Instance)):
            found.add(part.wish)
    return found


__all__ = ["call_inherited", "first_name", "make_instance", "module_names", "run_method"]
