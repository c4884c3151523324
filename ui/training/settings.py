"""The settings that people change most, as a form over the project: each is an edit of the document."""

from __future__ import annotations

from threading import Lock
from typing import Any

import streamlit as st

from builder.document import Node, Project
from builder.edits import apply_edits
from builder.training import TRAINING_CATALOGUE
from builder.training.optimizers import Optimizer
from runtime.session import choose_device
from ui.projects import NewerRevision, Stored, load_project, save_project

Edit = dict[str, Any]
EXECUTORS = {"process": "Own process", "thread": "Inside the server"}
DEVICES = {"auto": "Best there is", "cpu": "CPU", "cuda": "GPU"}
_saving = Lock()


def ask_settings(stored: Stored) -> Stored:
    """Show the form; what is changed is saved at once, and a click on Train in the same moment trains with it."""
    project, key = stored.project, f"{stored.id}-{stored.revision}"
    edits: list[Edit] = []
    with st.container(horizontal=True, vertical_alignment="bottom", key="settings"):
        edits += ask_run(project, key)
        for node in find_nodes(project, lambda kind: kind.role == "data")[:1]:
            edits += ask_batch_size(node, key)
        optimizers = find_nodes(project, lambda kind: issubclass(kind, Optimizer))
        for node in optimizers:
            edits += ask_learning_rate(node, key, is_only=len(optimizers) == 1)
        with st.popover("More", help="Seed, device and where it runs"):
            edits += ask_more(project, key)
    return save_edits(stored, edits) if edits else stored


def find_nodes(project: Project, is_wanted: Any) -> list[Node]:
    """The nodes of the training graph whose kind is wanted."""
    kinds = ((node, TRAINING_CATALOGUE.get(node.kind)) for node in project.training.nodes)
    return [node for node, kind in kinds if kind is not None and is_wanted(kind)]


def ask_run(project: Project, key: str) -> list[Edit]:
    """How long it trains."""
    run = project.run
    if run.max_steps is not None:
        steps = st.number_input("Steps", 1, 10_000_000, run.max_steps, key=f"steps-{key}", width=112)
        return set_run("max_steps", steps, run.max_steps)
    epochs = st.number_input("Epochs", 1, 1_000_000, run.epochs, key=f"epochs-{key}", width=112)
    return set_run("epochs", epochs, run.epochs)


def ask_batch_size(node: Node, key: str) -> list[Edit]:
    """How many samples make a step."""
    now = read_param(node, "batch_size", 32)
    size = st.number_input("Batch size", 1, 65_536, now, key=f"batch-{key}", width=112)
    return set_param(node, "batch_size", size, now)


def ask_learning_rate(node: Node, key: str, is_only: bool) -> list[Edit]:
    """How far a step goes."""
    now = float(read_param(node, "lr", default_of(node, "lr")))
    label = "Learning rate" if is_only else f"Learning rate, {node.id}"
    rate = st.number_input(label, 1e-9, 1000.0, now, format="%g", step=now or 0.001, key=f"{node.id}-{key}", width=136)
    return set_param(node, "lr", rate, now)


def ask_more(project: Project, key: str) -> list[Edit]:
    """What is changed seldom."""
    run = project.run
    seed = st.number_input("Seed", 0, 2**32 - 1, run.seed, key=f"seed-{key}", help="The same seed gives the same run.")
    device = st.selectbox(
        "Device", list(DEVICES), list(DEVICES).index(run.device), DEVICES.__getitem__, key=f"device-{key}"
    )
    executor = st.selectbox(
        "Runs in",
        list(EXECUTORS),
        list(EXECUTORS).index(run.executor),
        EXECUTORS.__getitem__,
        key=f"executor-{key}",
        help="A process of its own keeps the page quick, and a crash ends the run alone.",
    )
    return [
        *set_run("seed", seed, run.seed),
        *set_run("device", device, run.device),
        *set_run("executor", executor, run.executor),
    ]


def read_param(node: Node, name: str, default: Any) -> Any:
    """A parameter of a node, or what it is where it was never set."""
    value = node.params.get(name, default)
    return value if isinstance(value, int | float) else default


def default_of(node: Node, name: str) -> Any:
    """The default of a parameter."""
    return TRAINING_CATALOGUE[node.kind].Params.model_fields[name].default


def set_run(name: str, value: Any, now: Any) -> list[Edit]:
    """The edit that changes how a project runs; none where nothing changes."""
    return [] if value == now else [{"op": "set", "path": f"run.{name}", "value": value}]


def set_param(node: Node, name: str, value: Any, now: Any) -> list[Edit]:
    """The edit that changes a node of the training graph; none where nothing changes."""
    return (
        [] if value == now else [{"op": "set_param", "graph": "training", "id": node.id, "name": name, "value": value}]
    )


def save_edits(stored: Stored, edits: list[Edit]) -> Stored:
    """Apply edits to the project as it is now, and save it.

    Streamlit starts the next run of a page before the last one has ended, so leaving a field and clicking a button can
    bring the same edits twice at once. Each run therefore reads the project anew, one after the other.
    """
    with _saving:
        latest = load_project(stored.id) or stored
        project = apply_edits(latest.project, edits)
        if project == latest.project:
            return latest
        try:
            return save_project(stored.id, project, latest.revision, latest.revision + 1)
        except NewerRevision as newer:
            st.toast(str(newer))
            return newer.stored


def name_device(project: Project) -> str:
    """The device that a project would train on now."""
    device = choose_device(project.run.device)
    return "CPU" if device.type == "cpu" else name_gpu(device)


def name_gpu(device: Any) -> str:
    """The name of a GPU as its maker gives it."""
    import torch

    return torch.cuda.get_device_name(device) if device.type == "cuda" and torch.cuda.is_available() else "GPU"
