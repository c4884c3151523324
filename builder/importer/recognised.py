"""Classes of a source that compute what a layer of ours computes: taken as that layer, with a remark."""

from __future__ import annotations

import ast
from typing import Any

from builder.importer.remarks import Remarks
from builder.importer.values import Class, Layer, is_constant
from builder.importer.vocabulary import LAST

WAVES = {"sin", "cos"}


def recognise(cls: Class, arguments: dict[str, Any], line: int, remarks: Remarks) -> Layer | None:
    """The layer that a class is; None where it is none that is known."""
    if not is_sinusoidal(cls):
        return None
    layer = Layer("PositionalEncoding", {}, line)
    names = list(arguments)
    if names:
        layer.sizes[names[0]] = (*LAST, arguments[names[0]])
    rate = arguments.get("dropout")
    if is_constant(rate) and rate is not None and rate is not False:
        layer.params["dropout"] = rate
    remarks.add(
        cls.node.lineno,
        f"{cls.name} adds sines and cosines of the place, so it was taken as the layer PositionalEncoding. "
        "Where it puts which wave is not compared.",
    )
    return layer


def is_sinusoidal(cls: Class) -> bool:
    """Whether a class is a positional encoding by its name and by what it computes when it is made."""
    init = cls.methods.get("__init__")
    if init is None or "position" not in cls.name.lower():
        return False
    return {node.attr for node in ast.walk(init) if isinstance(node, ast.Attribute)} >= WAVES
