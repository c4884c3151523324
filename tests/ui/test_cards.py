from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from builder.document import Edge, Graph, Node, Project
from runtime.data.embedded import EMBEDDED, open_embedded
from runtime.data.errors import DataError
from runtime.data.home import find_dataset
from runtime.export.card import describe_data as describe_on_model_card
from ui import cards
from ui.cards import build_own_card, count_parameters, list_preset_cards, shorten
from ui.projects import create_project
from ui.report.page import write_data
from ui.session import PRESETS, load_preset

ROOT = Path(__file__).parents[2]


def test_every_preset_has_a_card_and_the_first_learns_in_under_a_minute() -> None:
    shown = list_preset_cards(False)
    assert {card["id"] for card in shown} == {file.stem for file in PRESETS.glob("*.json")}
    assert [card["first"] for card in shown] == [True] + [False] * (len(shown) - 1)
    preset = load_preset(shown[0]["id"])
    assert preset is not None and preset.about["seconds"] < 60
    for card in shown:
        text = " ".join(card["facts"])
        assert card["line"] and card["picture"].startswith("<svg") and "parameter" in text and "–" not in text


def test_a_card_names_the_data_that_is_meant_and_what_stands_in_for_it(home: Path) -> None:
    told = {card["id"]: card["facts"][0] for card in list_preset_cards(True)}
    assert told["cifar_cnn"] == "CIFAR-10 (stand-in: digits)"
    assert told["mlp_iris"] == "iris"


def test_data_that_is_at_hand_has_no_stand_in() -> None:
    preset = load_preset("cifar_cnn")
    assert preset is not None
    main = preset.data["main"]
    assert main.facts is not None
    found = main.model_copy(update={"facts": main.facts.model_copy(update={"origin": 0})})
    assert cards.describe_data(preset.model_copy(update={"data": {"main": found}})) == "CIFAR-10"


def test_data_that_was_downloaded_since_has_no_stand_in_any_more(home: Path) -> None:
    project = load_preset("cifar_cnn")
    assert project is not None
    folder = find_dataset("uoft-cs/cifar10")
    folder.mkdir(parents=True)
    assert cards.describe_data(project) == "CIFAR-10 (stand-in: digits)"
    (folder / "train.parquet").write_bytes(b"pictures")
    assert cards.describe_data(project) == "CIFAR-10"
    assert next(card for card in list_preset_cards(True) if card["id"] == "cifar_cnn")["facts"][0] == "CIFAR-10"


def test_data_that_comes_along_has_one_name_wherever_people_read_of_it() -> None:
    preset = load_preset("unet_masks")
    assert preset is not None
    with pytest.raises(DataError) as told:
        open_embedded("digit_masks", {"size": 8})
    texts = [cards.describe_data(preset), describe_on_model_card(preset), write_data(preset), str(told.value)]
    for text in (*texts, EMBEDDED["digit_masks"].title.lower()):
        assert "digit masks" in text and "digit_masks" not in text


def test_data_that_is_used_twice_is_named_once() -> None:
    names = cards.describe_data(load_preset("distillation"))
    assert names.count("MNIST") == 1


@pytest.mark.parametrize("preset", ["resnet50", "unet_masks", "char_gpt"])
def test_a_picture_shows_the_network_and_not_the_inside_of_its_largest_block(preset: str) -> None:
    project = load_preset(preset)
    main = project.model_copy(update={"networks": {"model": project.networks["model"]}})
    assert cards.draw_project(project) == cards.draw_project(main)


def test_a_first_look_at_the_gallery_waits_for_nothing_heavy(home: Path) -> None:
    create_project(Project(name="Mine"))
    look = (
        "import sys, ui.pages, ui.starts, ui.warmup; from ui.projects import list_projects; "
        "from ui.cards import build_own_card, list_preset_cards; "
        "own = [build_own_card(stored, '', True)['title'] for stored in list_projects()]; presets = list_preset_cards(True); "
        "assert not {'torch', 'pandas', 'sklearn'} & set(sys.modules); "
        "print(own, len(presets), {card['picture'] for card in presets})"
    )
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == f"['Mine'] {len(list(PRESETS.glob('*.json')))} {{''}}", done.stderr


def test_a_card_of_ones_own_says_when_it_was_changed(home: Path) -> None:
    stored = create_project(Project(name="Mine"))
    assert build_own_card(stored, "")["changed"] == stored.changed_at > 0


def test_parameters_are_those_of_the_network_that_is_built() -> None:
    convnet = load_preset("mnist_convnet")
    assert convnet is not None and count_parameters(convnet) == 34_826


def test_a_network_with_errors_has_a_card_without_a_size(home: Path) -> None:
    nodes = (Node(id="x", kind="Input", params={"shape": "$nothing"}), Node(id="y", kind="FromTheFuture"))
    broken = Project(name="Broken", networks={"model": Graph(nodes=nodes, edges=(Edge(source="x", target="y"),))})
    assert count_parameters(broken) is None
    card = build_own_card(create_project(broken), "")
    assert card["title"] == "Broken" and "– parameters" in card["facts"]


def drawn(*nodes: Node) -> Project:
    """A project whose network is these nodes in a row."""
    edges = tuple(Edge(source=a.id, target=b.id) for a, b in pairwise(nodes))
    return Project(name="Drawn", networks={"model": Graph(nodes=nodes, edges=edges)})


def test_a_node_named_like_a_part_of_python_is_counted_like_any_other(home: Path) -> None:
    ends = Node(id="x", kind="Input", params={"shape": [4]}), Node(id="y", kind="Output")
    project = drawn(ends[0], Node(id="__class__", kind="Linear", params={"out_features": 3}), ends[1])
    assert count_parameters(project) == 15
    assert "15 parameters" in build_own_card(create_project(project), "")["facts"]


def test_parameters_of_a_network_in_a_network_are_counted_once(home: Path) -> None:
    inner = drawn(
        Node(id="input", kind="Input"),
        Node(id="fc", kind="Linear", params={"out_features": 3}),
        Node(id="output", kind="Output"),
    )
    block = Node(id="block", kind="Block", params={"network": "inner"})
    outer = drawn(Node(id="x", kind="Input", params={"shape": [4]}), block, Node(id="y", kind="Output"))
    networks = {"model": outer.networks["model"], "inner": inner.networks["model"]}
    assert count_parameters(Project(networks=networks)) == 15


def test_a_project_that_cannot_be_described_hides_no_other(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(project: Project) -> int:
        raise KeyError("an attribute exists already")

    monkeypatch.setattr(cards, "count_parameters", fail)
    card = build_own_card(create_project(Project(name="Odd")), "")
    assert card["title"] == "Odd" and "– parameters" in card["facts"] and card["picture"].startswith("<svg")
    assert "an attribute exists already" in (home / "logs" / "faults.log").read_text()


@pytest.mark.parametrize(
    ("count", "text"),
    [(2, "2"), (999, "999"), (1185, "1.2 k"), (34_826, "34.8 k"), (545_098, "545 k"), (1.2e6, "1.2 M")],
)
def test_numbers_are_short(count: float, text: str) -> None:
    assert shorten(count) == text
