"""The live view of a run on a page: what it has to be told once, from the run's own project."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from builder.document import Project
from runtime.fast_path import adapt, choose_device
from runtime.runs.errors import RunError
from runtime.runs.feed import tell_status
from runtime.runs.folder import RunFolder
from runtime.runs.store import UNFINISHED
from ui.charts.curves import build_panels
from ui.livechart import show_live_view
from ui.training.settings import name_device

MEANS: Final = {
    ("precision", "bfloat16"): "bfloat16",
    ("optimizer_kernels", "fused"): "fused optimizer",
    ("memory_format", "channels_last"): "channels last",
    ("data_place", "host"): "data streamed",
}


def watch_run(folder: RunFolder) -> None:
    """Show a run as it happens; when it ends or goes on, the page runs again to offer what can be done then."""
    try:
        view = describe_view(folder)
    except RunError as error:
        st.warning(str(error), icon=":material/info:")
        return
    show_live_view(folder.id, view, on_change=do_nothing)


def describe_view(folder: RunFolder) -> dict[str, Any]:
    """Panels, titles and the kept metric of a run, and whether it was over when the page was written."""
    project = folder.read_project()
    kept = project.run.keep_best
    return {
        "panels": [panel.as_json() for panel in build_panels(project)],
        "titles": name_nodes(project),
        "device": " · ".join([name_place(folder, project), *name_means(folder, project)]),
        "over": tell_status(folder) not in UNFINISHED,
        "kept": kept.model_dump(include={"metric", "mode"}) if kept else None,
    }


def name_nodes(project: Project) -> dict[str, str]:
    """What people call the nodes of the training graph."""
    return {node.id: node.id.replace("_", " ").capitalize() for node in project.training.nodes}


def name_place(folder: RunFolder, project: Project) -> str:
    """The device that a run used, or will use."""
    device = folder.read_environment().get("device")
    return "CPU" if device == "cpu" else str(device) if device else name_device(project)


def name_means(folder: RunFolder, project: Project) -> list[str]:
    """How a run uses its device, or will use it, where that is not the plain way."""
    run = project.run
    used = folder.read_environment() or adapt(run, choose_device(run.device)).model_dump()
    means = [words for (name, value), words in MEANS.items() if used.get(name) == value]
    replayed, first, last = (used.get(name) for name in ("replayed_from", "compiled_from", "compiled_to"))
    if isinstance(replayed, int):
        means.append(f"CUDA graphs from step {replayed + 1:,}")
    if isinstance(first, int):
        means.append(f"compiled from step {first + 1:,}" + (f" to {last:,}" if isinstance(last, int) else ""))
    return means


def do_nothing() -> None:
    """The rerun that the trigger causes is all that is wanted."""
