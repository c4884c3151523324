"""What a source has and its networks do not use: modules that forward never calls, and methods that nobody calls."""

from __future__ import annotations

from typing import Any

from builder.importer.feeding import has_weights
from builder.importer.session import Session
from builder.importer.starts import list_modules
from builder.importer.top_level import TRAINING_METHODS
from builder.importer.values import Instance, Layer


def tell_unused_modules(root: Any, session: Session) -> None:
    """One remark for each part of a network that is made and never called; without weights it changes nothing."""
    for part in list_modules(root):
        if part is root or id(part) in session.called or is_inside_unused(part, root, session):
            continue
        text = f'"{part.path or part.wish}" is made and never called in forward, so it was left out.'
        if isinstance(part, Layer) and not has_weights(part.kind):
            session.remarks.note(part.line, text)
        else:
            session.remarks.add(part.line, f"{text} A file with the weights of the class holds tensors for it.")


def is_inside_unused(part: Any, root: Any, session: Session) -> bool:
    """Whether a part belongs to another one that is not called either, which is said there."""
    holders = [other for other in list_modules(root) if isinstance(other, Instance) and other is not root]
    return any(
        part is not other and id(other) not in session.called and part in list_modules(other) for other in holders
    )


def tell_unused_methods(session: Session) -> None:
    """One note for each method of a class in use that neither __init__ nor forward leads to."""
    for cls in session.classes.values():
        if not any(id(method) in session.read for method in cls.methods.values()):
            continue
        for name, method in cls.methods.items():
            is_special = name.startswith("__") or name in TRAINING_METHODS
            if not is_special and id(method) not in session.read:
                text = f"{cls.name}.{name} is called neither by __init__ nor by forward, so it was left out."
                session.remarks.note(method.lineno, text)
