"""Panels of learning curves: which a project needs, and the empty figure that the live view fills point by point."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from builder.contests import Contests
from builder.document import Graph, Project
from builder.training import TRAINING_CATALOGUE, Metric
from ui.charts.figures import Figure, build_axis, build_layout
from ui.theme import SPLITS, WRONG

Goal = Literal["min", "max", "none"]
"""Which end of a number is good; of what rivals pull at, none is."""


@dataclass(frozen=True)
class Panel:
    """A chart of one number: the id of its node, what people call it, and which end of it is good."""

    name: str
    title: str
    goal: Goal
    figure: Figure

    def as_json(self) -> dict[str, Any]:
        """The panel as the live view reads it."""
        return asdict(self)


def build_panels(project: Project) -> list[Panel]:
    """What a project makes small or has drawn first, then its metrics that are numbers, each in the document's order."""
    losses, metrics = [], []
    followed, contests = list_followed(project.training), Contests(project.training)
    for node in project.training.nodes:
        kind = TRAINING_CATALOGUE.get(node.kind)
        if kind is None or node.bypassed:
            continue
        if kind.role in ("loss", "penalty") or node.id in followed or node.params.get("log") is True:
            losses.append(build_panel(node.id, "none" if contests.is_contested(node.id) else "min"))
        elif issubclass(kind, Metric) and kind.is_number:
            metrics.append(build_panel(node.id, kind.goal))
    return losses + metrics


def list_followed(training: Graph) -> frozenset[str]:
    """The nodes whose values optimizers make small."""
    nodes = training.by_id()
    kinds = {id: TRAINING_CATALOGUE.get(node.kind) for id, node in nodes.items() if not node.bypassed}
    updaters = {id for id, kind in kinds.items() if kind is not None and kind.role == "updater"}
    return frozenset(edge.source for edge in training.edges if edge.target in updaters)


def build_panel(name: str, goal: Goal) -> Panel:
    """An empty panel with a line for each split and a mark for the best point."""
    title = name.replace("_", " ")
    return Panel(name, title, goal, build_curve_figure(title))


def build_curve_figure(title: str) -> Figure:
    """Lines of the three parts and two marks, without points; ``meta`` tells the live view which points are whose."""
    layout = build_layout(build_axis("step"), build_axis(), hovermode="x unified")
    lines = [build_line(split, title) for split in SPLITS]
    return {"data": [*lines, build_best_mark(title), build_lost_mark()], "layout": layout}


def build_line(split: str, title: str) -> dict[str, Any]:
    """One split's line. Sparse points are marked, or a single validation could not be seen."""
    dense = split == "train"
    return {
        "type": "scatter",
        "mode": "lines" if dense else "lines+markers",
        "name": split,
        "meta": {"split": split},
        "x": [],
        "y": [],
        "line": {"color": SPLITS[split], "width": 1.6 if dense else 2},
        "marker": {"color": SPLITS[split], "size": 5},
        "hovertemplate": f"{title} %{{y:.4~g}}",
    }


def build_best_mark(title: str) -> dict[str, Any]:
    """A ring around the best validation point."""
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "best",
        "meta": {"mark": "best"},
        "x": [],
        "y": [],
        "text": [],
        "textposition": "top center",
        "textfont": {"color": SPLITS["validation"], "size": 11},
        "marker": {
            "symbol": "circle-open",
            "size": 12,
            "color": SPLITS["validation"],
            "line": {"width": 2},
        },
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def build_lost_mark() -> dict[str, Any]:
    """A cross at the last number of a curve that became no number, with the step at which it did."""
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "lost",
        "meta": {"mark": "lost"},
        "x": [],
        "y": [],
        "text": [],
        "textposition": "bottom left",
        "textfont": {"color": WRONG, "size": 11},
        "marker": {"symbol": "x", "size": 9, "color": WRONG},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
