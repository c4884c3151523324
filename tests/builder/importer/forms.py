"""Short networks as source, and what was read of them."""

from __future__ import annotations

from typing import Any

from builder.document import Graph
from builder.importer import Imported, import_source

HEAD = """
import torch
import torch.nn as nn
import torch.nn.functional as F
"""


def read(forward: str, init: str = "pass", arguments: str = "x") -> Imported:
    """A network with these lines."""
    lines = "\n        ".join(forward.split("\n"))
    made = "\n        ".join(init.split("\n"))
    return import_source(
        f"{HEAD}\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        {made}\n\n"
        f"    def forward(self, {arguments}):\n        {lines}\n"
    )


def nodes(imported: Imported) -> list[tuple[str, dict[str, Any]]]:
    """Kinds and parameters of what lies between Inputs and Outputs."""
    graph = imported.networks[imported.main]
    return [(node.kind, node.params) for node in graph.nodes if node.kind not in ("Input", "Output")]


def links(graph: Graph) -> set[str]:
    """The links as text."""
    return {f"{edge.source}.{edge.source_port} -> {edge.target}.{edge.target_port}" for edge in graph.edges}
