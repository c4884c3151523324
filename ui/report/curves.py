"""The figures of a report: curves with their points, and the last table of each metric, in colours that need no theme."""

from __future__ import annotations

from typing import Any, Final

from builder.document import Project
from runtime.runs.folder import RunFolder
from runtime.runs.store import since
from ui.charts.curves import build_panels
from ui.charts.data import LEGEND, PARTS
from ui.charts.figures import Figure, build_axis, build_layout
from ui.run_routes import build_table_figure, read_classes
from ui.theme import CLASSES, PAPER, TRAIN

HEIGHT: Final = 280
FIXED: Final = {PAPER: "#ffffff", TRAIN: CLASSES[0]}
"""What variables of the application's theme are in a file that stands alone."""

TitledFigure = tuple[str, Figure]


def build_report_figures(folder: RunFolder, project: Project) -> list[TitledFigure]:
    """Losses first, then metrics, then matrices, each with its title."""
    news, classes = since(folder), read_classes(folder)
    curves = [curve for curve in news["series"] if curve["values"]]
    order = [panel.name for panel in build_panels(project)]
    names = [name for name in order if any(curve["name"] == name for curve in curves)]
    figures = [(name.replace("_", " "), build_figure([c for c in curves if c["name"] == name])) for name in names]
    return figures + [
        (f"{table['node'].replace('_', ' ')} ({table['split']})", figure)
        for table in news["tables"]
        if (figure := fix_colours(build_table_figure(table["value"], classes)))
    ]


def build_figure(curves: list[dict[str, Any]]) -> Figure:
    """A line for each part in which one number was measured."""
    options = {"hovermode": "x unified", "height": HEIGHT, "showlegend": True, "legend": LEGEND}
    layout = build_layout(build_axis("step"), build_axis(), **options)
    return {"data": [build_line(curve) for curve in curves], "layout": layout}


def build_line(curve: dict[str, Any]) -> dict[str, Any]:
    """One part's line; a part that was measured once is a point."""
    return {
        "type": "scatter",
        "mode": "lines" if len(curve["steps"]) > 1 else "markers",
        "name": curve["split"],
        "x": curve["steps"],
        "y": curve["values"],
        "line": {"color": PARTS[curve["split"]], "width": 2},
        "hovertemplate": "%{y:.4~g}",
    }


def fix_colours(figure: Any) -> Any:
    """A figure with plain colours in place of the application's variables."""
    if isinstance(figure, dict):
        return {key: fix_colours(value) for key, value in figure.items()}
    if isinstance(figure, list):
        return [fix_colours(value) for value in figure]
    return FIXED.get(figure, figure) if isinstance(figure, str) else figure
