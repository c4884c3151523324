"""What the canvas is told of a project: shapes and findings, without what it knows anyway, and only what is new to it."""

from __future__ import annotations

from typing import Any

from builder.document import Node, Project
from builder.remembered import remember
from ui.warmup import wait_until_loaded

Json = dict[str, Any]


def analyse_for_canvas(project: Project) -> Json:
    """Shapes and findings, as small as can be. Waits for torch."""
    wait_until_loaded()
    from builder.analysis import analyse

    analysis = analyse(project)
    for path, graph in analysis["graphs"].items():
        nodes = project.graph(path).by_id()
        for shown in (graph, *graph.get("uses", ())):
            shown["nodes"] = {id: slim_node(facts, nodes[id]) for id, facts in shown["nodes"].items()}
    return analysis


@remember
def slim_node(facts: Json, node: Node) -> Json:
    """Keep the input ports of a kind whose ports depend on the project, and the values that references stand for."""
    from builder.layers import CATALOGUE
    from builder.training import TRAINING_CATALOGUE

    kind = CATALOGUE.get(node.kind) or TRAINING_CATALOGUE.get(node.kind)
    slim = {name: value for name, value in facts.items() if name != "inputs" or kind is None or kind.dynamic_ports}
    resolved = facts["params"]
    slim["params"] = {name: resolved.get(name) for name, value in node.params.items() if resolved.get(name) != value}
    return slim


def find_news(before: Json, after: Json) -> Json:
    """What is new in an analysis: nodes and totals that changed, names that are gone, and the findings.

    The client joins it with the analysis of before (``joinAnalysis`` in ``core/analysis.ts``).
    """
    news = {key: value for key, value in after.items() if key != "graphs" and value != before.get(key)}
    graphs = {path: find_graph_news(before["graphs"].get(path), graph) for path, graph in after["graphs"].items()}
    gone = [path for path in before["graphs"] if path not in after["graphs"]]
    return news | {"graphs": {path: graph for path, graph in graphs.items() if graph}, "gone": gone}


def find_graph_news(before: Json | None, after: Json) -> Json:
    """What is new in one graph; empty where nothing is."""
    if before is None:
        return {**after, "gone": []}
    nodes = {
        id: facts
        for id, facts in after["nodes"].items()
        if (known := before["nodes"].get(id)) is not facts and known != facts
    }
    gone = [id for id in before["nodes"] if id not in after["nodes"]]
    rest = {key: value for key, value in after.items() if key != "nodes" and value != before.get(key)}
    return {**rest, "nodes": nodes, "gone": gone} if nodes or gone or rest else {}
