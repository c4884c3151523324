"""Where imported nodes stand, and how links are led past them."""

from __future__ import annotations

from builder.importer.placing import CLEAR, arrange_nodes
from tests.builder.drawn import graph, node


def lay(*links: str) -> dict[str, tuple[tuple[float, float], ...]]:
    names = list(dict.fromkeys(name.split(".")[0] for link in links for name in link.split(" -> ")))
    drawn = arrange_nodes(graph([node(name, "ReLU") for name in names], *links))
    return {f"{edge.source} -> {edge.target}": edge.via for edge in drawn.edges}


def test_a_link_that_skips_nodes_runs_above_them() -> None:
    led = lay("x -> a", "a -> b", "b -> add.inputs.0", "x -> add.inputs.1")
    assert led["x -> add"] == ((240, -CLEAR), (2 * 240 + 176, -CLEAR))
    assert [via for link, via in led.items() if link != "x -> add"] == [(), (), ()]


def test_links_that_run_above_the_same_nodes_do_not_lie_on_each_other() -> None:
    led = lay("x -> a", "a -> b", "b -> c", "c -> add.inputs.0", "x -> add.inputs.1", "a -> c.input2")
    assert led["a -> c"][0][1] == -CLEAR
    assert led["x -> add"][0][1] == -CLEAR - 16


def test_links_past_different_nodes_share_a_height() -> None:
    led = lay("x -> a", "a -> b", "x -> b.input2", "b -> c", "c -> d", "b -> d.input2")
    assert led["x -> b"][0][1] == led["b -> d"][0][1] == -CLEAR


def test_a_link_to_the_row_below_with_nothing_between_stays_as_it_is() -> None:
    led = lay("x -> a", "x -> b", "b -> c", "a -> d.inputs.0", "c -> d.inputs.1")
    assert led["x -> b"] == led["b -> c"] == ()
