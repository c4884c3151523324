"""Formulas over tensors: read with ``ast`` against an allow-list, computed by walking the tree, printed as source.

Computing and printing go through the same names of torch functions, so that both give the same bits. Python itself
never evaluates what a person wrote.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

LONGEST = 500
DEEPEST = 40
LARGEST_NUMBER = 1e12
LARGEST_EXPONENT = 16
LARGEST_AXIS = 8

Value = Tensor | float | int

OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
ELEMENTWISE = ("abs", "sqrt", "exp", "log", "sigmoid", "tanh")
REDUCTIONS = {"mean": "mean", "sum": "sum", "min": "amin", "max": "amax"}
PAIRS = {"min": "minimum", "max": "maximum"}
LIMITS = {"min": "max", "max": "min"}
FUNCTIONS = (*ELEMENTWISE, *REDUCTIONS, "clamp", "norm")


class FormulaError(ValueError):
    """The text is not a formula. The message is a short reason that follows the words "the formula"."""


@lru_cache(maxsize=1024)
def parse_formula(text: str) -> ast.expr:
    """Read a formula and check every piece of it.

    Raises:
        FormulaError: with the reason, as a clause.
    """
    if len(text) > LONGEST:
        raise FormulaError(f"has {len(text)} characters and {LONGEST} are allowed")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError("is not complete: a bracket, a number or an operator is missing or too much") from None
    check_depth(tree)
    check_piece(tree)
    if not find_names(tree):
        raise FormulaError("names no input, such as loss in 2 * loss")
    return tree


def check_depth(tree: ast.expr) -> None:
    """Check that the formula is not nested too deeply, without recursion."""
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        if not level:
            return
    raise FormulaError(f"is nested more than {DEEPEST} levels deep")


def check_piece(node: ast.expr) -> None:
    """Check one piece and everything in it."""
    match node:
        case ast.Name(id=name):
            check_name(name)
        case ast.Constant(value=number):
            check_number(number)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            check_piece(inner)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            check_piece(left)
            check_piece(right)
            check_operation(node)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            check_call(name, args, keywords)
        case _:
            raise FormulaError(
                f"has {describe_piece(node)} in it; it may hold names, numbers, + - * / ** and functions"
            )


def check_name(name: str) -> None:
    """Check the name of an input."""
    if not name.isascii():
        raise FormulaError(f"uses {name}, and names are made of letters a to z, digits and underscores")
    if name.startswith("__"):
        raise FormulaError(f"uses {name}, and names that start with two underscores belong to Python")
    if name in FUNCTIONS:
        raise FormulaError(f"uses {name} without brackets, and that is a function")
    if name in ("torch", "self"):
        raise FormulaError(f"uses {name} as the name of an input, and the exported code uses that name")


def check_number(number: object) -> None:
    """Check that a constant is a number of a size that makes sense."""
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise FormulaError(f"has {str(number)[:40]!r} in it, which is not a number")
    if not abs(number) <= LARGEST_NUMBER:
        raise FormulaError(f"has a number above {LARGEST_NUMBER:.0e} in it")


def check_operation(node: ast.BinOp) -> None:
    """Check an exponent, and that numbers among themselves give a number."""
    if isinstance(node.op, ast.Pow):
        check_exponent(node.right)
    if find_names(node):
        return
    try:
        value = compute(node, {})
    except (ZeroDivisionError, OverflowError):
        value = math.inf
    if isinstance(value, complex) or not abs(value) <= LARGEST_NUMBER:
        raise FormulaError(f"has {ast.unparse(node)} in it, which is not a number of a sensible size")


def check_exponent(node: ast.expr) -> None:
    """Check that an exponent is a plain number of moderate size."""
    number = read_number(node)
    if number is None:
        raise FormulaError("has an exponent that is not a plain number; exp(...) takes any")
    if abs(number) > LARGEST_EXPONENT:
        raise FormulaError(f"has the exponent {number:g}, and at most {LARGEST_EXPONENT} is allowed")


def check_call(name: str, args: list[ast.expr], keywords: list[ast.keyword]) -> None:
    """Check a function, what it is given, and its axis."""
    if name not in FUNCTIONS:
        raise FormulaError(f"calls {name}, which is not one of {', '.join(FUNCTIONS)}")
    if not 1 <= len(args) <= most_arguments(name):
        raise FormulaError(f"gives {name} {len(args)} values, and it takes {describe_arguments(name)}")
    for arg in args:
        check_piece(arg)
    if not find_names(args[0]):
        raise FormulaError(f"gives {name} a plain number; its first value must come from an input")
    for keyword in keywords:
        check_axis(name, keyword, len(args))
    if name == "clamp" and (len(args) < 3 or any(read_number(arg) is None for arg in args[1:])):
        raise FormulaError("uses clamp without two plain numbers, such as clamp(x, 0, 1)")


def most_arguments(name: str) -> int:
    """How many values a function takes at most."""
    return {"clamp": 3, "min": 2, "max": 2}.get(name, 1)


def describe_arguments(name: str) -> str:
    """How many values a function takes, in words."""
    return {"clamp": "a value and two limits", "min": "one or two", "max": "one or two"}.get(name, "one")


def check_axis(name: str, keyword: ast.keyword, num_args: int) -> None:
    """Check that a keyword is an axis, that the function has one, and that it is a small whole number."""
    if keyword.arg != "axis" or not (name in REDUCTIONS or name == "norm") or num_args > 1:
        raise FormulaError(f"gives {name} the setting {keyword.arg or '**'}, which it does not have")
    axis = read_number(keyword.value)
    if not isinstance(axis, int) or abs(axis) > LARGEST_AXIS:
        raise FormulaError(f"has an axis that is not a whole number from -{LARGEST_AXIS} to {LARGEST_AXIS}")


def read_number(node: ast.expr) -> float | int | None:
    """The value of a plain number, with or without a sign; None for anything else."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
    return None


PIECES: dict[type[ast.expr], str] = {
    ast.Attribute: "a dot",
    ast.Subscript: "square brackets",
    ast.Compare: "a comparison",
    ast.BoolOp: "and or or",
    ast.IfExp: "an if",
    ast.Lambda: "a lambda",
    ast.Call: "a call of something that is not a function's name",
    ast.NamedExpr: "an assignment",
    ast.JoinedStr: "a text",
    ast.BinOp: "an operator that is not one of the five",
    ast.UnaryOp: "a sign other than minus",
}


def describe_piece(node: ast.expr) -> str:
    """What a forbidden piece is called by people."""
    return PIECES.get(type(node), "a list or something like it")


def names_in(text: str) -> tuple[str, ...]:
    """The names of a formula's inputs in the order of their first appearance. Raises FormulaError."""
    return find_names(parse_formula(text))


def find_names(tree: ast.expr) -> tuple[str, ...]:
    """The names of the inputs in the order of their first appearance."""
    return tuple(dict.fromkeys(walk_names(tree)))


def walk_names(node: ast.expr) -> Iterator[str]:
    """Every name from left to right, without those of functions."""
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Call(args=args):
            for arg in args:
                yield from walk_names(arg)
        case ast.BinOp(left=left, right=right):
            yield from walk_names(left)
            yield from walk_names(right)
        case ast.UnaryOp(operand=inner):
            yield from walk_names(inner)


def evaluate_formula(text: str, values: Mapping[str, Tensor]) -> Tensor:
    """Compute a formula.

    Raises:
        FormulaError: the text is not a formula.
    """
    result: Tensor = compute(parse_formula(text), values)
    return result


def compute(node: ast.expr, values: Mapping[str, Tensor]) -> Any:
    """Compute one piece of a checked tree."""
    match node:
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=number):
            return number
        case ast.UnaryOp(operand=inner):
            return -compute(inner, values)
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](compute(left, values), compute(right, values))
        case ast.Call():
            target, args, kwargs = arrange_call(node)
            inner_values = [compute(arg, values) for arg in args]
            return call(target, inner_values, {name: compute(value, values) for name, value in kwargs.items()})
    raise FormulaError(f"has {describe_piece(node)} in it")


def call(target: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call one of the torch functions that ``arrange_call`` names."""
    if target == "linalg.vector_norm":
        return torch.linalg.vector_norm(*args, **kwargs)
    if target == "flat_norm":
        return torch.linalg.vector_norm(args[0].reshape(len(args[0]), -1), dim=1)
    return TARGETS[target](*args, **kwargs)


TARGETS: dict[str, Callable[..., Tensor]] = {
    name: getattr(torch, name) for name in (*ELEMENTWISE, *REDUCTIONS.values(), *PAIRS.values(), "clamp")
}


def arrange_call(node: ast.Call) -> tuple[str, list[ast.expr], dict[str, ast.expr]]:
    """Say which torch function a call stands for, and with which arguments."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    axis = {"dim": node.keywords[0].value} if node.keywords else {}
    if name == "norm":
        return ("linalg.vector_norm" if axis else "flat_norm"), node.args, axis
    if name == "clamp":
        return "clamp", node.args[:1], {"min": node.args[1], "max": node.args[2]}
    if name in PAIRS and len(node.args) == 2:
        if not find_names(node.args[1]):
            return "clamp", node.args[:1], {LIMITS[name]: node.args[1]}
        return PAIRS[name], node.args, {}
    return REDUCTIONS.get(name, name), node.args, axis


def print_formula(text: str, names: Mapping[str, str] | None = None) -> str:
    """Write a formula as a Python expression that needs only torch.

    Args:
        text: the formula.
        names: what each input is called in the source; an expression that needs brackets must bring them.

    Raises:
        FormulaError: the text is not a formula.
    """
    return ast.unparse(rewrite(parse_formula(text), names or {}))


def rewrite(node: ast.expr, names: Mapping[str, str]) -> ast.expr:
    """The same piece with torch's functions and the source's names."""
    match node:
        case ast.Name(id=name):
            return ast.Name(names.get(name, name))
        case ast.UnaryOp(op=op, operand=inner):
            return ast.UnaryOp(op, rewrite(inner, names))
        case ast.BinOp(left=left, op=op, right=right):
            return ast.BinOp(rewrite(left, names), op, rewrite(right, names))
        case ast.Call():
            target, args, kwargs = arrange_call(node)
            return print_call(target, [rewrite(arg, names) for arg in args], kwargs)
    return node


def print_call(target: str, args: list[ast.expr], kwargs: dict[str, ast.expr]) -> ast.expr:
    """A call of a torch function as a tree."""
    if target == "flat_norm":
        rows = ast.Call(ast.Name("len"), args[:1], [])
        minus_one = ast.UnaryOp(ast.USub(), ast.Constant(1))
        flat = ast.Call(ast.Attribute(args[0], "reshape"), [rows, minus_one], [])
        target, args, kwargs = "linalg.vector_norm", [flat], {"dim": ast.Constant(1)}
    keywords = [ast.keyword(name, value) for name, value in kwargs.items()]
    return ast.Call(ast.Name(f"torch.{target}"), args, keywords)
