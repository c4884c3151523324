"""The project file: everything a person draws and decides, as data and nothing else.

A project is one JSON file. Loading one never runs code: there is no import by name, no evaluation and no pickle. Unknown
kinds of nodes are kept as they are, so that a file from a newer catalogue loses nothing.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from builder.parts.tokenizing import Tokenizer
from builder.tensors import Dtype, TimeAxis

FORMAT = 1
TRAINING = "training"
NETWORKS = "networks."


class Part(BaseModel):
    """A piece of the project file. Pieces are values: an edit makes a new one."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Node(Part):
    """A use of a kind. Its id is an attribute of the module, a key of the ``state_dict`` and a variable of the code."""

    id: str = Field(max_length=80)
    kind: str = Field(max_length=80)
    params: dict[str, JsonValue] = Field(default_factory=dict)
    position: tuple[float, float] = (0.0, 0.0)
    bypassed: bool = False
    weights_of: str | None = None


class Edge(Part):
    """A link from an output port to an input port. A variadic port numbers its links: ``inputs.0``, ``inputs.1``."""

    source: str
    target: str
    source_port: str = "output"
    target_port: str = "input"
    via: tuple[tuple[float, float], ...] = ()

    def ends(self) -> tuple[str, str, str, str]:
        """What makes two links the same link: where it starts and where it ends."""
        return self.source, self.source_port, self.target, self.target_port


class Frame(Part):
    """A titled rectangle behind a group of nodes."""

    title: str = Field("", max_length=500)
    position: tuple[float, float] = (0.0, 0.0)
    size: tuple[float, float] = (240.0, 160.0)
    colour: Literal["grey", "blue", "green", "orange", "red", "violet"] = "grey"


class Note(Part):
    """A text in Markdown on the canvas."""

    text: str = Field("", max_length=20_000)
    position: tuple[float, float] = (0.0, 0.0)
    size: tuple[float, float] = (240.0, 120.0)


class Weights(Part):
    """Where a network starts from, and what its tensors are called there.

    Without a ``sha256`` it starts from fresh weights. ``names`` says for the dotted beginnings of its tensors' names, such as
    a node's id, what they are called elsewhere: ``features_0`` is ``features.0``. Inside a block the block's own map holds.
    """

    origin: str
    sha256: str | None = None
    names: dict[str, str] = Field(default_factory=dict)


class Graph(Part):
    """Nodes and links. The order of the nodes is part of the meaning: it breaks ties in the order of evaluation."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    params: dict[str, JsonValue] = Field(default_factory=dict)
    frames: tuple[Frame, ...] = ()
    notes: tuple[Note, ...] = ()
    weights: Weights | None = None

    def node(self, id: str) -> Node:
        """Return the node of that id. Raises KeyError where there is none."""
        return self.by_id()[id]

    def by_id(self) -> dict[str, Node]:
        """Return the nodes by id, in their order. Where several bear one, which checking tells, the first counts."""
        found: dict[str, Node] = {}
        for node in self.nodes:
            found.setdefault(node.id, node)
        return found


class Origin(Part):
    """One place a source can come from.

    ``hub`` names a data set of the Hugging Face hub, looked for under ``LAYERLOOM_HOME/data/<name>`` first; ``embedded`` one
    that ships with Layerloom; ``file`` a CSV, JSON or Parquet file; ``folder`` a folder of images in class folders.
    """

    kind: Literal["hub", "embedded", "file", "folder"]
    name: str
    columns: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    options: dict[str, JsonValue] = Field(default_factory=dict)


class TextMeaning(Part):
    """How the texts of a field become whole numbers; what is learned for it is learned from the training part alone.

    ``vocabulary`` is the most different tokens, ``least`` how often a token comes at least. ``longest`` is the most tokens
    of a text, of which a longer one loses its ``cut``. With ``marks`` a begin and an end stand around every text. With
    ``next`` there is a second field ``<field>_next``: at every step the token after it. ``shares`` names a field whose
    tokens this one uses.
    """

    tokens: Literal["character", "word", "bpe"] = "word"
    vocabulary: int = Field(20_000, ge=5, le=1_000_000)
    least: int = Field(1, ge=1)
    lower: bool = True
    longest: int | None = Field(256, ge=3, le=100_000)
    cut: Literal["end", "start"] = "end"
    marks: bool = False
    next: bool = False
    shares: str | None = None


Side = Annotated[int, Field(ge=1, le=4096)]
"""Height or width of prepared pictures, in pixels."""


Scaling = Literal["none", "unit", "standard", "minmax", "signed"]


class FieldMeaning(Part):
    """What a field holds and how it is prepared.

    ``vector`` joins several numeric columns; ``category`` is a whole number below the number of classes. ``scaling``:
    ``none`` keeps raw values, ``unit`` divides pixels by 255, ``standard`` also subtracts the mean and divides by the
    deviation of the training part (for images one of each a channel, after ``unit``), ``minmax`` maps to 0..1, ``signed`` to
    -1..1 (all pixels alike), which is what a Tanh gives.

    A ``mask`` is a picture that says of each pixel which class it is of: of two classes 0 and 1 in one channel of float32, of
    more, or where some pixels are said to be of none, their numbers, without channels.

    ``text`` and ``sequence`` have a time axis: rows differ in length, shorter ones are filled with zeros at the end, and
    ``<field>_lengths`` counts the steps of each. A sequence holds a list a row, of names or of numbers. One that goes
    ``along`` another field has a step for each of its steps, such as a tag for every word.
    """

    kind: Literal["image", "mask", "vector", "number", "category", "text", "sequence"]
    role: Literal["input", "target", "other"] = "input"
    scaling: Scaling = "none"
    size: tuple[Side, Side] | None = None
    channels: Literal[1, 3] | None = None
    dtype: Literal["float32", "int64"] | None = None
    text: TextMeaning | None = None
    along: str | None = None


class FieldFacts(Part):
    """What preparation found out about a field. ``shape`` is one sample's, without the batch axis; ``"T"`` is a time axis.

    ``tokenizer`` is kept with a run and left out of the project that is being edited: it may be long. ``naive_errors`` say
    for a target of windows how far values of the training part that are 1, 2, 3... steps apart differ on average, scaled.
    ``class_counts`` say for a target of classes how often each occurs in the training part. ``ignored`` is the number that
    a mask gives to pixels that are said to be of no class.
    """

    kind: str
    dtype: Dtype = "float32"
    shape: tuple[int | TimeAxis, ...] = ()
    classes: tuple[str, ...] | None = None
    class_counts: tuple[int, ...] | None = None
    ignored: int | None = None
    columns: tuple[str, ...] | None = None
    vocabulary: int | None = None
    tokenizer: Tokenizer | None = None
    mean: tuple[float, ...] | None = None
    deviation: tuple[float, ...] | None = None
    low: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None
    naive_errors: tuple[float, ...] | None = None

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes of one sample's axes that are always the same."""
        return tuple(size for size in self.shape if not isinstance(size, str))


class Facts(Part):
    """What is known of a source once it was opened, so that checking a project never opens data."""

    origin: int = 0
    fields: dict[str, FieldFacts] = Field(default_factory=dict)
    counts: dict[str, int] = Field(default_factory=dict)
    fingerprint: str = ""


class Windows(Part):
    """Cuts rows that follow each other in time, or the tokens of one long text, into samples.

    A sample is ``length`` rows of every field; the next begins ``stride`` rows later. For each field in ``targets`` there
    is ``<field>_next``: the ``horizon`` rows after the sample, or with ``each`` for every row the one ``horizon`` later. The
    parts follow each other in time, whatever the split says: a target always lies inside its own part, while what comes
    before it may reach back into the part before. ``order`` names a column that tells the order of the rows.
    """

    length: int = Field(24, ge=1, le=100_000)
    horizon: int = Field(1, ge=1, le=10_000)
    stride: int = Field(1, ge=1, le=100_000)
    targets: tuple[str, ...] = ()
    each: bool = False
    order: str | None = None


class Fold(Part):
    """One of several ways to take the validation part out of what is left of the samples without the test part.

    In the folds of all ``index`` from 0 every such sample is for validation once. Where samples keep their order, each fold
    learns from the first ones only and is validated on those that follow.
    """

    count: int = Field(5, ge=2, le=20)
    index: int = Field(0, ge=0, le=19)


class Split(Part):
    """How samples are divided. A fraction of 0 makes no such part; a part that the origin brings itself is kept.

    With a ``fold`` it takes the place of the fraction for validation, and of a validation part that the origin brings.
    """

    validation: float = Field(0.1, ge=0, lt=1)
    test: float = Field(0.0, ge=0, lt=1)
    seed: int = 0
    by: Literal["random", "order"] = "random"
    fold: Fold | None = None


class Source(Part):
    """A data set in a project: where it comes from, what its columns mean, how it is split and prepared."""

    origins: tuple[Origin, ...]
    fields: dict[str, FieldMeaning]
    split: Split = Split()
    windows: Windows | None = None
    limit: int | None = Field(None, ge=1)
    facts: Facts | None = None

    @property
    def num_train(self) -> int:
        """How many samples there are to train with; 0 where that is not known."""
        return self.facts.counts.get("train", 0) if self.facts else 0

    @property
    def stand_in(self) -> Origin | None:
        """The origin that was read in place of the first one; None where that was read, or nothing yet."""
        place = self.facts.origin if self.facts else 0
        return self.origins[place] if 0 < place < len(self.origins) else None


class Every(Part):
    """How often something happens."""

    every: int = Field(1, ge=1)
    unit: Literal["step", "epoch"] = "epoch"


class KeepBest(Part):
    """Which metric node decides whose weights are exported, judged on the validation part."""

    metric: str
    mode: Literal["min", "max"] = "min"


class EarlyStopping(KeepBest):
    """End a run when the metric has not improved for ``patience`` validations."""

    patience: int = Field(5, ge=1)
    min_delta: float = Field(0.0, ge=0)


class Run(Part):
    """How long, where and how precisely a project trains."""

    epochs: int = Field(10, ge=1, le=1_000_000)
    max_steps: int | None = Field(None, ge=1)
    seed: int = Field(0, ge=0, le=2**32 - 1)
    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    optimizer_kernels: Literal["auto", "fused", "plain"] = "auto"
    memory_format: Literal["auto", "contiguous", "channels_last"] = "auto"
    data_place: Literal["auto", "device", "host"] = "auto"
    compiling: Literal["off", "on", "graphs"] = "off"
    executor: Literal["process", "thread"] = "process"
    threads: int | None = Field(None, ge=1, le=256)
    validation: Every = Every()
    checkpoint: Every = Every()
    early_stopping: EarlyStopping | None = None
    keep_best: KeepBest | None = None


class Project(Part):
    """The whole file."""

    format: Annotated[int, Field(ge=1)] = FORMAT
    name: str = Field("Untitled", max_length=200)
    description: str = Field("", max_length=20_000)
    networks: dict[str, Graph] = Field(default_factory=dict)
    training: Graph = Graph()
    data: dict[str, Source] = Field(default_factory=dict)
    run: Run = Run()
    about: dict[str, Any] = Field(default_factory=dict)

    def graph(self, path: str) -> Graph:
        """Return the graph at ``training`` or ``networks.<name>``. Raises KeyError where there is none."""
        return self.training if path == TRAINING else self.networks[path.removeprefix(NETWORKS)]

    def with_graph(self, path: str, graph: Graph) -> Project:
        """Return this project with the graph at ``path`` replaced."""
        if path == TRAINING:
            return self.model_copy(update={"training": graph})
        return self.model_copy(update={"networks": {**self.networks, path.removeprefix(NETWORKS): graph}})

    def graph_paths(self) -> list[str]:
        """Every graph of the project: its networks in order, then the training graph."""
        return [*(NETWORKS + name for name in self.networks), TRAINING]
