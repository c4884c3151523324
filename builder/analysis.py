"""What the screen is told about a project: ports, shapes, sizes and findings, as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from builder.document import Node, Project
from builder.findings import Finding
from builder.flow import Flow, NodeFlow
from builder.kinds import describe_port
from builder.rules import check
from builder.shape_flow import infer
from builder.tensors import TensorSpec

Json = dict[str, Any]
LONGEST_TITLE = 32


def analyse(project: Project) -> Json:
    """Return everything the canvas shows beside the document itself. Never raises on a bad project."""
    flows = infer(project)
    return {
        "graphs": {path: describe_graph(project, path, flows[path]) for path in project.graph_paths()},
        "findings": [describe_finding(finding) for finding in check(project, flows)],
    }


def describe_graph(project: Project, path: str, flow: Flow) -> Json:
    """The nodes of a graph and their totals."""
    return {
        "nodes": {node.id: describe_node(node, flow.nodes[node.id]) for node in project.graph(path).by_id().values()},
        "parameters": flow.parameters,
        "multiply_adds": flow.multiply_adds,
    }


def describe_node(node: Node, flow: NodeFlow) -> Json:
    """Ports, shapes, parameters and costs of one node."""
    return {
        "inputs": [describe_port(port) for port in flow.in_ports],
        "outputs": [describe_output(port.name, flow.outputs.get(port.name)) for port in flow.out_ports],
        "parameters": flow.parameters,
        "multiply_adds": flow.multiply_adds,
        "params": flow.params.model_dump(mode="json", by_alias=True) if flow.params is not None else dict(node.params),
        "title": make_title(node.kind, flow),
    }


def describe_output(name: str, spec: TensorSpec | None) -> Json:
    """An output port, with its shape where that is known."""
    if spec is None:
        return {"name": name, "label": "", "shape": None, "dtype": None}
    shape = [size if isinstance(size, int) else str(size) for size in spec.shape]
    return {"name": name, "label": str(spec), "shape": shape, "dtype": spec.dtype}


def make_title(kind: str, flow: NodeFlow) -> str:
    """The parameters that matter most, in few characters: ``32 · 3×3``."""
    if flow.kind is None or flow.params is None:
        return ""
    shown = (format_value(kind, name, getattr(flow.params, name, None)) for name in flow.kind.shown)
    return " · ".join(text for text in shown if text)[:LONGEST_TITLE]


def format_value(kind: str, name: str, value: Any) -> str:
    """A parameter's value in few characters; the size of a window is written out for every axis."""
    axes = re.search(r"([23])d$", kind)
    if name in ("kernel_size", "output_size") and isinstance(value, int) and axes:
        return "×".join([str(value)] * int(axes[1]))
    if isinstance(value, bool):
        return name if value else ""
    if isinstance(value, (tuple, list)):
        return ("×" if all(isinstance(item, int) for item in value) else ", ").join(map(str, value))
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def describe_finding(finding: Finding) -> Json:
    """A finding with its repairs."""
    fields: Mapping[str, Any] = finding.__dict__
    repairs = [{"title": repair.title, "edits": list(repair.edits)} for repair in finding.repairs]
    return {**fields, "repairs": repairs}
