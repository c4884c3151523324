"""The gallery's cards as data: what a project looks like, what it learns, on what, how large it is and how long it takes.

Names and lines are there at once; pictures and sizes need torch, so a sketch of a card is without them.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.document import NETWORKS, Graph, Origin, Project, Source
from builder.loading import load_project
from builder.phrases import name_origin as name_data
from builder.phrases import spell
from runtime.data.home import find_dataset, holds_files
from ui.charts.graph_picture import draw_graph
from ui.faults import log_fault
from ui.projects import Stored
from ui.session import PRESETS
from ui.theme import FAMILIES, GREY, HEIGHTS

if TYPE_CHECKING:
    from builder.flow import Flow

Card = dict[str, Any]
KNOWN_AS = {"cifar10": "CIFAR-10", "mnist": "MNIST"}


@lru_cache(1)
def list_presets() -> tuple[tuple[Path, Project], ...]:
    """The shipped presets in their order. They do not change while the application runs."""
    presets = [(file, load_project(file.read_bytes())) for file in PRESETS.glob("*.json")]
    return tuple(sorted(presets, key=lambda item: (item[1].about.get("order", 10_000), item[0].stem)))


def list_preset_cards(is_sketch: bool) -> list[Card]:
    """The cards of the shipped presets in their order."""
    drawn = [("", "")] * len(list_presets()) if is_sketch else draw_presets()
    return [
        build_preset_card(file, project, number == 0, *drawn[number])
        for number, (file, project) in enumerate(list_presets())
    ]


@lru_cache(1)
def draw_presets() -> list[tuple[str, str]]:
    """Picture and size of each of the shipped presets."""
    return [(draw_project(project), describe_size(project)) for _, project in list_presets()]


def build_preset_card(file: Path, project: Project, is_first: bool, picture: str, size: str) -> Card:
    """A preset's card; the first says where to begin."""
    about = project.about
    facts = [describe_data(project), size, describe_seconds(about.get("seconds"))]
    return {
        "id": file.stem,
        "own": False,
        "title": project.name,
        "line": about.get("summary") or project.description,
        "picture": picture,
        "facts": [fact for fact in facts if fact],
        "task": find_task(project),
        "first": is_first,
        "changed": None,
    }


def build_own_card(stored: Stored, last: str, is_sketch: bool = False) -> Card:
    """The card of one of the person's own projects; ``last`` tells what became of its latest run."""
    project = stored.project
    picture, size = ("", "") if is_sketch else draw_own(stored.id, project.model_dump_json())
    return {
        "id": stored.id,
        "own": True,
        "title": project.name,
        "line": project.about.get("summary") or project.description or "",
        "picture": picture,
        "facts": [fact for fact in (describe_data(project), size, last) if fact],
        "task": find_task(project),
        "first": False,
        "changed": stored.changed_at,
    }


@lru_cache(256)
def draw_own(id: str, text: str) -> tuple[str, str]:
    """Picture and size of a project; of one that cannot be drawn, next to nothing: no project hides the others."""
    project = Project.model_validate_json(text)
    try:
        return draw_project(project), describe_size(project)
    except Exception as fault:
        log_fault(fault)
        return draw_project(Project()), describe_parameters(None)


def draw_project(project: Project) -> str:
    """The picture of a project: its largest network, blocks shut."""
    from builder.shape_flow import list_inside

    inside = list_inside(project)
    outer = [graph for name, graph in project.networks.items() if name not in inside]
    graph = max(outer, key=lambda graph: len(graph.nodes), default=Graph())
    return draw_graph(graph, choose_look)


def choose_look(kind: str) -> tuple[str, float]:
    """The colour of a kind's family and the height of its block: what learns stands tall."""
    from builder.layers import CATALOGUE

    layer = CATALOGUE.get(kind)
    family = layer.family if layer else ""
    return FAMILIES.get(family, GREY), HEIGHTS.get(family, 0.25)


def describe_size(project: Project) -> str:
    """How large a project is, in a few words."""
    return describe_parameters(count_parameters(project))


def describe_data(project: Project) -> str:
    """The names of the data, each once, where one stands in for what was not at hand also of that."""
    names = [name_source(source) for source in project.data.values() if source.origins]
    return ", ".join(dict.fromkeys(names))


def name_source(source: Source) -> str:
    """What a source is meant to be, and what stands in for it: ``CIFAR-10 (stand-in: digits)``."""
    meant, used = name_origin(source.origins[0]), source.stand_in
    return meant if used is None or is_outdated(source) else f"{meant} (stand-in: {name_origin(used)})"


def is_outdated(source: Source) -> bool:
    """Whether what is known of a source is of a stand-in, while the data set that is meant lies on this machine by now."""
    if source.stand_in is None:
        return False
    meant = source.origins[0]
    return meant.kind == "hub" and holds_files(find_dataset(meant.name))


def name_origin(origin: Origin) -> str:
    """The name of a data set as people know it."""
    name = origin.name.rsplit("/", 1)[-1]
    return KNOWN_AS.get(name) or spell(name_data(origin).rsplit("/", 1)[-1])


def count_parameters(project: Project) -> int | None:
    """How many numbers its networks learn, told from the shapes alone; None while one of them has an open end."""
    from builder.shape_flow import infer, list_inside

    flows, inside = infer(project), list_inside(project)
    outer = [flows[NETWORKS + name] for name in project.networks if name not in inside]
    if not outer or not all(is_known(flow) for flow in outer):
        return None
    return sum(flow.parameters for flow in outer)


def is_known(flow: Flow) -> bool:
    """Whether every node of a network has what it should give."""
    nodes = flow.nodes.values()
    return all(not node.problems and all(port.name in node.outputs for port in node.out_ports) for node in nodes)


def describe_parameters(count: int | None) -> str:
    """``34.8 k parameters``; a dash where the number is not known."""
    if count is None:
        return "– parameters"
    return f"{shorten(count)} parameter{'' if count == 1 else 's'}"


def shorten(count: float) -> str:
    """A number for people: 999, 34.8 k, 1.2 M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{count / size:.{0 if count >= 100 * size else 1}f} {letter}"
    return f"{count:g}"


def describe_seconds(seconds: float | None) -> str:
    """``about 15 s``."""
    if not seconds:
        return ""
    return f"about {seconds:g} s" if seconds < 90 else f"about {seconds / 60:.0f} min"


def find_task(project: Project) -> str:
    """What a project is for, as its preset says; ``other`` where nobody said."""
    task = project.about.get("task")
    return task if isinstance(task, str) else "other"
