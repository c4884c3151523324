"""From text to a syntax tree, within bounds. The text is parsed and never run."""

from __future__ import annotations

import ast
import warnings

LONGEST = 300_000
DEEPEST = 80
MOST_NODES = 80_000
SMALLEST_NODES = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)


class ImportRefused(ValueError):
    """The text is nothing that can be imported. It says who, what, why and how to mend it."""


def read_source(text: str) -> ast.Module:
    """Parse a source. Raises ImportRefused where it is too large, too deep or not Python."""
    if len(text) > LONGEST:
        raise ImportRefused(
            f"The source has {len(text):,} characters, and at most {LONGEST:,} are read. Keep the class and what it uses."
        )
    if "\0" in text:
        raise ImportRefused("The source holds null bytes, so it is no text. Save it as a plain UTF-8 file of Python.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.lstrip("\ufeff"))
    except SyntaxError as error:
        place = f" at line {error.lineno}" if error.lineno else ""
        raise ImportRefused(
            f"The source is not Python{place}: {(error.msg or 'it cannot be read').rstrip('.')}. Paste a whole class."
        ) from None
    except UnicodeError:
        raise ImportRefused("The source is not Python: it holds signs that no text has. Save it as UTF-8.") from None
    except (ValueError, RecursionError, MemoryError):
        raise ImportRefused("The source is nested too deeply to be read. Paste the class alone.") from None
    check_size(tree)
    return tree


def check_size(tree: ast.Module) -> None:
    """Raise ImportRefused where a tree is larger or deeper than any network is written."""
    level: list[ast.AST] = [tree]
    count = depth = 0
    while level:
        count, depth = count + len(level), depth + 1
        if depth > DEEPEST:
            line = next((node.lineno for node in level if hasattr(node, "lineno")), 0)
            raise ImportRefused(
                f"The source is nested more than {DEEPEST} deep at line {line}. Write it in shorter steps."
            )
        if count > MOST_NODES:
            raise ImportRefused(f"The source has more than {MOST_NODES:,} pieces. Keep the class and what it uses.")
        level = [
            child for node in level for child in ast.iter_child_nodes(node) if not isinstance(child, SMALLEST_NODES)
        ]
