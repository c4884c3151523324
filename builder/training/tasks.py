"""Tasks: what a person wants of a network, written as a training graph that fits the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import JsonValue

from builder.columns import TIMED, Column, is_ragged, list_columns
from builder.document import Edge, FieldMeaning, Graph, Node, Source
from builder.parts.columns import LENGTHS, NEXT
from builder.training.data import USUAL_BATCH, choose_batch

Task = Literal["classification", "binary", "regression", "forecast", "segmentation"]
TITLES: dict[Task, str] = {
    "classification": "Tell classes apart",
    "binary": "Answer yes or no",
    "regression": "Predict numbers",
    "forecast": "Forecast a series",
    "segmentation": "Find things in pictures",
}
COLUMN, ROW = 240, 128
TWO = 2
UNSAID = frozenset({"void", "ignore", "ignored", "unlabeled", "unlabelled"})
"""What the class is called of pixels of which nobody said what they are."""
NORMALISED = ("Sigmoid", "Softmax", "LogSoftmax")
"""Last layers behind which there are no plain scores."""


class TaskError(ValueError):
    """A task does not fit the data or the network. The text is a sentence for people."""


def fitting_tasks(source: Source) -> tuple[Task, ...]:
    """The tasks that a source has a target for, the most likely first."""
    if find_series(source):
        return ("forecast",)
    target = find_field(source, "target")
    if target is None:
        return ()
    name, meaning = target
    classes = read_classes(source, name)
    if meaning.kind == "mask":
        seen = find_field(source, "input")
        return ("segmentation",) if seen and seen[1].kind == "image" else ()
    if meaning.kind == "sequence":
        return ("classification",) if classes else ()
    if meaning.kind != "category":
        return ("regression",) if meaning.kind in ("number", "vector") else ()
    return ("classification", "binary") if classes is None or len(classes) == TWO else ("classification",)


def build_training(task: Task, source_name: str, source: Source, network_name: str, network: Graph) -> Graph:
    """Write the training graph of a task: data, network, loss, metrics, previews and optimizer, laid out left to right.

    Raises:
        TaskError: the source has no fitting target, or the network no Input or Output.
    """
    setting = read_setting(task, source_name, source, network_name, network)
    judges = [*list_measures(setting), *list_previews(setting)]
    nodes = [
        Node(id="data", kind="Data", params={"source": source_name, **choose_batches(setting)}),
        Node(id="predict", kind="Network", params={"network": network_name}),
        *(node for node, _ in judges),
        Node(id="adam", kind="Adam", params={"networks": [network_name], "lr": 0.001}),
    ]
    inputs = [Edge(source="data", source_port=a, target="predict", target_port=b) for a, b in setting.inputs]
    edges = [*inputs, *(edge for _, links in judges for edge in links)]
    edges.append(Edge(source="loss", target="adam", target_port="loss"))
    return Graph(nodes=place_nodes(nodes), edges=tuple(edges))


@dataclass(frozen=True)
class Setting:
    """What the parts of a training graph need to know of data and network."""

    task: Task
    source: Source
    network: str
    inputs: tuple[tuple[str, str], ...]
    target: str
    output: str
    last: str

    @property
    def field(self) -> str:
        """The field that is shown: the first that goes into the network."""
        return next(column for column, _ in self.inputs if column in self.source.fields)

    @property
    def lengths(self) -> str | None:
        """The column that counts the steps of the field; None where all samples are equally long."""
        along = self.source.fields[self.field].along or self.field
        return along + LENGTHS if is_ragged(self.source, self.field) else None

    @property
    def is_tagging(self) -> bool:
        """Whether there is a truth for every step."""
        return self.source.fields[self.target].kind in TIMED

    @property
    def has_probabilities(self) -> bool:
        """Whether the network ends with probabilities and not with scores."""
        return self.last in ("Sigmoid", "Softmax")

    @property
    def has_several_classes(self) -> bool:
        """Whether there are more classes than yes and no."""
        return len(read_classes(self.source, self.target) or ()) > TWO

    @property
    def has_numbers(self) -> bool:
        """Whether the truth is the numbers of classes, each of which has a score: of several, or with pixels of none."""
        return self.has_several_classes or read_ignored(self.source, self.target) is not None


def read_setting(task: Task, source_name: str, source: Source, network_name: str, network: Graph) -> Setting:
    """Match the fields of a source with the ports of a network. Raises TaskError."""
    if task not in fitting_tasks(source):
        raise TaskError(f'"{source_name}" has no target for this task. Choose the column to predict on the Data page.')
    target = find_target(source)
    outputs = [node for node in network.nodes if node.kind == "Output"]
    matches = tuple(match_inputs(source, network))
    if not matches or not outputs or target is None:
        raise TaskError(f'"{network_name}" needs an Input and an Output before it can learn a task.')
    kinds = {node.id: node.kind for node in network.nodes}
    last = next((kinds.get(edge.source, "") for edge in network.edges if edge.target == outputs[0].id), "")
    return Setting(task, source, network_name, matches, target, outputs[0].id, last)


def find_target(source: Source) -> str | None:
    """The tensor of a batch that is to be learned: the target, or of a series what comes next."""
    series, target = find_series(source), find_field(source, "target")
    return series + NEXT if series else target and target[0]


def find_series(source: Source) -> str | None:
    """The field whose next rows are forecast."""
    windows = source.windows
    return windows.targets[0] if windows and windows.targets and not windows.each else None


def find_field(source: Source, role: str) -> tuple[str, FieldMeaning] | None:
    """The first field with a role, with its name."""
    return next(((name, meaning) for name, meaning in source.fields.items() if meaning.role == role), None)


def read_classes(source: Source, name: str) -> tuple[str, ...] | None:
    """The classes of a field, where they are known."""
    return source.facts.fields[name].classes if source.facts and name in source.facts.fields else None


def read_ignored(source: Source, name: str) -> int | None:
    """The number that a mask gives to pixels of no class, where it has such."""
    return source.facts.fields[name].ignored if source.facts and name in source.facts.fields else None


def match_inputs(source: Source, network: Graph) -> Iterator[tuple[str, str]]:
    """Pair the tensors of a batch with the Inputs of a network: by name, else in order, lengths where an Input says so."""
    columns = {column.name: column for column in list_columns(source) if is_seen(source, column)}
    ports = [node.id for node in network.nodes if node.kind == "Input"]
    free = [column for column in columns.values() if column.name not in ports]
    fields, lengths = (iter([each.name for each in free if each.is_lengths == counts]) for counts in (False, True))
    for port in ports:
        column = port if port in columns else next(lengths if port.endswith(LENGTHS[1:]) else fields, None)
        if column is not None:
            yield column, port


def is_seen(source: Source, column: Column) -> bool:
    """Whether a network sees it: the inputs, and the past of every series."""
    return not column.is_next and (source.fields[column.field].role == "input" or column.field == find_series(source))


def choose_batches(setting: Setting) -> dict[str, JsonValue]:
    """Batches of the usual size, smaller ones where there are fewer samples; texts of like length go together."""
    count = setting.source.num_train
    size = (choose_batch(count) or count) if 0 < count < USUAL_BATCH else USUAL_BATCH
    return {"batch_size": size, **({"batching": "by_length"} if setting.lengths else {})}


Judge = tuple[Node, list[Edge]]


def build_judge(setting: Setting, id: str, kind: str, field_port: str | None = None, **params: Any) -> Judge:
    """A node that compares the network's answer with the truth, with its links; ``field_port`` also takes the input."""
    shown = {name: value for name, value in params.items() if value is not None}
    links = [
        Edge(source="predict", source_port=setting.output, target=id, target_port="input"),
        Edge(source="data", source_port=setting.target, target=id, target_port="target"),
    ]
    if field_port:
        shown_field = find_series(setting.source) or setting.field
        links.insert(0, Edge(source="data", source_port=shown_field, target=id, target_port=field_port))
    if setting.lengths and (setting.is_tagging or field_port == "text"):
        links.append(Edge(source="data", source_port=setting.lengths, target=id, target_port="lengths"))
    return Node(id=id, kind=kind, params=shown), links


def list_measures(setting: Setting) -> list[Judge]:
    """The loss, then the metrics."""
    scores = choose_scores(setting)
    if setting.task in ("regression", "forecast"):
        third = ("mase", "MeanAbsoluteScaledError") if setting.task == "forecast" else ("r2", "R2Score")
        kinds = [("loss", "MSELoss"), ("mae", "MeanAbsoluteError"), third]
        return [build_judge(setting, name, kind) for name, kind in kinds]
    if setting.task == "segmentation":
        return list_mask_measures(setting)
    loss = build_judge(setting, "loss", choose_loss(setting))
    accuracy = build_judge(setting, "accuracy", "Accuracy", scores=scores)
    if has_names(setting):
        return [loss, accuracy, build_judge(setting, "f1", "EntityF1")]
    second = ("auroc", "AUROC") if setting.task == "binary" else ("confusion", "ConfusionMatrix")
    return [loss, accuracy, build_judge(setting, *second, scores=scores)]


def has_names(setting: Setting) -> bool:
    """Whether the truth marks names in texts: some tags begin one."""
    classes = read_classes(setting.source, setting.target) or ()
    return setting.is_tagging and any(name.startswith("B-") for name in classes)


def list_mask_measures(setting: Setting) -> list[Judge]:
    """The loss of every pixel, with that of the overlap where the network gives plain scores, and what masks have in common.

    Pixels of which nobody said what they are count in none of them.
    """
    average, scores = "macro" if setting.has_several_classes else None, choose_scores(setting)
    scores, ignored = None if setting.has_numbers else scores, find_ignored(setting)
    iou = build_judge(setting, "iou", "IoU", average=average, scores=scores, ignore_index=ignored)
    if setting.last in NORMALISED:
        return [build_judge(setting, "loss", choose_loss(setting), ignore_index=ignored), iou]
    kinds = [("pixels", choose_loss(setting)), ("overlap", "DiceLoss")]
    parts = [build_judge(setting, name, kind, ignore_index=ignored) for name, kind in kinds]
    added = [Edge(source=node.id, target="loss", target_port=node.id) for node, _ in parts]
    return [*parts, (Node(id="loss", kind="Formula", params={"expression": "pixels + overlap"}), added), iou]


def find_ignored(setting: Setting) -> int | None:
    """The number of pixels of which nobody said what they are: that of no class, or of one that is named so beside other two."""
    if (number := read_ignored(setting.source, setting.target)) is not None:
        return number
    names = read_classes(setting.source, setting.target) or ()
    unsaid = [number for number, name in enumerate(names) if name.lower() in UNSAID]
    return unsaid[0] if unsaid and setting.has_several_classes else None


def choose_scores(setting: Setting) -> str | None:
    """What a metric or a preview is told of the scores."""
    return "probabilities" if setting.has_probabilities else None


def choose_loss(setting: Setting) -> str:
    """The loss of a class that goes with the network's last layer."""
    if setting.task == "binary" or (setting.task == "segmentation" and not setting.has_numbers):
        return "BCELoss" if setting.last == "Sigmoid" else "BCEWithLogitsLoss"
    return "NLLLoss" if setting.last == "LogSoftmax" else "CrossEntropyLoss"


def list_previews(setting: Setting) -> list[Judge]:
    """What is shown while the network learns."""
    meaning = setting.source.fields[setting.field]
    scores = choose_scores(setting)
    if meaning.kind == "text" and setting.task != "regression":
        kind = ("sentences", "TaggedTokens") if setting.is_tagging else ("texts", "TextSamples")
        return [build_judge(setting, *kind, "text", scores=scores)]
    if setting.task == "forecast":
        return [build_judge(setting, "forecasts", "Forecast", "past")]
    if setting.task == "regression":
        return [build_judge(setting, "actual", "PredictedVsActual")]
    if setting.task == "segmentation":
        return [build_judge(setting, "masks", "MaskRows", "image", scores=scores)]
    if meaning.kind == "image":
        return [build_judge(setting, "images", "ImageGrid", "image", scores=scores)]
    return [show_features(setting, scores)] if meaning.kind == "vector" else []


def show_features(setting: Setting, scores: str | None) -> Judge:
    """The plane of two features, or a table of more."""
    facts = setting.source.facts.fields.get(setting.field) if setting.source.facts else None
    if facts is None or facts.shape != (TWO,):
        return build_judge(setting, "table", "PredictionTable", "features", scores=scores)
    return build_surface(setting, scores)


def build_surface(setting: Setting, scores: str | None) -> Judge:
    """A decision surface, which asks the network by itself and so takes no answer."""
    node, links = build_judge(setting, "surface", "DecisionSurface", "features", network=setting.network, scores=scores)
    return node, [edge for edge in links if edge.target_port != "input"]


def place_nodes(nodes: list[Node]) -> tuple[Node, ...]:
    """Data, network, what judges it one below the other, the sum of losses where there is one, and the optimizer."""
    sums = [node for node in nodes if node.kind == "Formula"]
    judges = [node for node in nodes[TWO:-1] if node not in sums]
    columns = [column for column in (nodes[:1], nodes[1:TWO], judges, sums, nodes[-1:]) if column]
    places = {node.id: (column, row) for column, group in enumerate(columns) for row, node in enumerate(group)}
    return tuple(
        node.model_copy(update={"position": (float(column * COLUMN), float(row * ROW))})
        for node in nodes
        for column, row in [places[node.id]]
    )
