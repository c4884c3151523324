"""What an import came to, as lines: nodes with their links and shapes, sizes of networks, remarks."""

from __future__ import annotations

import json
from typing import Any

from builder.document import NETWORKS
from builder.importer import Imported
from builder.shape_flow import infer


def summarise(imported: Imported, shape: list[int] | None = None) -> str:
    """The summary; ``shape`` is what the Inputs of the main network take where the source does not tell."""
    project = imported.make_project()
    main = project.networks[imported.main]
    nodes = [
        node.model_copy(update={"params": {**node.params, "shape": shape}})
        if shape and node.kind == "Input" and "shape" not in node.params
        else node
        for node in main.nodes
    ]
    known = project.with_graph(NETWORKS + imported.main, main.model_copy(update={"nodes": tuple(nodes)}))
    flows = infer(known)
    lines = []
    for name, graph in project.networks.items():
        flow = flows[NETWORKS + name]
        is_main = name == imported.main
        lines.append(f"network {name}{show(graph.params)}" + (f": {flow.parameters:,} parameters" if is_main else ""))
        for node in graph.nodes:
            links = [link(edge) for edge in graph.edges if edge.target == node.id]
            shared = f" shares {node.weights_of}" if node.weights_of else ""
            shapes = ", ".join(str(spec) for spec in flow.nodes[node.id].outputs.values()) if is_main else ""
            line = f"  {node.id} = {node.kind}{show(node.params)} <- {', '.join(links)}{shared}"
            lines.append(f"{line.removesuffix(' <- ')}{f' : {shapes}' if shapes else ''}")
    return "\n".join([*lines, *(str(remark) for remark in imported.notes)]) + "\n"


def show(params: dict[str, Any]) -> str:
    """Parameters in brackets."""
    return f"({', '.join(f'{name}={json.dumps(value)}' for name, value in params.items())})" if params else ""


def link(edge: Any) -> str:
    """A link, its ports where they are not the usual ones."""
    source = edge.source if edge.source_port == "output" else f"{edge.source}.{edge.source_port}"
    return source if edge.target_port == "input" else f"{edge.target_port}={source}"
