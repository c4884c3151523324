"""Small pieces of source: names, literals, calls, docstrings. What a person typed reaches source only through here."""

from __future__ import annotations

import builtins
import keyword
import math
import re
from collections.abc import Iterable
from typing import Any

from builder.kinds import Construct

LINE = 110
TAKEN = frozenset({"F", "nn", "torch", "self", "math", "json", *keyword.kwlist, *dir(builtins)})
TAKEN_IN_FORWARD = frozenset({"F", "nn", "torch", "self", "math", "Tensor", *keyword.kwlist})
"""``forward`` calls no function of Python's own, so that a node may be called ``input`` or ``sum`` there."""


class Names:
    """Hands out names, each once; a name that is taken gets an underscore or a number."""

    def __init__(self, taken: Iterable[str] = (), always: Iterable[str] = TAKEN) -> None:
        self.taken = {*always, *taken}

    def claim(self, wish: str) -> str:
        """A free name as near as possible to the wish."""
        wish = re.sub(r"\W", "_", wish, flags=re.ASCII).strip("_") or "value"
        wish = f"_{wish}" if wish[0].isdigit() else wish
        name, number = wish, 2
        while name in self.taken:
            name, number = (f"{wish}_" if keyword.iskeyword(wish) else f"{wish}{number}"), number + 1
        self.taken.add(name)
        return name


def class_name(name: str) -> str:
    """``residual_block`` as ``ResidualBlock``."""
    words = re.split(r"[^A-Za-z0-9]+", name)
    joined = "".join(word[:1].upper() + word[1:] for word in words if word)
    return joined if joined[:1].isalpha() else f"Network{joined}"


def print_construct(construct: Construct) -> str:
    """The source of the call that makes a module, with the arguments that differ from the defaults."""
    arguments = [print_literal(value) for value in construct.args]
    arguments += [f"{name}={print_literal(value)}" for name, value in construct.meaningful().items()]
    return f"{print_target(construct.target)}({', '.join(arguments)})"


def print_target(target: type) -> str:
    """How source names a class: ``nn.Linear``, ``torch.optim.Adam``, or plainly for one that is printed beside it."""
    if target.__module__.startswith("torch.nn"):
        return f"nn.{target.__name__}"
    if target.__module__.startswith("torch.optim"):
        return f"torch.optim.{target.__name__}"
    return target.__name__


def print_literal(value: Any) -> str:
    """A value as source. Only plain data has a form; anything else is refused."""
    if isinstance(value, (list, tuple)):
        items = ", ".join(print_literal(item) for item in value)
        if isinstance(value, list):
            return f"[{items}]"
        return f"({items},)" if len(value) == 1 else f"({items})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{print_literal(k)}: {print_literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, float) and (math.isnan(value) or value in (float("inf"), float("-inf"))):
        return f'float("{value}")'
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    raise TypeError(f"{type(value).__name__} has no form as source")


def quote(text: str) -> str:
    """A string literal in double quotes, whatever is in it, on one line."""
    plain = text.isprintable() and "\\" not in text and '"' not in text
    return f'"{text}"' if plain else repr(text)


def docstring(text: str, indent: str = "") -> str:
    """A docstring from a person's words: quotes, backslashes and control characters cannot end it."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    clean = clean.replace("\\", "/").replace('"', "'")[:600]
    lines = wrap(clean, LINE - len(indent) - 6)
    if len(lines) <= 1:
        return f'{indent}"""{clean}"""'
    return f'{indent}"""' + f"\n{indent}".join(lines) + f'\n{indent}"""'


def wrap(text: str, width: int) -> list[str]:
    """Break a text at spaces."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


def indented(lines: Iterable[str], depth: int = 1) -> list[str]:
    """Lines moved to the right; empty ones stay empty."""
    return [("    " * depth + line if line else line) for line in lines]


def commented(line: str, comment: str, column: int = 60) -> str:
    """A line with a comment behind it, where there is room."""
    text = f"{line:<{column}}  # {comment}"
    return text if comment and len(text) <= LINE + 8 else line
