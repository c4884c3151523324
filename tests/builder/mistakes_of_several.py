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


def move_without_masks(data: Json, rng: Random) -> None:
    graph, shape = data["training"], [1, 8, 8]
    data["data"]["scenes"] = {
        "origins": [{"kind": "embedded", "name": "digit_masks"}],
        "fields": {"image": {"kind": "image", "role": "input"}, "mask": {"kind": "mask", "role": "target"}},
        "facts": {
            "fields": {
                "image": {"kind": "image", "shape": shape},
                "mask": {"kind": "mask", "shape": shape, "classes": ["ground", "thing"]},
            }
        },
    }
    add(graph, "scenes", "Data", source="scenes")
    add(graph, "moved", "Augment", **rng.choice([{"flip": True}, {"rotate": 20.0}, {"random": 2}]))
    add(graph, "overlap", "DiceLoss")
    link(graph, "scenes", "moved", "image", "image")
    link(graph, "moved", "overlap", "image")
    link(graph, "scenes", "overlap", "mask", "target")
