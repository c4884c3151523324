"""Loops over equal parts are one block with a number: ``for layer in self.layers: x = layer(x, mask)``."""

from __future__ import annotations

import ast

from builder.importer.feeding import draw_block
from builder.importer.session import Frame
from builder.importer.stages import join_parts
from builder.importer.values import Chain, Wire


def run_repeats(statement: ast.For, frame: Frame) -> bool:
    """Draw a loop as a block that is repeated; False where it is none.

    The block's outputs have to be the first inputs of the next, and inputs beyond those the same for all.
    """
    step = read_step(statement)
    if step is None or frame.drawing is None:
        return False
    targets, arguments = step
    chain = frame.evaluate(statement.iter)
    values = [value for name in arguments if isinstance(value := frame.names.get(name), Wire)]
    carried = min(len(targets), len(arguments))
    if targets[:carried] != arguments[:carried] or set(arguments[carried:]) & set(targets):
        return False
    if not isinstance(chain, Chain) or len(values) < len(arguments):
        return False
    joined = join_parts([part for _, part in chain.items], len(values), frame)
    if joined is None or len(joined[0].outputs) != len(targets):
        return False
    use, params, given = joined
    links = list(zip(use.inputs, values, strict=True))
    wish = targets[0] if len(targets) == 1 else targets[0].rpartition("_")[0]
    wire = draw_block(chain, given, params, links, frame, wish, statement.lineno)
    for target, port in zip(targets, use.outputs, strict=True):
        frame.names[target] = Wire(wire.node, port)
    return True


def read_step(statement: ast.For) -> tuple[list[str], list[str]] | None:
    """The names that a loop's only line sets, and those that it gives to the part; None for any other loop."""
    match statement:
        case ast.For(
            target=ast.Name(id=part),
            body=[ast.Assign(targets=[target], value=ast.Call(func=ast.Name(id=called), args=args, keywords=[]))],
        ) if part == called:
            targets = target.elts if isinstance(target, ast.Tuple) else [target]
            names = [node.id for node in (*targets, *args) if isinstance(node, ast.Name)]
            if len(names) == len(targets) + len(args):
                return names[: len(targets)], names[len(targets) :]
    return None
