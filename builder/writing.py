"""How projects and blocks are written: the same text for the same thing, a node or a link to a line.

Nodes and links are values, so that one that was written before is not written again.
"""

from __future__ import annotations

import json
from typing import Any

from builder.document import Edge, Graph, Node, Part
from builder.remembered import remember

Json = dict[str, Any]
WIDEST_LINE = 120

NODE_DEFAULTS: Json = {"params": {}, "bypassed": False, "weights_of": None}
EDGE_DEFAULTS: Json = {"source_port": "output", "target_port": "input", "via": []}


class Written:
    """Data that is written out already: the data, and the text of all of it in one line."""

    def __init__(self, data: Any) -> None:
        self.data, self.line = data, json.dumps(data, ensure_ascii=False)


def strip_graph(graph: Graph) -> Json:
    """A graph as data, whose nodes and links leave out what goes without saying and are written out."""
    pieces = {"nodes": list(map(write_node, graph.nodes)), "edges": list(map(write_edge, graph.edges))}
    rest = graph.model_dump(mode="json", exclude=set(pieces))
    return {**pieces, **rest}


@remember
def write_node(node: Node) -> Written:
    """A node, written out."""
    return strip_defaults(node, NODE_DEFAULTS)


@remember
def write_edge(edge: Edge) -> Written:
    """A link, written out."""
    return strip_defaults(edge, EDGE_DEFAULTS)


def strip_defaults(part: Part, defaults: Json) -> Written:
    """A part without what goes without saying."""
    data = part.model_dump(mode="json")
    return Written({key: value for key, value in data.items() if key not in defaults or value != defaults[key]})


def lay_out(value: Any) -> str:
    """JSON in which whatever fits on a line stands on one."""
    return lay_lines(value, 0)[1]


def lay_lines(value: Any, indent: int) -> tuple[str, str]:
    """The text of a value in one line, and laid out at an indent."""
    if isinstance(value, Written):
        if len(value.line) + indent <= WIDEST_LINE:
            return value.line, value.line
        value = value.data
    if not isinstance(value, (dict, list)) or not value:
        line = json.dumps(value, ensure_ascii=False)
        return line, line
    inner = indent + 2
    if isinstance(value, dict):
        names = [f"{json.dumps(key, ensure_ascii=False)}: " for key in value]
        pairs = zip(names, [lay_lines(item, inner) for item in value.values()], strict=True)
        parts = [(name + line, name + laid) for name, (line, laid) in pairs]
    else:
        parts = [lay_lines(item, inner) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    line = f"{opening}{', '.join([line for line, _ in parts])}{closing}"
    if len(line) + indent <= WIDEST_LINE:
        return line, line
    body = f",\n{' ' * inner}".join([laid for _, laid in parts])
    return line, f"{opening}\n{' ' * inner}{body}\n{' ' * indent}{closing}"
