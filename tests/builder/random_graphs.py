"""Random projects: networks grown layer by layer from the whole catalogue, a training graph around them, and mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from builder.document import Edge, Graph, Node, Project, Source
from builder.flow import DTYPE_CLASSES, NodeFlow
from builder.kinds import Kind, Port
from builder.layers import CATALOGUE
from builder.shape_flow import infer
from builder.tensors import TensorSpec
from tests.builder.drawn import chain, graph, node

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
Params = dict[str, Any]
Draw = Callable[[Random, TensorSpec], Params]


def small(rng: Random, *names: str) -> Params:
    """Small numbers for these parameters."""
    return {name: rng.randint(1, 5) for name in names}


def permute(rng: Random, spec: TensorSpec) -> Params:
    """The axes behind the batch in any order."""
    axes = list(range(1, spec.rank))
    rng.shuffle(axes)
    return {"dims": [0, *axes]}


def convolve(rng: Random, spec: TensorSpec) -> Params:
    """A small convolution."""
    padding = rng.choice([0, 1, "same"])
    return {**small(rng, "out_channels"), "kernel_size": rng.randint(1, 3), "padding": padding}


PARAMS: dict[str, Draw] = {
    "Linear": lambda rng, spec: small(rng, "out_features"),
    "Bilinear": lambda rng, spec: small(rng, "out_features"),
    "Conv1d": convolve,
    "Conv2d": convolve,
    "Conv3d": convolve,
    "ConvTranspose1d": lambda rng, spec: {**small(rng, "out_channels"), "kernel_size": 2, "padding": 0},
    "ConvTranspose2d": lambda rng, spec: {**small(rng, "out_channels"), "kernel_size": 2, "padding": 0},
    "AdaptiveAvgPool1d": lambda rng, spec: small(rng, "output_size"),
    "AdaptiveAvgPool2d": lambda rng, spec: small(rng, "output_size"),
    "AdaptiveMaxPool2d": lambda rng, spec: small(rng, "output_size"),
    "Embedding": lambda rng, spec: {"num_embeddings": 20, **small(rng, "embedding_dim")},
    "GroupNorm": lambda rng, spec: {"num_groups": 1},
    "RNN": lambda rng, spec: {**small(rng, "hidden_size"), "bidirectional": rng.random() < 0.5},
    "LSTM": lambda rng, spec: {**small(rng, "hidden_size"), "num_layers": rng.randint(1, 2)},
    "GRU": lambda rng, spec: small(rng, "hidden_size"),
    "MultiheadAttention": lambda rng, spec: {"num_heads": 1},
    "TransformerEncoderLayer": lambda rng, spec: {"nhead": 1, "dim_feedforward": 4},
    "Permute": permute,
    "Pad": lambda rng, spec: {"pad": [1, 1, 0, 1][: 2 * max(1, min(2, spec.rank - 2))]},
    "Reshape": lambda rng, spec: {"shape": rng.choice([[-1], [1, -1], [-1, 2], [2, -1, 2]])},
    "Slice": lambda rng, spec: {"dim": rng.randint(1, max(1, spec.rank - 1)), "end": rng.randint(1, 4)},
    "Unflatten": lambda rng, spec: {"unflattened_size": rng.choice([[1, -1], [2, -1], [-1, 2]])},
    "Unsqueeze": lambda rng, spec: {"dim": rng.randint(1, spec.rank)},
}
BLOCKS: dict[str, Draw] = {
    "inner": lambda rng, spec: {"repeat": rng.randint(1, 2)},
    "mixing": lambda rng, spec: {"repeat": rng.randint(1, 3), "arguments": {"width": spec.shape[-1]}},
    "nested": lambda rng, spec: {
        "repeat": rng.randint(1, 2),
        "arguments": rng.choice([{}, {"width": rng.randint(1, 4)}]),
    },
}
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
SCORED = ("Accuracy", "TopKAccuracy", "Precision", "Recall", "F1", "AUROC", "ConfusionMatrix")
VALUED = ("MeanSquaredError", "MeanAbsoluteError", "R2Score")
OPTIMIZERS: dict[str, Callable[[Random], Params]] = {
    "SGD": lambda rng: {"momentum": rng.choice([0.0, 0.9])},
    "Adam": lambda rng: {"clip_norm": rng.choice([None, 1.0])},
    "AdamW": lambda rng: {"groups": [{"match": "biases_and_norms", "weight_decay": 0.0}]},
    "NAdam": lambda rng: {"accumulate": rng.randint(1, 2)},
    "RMSprop": lambda rng: {"schedule": {"kind": "cosine"}},
    "Adagrad": lambda rng: {},
}


@dataclass
class Garden:
    """A graph that grows: its nodes, its links, and how often each kind was used in all graphs so far."""

    rng: Random
    used: Counter[str]
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    networks: dict[str, Graph] = field(default_factory=dict)
    data: dict[str, Source] = field(default_factory=dict)

    def name(self, kind: str) -> str:
        """A free id."""
        return f"{kind.lower()}_{len(self.nodes)}"

    def add(self, kind: str, params: Params | None = None, id: str | None = None, **links: tuple[str, str]) -> str:
        """Add a node with links into its ports; return its id. A dot in a port's name is written as two underscores."""
        id = id or self.name(kind)
        self.nodes.append(Node(id=id, kind=kind, params=params or {}, position=(240.0 * len(self.nodes), 0.0)))
        for port, (source, output) in links.items():
            target_port = port.replace("__", ".")
            self.edges.append(Edge(source=source, source_port=output, target=id, target_port=target_port))
        return id

    def graph(self) -> Graph:
        """The graph as it is now."""
        return Graph(nodes=tuple(self.nodes), edges=tuple(self.edges))

    def flows(self) -> dict[str, NodeFlow]:
        """What is known of every node."""
        project = Project(networks={**self.networks, "model": self.graph()}, data=self.data)
        return infer(project)["networks.model"].nodes

    def specs(self) -> dict[tuple[str, str], TensorSpec]:
        """Every output of the graph with its spec."""
        return {(id, name): spec for id, known in self.flows().items() for name, spec in known.outputs.items()}

    def pick_kind(self, kinds: list[str]) -> str:
        """A kind, one that was used little so far more likely than the others."""
        kinds = sorted(kinds, key=lambda kind: (self.used[kind], self.rng.random()))
        return kinds[0] if self.rng.random() < 0.7 else self.rng.choice(kinds)

    def grow(self) -> bool:
        """Try to add one layer that fits; whether it did."""
        if self.rng.random() < 0.1 and self.share():
            return True
        specs = self.specs()
        if self.rng.random() < 0.1 and self.grow_block(specs):
            return True
        kind = self.pick_kind([kind for kind in CATALOGUE if kind not in ("Input", "Output")])
        if kind == "Block":
            return self.grow_block(specs)
        links = self.pick_links(CATALOGUE[kind], specs)
        if links is None:
            return False
        params = PARAMS[kind](self.rng, specs[next(iter(links.values()))]) if kind in PARAMS else {}
        return self.keep_fitting(kind, params, links)

    def grow_block(self, specs: dict[tuple[str, str], TensorSpec]) -> bool:
        """Try to add a block of one input, or of two."""
        fitting = [name for name, spec in specs.items() if spec.rank == 2 and spec.dtype == "float32"]
        if not fitting:
            return False
        network = self.rng.choice(sorted(BLOCKS))
        inputs = [node.id for node in self.networks[network].nodes if node.kind == "Input"]
        links = {name: self.rng.choice(fitting) for name in inputs}
        params = {"network": network, **BLOCKS[network](self.rng, specs[links["x"]])}
        return self.keep_fitting("Block", params, dict(sorted(links.items(), key=lambda item: self.rng.random())))

    def share(self) -> bool:
        """Add a node that shares the weights of another; whether there was one to share with."""
        flows = self.flows()
        owners = [each for each in self.nodes if each.weights_of is None and flows[each.id].parameters]
        if not owners:
            return False
        owner = self.rng.choice(owners)
        links = {edge.target_port: (edge.source, edge.source_port) for edge in self.edges if edge.target == owner.id}
        if owner.kind != "Embedding":  # sums of words would lie beyond the vocabulary
            specs = self.specs()
            links = {
                port: self.rng.choice([name for name, spec in specs.items() if spec == specs[source]])
                for port, source in links.items()
            }
        self.add(owner.kind, dict(owner.params), None, **links)
        self.nodes[-1] = self.nodes[-1].model_copy(update={"weights_of": owner.id})
        return True

    def switch_off(self, chance: float) -> None:
        """Switch off some of the nodes that change neither shape nor type."""
        flows, shared = self.flows(), {each.weights_of for each in self.nodes}
        for i, each in enumerate(self.nodes):
            inputs, outputs = list(flows[each.id].inputs.values()), list(flows[each.id].outputs.values())
            fits = len(outputs) == 1 and len(inputs) == 1 and inputs == outputs
            if fits and each.weights_of is None and each.id not in shared and self.rng.random() < chance:
                self.nodes[i] = each.model_copy(update={"bypassed": True})

    def switch_last_off(self, chance: float) -> None:
        """Switch the newest node off, by chance."""
        if self.rng.random() < chance:
            self.nodes[-1] = self.nodes[-1].model_copy(update={"bypassed": True})

    def keep_fitting(self, kind: str, params: Params, links: dict[str, tuple[str, str]]) -> bool:
        """Add a node, unless it does not fit or grows too large; whether it stayed."""
        before = len(self.nodes), len(self.edges)
        id = self.add(kind, params, None, **links)
        outputs = [name for name in self.specs() if name[0] == id]
        if outputs and all(size_of(self.specs()[name]) <= 4000 for name in outputs):
            return True
        del self.nodes[before[0] :], self.edges[before[1] :]
        return False

    def pick_links(
        self, kind: type[Kind], specs: dict[tuple[str, str], TensorSpec]
    ) -> dict[str, tuple[str, str]] | None:
        """An output for each input that needs one; None where nothing fits."""
        links: dict[str, tuple[str, str]] = {}
        for port in kind.inputs:
            if port.optional:
                continue
            fitting = [name for name, spec in specs.items() if takes(port, spec)]
            if kind.kind == "Embedding":  # sums of words would lie beyond the vocabulary
                fitting = [name for name in fitting if name[0] == "x"]
            if not fitting:
                return None
            first = self.rng.choice(fitting[-4:])
            if not port.variadic:
                alike = [name for name in fitting if links and specs[name] == specs[next(iter(links.values()))]]
                links[port.name] = self.rng.choice(alike) if alike else first
                continue
            alike = [name for name in fitting if specs[name] == specs[first]]
            for i in range(self.rng.randint(2, 3)):
                links[f"{port.name}__{i}"] = first if i == 0 else self.rng.choice(alike)
        return links


def size_of(spec: TensorSpec) -> int:
    """Numbers of one sample."""
    size = 1
    for axis in spec.at(0)[1:]:
        size *= axis
    return size


def takes(port: Port, spec: TensorSpec) -> bool:
    """Whether a port takes this tensor."""
    return (not port.ranks or spec.rank in port.ranks) and spec.dtype in DTYPE_CLASSES[port.dtype]


X, Z = node("x", "Input", shape=[4]), node("z", "Output")
NETWORKS = {
    "inner": chain(X, node("tanh", "Tanh"), Z),
    "mixing": graph(
        [X, node("memory", "Input", shape=[3]), node("fit", "Linear", out_features="$width"), node("sum", "Add"), Z],
        "memory -> fit",
        "fit -> sum.inputs.1",
        "x -> sum.inputs.0",
        "sum -> z",
    ),
    "nested": graph(
        [
            X,
            node("fit", "Linear", out_features="$width"),
            node("mix", "Block", network="mixing", repeat=2, arguments={"width": "$width"}),
            node("inside", "Block", network="inner"),
            Z,
        ],
        "x -> fit",
        "x -> mix.memory",
        "fit -> mix.x",
        "mix.z -> inside.x",
        "inside.z -> z",
    ).model_copy(update={"params": {"width": 3}}),
}
"""The networks that blocks use: of one input and of two, with values from parameters and arguments, and in one another."""


def used_blocks(graph: Graph) -> dict[str, Graph]:
    """The networks that a graph uses, and those that they use."""
    found: dict[str, Graph] = {}
    waiting = [graph]
    while waiting:
        for each in waiting.pop().nodes:
            name = str(each.params.get("network"))
            if each.kind == "Block" and name not in found:
                found[name] = NETWORKS[name]
                waiting.append(NETWORKS[name])
    return found


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
    metrics = VALUED if target == "price" else tuple(kind for kind in SCORED if target == "y" or kind != "TopKAccuracy")
    while len(garden.nodes) < LEAST:
        kind = garden.pick_kind(list(metrics))
        garden.add(kind, {"k": 2} if kind == "TopKAccuracy" else {}, None, input=scores, target=truth)
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
        "price": {"kind": "number"},
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
