"""The smallest edits that make a graph legal, each a button with words of its own."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic import JsonValue

from builder.document import NETWORKS, Edge, Node
from builder.findings import Repair
from builder.ids import suggest_id
from builder.phrases import join_words, quote, show_value
from builder.survey import Place

SPACING = 240.0
Json = dict[str, Any]


def edge_data(source: str, source_port: str, target: str, target_port: str) -> Json:
    """A link as edits carry it."""
    return {"source": source, "source_port": source_port, "target": target, "target_port": target_port}


def connect(place: Place, source: tuple[str, str], target: tuple[str, str]) -> Json:
    """The edit that links an output to an input."""
    return {"op": "connect", "graph": place.path, "edge": edge_data(*source, *target)}


def new_node(
    place: Place, kind: str, params: Json, position: tuple[float, float], index: int, wish: str | None = None
) -> Json:
    """The edit that adds a node of a kind under a free id, as close to the wish as can be."""
    name = suggest_id(wish or kind, place.drawn.nodes)
    node = {"id": name, "kind": kind, "params": params, "position": list(position)}
    return {"op": "add_node", "graph": place.path, "node": node, "index": index}


def place_between(place: Place, edge: Edge) -> tuple[tuple[float, float], int]:
    """A position in the middle of a link, and the place in the list of nodes right before the link's target."""
    source, target = place.drawn.nodes[edge.source], place.drawn.nodes[edge.target]
    x, y = ((a + b) / 2 for a, b in zip(source.position, target.position, strict=True))
    return (round(x, 1), round(y, 1)), place.drawn.position[edge.target]


def insert_on_link(place: Place, edge: Edge, kind: str, params: Json, title: str) -> Repair:
    """Put a node in the middle of a link, behind what is switched off before its end."""
    edge = place.drawn.incoming(edge.target).get(edge.target_port, edge)
    position, index = place_between(place, edge)
    added = new_node(place, kind, params, position, index)
    name = added["node"]["id"]
    arrive = connect(place, (edge.source, edge.source_port), (name, "input"))
    leave = connect(place, (name, "output"), (edge.target, edge.target_port))
    return Repair(title, (added, arrive, leave))


def connect_ports(place: Place, source: tuple[str, str], target: tuple[str, str]) -> Repair:
    """Link an output to an input."""
    return Repair(f"Connect {quote(source[0])} to {quote(target[0])}", (connect(place, source, target),))


def remove_node(place: Place, id: str) -> Repair:
    """Remove a node and its links."""
    return Repair(f"Remove {quote(id)}", ({"op": "remove_node", "graph": place.path, "id": id},))


def remove_nodes(place: Place, ids: list[str], title: str) -> Repair:
    """Remove several nodes and their links."""
    return Repair(title, tuple({"op": "remove_node", "graph": place.path, "id": id} for id in ids))


def remove_and_bridge(place: Place, id: str) -> Repair | None:
    """Remove a node and link what came before it to what came after; None where nothing comes before."""
    edge = place.drawn.incoming(id).get("input")
    if edge is None:
        return None
    start = (edge.source, edge.source_port)
    bridges = [connect(place, start, (after.target, after.target_port)) for after in place.drawn.outgoing(id)]
    removed = {"op": "remove_node", "graph": place.path, "id": id}
    return Repair(f"Remove {quote(id)}", (*bridges, removed))


def remove_link(place: Place, edge: Edge) -> Repair:
    """Remove one link."""
    gone = edge_data(edge.source, edge.source_port, edge.target, edge.target_port)
    title = f"Remove the link from {quote(edge.source)} to {quote(edge.target)}"
    return Repair(title, ({"op": "disconnect", "graph": place.path, "edge": gone},))


def set_param(path: str, id: str, name: str, value: Any) -> Repair:
    """Give a parameter a value."""
    edit = {"op": "set_param", "graph": path, "id": id, "name": name, "value": value}
    return Repair(f"Set {name} of {quote(id)} to {show_value(value)}", (edit,))


def unset_param(place: Place, id: str, name: str, title: str) -> Repair:
    """Put a parameter back to its default."""
    return Repair(title, ({"op": "unset_param", "graph": place.path, "id": id, "name": name},))


def set_node(place: Place, id: str, title: str, **fields: JsonValue) -> Repair:
    """Set what a node is beside its parameters."""
    return Repair(title, ({"op": "set_node", "graph": place.path, "id": id, "fields": fields},))


def change_kind(place: Place, node: Node, kind: str, known: Collection[str]) -> Repair:
    """Put another kind in place of a node's; of its parameters those stay that the kind knows."""
    title = f"Use {kind} instead"
    gone = [unset_param(place, node.id, name, title).edits for name in node.params if name not in known]
    return Repair(title, sum(gone, ()) + set_node(place, node.id, title, kind=kind).edits)


def rename(place: Place, id: str, new: str) -> Repair:
    """Give a node another id."""
    return Repair(f"Rename it to {quote(new)}", ({"op": "rename_node", "graph": place.path, "id": id, "to": new},))


def rename_later(place: Place, id: str) -> Repair:
    """Give every node but the first of those that bear an id a name of its own. What names the id stays with the first."""
    taken = [node.id for node in place.graph.nodes]
    edits: list[Json] = []
    for index in [i for i, node in enumerate(place.graph.nodes) if node.id == id][1:]:
        new = suggest_id(id, taken)
        taken.append(new)
        edits.append({"op": "rename_node", "graph": place.path, "id": id, "to": new, "index": index})
    names = join_words(quote(edit["to"]) for edit in edits)
    return Repair(f"Rename the {'second' if len(edits) == 1 else 'others'} to {names}", tuple(edits))


def rename_network(place: Place, new: str) -> Repair:
    """Give a network another name."""
    edit = {"op": "rename_graph", "name": place.path.removeprefix(NETWORKS), "to": new}
    return Repair(f"Rename it to {quote(new)}", (edit,))


def set_value(path: str, value: JsonValue, title: str) -> Repair:
    """Set a value of the run or of a source."""
    return Repair(title, ({"op": "set", "path": path, "value": value},))


def beside(node: Node | None, side: int) -> tuple[float, float]:
    """A free-looking position to the right (1) or the left (-1) of a node, or of nothing."""
    x, y = node.position if node else (0.0, 0.0)
    return (x + side * SPACING, y)
