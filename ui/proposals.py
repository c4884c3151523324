"""A project that is proposed for pictures with masks: a small U-Net and how it learns, which trains as it is."""

from __future__ import annotations

from typing import Final

from builder.document import Graph, KeepBest, Project, Run, Source
from builder.training.tasks import build_training, fitting_tasks, read_classes, read_ignored
from ui.projects import name_apart
from ui.session import load_preset

TASK: Final = "segmentation"
TITLE: Final = "Find things in pictures"
PRESET, NETWORK, HEAD = "unet_masks", "model", "head"
"""Where the network comes from, and its layer that scores pixels."""
HALVED: Final = 8
"""What height and width divide by, since the network halves them three times."""
BATCH: Final = 32
STEPS, LEAST_EPOCHS, MOST_EPOCHS = 400, 12, 100
"""Steps after which things are found, and between which numbers of epochs they are looked for."""


def can_propose(source: Source) -> bool:
    """Whether a source has pictures, and masks of them that are known."""
    return source.facts is not None and TASK in fitting_tasks(source)


def propose_project(name: str, source: Source) -> Project:
    """A project that learns the masks of a source.

    Pictures whose sides do not divide by 8 are brought to the nearest size that does; the source is then without facts, and
    what is known of it is to be found anew.
    """
    networks = propose_networks(source)
    training = build_training(TASK, name, source, NETWORK, networks[NETWORK])
    run = Run(epochs=choose_epochs(source), keep_best=KeepBest(metric="iou", mode="max"))
    data = {name: fit_sizes(source)}
    return Project(name=TITLE, networks=networks, training=training, data=data, run=run, about={"task": TASK})


def name_project(project: Project) -> Project:
    """The project under a name that no other has."""
    return project.model_copy(update={"name": name_apart(project.name)})


def fit_proposal(project: Project, name: str, source: Source) -> Project:
    """What is proposed for other data of a project, which keeps its name."""
    proposed = propose_project(name, source)
    return proposed.model_copy(update={"name": project.name, "description": project.description})


def is_proposal(project: Project, name: str) -> bool:
    """Whether a project's graphs are those that were proposed for its source, wherever their nodes lie by now."""
    source = project.data.get(name)
    if source is None or not can_propose(source):
        return False
    own, proposed = (
        {path: describe_graph(one.graph(path)) for path in one.graph_paths()}
        for one in (project, propose_project(name, source))
    )
    return own == proposed


def describe_graph(graph: Graph) -> tuple[object, ...]:
    """What a graph does."""
    nodes = [node.model_copy(update={"position": (0.0, 0.0)}) for node in graph.nodes]
    return nodes, {edge.ends() for edge in graph.edges}, graph.params, graph.weights


def propose_networks(source: Source) -> dict[str, Graph]:
    """The networks of the small U-Net, with a score for each class where there are several."""
    preset = load_preset(PRESET)
    if preset is None:
        raise KeyError(PRESET)
    graph = preset.networks[NETWORK]
    scores = {"out_channels": "$classes" if holds_numbers(source) else 1}
    nodes = tuple(
        node.model_copy(update={"params": {**node.params, **scores}}) if node.id == HEAD else node
        for node in graph.nodes
    )
    return {**preset.networks, NETWORK: graph.model_copy(update={"nodes": nodes})}


def holds_numbers(source: Source) -> bool:
    """Whether masks hold the numbers of classes: of several, or where some pixels are of none."""
    masks = [name for name, field in source.fields.items() if field.kind == "mask"]
    if not masks:
        return False
    return len(read_classes(source, masks[0]) or ()) > 2 or read_ignored(source, masks[0]) is not None


def fit_sizes(source: Source) -> Source:
    """The source with pictures and masks that can be halved three times; without facts where they have to change for that."""
    known = source.facts.fields if source.facts else {}
    sizes = {name: facts.sizes[-2:] for name, facts in known.items() if facts.kind in ("image", "mask")}
    fitted = {name: tuple(max(HALVED, round(side / HALVED) * HALVED) for side in size) for name, size in sizes.items()}
    if fitted == sizes:
        return source
    sized = {name: source.fields[name].model_copy(update={"size": size}) for name, size in fitted.items()}
    return source.model_copy(update={"fields": {**source.fields, **sized}, "facts": None})


def choose_epochs(source: Source) -> int:
    """As many epochs as it takes to see few pictures often enough."""
    samples = source.num_train
    return max(LEAST_EPOCHS, min(MOST_EPOCHS, STEPS * BATCH // samples)) if samples else LEAST_EPOCHS
