"""Recognises the modules that exported code brings along: the same definitions as in ``builder/parts``, comments aside."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from builder.importer.modules import OWN_PREFIX
from builder.importer.vocabulary import OWN

PARTS = Path(__file__).parents[1] / "parts"


@cache
def known_definitions() -> dict[str, str]:
    """Every class and function of the parts that layers use, printed without docstrings, by name."""
    found: dict[str, str] = {}
    for file in sorted(PARTS.glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found |= {
            node.name: print_bare(node) for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))
        }
    return found


def is_own_part(node: ast.stmt) -> bool:
    """Whether a definition is one that exported code brings along."""
    if not isinstance(node, (ast.ClassDef, ast.FunctionDef)) or node.name not in known_definitions():
        return False
    return print_bare(node) == known_definitions()[node.name]


def own_symbol(name: str) -> str | None:
    """The name under which a module of the parts is made; None for helpers that only the parts call."""
    return f"{OWN_PREFIX}{name}" if name in OWN else None


def print_bare(node: ast.ClassDef | ast.FunctionDef) -> str:
    """A definition in one form, whatever its comments, docstrings and line ends are."""
    copy = ast.parse(ast.unparse(node))
    for inner in ast.walk(copy):
        if isinstance(inner, (ast.ClassDef, ast.FunctionDef)):
            inner.body = [part for part in inner.body if not is_docstring(part)] or [ast.Pass()]
    return ast.unparse(copy)


def is_docstring(node: ast.stmt) -> bool:
    """Whether a statement is a text alone."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
