from __future__ import annotations

from pathlib import Path

import pytest

from builder.document import Edge, Graph, Node, Project
from ui.cards import build_own_card, count_parameters, list_preset_cards, shorten
from ui.projects import create_project
from ui.session import PRESETS, load_preset


def test_every_preset_has_a_card_and_the_first_learns_in_under_a_minute() -> None:
    cards = list_preset_cards()
    assert {card["id"] for card in cards} == {file.stem for file in PRESETS.glob("*.json")}
    assert [card["first"] for card in cards] == [True] + [False] * (len(cards) - 1)
    preset = load_preset(cards[0]["id"])
    assert preset is not None and preset.about["seconds"] < 60
    for card in cards:
        assert card["line"] and "parameter" in " ".join(card["facts"]) and card["picture"].startswith("<svg")


def test_parameters_are_those_of_the_network_that_is_built() -> None:
    convnet = load_preset("mnist_convnet")
    assert convnet is not None and count_parameters(convnet) == 34_826


def test_a_network_with_errors_has_a_card_without_a_size(home: Path) -> None:
    nodes = (Node(id="x", kind="Input", params={"shape": "$nothing"}), Node(id="y", kind="FromTheFuture"))
    broken = Project(name="Broken", networks={"model": Graph(nodes=nodes, edges=(Edge(source="x", target="y"),))})
    assert count_parameters(broken) is None
    card = build_own_card(create_project(broken), "")
    assert card["title"] == "Broken" and not any("parameter" in fact for fact in card["facts"])


@pytest.mark.parametrize(
    ("count", "text"),
    [(2, "2"), (999, "999"), (1185, "1.2 k"), (34_826, "34.8 k"), (545_098, "545 k"), (1.2e6, "1.2 M")],
)
def test_numbers_are_short(count: float, text: str) -> None:
    assert shorten(count) == text
