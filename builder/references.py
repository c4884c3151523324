"""References and small arithmetic in parameters: ``$classes``, ``$channels * 2``. Read with ``ast``, never run by Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from builder.document import FieldFacts, Graph, Project, Source

LONGEST = 200
DEEPEST = 20
LARGEST = 10**9
WEIGHT_DIGITS = 6
NAME = re.compile(r"\$([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?")
Scope = Mapping[str, Any]

OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
}


class UnresolvedReference(ValueError):
    """A reference names nothing, or the arithmetic is not of the allowed kind. The text is a short reason."""


def is_reference(value: Any) -> bool:
    """Whether a value is text with a reference in it."""
    return isinstance(value, str) and NAME.search(value) is not None


def list_names(value: Any) -> set[str]:
    """Every name that a value refers to, lists and objects included, without those of other sources."""
    if isinstance(value, (list, tuple)):
        return {name for item in value for name in list_names(item)}
    if isinstance(value, dict):
        return {name for item in value.values() for name in list_names(item)}
    return {match.group(1) for match in NAME.finditer(value)} if isinstance(value, str) else set()


def resolve(value: Any, scope: Scope) -> Any:
    """Replace every reference in a value, lists and objects included.

    Raises:
        UnresolvedReference: a name is unknown, or the expression is more than names, integers, ``+ - * //`` and parentheses.
    """
    if isinstance(value, (list, tuple)):
        return [resolve(item, scope) for item in value]
    if isinstance(value, dict):
        return {key: resolve(item, scope) for key, item in value.items()}
    return resolve_text(value, scope) if is_reference(value) else value


def resolve_text(text: str, scope: Scope) -> Any:
    """Resolve one expression."""
    if len(text) > LONGEST:
        raise UnresolvedReference(f"is longer than {LONGEST} characters")
    whole = NAME.fullmatch(text.strip())
    if whole:
        return look_up(whole, scope)
    names: dict[str, Any] = {}

    def keep(match: re.Match[str]) -> str:
        names[name := f"_{len(names)}"] = look_up(match, scope)
        return name

    named = NAME.sub(keep, text).strip()
    try:
        tree = ast.parse(named, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UnresolvedReference(f"{text!r} is not an expression") from None
    return evaluate(tree.body, names, 0)


def look_up(match: re.Match[str], scope: Scope) -> Any:
    """The value of one name. Raises UnresolvedReference with the names that there are."""
    name = match.group(0)[1:]
    if name not in scope:
        known = ", ".join(f"${key}" for key in sorted(scope) if "." not in key) or "none"
        raise UnresolvedReference(f"${name} is not known here (known: {known})")
    return scope[name]


def evaluate(node: ast.expr, names: Scope, depth: int) -> int:
    """Compute an allowed expression over integers. Raises UnresolvedReference for anything else."""
    if depth > DEEPEST:
        raise UnresolvedReference("is nested too deeply")
    match node:
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            return bounded(number)
        case ast.Name(id=name) if isinstance(names.get(name), int):
            return bounded(names[name])
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -evaluate(inner, names, depth + 1)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            a, b = evaluate(left, names, depth + 1), evaluate(right, names, depth + 1)
            if isinstance(op, ast.FloorDiv) and b == 0:
                raise UnresolvedReference("divides by zero")
            return bounded(OPERATORS[type(op)](a, b))
    raise UnresolvedReference("may hold only names, whole numbers, + - * // and parentheses")


def bounded(number: int) -> int:
    """The number, unless no size could be that large."""
    if abs(number) > LARGEST:
        raise UnresolvedReference(f"comes to more than {LARGEST:,}")
    return number


def leading_source(project: Project) -> str | None:
    """The source whose Data node leads the epoch; the only source where no Data node says so."""
    data = [node for node in project.training.nodes if node.kind == "Data" and not node.bypassed]
    leads = [node for node in data if node.params.get("leads", True)]
    for node in leads or data:
        name = node.params.get("source")
        if isinstance(name, str) and name in project.data:
            return name
    return next(iter(project.data), None)


def facts_scope(project: Project) -> dict[str, Any]:
    """The names that a project's data defines: ``classes``, ``shape``... and ``<source>.classes`` for every source."""
    scope: dict[str, Any] = {}
    for name, source in project.data.items():
        scope.update({f"{name}.{key}": value for key, value in source_scope(source).items()})
    lead = leading_source(project)
    if lead is not None:
        scope.update(source_scope(project.data[lead]))
    return scope


def source_scope(source: Source) -> dict[str, Any]:
    """The names that one source defines: sizes of its first input field, the classes of its target, the steps of windows.

    The target's classes also give the weights by which all of them count the same in a loss. Beside them every field but the
    target gives ``<field>_classes``, and every text ``<field>_vocabulary``.
    """
    if source.facts is None:
        return {}
    fields = source.facts.fields
    roles = {name: meaning.role for name, meaning in source.fields.items()}
    first = next((facts for name, facts in fields.items() if roles.get(name) == "input"), None)
    target = next((facts for name, facts in fields.items() if roles.get(name) == "target"), None)
    scope = input_scope(first) if first else {}
    if target and target.classes is not None:
        scope |= {"classes": len(target.classes)} | weight_scope(target.class_counts or ())
    if target and target.shape and not isinstance(target.shape[-1], str):
        scope["targets"] = target.shape[-1]
    for name, known in fields.items():
        if known.classes is not None and known is not target:
            scope[f"{name}_classes"] = len(known.classes)
        if known.vocabulary is not None:
            scope[f"{name}_vocabulary"] = known.vocabulary
    if source.windows:
        scope |= {"length": source.windows.length, "horizon": source.windows.horizon}
    return scope


def weight_scope(counts: Sequence[int]) -> dict[str, Any]:
    """What lets rare classes count as much as frequent ones: a weight for each, and of two how much the second counts.

    A class's weight is the number of samples by the number of classes and by its own samples, so that it is 1 where all
    are equally frequent. A class that does not occur counts once.
    """
    present = [count for count in counts if count]
    if not present:
        return {}
    scope: dict[str, Any] = {
        "class_weights": [shorten(sum(present) / (len(present) * count)) if count else 1.0 for count in counts]
    }
    if len(counts) == 2 and len(present) == 2:
        scope["positive_weight"] = shorten(counts[0] / counts[1])
    return scope


def shorten(weight: float) -> float:
    """A weight with as many digits as matter, since it is printed into code."""
    return float(f"{weight:.{WEIGHT_DIGITS}g}")


def input_scope(facts: FieldFacts) -> dict[str, Any]:
    """The sizes of an input field: ``shape``, and by rank ``features`` or ``channels``, ``height``, ``width``."""
    scope: dict[str, Any] = {"shape": list(facts.shape)}
    if facts.kind == "image" and len(facts.shape) == 3:
        scope.update(zip(("channels", "height", "width"), facts.shape, strict=True))
    elif facts.shape and not isinstance(facts.shape[-1], str):
        scope["features"] = facts.shape[-1]
    if facts.vocabulary is not None:
        scope["vocabulary"] = facts.vocabulary
    return scope


def graph_scope(graph: Graph, facts: Scope, arguments: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The names known inside a graph: the data's, the graph's own parameters, and what a use of it gives for them.

    A parameter that refers to nothing is not known; whatever asks for it says so.
    """
    own: dict[str, Any] = {}
    for name, value in graph.params.items():
        with suppress(UnresolvedReference):
            own[name] = resolve(value, facts)
    return {**facts, **own, **(arguments or {})}
