"""The networkx view of a graph."""

from __future__ import annotations

from builder.document import Edge, Graph, Node
from builder.topology import GraphView


def view(nodes, edges):
    graph = Graph(
        nodes=tuple(Node(id=id, kind="Add") for id in nodes.split()),
        edges=tuple(Edge(source=a, target=b, target_port=f"inputs.{i}") for i, (a, b) in enumerate(edges)),
    )
    return GraphView(graph)


def test_the_documents_order_breaks_ties():
    assert view("c b a", []).order == ["c", "b", "a"]
    assert view("c b a", [("a", "c")]).order == ["b", "a", "c"]


def test_nodes_in_a_circle_and_behind_it_have_no_place_in_the_order():
    looped = view("a b c d", [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")])
    assert looped.cycles == [["b", "c"]]
    assert looped.order == ["a"]


def test_a_node_linked_to_itself_is_a_circle():
    assert view("a", [("a", "a")]).cycles == [["a"]]


def test_links_to_nodes_that_do_not_exist_are_left_out():
    assert view("a", [("a", "ghost"), ("ghost", "a")]).order == ["a"]
    assert view("a", [("ghost", "a")]).incoming("a") == {}


def test_a_changed_parameter_leaves_the_structure_as_it_is_and_a_changed_link_does_not() -> None:
    nodes = tuple(Node(id=id, kind="Identity") for id in ("a", "b", "c"))
    graph = Graph(nodes=nodes, edges=(Edge(source="a", target="b"),))
    changed = graph.model_copy(update={"nodes": (nodes[0].model_copy(update={"params": {"x": 1}}), *nodes[1:])})
    linked = graph.model_copy(update={"edges": (*graph.edges, Edge(source="b", target="c"))})
    assert GraphView(changed).topology is GraphView(graph).topology
    assert GraphView(changed).nodes["a"].params == {"x": 1}
    assert GraphView(linked).ancestors("c") == {"a", "b"} and GraphView(graph).ancestors("c") == set()
    assert [sorted(group) for group in GraphView(linked).groups] == [["a", "b", "c"]]
    assert GraphView(graph).groups == [["a", "b"], ["c"]]
