"""Mistakes with several networks, or with those that nothing trains."""

from __future__ import annotations

from random import Random

from tests.builder.json_graphs import Json, add, find, link, model, unlink


def follow_oneself(data: Json, rng: Random) -> None:
    add(data["training"], "average", "Average", networks=["model"], network="model")


def clip_nobody(data: Json, rng: Random) -> None:
    add(data["training"], "clip", "ClipWeights", networks=[])


def add_maker(data: Json) -> None:
    """A second network that makes what the first one judges, beside the real samples."""
    graph = data["training"]
    data["networks"]["maker"] = {**model(data)}
    add(graph, "made", "Network", network="maker")
    add(graph, "judged", "Network", network="model")
    link(graph, "data", "made", "x", "x")
    link(graph, "made", "judged", "scores", "x")


def train_nobody(data: Json, rng: Random) -> None:
    add_maker(data)
    add(data["training"], "more", "MSELoss")
    link(data["training"], "judged", "more", "scores")


def train_rivals(data: Json, rng: Random) -> None:
    graph = data["training"]
    add_maker(data)
    for id, target, call in (("real", 1.0, "predict"), ("fake", 0.0, "judged")):
        add(graph, id, "BCEWithLogitsLoss", target=target)
        link(graph, call, id, "scores")
    add(graph, "both", "Formula", expression="real + fake")
    for id in ("real", "fake"):
        link(graph, id, "both", port=id)
    unlink(graph, "optimizer", "loss")
    link(graph, "both", "optimizer", port="loss")
    find(graph, "optimizer")["params"]["networks"] = ["model", "maker"]


def mix_schedules(data: Json, rng: Random) -> None:
    add(data["training"], "noisy", "AddNoise", steps=rng.choice([50, 1000]), schedule="cosine")
    add(data["training"], "samples", "DiffusionSamples", network="model", steps=200, schedule="cosine")


def add_scenes(data: Json, *classes: str) -> Json:
    """A second source: pictures with a channel for each score that their masks ask for."""
    several = len(classes) > 2
    mask = {"dtype": "int64", "shape": [8, 8]} if several else {"shape": [1, 8, 8]}
    data["data"]["scenes"] = {
        "origins": [{"kind": "embedded", "name": "digit_masks"}],
        "fields": {"image": {"kind": "image", "role": "input"}, "mask": {"kind": "mask", "role": "target"}},
        "facts": {
            "fields": {
                "image": {"kind": "image", "shape": [len(classes) if several else 1, 8, 8]},
                "mask": {"kind": "mask", "classes": list(classes), **mask},
            }
        },
    }
    add(data["training"], "scenes", "Data", source="scenes")
    return data["training"]  # type: ignore[no-any-return]


def move_without_masks(data: Json, rng: Random) -> None:
    graph = add_scenes(data, "ground", "thing")
    add(graph, "moved", "Augment", **rng.choice([{"flip": True}, {"rotate": 20.0}, {"random": 2}]))
    add(graph, "overlap", "DiceLoss")
    link(graph, "scenes", "moved", "image", "image")
    link(graph, "moved", "overlap", "image")
    link(graph, "scenes", "overlap", "mask", "target")


def measure_overlap(data: Json, rng: Random, average: str, *classes: str) -> None:
    graph = add_scenes(data, *classes)
    add(graph, "measure", rng.choice(["IoU", "Dice"]), average=average)
    link(graph, "scenes", "measure", "image")
    link(graph, "scenes", "measure", "mask", "target")


def measure_one_class(data: Json, rng: Random) -> None:
    measure_overlap(data, rng, "binary", "ground", "road", "house")


def measure_the_ground(data: Json, rng: Random) -> None:
    measure_overlap(data, rng, rng.choice(["macro", "micro", "weighted"]), "ground", "thing")


def count_pixels_of_no_class(data: Json, rng: Random) -> None:
    measure_overlap(data, rng, "macro", "ground", "road", "house")
    data["data"]["scenes"]["facts"]["fields"]["mask"]["ignored"] = 255
    find(data["training"], "measure")["kind"] = rng.choice(["IoU", "Dice", "F1", "Precision"])


def leave_out_unevenly(data: Json, rng: Random) -> None:
    measure_overlap(data, rng, "macro", "ground", "road", "void")
    graph = data["training"]
    add(graph, "pixels", rng.choice(["CrossEntropyLoss", "DiceLoss"]))
    link(graph, "scenes", "pixels", "image")
    link(graph, "scenes", "pixels", "mask", "target")
    find(graph, rng.choice(["pixels", "measure"])).setdefault("params", {})["ignore_index"] = 2
