"""Random projects: a network that grows from the whole catalogue, a training graph around it, and the data for both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

from builder.document import Graph, Project, Source
from builder.layers import CATALOGUE
from tests.builder.garden import Garden
from tests.builder.random_values import NETWORKS, Params, used_blocks

CLASSES = 3
SHAPES: tuple[tuple[tuple[int, ...], str], ...] = (
    ((4, 8, 8), "float32"),
    ((1, 10, 6), "float32"),
    ((6,), "float32"),
    ((5, 4), "float32"),
    ((7,), "int64"),
    ((2, 4, 5, 4), "float32"),
)
LEAST = 8
WHEN = ({"every": 2}, {"every": 1, "until": 50}, {"every": 2, "from": 1})
HEADS = {
    "CrossEntropyLoss": ("y", None),
    "NLLLoss": ("y", "LogSoftmax"),
    "BCEWithLogitsLoss": ("yes", None),
    "BCELoss": ("yes", "Sigmoid"),
    "MSELoss": ("price", None),
    "L1Loss": ("price", None),
    "SmoothL1Loss": ("price", None),
    "HuberLoss": ("price", None),
}
SCORED = ("Accuracy", "TopKAccuracy", "Precision", "Recall", "F1", "AUROC", "AveragePrecision", "ConfusionMatrix")
RANKED = ("HitRate", "NDCG")
VALUED = (
    *("MeanSquaredError", "RootMeanSquaredError", "MeanAbsoluteError", "MeanAbsoluteScaledError", "R2Score"),
    *RANKED,
)
OPTIMIZERS: dict[str, Callable[[Random], Params]] = {
    "SGD": lambda rng: {"momentum": rng.choice([0.0, 0.9])},
    "Adam": lambda rng: {"clip_norm": rng.choice([None, 1.0])},
    "AdamW": lambda rng: {"groups": [{"match": "biases_and_norms", "weight_decay": 0.0}]},
    "NAdam": lambda rng: {"accumulate": rng.randint(1, 2)},
    "RMSprop": lambda rng: {"schedule": {"kind": "cosine"}},
    "Adagrad": lambda rng: {},
}
GROWN = (
    *("Data", "Augment", "Network", "L1Penalty", "L2Penalty", "Formula", "Detach"),
    *(*HEADS, *SCORED, "Perplexity", *VALUED, "BLEU", "EntityF1", *OPTIMIZERS),
    *("PredictedVsActual", "ImageGrid", "PredictionTable", "DecisionSurface"),
)
"""The kinds of random training graphs. Those for several networks, and for texts, are met in the presets."""


def grow_network(rng: Random, used: Counter[str], loss: str, shape: tuple[int, ...], dtype: str) -> Graph:
    """A network for a loss: random layers, then a head; what is left over leaves by Outputs of its own."""
    garden = Garden(rng, used, networks=NETWORKS, data={"main": make_source(shape, dtype)})
    garden.add("Input", {"shape": rng.choice(["$shape", list(shape)]), "dtype": dtype}, "x")
    wanted, tries = rng.randint(LEAST - 3, LEAST + 3), 0
    while len(garden.nodes) < wanted and tries < 40:
        tries += 1
        garden.grow()
    garden.switch_off(0.1)
    specs = garden.specs()
    floats = [name for name, spec in specs.items() if spec.dtype == "float32" and 2 <= spec.rank <= 6]
    if not floats:
        embedded = garden.add("Embedding", {"num_embeddings": 20, "embedding_dim": 3}, None, input=("x", "output"))
        floats = [(embedded, "output")]
    last = garden.add("Flatten", {}, None, input=rng.choice(floats[-3:]))
    target, activation = HEADS[loss]
    last = garden.add("Linear", {"out_features": CLASSES if target == "y" else 1}, "head", input=(last, "output"))
    if activation:
        last = garden.add(activation, {}, None, input=(last, "output"))
    garden.add("Output", {}, "scores", input=(last, "output"))
    linked = {edge.source for edge in garden.edges}
    linked |= {
        each.weights_of for each in garden.nodes if each.weights_of and rng.random() < 0.5
    }  # a dead end with heirs
    for each in [each for each in garden.nodes if each.kind != "Output" and each.id not in linked]:
        output = CATALOGUE[each.kind].outputs[0].name if each.kind != "Block" else "z"
        garden.add("Output", {}, f"extra_{len(garden.nodes)}", input=(each.id, output))
    used.update(each.kind for each in garden.nodes)
    return garden.graph()


def grow_training(rng: Random, used: Counter[str], loss: str, shape: tuple[int, ...], dtype: str) -> Graph:
    """A training graph around the network."""
    garden = Garden(rng, used)
    target = HEADS[loss][0]
    garden.add("Data", {"source": "main", "batch_size": 4}, "data")
    features = ("data", "x")
    if len(shape) == 3:
        features = (garden.add("Augment", {"flip": True, "crop_padding": 1}, None, image=features), "image")
        garden.switch_last_off(0.3)
    garden.add("Network", {"network": "model"}, "predict", x=features)
    scores, truth = ("predict", "scores"), ("data", target)
    garden.add(loss, {}, "loss", input=scores, target=truth)
    followed = "loss"
    if rng.random() < 0.5:
        penalty = garden.add(rng.choice(["L1Penalty", "L2Penalty"]), {"networks": ["model"]}, "penalty")
        links = {"loss": ("loss", "output"), "penalty": (penalty, "output")}
        followed = garden.add("Formula", {"expression": "loss + 0.1 * penalty"}, "total", **links)
    if rng.random() < 0.5:
        scores = (garden.add("Detach", {}, None, input=scores), "output")
        garden.switch_last_off(0.3)
    add_watchers(garden, target, scores, truth, shape, dtype)
    optimizer = garden.pick_kind(list(OPTIMIZERS))
    params = {"networks": ["model"], "lr": 0.01, "when": rng.choice([None, *WHEN]), **OPTIMIZERS[optimizer](rng)}
    garden.add(optimizer, params, "optimizer", loss=(followed, "output"))
    if rng.random() < 0.2:
        garden.add("SGD", {"networks": ["model"]}, "spare", loss=(followed, "output"))
        garden.switch_last_off(1.0)
    used.update(node.kind for node in garden.nodes)
    return garden.graph()


def add_watchers(
    garden: Garden, target: str, scores: tuple[str, str], truth: tuple[str, str], shape: tuple[int, ...], dtype: str
) -> None:
    """Metrics and previews, until the graph is of some size."""
    several = ("TopKAccuracy", "Perplexity") if target == "y" else ()
    metrics = VALUED if target == "price" else (*(kind for kind in SCORED if kind != "TopKAccuracy"), *several)
    by_input = {(7,): ("BLEU", ("data", "x")), (5, 4): ("EntityF1", ("data", "tags"))}
    if shape in by_input:
        kind, truths = by_input[shape]
        garden.add(kind, {}, None, input=("data", "x"), target=truths)
    while len(garden.nodes) < LEAST:
        kind = garden.pick_kind(list(metrics))
        more = {"user": ("data", "y")} if kind in RANKED else {}
        garden.add(kind, {"k": 2} if kind == "TopKAccuracy" else {}, None, input=scores, target=truth, **more)
        garden.used[kind] += 0
    previews = ["PredictedVsActual"] if target == "price" else []
    if len(shape) == 3:
        previews.append("ImageGrid")
    if len(shape) == 1 and dtype == "float32":
        previews.append("PredictionTable")
    if shape == (2,):
        previews.append("DecisionSurface")
    if previews:
        kind = garden.pick_kind(previews)
        links = {"input": scores, "target": truth}
        if kind == "ImageGrid":
            links["image"] = ("data", "x")
        if kind in ("PredictionTable", "DecisionSurface"):
            links["features"] = ("data", "x")
        if kind == "DecisionSurface":
            del links["input"]
        garden.add(kind, {}, None, **links)


def make_source(shape: tuple[int, ...], dtype: str) -> Source:
    """A source with a field for every sort of target."""
    kind = {1: "vector", 3: "image"}.get(len(shape), "sequence")
    facts = {
        "x": {"kind": kind, "shape": list(shape), "dtype": dtype},
        "y": {"kind": "category", "dtype": "int64", "classes": [str(i) for i in range(CLASSES)]},
        "yes": {"kind": "category", "dtype": "int64", "classes": ["no", "yes"]},
        "price": {"kind": "number", "naive_errors": [0.5]},
        "tags": {"kind": "category", "dtype": "int64", "shape": [5], "classes": ["O", "B-name", "I-name", "B-place"]},
    }
    fields = {
        name: {"kind": known["kind"], "role": "input" if name == "x" else "target"} for name, known in facts.items()
    }
    origin = {"kind": "embedded", "name": "digits"}
    whole = {"origins": [origin], "fields": fields, "facts": {"fields": facts, "counts": {"train": 8}}}
    return Source.model_validate(whole)


def grow_project(rng: Random, used: Counter[str] | None = None) -> Project:
    """A project that is meant to be right."""
    used = Counter() if used is None else used
    loss = sorted(HEADS, key=lambda kind: (used[kind], rng.random()))[0]
    shape, dtype = ((2,), "float32") if rng.random() < 0.1 else rng.choice(SHAPES)
    network = grow_network(rng, used, loss, shape, dtype)
    training = grow_training(rng, used, loss, shape, dtype)
    networks = {"model": network, **used_blocks(network)}
    return Project.model_validate(
        {"networks": networks, "training": training, "data": {"main": make_source(shape, dtype)}}
    )
