"""Mistakes that people make, one for each rule, put into a project that was right. Projects are plain JSON here."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.builder.json_graphs import Json, add, find, insert, link, model, unlink
from tests.builder.mistakes_of_several import (
    clip_nobody,
    count_pixels_of_no_class,
    follow_oneself,
    leave_out_unevenly,
    measure_one_class,
    measure_the_ground,
    mix_schedules,
    move_without_masks,
    train_nobody,
    train_rivals,
)

Mistake = Callable[[Json, Random], None]


def make_circle(data: Json, rng: Random) -> None:
    before = unlink(model(data), "head")
    add(model(data), "loop", "Add")
    link(model(data), before["source"], "loop", before["source_port"], "inputs.0")
    link(model(data), "head", "loop", port="inputs.1")
    link(model(data), "loop", "head")


def cut_link(data: Json, rng: Random) -> None:
    unlink(model(data), "head")


def crowd_port(data: Json, rng: Random) -> None:
    link(model(data), "x", "head")


def link_to_nothing(data: Json, rng: Random) -> None:
    link(model(data), rng.choice(["x", "ghost"]), "ghost2")


def leave_group_alone(data: Json, rng: Random) -> None:
    for id in ("loose_a", "loose_b"):
        add(model(data), id, rng.choice(["ReLU", "Tanh", "GELU"]))
        link(model(data), id, "loose_sum", port=f"inputs.{int(id == 'loose_b')}")
    add(model(data), "loose_sum", "Add")


def lead_nowhere(data: Json, rng: Random) -> None:
    add(model(data), "stub", "Identity")
    link(model(data), "x", "stub")


def drop_kind(kind: str) -> Mistake:
    def drop(data: Json, rng: Random) -> None:
        graph = model(data)
        gone = {node["id"] for node in graph["nodes"] if node["kind"] == kind}
        graph["nodes"] = [node for node in graph["nodes"] if node["id"] not in gone]
        graph["edges"] = [edge for edge in graph["edges"] if not {edge["source"], edge["target"]} & gone]

    return drop


def name_twice(data: Json, rng: Random) -> None:
    add(model(data), "head", "Linear", out_features=3)


def name_badly(data: Json, rng: Random) -> None:
    graph, bad = model(data), rng.choice(["__class__", "forward", "3x3", "a b", "", 'quote"\n'])
    find(graph, "head")["id"] = bad
    for edge in graph["edges"]:
        for end in ("source", "target"):
            edge[end] = bad if edge[end] == "head" else edge[end]


def name_network_badly(data: Json, rng: Random) -> None:
    data["networks"][rng.choice(["my net", "class", "2nd"])] = model(data)


def use_unknown_kind(data: Json, rng: Random) -> None:
    find(model(data), "head")["kind"] = rng.choice(["Lineer", "Quantum", "Adam", "linear"])


def switch_off(data: Json, rng: Random) -> None:
    find(data["training"], rng.choice(["loss", "data"]))["bypassed"] = True


def set_on(id: str, **params: Any) -> Mistake:
    def change(data: Json, rng: Random) -> None:
        find(model(data), id)["params"].update(params)

    return change


def set_in_training(id: str, **params: Any) -> Mistake:
    def change(data: Json, rng: Random) -> None:
        find(data["training"], id)["params"].update(params)

    return change


def close_data(data: Json, rng: Random) -> None:
    data["data"]["main"]["facts"] = None


def watch_nothing(data: Json, rng: Random) -> None:
    data["run"]["keep_best"] = {"metric": "nothing", "mode": "max"}


def share_with_nothing(data: Json, rng: Random) -> None:
    find(model(data), "head")["weights_of"] = rng.choice(["nothing", "x", "head"])


def insert_before_head(kind: str, **params: Any) -> Mistake:
    def change(data: Json, rng: Random) -> None:
        insert(model(data), "head", "extra_layer", kind, **params)

    return change


def merge_misfits(data: Json, rng: Random) -> None:
    graph = model(data)
    before = unlink(graph, "head")
    add(graph, "wide", "Linear", out_features=rng.choice([997, 991]))
    add(graph, "merged", rng.choice(["Add", "Multiply"]))
    link(graph, before["source"], "wide", before["source_port"])
    link(graph, before["source"], "merged", before["source_port"], "inputs.0")
    link(graph, "wide", "merged", port="inputs.1")
    link(graph, "merged", "head")


def add_image_branch(data: Json, id: str, shape: list[int], *layers: tuple[str, Json]) -> None:
    """A second Input of an image with layers behind it and an Output, fed by a source of its own."""
    graph = model(data)
    add(graph, f"{id}_in", "Input", shape=shape)
    before = f"{id}_in"
    for i, (kind, params) in enumerate(layers):
        add(graph, f"{id}_{i}", kind, **params)
        link(graph, before, f"{id}_{i}")
        before = f"{id}_{i}"
    add(graph, f"{id}_out", "Output")
    link(graph, before, f"{id}_out")
    facts = {"fields": {"x": {"kind": "image", "shape": shape}}}
    data["data"][id] = {
        "origins": [{"kind": "embedded", "name": "digits"}],
        "fields": {"x": {"kind": "image"}},
        "facts": facts,
    }
    add(data["training"], f"{id}_data", "Data", source=id, leads=False)
    link(data["training"], f"{id}_data", "predict", "x", f"{id}_in")


def use_large_window(data: Json, rng: Random) -> None:
    add_image_branch(data, "small", [2, 4, 4], ("Conv2d", {"kernel_size": rng.randint(5, 9)}))


def use_linear_on_image(data: Json, rng: Random) -> None:
    add_image_branch(data, "flat", [2, 4, 4], ("Linear", {"out_features": 3}))


def put_channels_last(data: Json, rng: Random) -> None:
    add_image_branch(data, "last", [8, 8, rng.choice([1, 3])], ("Conv2d", {"out_channels": 2}))


def feed_other_size(data: Json, rng: Random) -> None:
    add_image_branch(data, "other", [2, 4, 4], ("Tanh", {}))
    find(model(data), "other_in")["params"]["shape"] = [2, 4, 5]


def nest_block_in_itself(data: Json, rng: Random) -> None:
    data["networks"]["inner"] = {
        "nodes": [
            {"id": "z", "kind": "Input", "params": {"shape": [4]}},
            {"id": "again", "kind": "Block", "params": {"network": "inner"}},
            {"id": "y", "kind": "Output"},
        ],
        "edges": [
            {"source": "z", "target": "again", "target_port": "z"},
            {"source": "again", "target": "y", "source_port": "y"},
        ],
    }


def repeat_what_does_not_fit_itself(data: Json, rng: Random) -> None:
    data["networks"]["pairs"] = {
        "nodes": [
            {"id": "x", "kind": "Input", "params": {"shape": [4]}},
            {"id": "memory", "kind": "Input", "params": {"shape": [4]}},
            {"id": "both", "kind": "Concat"},
            {"id": "sum", "kind": "Add"},
            {"id": "wide", "kind": "Output"},
        ],
        "edges": [
            {"source": "x", "target": "sum", "target_port": "inputs.0"},
            {"source": "memory", "target": "sum", "target_port": "inputs.1"},
            {"source": "x", "target": "both", "target_port": "inputs.0"},
            {"source": "sum", "target": "both", "target_port": "inputs.1"},
            {"source": "both", "target": "wide"},
        ],
    }
    before = unlink(model(data), "head")
    add(model(data), "pairs", "Block", network="pairs", repeat=rng.randint(2, 3))
    for port in ("x", "memory"):
        link(model(data), before["source"], "pairs", before["source_port"], port)
    link(model(data), "pairs", "head", "wide")


def misuse_block(data: Json, rng: Random) -> None:
    rng.choice([nest_block_in_itself, repeat_what_does_not_fit_itself])(data, rng)


def give_for_no_parameter(data: Json, rng: Random) -> None:
    data["networks"]["plain"] = {
        "nodes": [{"id": "x", "kind": "Input", "params": {"shape": [4]}}, {"id": "same", "kind": "Tanh"},
                  {"id": "z", "kind": "Output"}],
        "edges": [{"source": "x", "target": "same"}, {"source": "same", "target": "z"}],
        "params": rng.choice([{}, {"width": 3}]),
    }  # fmt: skip
    before = unlink(model(data), "head")
    add(model(data), "plain", "Block", network="plain", **{rng.choice(["arguments", "first_arguments"]): {"widht": 2}})
    link(model(data), before["source"], "plain", before["source_port"], "x")
    link(model(data), "plain", "head", "z")


def put_softmax_last(data: Json, rng: Random) -> None:
    answer_classes(data, "CrossEntropyLoss")
    insert(model(data), "scores", "softmax_last", rng.choice(["Softmax", "LogSoftmax"]))


def answer_classes(data: Json, loss: str) -> None:
    """Let the network end with its head, and the loss compare it with classes."""
    graph = model(data)
    unlink(graph, "scores")
    link(graph, "head", "scores")
    find(graph, "head")["params"]["out_features"] = 3
    find(data["training"], "loss")["kind"] = loss
    unlink(data["training"], "loss", "target")
    link(data["training"], "data", "loss", "y", "target")


def leave_scores_plain(data: Json, rng: Random) -> None:
    answer_classes(data, "NLLLoss")


def miss_classes(data: Json, rng: Random) -> None:
    answer_classes(data, "CrossEntropyLoss")
    find(model(data), "head")["params"]["out_features"] = rng.choice([2, 5])


def measure_without_truth(data: Json, rng: Random) -> None:
    add(data["training"], "scaled", "MeanAbsoluteScaledError", season=rng.choice([1, 400]))
    link(data["training"], "predict", "scaled", "scores")
    link(data["training"], "predict", "scaled", "scores", "target")


def balance_prices(data: Json, rng: Random) -> None:
    find(data["training"], "data").setdefault("params", {})["sampling"] = "balanced"
    for field in data["data"]["main"]["fields"].values():
        field["role"] = "input" if field["role"] == "input" else "other"


def drop_optimizer(data: Json, rng: Random) -> None:
    graph = data["training"]
    graph["nodes"] = [node for node in graph["nodes"] if node["id"] != "optimizer"]
    graph["edges"] = [edge for edge in graph["edges"] if edge["target"] != "optimizer"]


def leave_loss_idle(data: Json, rng: Random) -> None:
    add(data["training"], "idle", "MSELoss")
    link(data["training"], "predict", "idle", "scores")
    link(data["training"], "predict", "idle", "scores", "target")


def cut_optimizer(data: Json, rng: Random) -> None:
    unlink(data["training"], "optimizer", "loss")


def stop_gradients(data: Json, rng: Random) -> None:
    graph = data["training"]
    before = unlink(graph, "loss")
    add(graph, "stop", "Detach")
    link(graph, before["source"], "stop", before["source_port"])
    link(graph, "stop", "loss")
    unlink(graph, "optimizer", "loss")
    link(graph, "loss", "optimizer", port="loss")


def add_rival(data: Json, rng: Random) -> None:
    add(data["training"], "rival", "SGD", networks=["model"])
    link(data["training"], "loss", "rival", port="loss")


def leave_network_unused(data: Json, rng: Random) -> None:
    data["networks"]["spare"] = {**model(data)}


def repeat_linear(data: Json, rng: Random) -> None:
    insert(model(data), "head", "before_head", "Linear", out_features=4)


def lead_twice(data: Json, rng: Random) -> None:
    add(data["training"], "second", "Data", source="main")


MISTAKES: dict[str, Mistake] = {
    "S001": make_circle,
    "S002": cut_link,
    "S003": crowd_port,
    "S004": link_to_nothing,
    "S005": leave_group_alone,
    "S006": lead_nowhere,
    "S007": drop_kind("Input"),
    "S008": drop_kind("Output"),
    "S009": name_twice,
    "S010": name_badly,
    "S011": name_network_badly,
    "S012": use_unknown_kind,
    "S013": switch_off,
    "P001": set_on("head", out_features=0),
    "P002": set_on("head", out_features="$nothing"),
    "P003": close_data,
    "P004": set_in_training("predict", network="nothing"),
    "P005": set_in_training("data", source="nothing"),
    "P006": watch_nothing,
    "P007": share_with_nothing,
    "P008": give_for_no_parameter,
    "T001": insert_before_head("Conv2d"),
    "T002": insert_before_head("Embedding"),
    "T003": merge_misfits,
    "T004": insert_before_head("Permute", dims=[1, 0]),
    "T005": use_large_window,
    "T006": use_linear_on_image,
    "T007": insert_before_head("GroupNorm", num_groups=997),
    "T008": feed_other_size,
    "T009": put_channels_last,
    "T010": misuse_block,
    "L001": miss_classes,
    "L002": put_softmax_last,
    "L003": leave_scores_plain,
    "L004": drop_optimizer,
    "L005": leave_loss_idle,
    "L006": cut_optimizer,
    "L007": set_in_training("optimizer", networks=[]),
    "L008": stop_gradients,
    "L009": add_rival,
    "L010": leave_network_unused,
    "L011": repeat_linear,
    "L012": lead_twice,
    "L013": measure_without_truth,
    "L014": follow_oneself,
    "L015": clip_nobody,
    "L016": train_nobody,
    "L017": balance_prices,
    "L018": train_rivals,
    "L019": mix_schedules,
    "L020": move_without_masks,
    "L021": measure_one_class,
    "L022": measure_the_ground,
    "L023": set_in_training("optimizer", groups=[{"match": "nowhere.*", "lr_scale": 0.1}]),
    "L024": count_pixels_of_no_class,
    "L025": leave_out_unevenly,
    "L026": set_in_training("data", batch_size=500),
}
