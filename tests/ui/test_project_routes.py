from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from builder.document import Project
from builder.loading import load_project as load_document
from ui.canvas.analysing import analyse_for_canvas, find_news
from ui.projects import find_file, load_project

pytestmark = pytest.mark.usefixtures("home")

PRESET = "preset=mnist_cnn"
EXAMPLES = sorted((Path(__file__).parents[1] / "builder" / "rules" / "examples").glob("*/project.json"))
Json = dict[str, Any]


def read(client: TestClient, id: str) -> Json:
    answer = client.get(f"/api/projects/{id}?{PRESET}")
    assert answer.status_code == 200
    return answer.json()


def send(client: TestClient, id: str, base: int, revision: int, **fields: Any) -> Json:
    body = {"writer": "tab", "base_revision": base, "revision": revision, **fields}
    answer = client.post(f"/api/projects/{id}/changes?{PRESET}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def set_channels(channels: int) -> Json:
    """A patch that changes a convolution of the compact CNN."""
    node = {"in": {"params": {"in": {"out_channels": {"to": channels}}}}}
    return {"in": {"networks": {"in": {"model": {"in": {"nodes": {"each": {"1": node}}}}}}}}


def test_a_draft_has_no_file_until_its_first_change(client: TestClient) -> None:
    assert read(client, "draft1")["revision"] == 0
    assert load_project("draft1") is None
    assert send(client, "draft1", 0, 1, patch=set_channels(8))["revision"] == 1
    stored = load_project("draft1")
    assert stored is not None and stored.project.networks["model"].node("conv1").params["out_channels"] == 8


def test_a_document_goes_down_only_where_the_canvas_lacks_it(client: TestClient) -> None:
    assert "document" in client.get(f"/api/projects/draft2?{PRESET}&have=4").json()
    assert client.get(f"/api/projects/draft2?{PRESET}&have=0").json() == {"revision": 0}


def test_a_patch_is_answered_with_what_is_new_to_the_canvas(client: TestClient) -> None:
    before = client.get(f"/api/projects/draft3/analysis?{PRESET}").json()
    assert before["revision"] == 0
    answer = send(client, "draft3", 0, 1, patch=set_channels(8), analysed=0)
    news = answer["news"]["graphs"]["networks.model"]["nodes"]
    assert set(news) == {"conv1", "relu1", "pool1", "flatten1", "linear1"}
    assert answer["since"] == 0 and news["conv1"]["outputs"][0]["label"] == "8×26×26"


def test_without_a_known_analysis_the_whole_one_comes(client: TestClient) -> None:
    answer = send(client, "draft4", 0, 1, patch=set_channels(8), analysed=-1)
    assert "scores" in answer["analysis"]["graphs"]["networks.model"]["nodes"]


def test_a_patch_of_another_revision_asks_for_the_document(client: TestClient) -> None:
    document = read(client, "draft5")["document"]
    send(client, "draft5", 0, 3, patch=set_channels(8))
    assert send(client, "draft5", 2, 4, patch=set_channels(9)) == {"revision": 3, "lacks": "document"}
    assert send(client, "draft5", 3, 4, document=document)["revision"] == 4


def test_another_tab_in_between_is_told_and_keeps_its_work(client: TestClient) -> None:
    document = copy.deepcopy(read(client, "draft6")["document"])
    send(client, "draft6", 0, 3, patch=set_channels(8))
    answer = send(client, "draft6", 0, 1, document=document, writer="another")
    assert answer == {"revision": 3, "conflict": {"revision": 3}}
    stored = load_project("draft6")
    assert stored is not None and stored.project.networks["model"].node("conv1").params["out_channels"] == 8


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"patch": {"in": {"run": {"to": {"epochs": 0}}}}}, '"run.epochs" must be'),
        ({"patch": {"in": {"format": {"to": 7}}}}, "is of format 7"),
        ({"patch": {"in": {"name": {"to": 3}}}}, '"name"'),
        ({"patch": {"in": {"training": {"to": []}}}}, '"training"'),
        ({"document": {"format": 1, "networks": {"m": {"nodes": [{"id": 3}]}}}}, '"networks.m.nodes'),
        ({"patch": {}, "other": 1}, "other"),
    ],
)
def test_what_could_not_be_opened_again_is_refused_and_nothing_is_written(
    client: TestClient, fields: Json, words: str
) -> None:
    answer = send(client, "draft7", 0, 1, **fields)
    assert words in answer["refusal"] and answer["revision"] == 0
    assert load_project("draft7") is None


def test_deep_nesting_is_refused(client: TestClient) -> None:
    deep: Json = {}
    inner = deep
    for _ in range(80):
        inner["deeper"] = inner = {}
    answer = send(client, "draft8", 0, 1, patch={"in": {"about": {"to": {"x": deep}}}})
    assert "levels deep" in answer["refusal"]


def test_a_project_that_is_gone_is_said_to_be(client: TestClient) -> None:
    answer = client.get("/api/projects/nothing")
    assert answer.status_code == 404 and "not on this computer" in answer.json()["error"]
    assert client.get("/api/projects/..%2Fx").status_code == 404


def test_a_foreign_page_is_refused(client: TestClient) -> None:
    body = {"writer": "x", "base_revision": 0, "revision": 1, "document": {}}
    answer = client.post("/api/projects/draft9/changes", json=body, headers={"origin": "https://example.com"})
    assert answer.status_code == 403


def test_models_of_what_a_patch_leaves_alone_are_kept(client: TestClient) -> None:
    read(client, "draft10")
    send(client, "draft10", 0, 1, patch=set_channels(8))
    first = load_project("draft10")
    send(client, "draft10", 1, 2, patch=set_channels(9))
    second = load_project("draft10")
    assert first and second
    before, after = first.project, second.project
    assert after.training is before.training
    assert after.networks["model"].edges is before.networks["model"].edges
    kept = zip(before.networks["model"].nodes, after.networks["model"].nodes, strict=True)
    assert [old is new for old, new in kept] == [True, False, True, True, True, True, True]


def test_a_patched_project_equals_its_file_read_again(client: TestClient) -> None:
    read(client, "draft11")
    send(client, "draft11", 0, 1, patch=set_channels(8))
    stored = load_project("draft11")
    assert stored is not None
    again = load_document(find_file("draft11").read_bytes())
    assert (again.networks, again.training, again.run, again.data) == (
        stored.project.networks,
        stored.project.training,
        stored.project.run,
        stored.project.data,
    )


def test_a_batch_runs_up_to_a_node_and_is_described(client: TestClient) -> None:
    answer = client.post(f"/api/projects/draft12/glimpse?{PRESET}", json={"graph": "networks.model", "node": "conv1"})
    assert answer.status_code == 200
    (output,) = answer.json()["outputs"]
    assert output["shape"][1:] == [32, 26, 26] and len(output["pictures"]) == 16
    assert answer.json()["weights"] == "fresh weights"
    assert answer.json()["filters"]["filters"] == 32 and answer.json()["filters"]["limit"] > 0


def test_where_nothing_can_be_seen_the_sentence_comes_instead(client: TestClient) -> None:
    body = {"graph": "training", "node": "adam"}
    answer = client.post(f"/api/projects/draft12/glimpse?{PRESET}", json=body)
    assert answer.status_code == 409 and "changes weights" in answer.json()["error"]
    assert client.post(f"/api/projects/draft12/glimpse?{PRESET}", json={"node": 3}).status_code == 400


def test_the_uses_of_a_block_are_told_in_as_few_words_as_the_block_itself() -> None:
    unit = {"nodes": [{"id": "x", "kind": "Input"}, {"id": "fit", "kind": "Linear", "params": {"out_features": 3}}]}
    unit["edges"] = [{"source": "x", "target": "fit"}]
    start = [{"id": "x", "kind": "Input", "params": {"shape": [4]}}, {"id": "u", "kind": "Block"}]
    start[1]["params"] = {"network": "unit", "repeat": 2}
    unit["nodes"].append({"id": "out", "kind": "Output"})
    unit["edges"].append({"source": "fit", "target": "out"})
    model = {"nodes": start, "edges": [{"source": "x", "target": "u", "target_port": "x"}]}
    graphs = analyse_for_canvas(Project.model_validate({"networks": {"model": model, "unit": unit}}))["graphs"]
    first, second = graphs["networks.unit"]["uses"]
    assert first["nodes"] == {}
    assert second["nodes"]["fit"]["parameters"] == 12 and "inputs" not in second["nodes"]["fit"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_bad_project_is_analysed_for_the_canvas(path: Path) -> None:
    project = load_document(path.read_bytes())
    analysis = analyse_for_canvas(project)
    for name, graph in analysis["graphs"].items():
        assert set(graph["nodes"]) == {node.id for node in project.graph(name).nodes}
    assert find_news(analysis, analyse_for_canvas(project)) == {"graphs": {}, "gone": []}


def test_one_step_of_training_is_told_moment_by_moment(client: TestClient) -> None:
    answer = client.post(f"/api/projects/draft12/step?{PRESET}", json={}).json()
    told = [f"{moment['does']} {moment['node']}" for moment in answer["moments"]]
    assert told == [
        "evaluate data",
        "evaluate predict",
        "evaluate loss",
        "measure accuracy",
        "measure confusion",
        "backward adam",
        "update adam",
    ]
    predicted, backward = answer["moments"][1], answer["moments"][5]
    assert predicted["outputs"][0]["shape"] == [32, 10] and predicted["mode"] == "train"
    assert {touched["name"] for touched in backward["touched"]} >= {"conv1.weight", "linear1.weight"}
    assert all(touched["reached"] and touched["size"] > 0 for touched in backward["touched"])
