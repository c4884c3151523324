"""Parts one behind the other that are one block with a number: all used alike, or all but the first."""

from __future__ import annotations

from typing import Any

from builder.importer.session import Frame
from builder.importer.values import Instance

FEWEST_ALIKE = 2
"""Where the first part is another one, so many others that are alike show by themselves that it is a stage."""


def join_parts(parts: list[Any], count: int, frame: Frame) -> tuple[Any, dict[str, Any], list[dict[str, Any]]] | None:
    """How parts of so many inputs are used together; None where they are not one block.

    Returns:
        The use whose ports the block has, the block's parameters, and what the first part and the others were made with.
    """
    if len(parts) < 2 or not all(isinstance(part, Instance) for part in parts):
        return None
    uses = [frame.session.draw_part(part, count, frame.session, ()) for part in parts]
    if any(use is None for use in uses):
        return None
    first, *others = uses
    other = others[0]
    if any(use.params != other.params for use in others) or not fits(first, other):
        return None
    params = {**other.params, "repeat": len(parts)}
    if first.params != other.params:
        if not is_stage(parts, uses):
            return None
        params |= describe_first(first.params, other.params)
    frame.session.called.update(map(id, parts))
    return other, params, [first.given, other.given]


def fits(first: Any, other: Any) -> bool:
    """Whether two uses have as many inputs and outputs, and give them alike."""
    return (len(first.inputs), len(first.outputs), first.is_one) == (
        len(other.inputs),
        len(other.outputs),
        other.is_one,
    )


def is_stage(parts: list[Instance], uses: list[Any]) -> bool:
    """Whether parts of which the first is another one belong together.

    With several others that are alike they do. Of two parts those of one class do that come to different networks, as the
    blocks of a residual stage, and those that are made with no arguments, as exported code makes them.
    """
    if len(parts) > FEWEST_ALIKE:
        return True
    is_plain = not any(part.arguments for part in parts)
    return uses[0].params["network"] != uses[1].params["network"] and (is_plain or parts[0].cls is parts[1].cls)


def describe_first(first: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The parameters that say how the first repetition differs from the others."""
    shared = other.get("arguments", {})
    own = {name: value for name, value in first.get("arguments", {}).items() if (name, value) not in shared.items()}
    params: dict[str, Any] = {"first_network": first["network"]} if first["network"] != other["network"] else {}
    return params | ({"first_arguments": own} if own else {})
