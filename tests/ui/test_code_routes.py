from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from builder.document import Project
from builder.edits import apply_edits
from builder.loading import dump_project
from tests.builder.drawn import chain, graph, node
from ui.code_routes import MOST_SOURCE_BYTES
from ui.session import PRESETS

SOURCE = """
import torch.nn as nn

class Part(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(4, width)
    def forward(self, x):
        return self.fc(x) ** 2

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = Part(4)
    def forward(self, x):
        return self.part(x)
"""


def ask(client: TestClient, document: Any, path: str = "networks.model") -> Any:
    return client.post("/api/code", json={"document": document, "path": path})


def preset(name: str) -> Any:
    return json.loads((PRESETS / f"{name}.json").read_text())


def test_pasted_source_comes_back_as_networks_with_remarks(client: TestClient) -> None:
    answer = client.post("/api/import", json={"source": SOURCE}).json()
    assert answer["main"] == "net"
    assert set(answer["networks"]) == {"net", "part"}
    (remark,) = answer["remarks"]
    assert remark["line"] == 9
    assert "no layer" in remark["text"]


def test_the_edits_add_the_networks_under_free_names_in_one_step(client: TestClient) -> None:
    project = Project(networks={"part": chain(node("x", "Input"), node("y", "Output"))})
    edits = client.post("/api/import", json={"source": SOURCE, "taken": ["part"]}).json()["edits"]
    after = apply_edits(project, edits)
    assert list(after.networks) == ["part", "net", "part_2"]
    assert after.networks["net"].node("part").params["network"] == "part_2"
    assert after.networks["part"] == project.networks["part"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"source": "(" * 1_000_000}, 422, "at most 300,000 are read"),
        ({"source": "print('hello')"}, 422, "No network was found"),
        ({"source": SOURCE, "name": "Nobody"}, 422, 'There are: "Part" and "Net"'),
        ({"source": 3}, 400, "must be text"),
        ({}, 400, "is needed"),
        ({"source": "x" * (MOST_SOURCE_BYTES + 1)}, 413, "This is more than"),
    ],
)
def test_what_cannot_be_imported_is_answered_in_a_sentence(
    client: TestClient, body: Any, status: int, words: str
) -> None:
    answer = client.post("/api/import", json=body)
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_a_foreign_page_gets_no_answer(client: TestClient) -> None:
    answer = client.post("/api/import", json={"source": SOURCE}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403


def test_the_lines_of_a_node_are_where_it_is_made_called_and_left(client: TestClient) -> None:
    answer = ask(client, preset("mnist_cnn")).json()
    lines = answer["source"].splitlines()
    places = answer["lines"]["networks.model"]
    pieces = [["".join(lines[first - 1 : last]) for first, last in places[id]] for id in ("conv1", "image", "scores")]
    assert [piece.split("#")[0].strip() for piece in pieces[0]] == [
        "self.conv1 = nn.Conv2d(1, 32, kernel_size=3)",
        "conv1 = self.conv1(image)",
    ]
    assert "def forward(self, image: Tensor)" in pieces[1][0]
    assert pieces[2][-1].strip() == "return scores"


def test_every_node_that_runs_has_lines_also_inside_blocks(client: TestClient) -> None:
    inner = chain(node("x", "Input", shape=[4]), node("fc", "Linear", out_features=4), node("y", "Output"))
    nodes = [node("a", "Input", shape=[4]), node("deep", "Block", network="inner", repeat=2), node("b", "Output")]
    outer = graph(nodes, "a -> deep.x", "deep.y -> b")
    project = Project(networks={"outer": outer, "inner": inner})
    answer = ask(client, json.loads(dump_project(project)), "networks.inner").json()
    for path in ("networks.outer", "networks.inner"):
        assert set(answer["lines"][path]) == {known.id for known in project.graph(path).nodes}
    count = len(answer["source"].splitlines())
    pieces = [piece for nodes in answer["lines"].values() for known in nodes.values() for piece in known]
    assert all(1 <= first <= last <= count for first, last in pieces)


def test_a_network_that_training_does_not_call_has_code_of_its_own(client: TestClient) -> None:
    document = preset("linear_regression")
    document["networks"]["spare"] = json.loads(
        chain(
            node("x", "Input", shape=[4]), node("fc", "Linear", out_features=2), node("y", "Output")
        ).model_dump_json()
    )
    assert "class Spare(nn.Module)" in ask(client, document, "networks.spare").json()["source"]
    assert "class Spare(nn.Module)" not in ask(client, document).json()["source"]


def test_a_network_with_errors_has_a_sentence_instead_of_code(client: TestClient) -> None:
    broken = graph([node("x", "Input", shape=[4]), node("y", "Output")])
    document = json.loads(dump_project(Project(networks={"model": broken})))
    answer = ask(client, document)
    assert (answer.status_code, answer.json()["error"].endswith("as soon as that is mended.")) == (409, True)
    assert ask(client, document, "networks.none").status_code == 404
    assert ask(client, {"format": 999}).status_code == 400
