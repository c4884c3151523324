"""Copies definitions of ``builder/parts`` into exported code as they stand, with what they need of each other."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from builder import parts

PACKAGE = "builder.parts."


class Parts:
    """Collects what exported code needs; printed once, each file after those that it imports from."""

    def __init__(self) -> None:
        self.wanted: dict[str, set[str]] = {}

    def need(self, *targets: Any) -> None:
        """Ask for classes or functions; those that are not of ``builder/parts`` need no copy."""
        for target in targets:
            module = target.__module__
            if module.startswith(PACKAGE):
                self.wanted.setdefault(module, set()).add(target.__name__)

    def print(self) -> tuple[list[str], list[str]]:
        """The imports that the definitions need, and the definitions."""
        imports: list[str] = []
        definitions: list[str] = []
        for module in self.follow_imports():
            found_imports, found = select_definitions(read_source(module), self.wanted[module])
            imports += [
                line for line in found_imports if line not in imports and not line.startswith(f"from {PACKAGE}")
            ]
            definitions += found
        return imports, definitions

    def follow_imports(self) -> list[str]:
        """Ask for what the files import from each other too. Returns them, each behind those that it imports from."""
        order: list[str] = []
        waiting = sorted(self.wanted)
        while waiting:
            module = waiting.pop()
            order = [module, *(other for other in order if other != module)]
            for line in select_definitions(read_source(module), self.wanted[module])[0]:
                imported, _, name = line.removeprefix("from ").partition(" import ")
                if imported.startswith(PACKAGE):
                    self.wanted.setdefault(imported, set()).add(name)
                    waiting.append(imported)
        return order


def read_source(module: str) -> str:
    """The source of one of the files."""
    return Path(str(sys.modules[module].__file__)).read_text(encoding="utf-8")


@cache
def list_definitions() -> frozenset[str]:
    """The names of everything that exported code may bring along, which no class of a network can bear too."""
    files = Path(parts.__path__[0]).glob("*.py")
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return frozenset(name for tree in trees for node in tree.body for name in names_defined(node))


def select_definitions(source: str, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The imports and the definitions of a file that these names need, in the file's order."""
    tree = ast.parse(source)
    lines = source.splitlines()
    defined = {name: node for node in tree.body for name in names_defined(node)}
    wanted: set[str] = set()
    waiting = [name for name in names if name in defined]
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting.extend(names_used(defined[name]) & defined.keys())
    nodes = [node for node in tree.body if names_defined(node) & wanted]
    used = set().union(*(names_used(node) for node in nodes)) if nodes else set()
    imports = [
        text
        for node in tree.body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for text in print_import(node, used)
    ]
    return imports, ["\n".join(lines[first_line(node) - 1 : node.end_lineno]) for node in nodes]


def names_defined(node: ast.stmt) -> set[str]:
    """The names that a statement at the top of a file defines."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, ast.Assign):
        found = (inner for target in node.targets for inner in ast.walk(target))
        return {inner.id for inner in found if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return {node.target.id}
    return set()


def names_used(node: ast.AST) -> set[str]:
    """Every name that a statement mentions; annotations count, for they are printed too."""
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def first_line(node: ast.stmt) -> int:
    """Where a statement begins, decorators included."""
    decorators = getattr(node, "decorator_list", [])
    return int(min([node.lineno, *(d.lineno for d in decorators)]))


def print_import(node: ast.Import | ast.ImportFrom, used: set[str]) -> list[str]:
    """The part of an import that is used, one name a line so that imports of several files can be joined."""
    if isinstance(node, ast.ImportFrom):
        kept = [alias for alias in node.names if (alias.asname or alias.name) in used and node.module != "__future__"]
        return [f"from {node.module} import {ast.unparse(alias)}" for alias in kept]
    kept = [alias for alias in node.names if (alias.asname or alias.name).split(".")[0] in used]
    return [f"import {ast.unparse(alias)}" for alias in kept]


def sort_imports(lines: Iterable[str]) -> list[str]:
    """Imports as people write them: standard library first, names of one module joined."""
    plain = sorted({line for line in lines if line.startswith("import ")})
    grouped: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith("from "):
            module, _, names = line.removeprefix("from ").partition(" import ")
            grouped.setdefault(module, set()).update(name.strip() for name in names.split(","))
    joined = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(grouped.items())]
    future = [line for line in joined if line.startswith("from __future__")]
    both = [line for line in [*plain, *joined] if line not in future]
    own = [line for line in both if is_standard(line)]
    other = [line for line in both if not is_standard(line)]
    blocks = [block for block in (future, own, other) if block]
    return [line for i, block in enumerate(blocks) for line in ([""] if i else []) + block]


def is_standard(line: str) -> bool:
    """Whether an import is of the standard library."""
    return line.split()[1].partition(".")[0] in sys.stdlib_module_names
