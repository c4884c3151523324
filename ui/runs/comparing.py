"""Several runs beside each other: their curves in one figure each, what came of them, what they set, and their graphs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final
from urllib.parse import quote

import streamlit as st

from runtime.runs.compared import MOST
from runtime.runs.errors import RunError, RunNotFound
from runtime.runs.folder import RunFolder, find_run
from runtime.runs.intervals import find_quantile
from ui.assets import write_loader
from ui.charts.comparison import build_band, build_comparison_figure, build_run_line
from ui.charts.curves import build_panels
from ui.compare_routes import NUMBERS
from ui.pages import open_run
from ui.run_routes import PLOTLY_ADDRESS
from ui.runs.comparison import Values, read_values
from ui.runs.settings_beside import group_by_seed, list_rows, name_group

COMPARE: Final = "compare"
FEWEST_GRAPHS: Final = 2

__all__ = ["COMPARE", "MOST", "show_comparison"]


def show_comparison(ids: Sequence[str]) -> None:
    """Show the runs of these ids beside each other; one that is gone is left out."""
    folders = find_all(ids)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("All runs", icon=":material/arrow_back:", type="tertiary"):
            st.query_params.pop(COMPARE, None)
            st.rerun()
        st.markdown(f"**{len(folders)} run{'' if len(folders) == 1 else 's'} compared**")
    if not folders:
        return
    names = name_runs(folders)
    component = register("compare")
    key = "-".join(folder.id for folder in folders)
    asked = component(key=f"compare-{key}", data=describe_runs(folders, names), on_open_change=take_note)
    if asked is not None and getattr(asked, "open", None):
        open_run(str(asked.open))
    if len(folders) >= FEWEST_GRAPHS:
        register("graphs")(key=f"graphs-{key}", data=describe_graphs(folders, names), height="content")


@cache
def register(name: str) -> Any:
    """Register an entry of the front end. Curves live in the page itself: plotly.js breaks inside a shadow root."""
    is_drawn = name == "graphs"
    return st.components.v2.component(f"layerloom_{name}", js=write_loader(name), isolate_styles=is_drawn)


def take_note() -> None:
    """A trigger is read from the component's answer; the callback has to be there for it to arrive."""


def find_all(ids: Sequence[str]) -> list[RunFolder]:
    """The folders of runs that are still there, each once."""
    found = []
    for id in list(dict.fromkeys(ids))[:MOST]:
        try:
            found.append(find_run(id))
        except RunNotFound:
            st.toast("One of these runs is not on this computer any more.")
    return found


def name_runs(folders: Sequence[RunFolder]) -> list[str]:
    """The runs by names of their own: a name that comes twice is numbered."""
    names: list[str] = []
    for folder in folders:
        name = str(folder.read_meta()["name"])
        count = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({count + 1})" if count else name)
    return names


def describe_runs(folders: Sequence[RunFolder], names: Sequence[str]) -> dict[str, Any]:
    """What the comparison shows that does not change while the runs go on."""
    values = [read_values(folder.path / "project.json") for folder in folders]
    return {
        "plotly": PLOTLY_ADDRESS,
        "numbers": f"{NUMBERS}?runs={quote(','.join(folder.id for folder in folders))}",
        "figure": build_comparison_figure(),
        "runs": [
            {"id": folder.id, "name": name, "line": build_run_line(place, name)}
            for place, (folder, name) in enumerate(zip(folders, names, strict=True))
        ],
        "panels": list_panels(folders),
        "groups": [build_group(places, folders, names) for places in group_by_seed(values)],
        "quantiles": [find_quantile(count - 1) for count in range(2, MOST + 1)],
        "settings": [row.as_json() for row in list_rows(values)],
    }


def describe_graphs(folders: Sequence[RunFolder], names: Sequence[str]) -> dict[str, Any]:
    """The runs whose graphs are compared, and which is drawn beside the first: one of other nodes, else of other values."""
    runs = [{"id": folder.id, "name": name} for folder, name in zip(folders, names, strict=True)]
    graphs = [keep_graphs(read_values(folder.path / "project.json")) for folder in folders]
    others = [place for place, own in enumerate(graphs) if own != graphs[0]]
    return {
        "runs": runs,
        "to": next((place for place in others if graphs[place].keys() != graphs[0].keys()), (*others, 1)[0]),
    }


def keep_graphs(values: Values) -> Values:
    """The values that stand in the graphs."""
    return {path: value for path, value in values.items() if not path.startswith(("run.", "data."))}


def list_panels(folders: Sequence[RunFolder]) -> list[dict[str, str]]:
    """Every number that one of the runs measures, in the order of their projects, and which end of it is good."""
    found: dict[str, dict[str, str]] = {}
    for folder in folders:
        try:
            panels = build_panels(folder.read_project())
        except RunError:
            continue
        for panel in panels:
            found.setdefault(panel.name, {"name": panel.name, "title": panel.title, "goal": panel.goal})
    return list(found.values())


def build_group(places: Sequence[int], folders: Sequence[RunFolder], names: Sequence[str]) -> dict[str, Any]:
    """Runs that differ only in their seed, under the colour of the first of them."""
    runs = [folders[place].id for place in places]
    name = name_group([names[place] for place in places])
    return {"id": runs[0], "name": name, "runs": runs, "traces": build_band(places[0], name)}
