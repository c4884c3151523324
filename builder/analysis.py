"""What the screen is told about a project: ports, shapes, sizes and findings, as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from builder.document import Node, Project
from builder.findings import Finding
from builder.flow import Flow, NodeFlow
from builder.kinds import describe_port
from builder.remembered import remember
from builder.rules import check
from builder.shape_flow import infer
from builder.tensors import TensorSpec
from builder.uses import Use, UseTable, list_uses

Json = dict[str, Any]
LONGEST_TITLE = 32


def analyse(project: Project) -> Json:
    """Return everything the canvas shows beside the document itself. Never raises on a bad project."""
    flows = infer(project)
    table = list_uses(flows)
    return {
        "graphs": {path: describe_graph(project, path, flows[path], table) for path in project.graph_paths()},
        "findings": [describe_finding(finding) for finding in check(project, flows)],
    }


def describe_graph(project: Project, path: str, flow: Flow, table: UseTable) -> Json:
    """The nodes of a graph and their totals; of a network that others use as a block, also what each use shows."""
    nodes = describe_nodes(project, path, flow, table)
    graph = {"nodes": nodes, "parameters": flow.parameters, "multiply_adds": flow.multiply_adds}
    uses = [describe_use(project, path, use, table, nodes) for use in table.of(path)]
    return {**graph, "uses": uses} if uses else graph


def describe_use(project: Project, path: str, use: Use, table: UseTable, base: Json) -> Json:
    """One use of a network: the way to it, and what is other than in the description of the network itself."""
    nodes = describe_nodes(project, path, use.flow, table)
    return {
        "trail": [list(step) for step in use.trail],
        "nodes": {id: facts for id, facts in nodes.items() if facts is not base[id] and facts != base[id]},
        "parameters": use.flow.parameters,
        "multiply_adds": use.flow.multiply_adds,
    }


def describe_nodes(project: Project, path: str, flow: Flow, table: UseTable) -> Json:
    """Every node of a graph."""
    return {id: describe_node(node, flow.nodes[id], table) for id, node in project.graph(path).by_id().items()}


def describe_node(node: Node, flow: NodeFlow, table: UseTable) -> Json:
    """Ports, shapes, parameters and costs of one node; of a block also the use that each repetition shows."""
    facts = describe_alone(node, flow)
    return {**facts, "uses": table.numbers(flow)} if flow.inner else facts


@remember
def describe_alone(node: Node, flow: NodeFlow) -> Json:
    """What is told of a node itself: the same object as long as nothing of it changed."""
    learned = {"tensors": dict(flow.tensors)} if flow.tensors else {}
    return {
        "inputs": [describe_port(port) for port in flow.in_ports],
        "outputs": [describe_output(port.name, flow.outputs.get(port.name)) for port in flow.out_ports],
        "parameters": flow.parameters,
        "multiply_adds": flow.multiply_adds,
        "params": flow.params.model_dump(mode="json", by_alias=True) if flow.params is not None else dict(node.params),
        "title": make_title(node.kind, flow),
        **learned,
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
    if kind == "Block" and name == "repeat":
        return f"×{value}" if value > 1 else ""
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
