from __future__ import annotations

import re
from xml.etree import ElementTree

from builder.document import Edge, Graph, Node
from ui.charts.graph_picture import draw_graph

SVG = "{http://www.w3.org/2000/svg}"


def look(kind: str) -> tuple[str, float]:
    return "#123456", 0.5


def draw(graph: Graph) -> ElementTree.Element:
    return ElementTree.fromstring(
        draw_graph(graph, look).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    )


def test_every_node_is_a_block_and_every_link_a_line() -> None:
    nodes = tuple(Node(id=f"n{number}", kind="ReLU", position=(240.0 * number, 0.0)) for number in range(3))
    edges = (Edge(source="n0", target="n1"), Edge(source="n1", target="n2"))
    picture = draw(Graph(nodes=nodes, edges=edges))
    assert len(picture.findall(f".//{SVG}rect")) == 3
    assert len(picture.findall(f".//{SVG}path")) == 2


def test_left_stays_left_and_nothing_leaves_the_picture() -> None:
    nodes = tuple(Node(id=f"n{n}", kind="ReLU", position=(500.0 * n, -300.0 * (n % 2))) for n in range(40))
    blocks = draw(Graph(nodes=nodes)).findall(f".//{SVG}rect")
    xs = [float(block.attrib["x"]) for block in blocks]
    assert xs == sorted(xs)
    assert min(xs) >= 0 and max(x + float(b.attrib["width"]) for x, b in zip(xs, blocks, strict=True)) <= 264


def test_hostile_names_stay_text() -> None:
    text = draw_graph(Graph(nodes=(Node(id="<script>alert(1)</script>", kind='"><img onerror=x>'),)), look)
    assert not re.search(r"<(script|img)", text)
    assert draw(Graph(nodes=(Node(id="<b>", kind="&"),))) is not None


def test_a_link_to_a_node_that_is_not_there_is_left_out() -> None:
    picture = draw(Graph(nodes=(Node(id="a", kind="ReLU"),), edges=(Edge(source="a", target="gone"),)))
    assert not picture.findall(f".//{SVG}path")


def test_an_empty_graph_is_an_empty_picture() -> None:
    assert not draw(Graph()).findall(f".//{SVG}rect")
