"""Bounded arithmetic and comparison on what a source says in numbers; references keep their text."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from builder.importer.remarks import Left
from builder.importer.values import Class, Mode, Module, Reference, Symbol, Unknown, check_extent

LARGEST = 10**12
LONGEST_LIST = 2000
LONGEST_TEXT = 200
OPERATORS: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Div: ("/", operator.truediv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
}
KEPT = ("+", "-", "*", "//")
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
UNTOLD = "depends on an argument that is given no value in this source"


def is_number(value: Any) -> bool:
    """Whether a value is a number, or a reference to one."""
    return isinstance(value, (int, float, Reference))


def combine(kind: type[ast.operator], first: Any, second: Any) -> Any:
    """The result of an operator on numbers, texts or lists. Raises Left."""
    if kind not in OPERATORS:
        raise Left("uses an operator that is not read here")
    sign, apply = OPERATORS[kind]
    if isinstance(first, Reference) or isinstance(second, Reference):
        return combine_references(sign, apply, first, second)
    if is_number(first) and is_number(second):
        return compute(sign, apply, first, second)
    if sign == "+" and type(first) is type(second) and isinstance(first, (list, tuple, str)):
        return bounded_length(first, len(first) + len(second), second)
    if sign == "*" and isinstance(first, (list, tuple)) and isinstance(second, int):
        return type(first)(list(first) * second) if len(first) * second <= LONGEST_LIST else too_long()
    if sign == "*" and isinstance(second, (list, tuple)) and isinstance(first, int):
        return combine(kind, second, first)
    unknown = next((value for value in (first, second) if isinstance(value, Unknown)), None)
    raise Left(unknown.reason if unknown else "is arithmetic on what is not known here")


def bounded_length(first: Any, length: int, second: Any) -> Any:
    """Two lists or texts, one behind the other."""
    if length > (LONGEST_TEXT if isinstance(first, str) else LONGEST_LIST):
        return too_long()
    return first + second


def too_long() -> Any:
    """Refuse what is longer than any network needs."""
    raise Left(f"is longer than {LONGEST_LIST:,} values")


def compute(sign: str, apply: Callable[[Any, Any], Any], first: Any, second: Any) -> Any:
    """Arithmetic on two plain numbers."""
    if sign == "**" and (abs(second) > 64 or abs(first) > LARGEST):
        raise Left("comes to a number that no size can be")
    try:
        result = apply(first, second)
    except (ArithmeticError, ValueError):
        raise Left("has no value, such as a division by zero") from None
    if isinstance(result, complex) or (isinstance(result, int) and abs(result) > LARGEST):
        raise Left("comes to a number that no size can be")
    return result


def combine_references(sign: str, apply: Callable[[Any, Any], Any], first: Any, second: Any) -> Any:
    """Arithmetic with a reference: kept as text where the project's own arithmetic knows it, else its value alone."""
    values = [value.value if isinstance(value, Reference) else value for value in (first, second)]
    if not all(value is None or is_number(value) for value in values):
        raise Left("is arithmetic on what is not known here")
    result = None if None in values else compute(sign, apply, *values)
    texts = [print_operand(value) for value in (first, second)]
    if sign in ("*", "//") and second == 1 and isinstance(first, Reference):
        return first
    if sign == "*" and first == 1 and isinstance(second, Reference):
        return second
    text = f"{texts[0]} {sign} {texts[1]}"
    whole = all(value is None or isinstance(value, int) for value in values)
    if sign in KEPT and whole and len(text) <= LONGEST_TEXT:
        return Reference(text, result)
    if result is None:
        raise Left(UNTOLD, "Write a default value for it in __init__.")
    return result


def print_operand(value: Any) -> str:
    """A number or reference as a part of a longer expression."""
    if not isinstance(value, Reference):
        return str(value)
    return f"({value.text})" if " " in value.text else value.text


def negate(value: Any) -> Any:
    """The number with the other sign."""
    return combine(ast.Sub, 0, value) if isinstance(value, Reference) else -value


def settle(value: Any) -> Any:
    """The plain value of what a decision depends on. Raises Left where it is not known."""
    if isinstance(value, Reference):
        if value.value is None:
            raise Left(UNTOLD, "Write a default value for it in __init__.")
        return value.value
    if isinstance(value, (list, tuple)):
        check_extent(value)
        return type(value)(settle(item) for item in value)
    if value is None or isinstance(value, (bool, int, float, str, dict, Symbol, Class, *Module.__args__)):
        return value
    raise Left(value.reason if isinstance(value, Unknown) else "cannot be decided before the network runs")


def compare(kind: type[ast.cmpop], first: Any, second: Any) -> bool:
    """Whether a comparison holds. Raises Left."""
    if kind in (ast.Is, ast.IsNot) and second is None:
        return (first is None) is (kind is ast.Is)
    try:
        return bool(COMPARISONS[kind](settle(first), settle(second)))
    except TypeError:
        raise Left("compares what cannot be compared") from None


def is_true(value: Any) -> bool:
    """Whether a condition holds. Raises Left."""
    if isinstance(value, Mode):
        return value.outside
    if isinstance(value, (list, tuple, dict, str)):
        return bool(value)
    return bool(settle(value)) if not isinstance(value, Module) else True
