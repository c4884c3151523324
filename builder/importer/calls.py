"""Reads calls: of the source's own functions and classes, of the library, of Python's, and of modules in forward."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from builder.importer.builtin_calls import call_builtin, call_container
from builder.importer.feeding import call_module
from builder.importer.functions import call_operation, refuse_state
from builder.importer.instances import call_inherited, make_instance, run_method
from builder.importer.modules import NN_PREFIX, OWN_PREFIX, make_module
from builder.importer.remarks import Left
from builder.importer.reshaping import Called
from builder.importer.session import Frame
from builder.importer.starts import call_module_method, set_start, set_values
from builder.importer.values import Chain, Class, Function, Instance, Layer, Symbol, Unknown

NUMBERS: dict[str, Callable[[float], float]] = {
    "sqrt": lambda x: x**0.5,
    "floor": lambda x: int(x // 1),
    "ceil": lambda x: -int(-x // 1),
}


def call(callee: Any, args: list[Any], kwargs: dict[str, Any], frame: Frame, wish: str, line: int) -> Any:
    """What a call gives. Raises Left."""
    match callee:
        case Symbol(holder=None):
            return call_library(callee.name, args, kwargs, frame, wish, line)
        case Symbol():
            return call_method(callee, args, kwargs, frame, wish, line)
        case Class():
            return make_instance(callee, args, kwargs, frame, line)
        case Function():
            return run_function(callee, args, kwargs, frame)
        case Layer() | Chain() | Instance():
            return call_module(callee, args, kwargs, frame, wish, line)
        case Unknown():
            raise Left(callee.reason, operands=(args, list(kwargs.values())))
    raise Left("calls what is not known here")


def call_library(name: str, args: list[Any], kwargs: dict[str, Any], frame: Frame, wish: str, line: int) -> Any:
    """A function or a class of a library, by its full name."""
    last = name.rpartition(".")[2]
    called = Called(last, args, kwargs, frame, wish, line)
    if name.startswith("builtins.") or name in ("collections.OrderedDict", "copy.deepcopy"):
        return call_builtin(last, args, kwargs, frame)
    if name.startswith("torch.nn.init."):
        return set_start(last, args, kwargs, frame, line)
    if name.startswith(("torch.nn.functional.", "torch.nn.utils.rnn.")) or "generate_square" in last:
        return call_operation(called)
    if name.startswith(OWN_PREFIX) or (name.startswith(NN_PREFIX) and last[:1].isupper()):
        return make_module(name, args, kwargs, line, frame.session.remarks)
    if name.startswith("torch.") and name.count(".") == 1:
        return call_operation(called)
    if name.startswith("math.") and last in NUMBERS and len(args) == 1 and isinstance(args[0], (int, float)):
        return NUMBERS[last](min(abs(args[0]), 1e12))
    raise Left(f"comes from {name}, which is not read here", operands=(args, list(kwargs.values())))


def call_method(callee: Symbol, args: list[Any], kwargs: dict[str, Any], frame: Frame, wish: str, line: int) -> Any:
    """A method of a value."""
    group, _, name = callee.name.partition(".")
    if group in ("tensor", "state"):
        called = Called(name, args, kwargs, frame, wish, line, subject=callee.holder)
        return call_operation(called) if group == "tensor" else refuse_state(called)
    if group == "super":
        return call_inherited(callee.holder, name, args, kwargs, frame)
    if group == "module":
        return call_module_method(callee.holder, name, args, frame, line)
    if group == "weights":
        return set_values(callee.holder, name, args, frame, line)
    return callee.holder if group == "layer" else call_container(callee.holder, name, args)


def run_function(function: Function, args: list[Any], kwargs: dict[str, Any], frame: Frame) -> Any:
    """Read a function of the source with these arguments; what it returns."""
    inner = run_method(function, args, kwargs, frame)
    if isinstance(function.node, ast.Lambda):
        return inner.evaluate(function.node.body)
    return inner.run(function.node.body)


__all__ = ["call"]
