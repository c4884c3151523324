"""A task writes the training graph that fits source and network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from builder.document import Graph, Project, Source
from builder.ids import is_legal
from builder.step_planner import TrainingPlan
from builder.training import TRAINING_CATALOGUE
from builder.training.tasks import Task, TaskError, build_training, fitting_tasks

PRESETS = Path(__file__).parents[3] / "presets"


def make_source(kind: str, target: str, classes: int | None = None, shape: tuple[int, ...] = (4,)) -> Source:
    names = [str(number) for number in range(classes)] if classes else None
    facts = {"x": {"kind": kind, "shape": shape}, "y": {"kind": target, "classes": names}}
    fields = {"x": {"kind": kind}, "y": {"kind": target, "role": "target"}}
    return Source.model_validate({"origins": [], "fields": fields, "facts": {"fields": facts} if classes else None})


def make_network(last: str = "Linear", port: str = "x") -> Graph:
    nodes = [{"id": port, "kind": "Input"}, {"id": "last", "kind": last}, {"id": "scores", "kind": "Output"}]
    edges = [{"source": port, "target": "last"}, {"source": "last", "target": "scores"}]
    return Graph.model_validate({"nodes": nodes, "edges": edges})


def kinds_of(graph: Graph) -> dict[str, str]:
    return {node.id: node.kind for node in graph.nodes}


@pytest.mark.parametrize(
    ("target", "classes", "tasks"),
    [
        ("category", None, ("classification", "binary")),
        ("category", 2, ("classification", "binary")),
        ("category", 3, ("classification",)),
        ("number", None, ("regression",)),
        ("text", None, ()),
        ("mask", None, ()),
    ],
)
def test_the_target_decides_which_tasks_fit(target: str, classes: int | None, tasks: tuple[Task, ...]) -> None:
    assert fitting_tasks(make_source("vector", target, classes)) == tasks


CASES: list[tuple[Task, Source, str, str, str]] = [
    ("classification", make_source("image", "category", 10), "Linear", "CrossEntropyLoss", "ImageGrid"),
    ("classification", make_source("vector", "category", 3), "LogSoftmax", "NLLLoss", "PredictionTable"),
    ("classification", make_source("vector", "category", 3, (2,)), "Linear", "CrossEntropyLoss", "DecisionSurface"),
    ("binary", make_source("vector", "category", 2), "Linear", "BCEWithLogitsLoss", "PredictionTable"),
    ("binary", make_source("vector", "category", 2), "Sigmoid", "BCELoss", "PredictionTable"),
    ("regression", make_source("vector", "number"), "Linear", "MSELoss", "PredictedVsActual"),
    ("segmentation", make_source("image", "mask", 2), "Sigmoid", "BCELoss", "MaskRows"),
    ("segmentation", make_source("image", "mask", 4), "LogSoftmax", "NLLLoss", "MaskRows"),
    ("segmentation", make_source("image", "mask", 4), "Conv2d", "Formula", "MaskRows"),
]


@pytest.mark.parametrize(("task", "source", "last", "loss", "preview"), CASES)
def test_loss_and_preview_fit_the_task_the_network_and_the_data(
    task: Task, source: Source, last: str, loss: str, preview: str
) -> None:
    graph = build_training(task, "main", source, "model", make_network(last))
    kinds = kinds_of(graph)
    assert kinds["loss"] == loss
    assert preview in kinds.values()
    assert "Adam" in kinds.values()


@pytest.mark.parametrize(("task", "source", "last", "loss", "preview"), CASES)
def test_a_written_graph_is_sound(task: Task, source: Source, last: str, loss: str, preview: str) -> None:
    graph = build_training(task, "main", source, "model", make_network(last))
    ids = [node.id for node in graph.nodes]
    assert len(set(ids)) == len(ids)
    assert all(map(is_legal, ids))
    assert len({node.position for node in graph.nodes}) == len(ids)
    for node in graph.nodes:
        kind = TRAINING_CATALOGUE[node.kind]
        kind.Params.model_validate(node.params)
        linked = {edge.target_port for edge in graph.edges if edge.target == node.id}
        assert {port.name for port in kind.inputs if not port.optional} <= linked
    assert all(edge.source in ids and edge.target in ids for edge in graph.edges)


def test_a_network_that_ends_with_a_sigmoid_is_measured_in_probabilities() -> None:
    graph = build_training("binary", "main", make_source("vector", "category", 2), "model", make_network("Sigmoid"))
    assert graph.node("accuracy").params == {"scores": "probabilities"}


@pytest.mark.parametrize(
    ("classes", "pixels", "iou"), [(2, "BCEWithLogitsLoss", {}), (4, "CrossEntropyLoss", {"average": "macro"})]
)
def test_masks_are_learned_by_their_pixels_and_by_their_overlap(classes: int, pixels: str, iou: dict[str, str]) -> None:
    graph = build_training(
        "segmentation", "main", make_source("image", "mask", classes), "model", make_network("Conv2d")
    )
    assert (kinds_of(graph)["pixels"], kinds_of(graph)["overlap"]) == (pixels, "DiceLoss")
    assert graph.node("loss").params == {"expression": "pixels + overlap"} and graph.node("iou").params == iou
    added = {("pixels", "output", "loss", "pixels"), ("overlap", "output", "loss", "overlap")}
    assert added | {("loss", "output", "adam", "loss"), ("data", "x", "masks", "image")} <= links_of(graph)


@pytest.mark.parametrize(("last", "losses"), [("Conv2d", ("pixels", "overlap")), ("LogSoftmax", ("loss",))])
def test_pixels_of_which_nobody_said_what_they_are_count_in_no_loss_and_no_metric(
    last: str, losses: tuple[str, ...]
) -> None:
    def list_ignored(*classes: str, number: int | None = None) -> set[int | None]:
        source = make_source("image", "mask", len(classes))
        facts = source.model_dump()
        facts["facts"]["fields"]["y"] |= {"classes": classes, "ignored": number}
        graph = build_training("segmentation", "main", Source.model_validate(facts), "model", make_network(last))
        return {graph.node(id).params.get("ignore_index") for id in (*losses, "iou")}

    assert list_ignored("ground", "road", "Void") == {2} and list_ignored("unlabeled", "road", "car") == {0}
    assert list_ignored("ground", "road", "car") == {None}
    assert list_ignored("ground", "road", number=255) == list_ignored("ground", "road", "void", number=255) == {255}


def test_an_input_of_another_name_still_gets_the_field() -> None:
    graph = build_training(
        "regression", "main", make_source("vector", "number"), "model", make_network(port="features")
    )
    first: Any = graph.edges[0]
    assert (first.source_port, first.target, first.target_port) == ("x", "predict", "features")


def test_a_task_that_does_not_fit_says_what_to_do() -> None:
    with pytest.raises(TaskError, match="Choose the column to predict"):
        build_training("regression", "main", make_source("vector", "category", 3), "model", make_network())
    with pytest.raises(TaskError, match="needs an Input and an Output"):
        build_training("regression", "main", make_source("vector", "number"), "model", Graph())


def read_preset(name: str) -> Project:
    return Project.model_validate_json((PRESETS / f"{name}.json").read_bytes())


@pytest.mark.parametrize("name", ["lstm_forecast", "stacked_lstm_forecast", "credit_scoring", "tabular_embeddings"])
def test_what_is_written_for_series_and_for_tables_with_categories_can_be_trained(name: str) -> None:
    project = read_preset(name)
    source = project.data["main"]
    graph = build_training(fitting_tasks(source)[0], "main", source, "model", project.networks["model"])
    wanted = {edge.ends() for edge in project.training.edges if edge.target == "predict"}
    assert {edge.ends() for edge in graph.edges if edge.target == "predict"} == wanted
    TrainingPlan(project.with_graph("training", graph))


def test_a_series_is_forecast_and_drawn_beside_what_stood_there_before() -> None:
    project = read_preset("lstm_forecast")
    source = project.data["main"]
    assert fitting_tasks(source) == ("forecast",)
    graph = build_training("forecast", "main", source, "model", project.networks["model"])
    assert {"MSELoss", "MeanAbsoluteScaledError", "Forecast"} <= set(kinds_of(graph).values())
    links = {(edge.source_port, edge.target_port) for edge in graph.edges if edge.target == "forecasts"}
    assert links == {("co2", "past"), ("forecast", "input"), ("co2_next", "target")}


def test_the_lengths_of_texts_go_only_to_an_input_of_that_name() -> None:
    source = make_source("text", "category", 2, ("T",))  # type: ignore[arg-type]
    nodes = [{"id": port, "kind": "Input"} for port in ("x_lengths", "words", "more")]
    network = Graph.model_validate({"nodes": [*nodes, {"id": "scores", "kind": "Output"}]})
    graph = build_training("classification", "main", source, "model", network)
    links = {(edge.source_port, edge.target_port) for edge in graph.edges if edge.target == "predict"}
    assert links == {("x", "words"), ("x_lengths", "x_lengths")}


def load_source(name: str) -> tuple[Source, Graph]:
    project = Project.model_validate_json((PRESETS / f"{name}.json").read_bytes())
    return project.data["main"], project.networks["model"]


def links_of(graph: Graph) -> set[tuple[str, ...]]:
    return {(edge.source, edge.source_port, edge.target, edge.target_port) for edge in graph.edges}


def test_a_text_brings_its_lengths_to_the_network_and_to_what_shows_it() -> None:
    source, network = load_source("text_bilstm")
    graph = build_training("binary", "main", source, "model", network)
    links = links_of(graph)
    assert {("data", "text", "predict", "text"), ("data", "text_lengths", "predict", "lengths")} <= links
    assert ("data", "text_lengths", "texts", "lengths") in links
    assert ("data", "text_lengths", "loss", "lengths") not in links
    assert kinds_of(graph)["texts"] == "TextSamples"
    assert graph.node("data").params["batching"] == "by_length"


def test_a_tag_for_every_word_is_judged_up_to_the_end_of_the_sentence() -> None:
    source, network = load_source("sequence_tagger")
    assert fitting_tasks(source) == ("classification",)
    graph = build_training("classification", "main", source, "model", network)
    kinds = kinds_of(graph)
    assert (kinds["f1"], kinds["sentences"], kinds["loss"]) == ("EntityF1", "TaggedTokens", "CrossEntropyLoss")
    for judge in ("loss", "accuracy", "f1", "sentences"):
        assert ("data", "tokens_lengths", judge, "lengths") in links_of(graph)


@pytest.mark.parametrize(("name", "task"), [("text_bilstm", "binary"), ("sequence_tagger", "classification")])
def test_what_is_written_for_texts_can_be_trained(name: str, task: Task) -> None:
    project = Project.model_validate_json((PRESETS / f"{name}.json").read_bytes())
    graph = build_training(task, "main", project.data["main"], "model", project.networks["model"])
    TrainingPlan(project.model_copy(update={"training": graph}))


@pytest.mark.parametrize(("count", "size"), [(0, 32), (1617, 32), (32, 32), (31, 4), (20, 4), (8, 2), (6, 6)])
def test_a_batch_holds_no_more_samples_than_there_are(count: int, size: int) -> None:
    source = make_source("vector", "number", 3)
    assert source.facts is not None
    known = source.model_copy(update={"facts": source.facts.model_copy(update={"counts": {"train": count}})})
    written = build_training("regression", "main", known, "model", make_network())
    assert written.by_id()["data"].params["batch_size"] == size
