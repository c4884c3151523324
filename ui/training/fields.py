"""The settings that people change most, as data: what each is called, what it is now, and the edit that changes it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from builder.document import Node, Project, Run
from builder.edits import apply_edits
from builder.parameters import ParameterError, parameter_error, resolve_params
from builder.references import facts_scope
from builder.training import TRAINING_CATALOGUE
from builder.training.optimizers import Optimizer

Edit = dict[str, Any]


class FieldError(Exception):
    """What was typed is not taken. The text is a sentence for people."""


@dataclass(frozen=True)
class Setting:
    """One setting of a project: ``node`` holds it, or the run where that is None."""

    label: str
    name: str
    value: Any
    node: str | None = None

    @property
    def key(self) -> str:
        """A name that no other setting of the project has."""
        return f"{self.node}.{self.name}" if self.node else self.name

    def build_edit(self, value: Any) -> Edit:
        """The edit that gives it another value."""
        if self.node is None:
            return {"op": "set", "path": f"run.{self.name}", "value": value}
        return {"op": "set_param", "graph": "training", "id": self.node, "name": self.name, "value": value}


def list_settings(project: Project) -> dict[str, Setting]:
    """The settings by key, in the order of the form: how long, batch size, learning rates, and what is changed seldom."""
    run = project.run
    length = ("Steps", "max_steps") if run.max_steps is not None else ("Epochs", "epochs")
    data = find_nodes(project, lambda kind: kind.role == "data")[:1]
    settings = [
        Setting(*length, getattr(run, length[1])),
        *(Setting("Batch size", "batch_size", read_param(node, "batch_size"), node.id) for node in data),
        *list_rates(project),
        Setting("Seed", "seed", run.seed),
        Setting("Device", "device", run.device),
        Setting("Runs in", "executor", run.executor),
        Setting("Precision", "precision", run.precision),
        Setting("Optimizer kernels", "optimizer_kernels", run.optimizer_kernels),
        Setting("Memory layout", "memory_format", run.memory_format),
        Setting("Data", "data_place", run.data_place),
        Setting("Compile", "compiling", run.compiling),
    ]
    return {setting.key: setting for setting in settings}


def list_rates(project: Project) -> list[Setting]:
    """The learning rate of each optimizer; where there are several, their names tell them apart."""
    nodes = find_nodes(project, lambda kind: issubclass(kind, Optimizer) and "lr" in kind.Params.model_fields)
    labels = ["Learning rate"] if len(nodes) == 1 else [f"Learning rate, {node.id}" for node in nodes]
    return [Setting(label, "lr", read_param(node, "lr"), node.id) for label, node in zip(labels, nodes, strict=True)]


def find_nodes(project: Project, is_wanted: Callable[[Any], bool]) -> list[Node]:
    """The nodes of the training graph whose kind is wanted."""
    kinds = ((node, TRAINING_CATALOGUE.get(node.kind)) for node in project.training.nodes)
    return [node for node, kind in kinds if kind is not None and is_wanted(kind)]


def read_param(node: Node, name: str) -> Any:
    """A parameter of a node as it stands in the document, or its default."""
    return node.params.get(name, TRAINING_CATALOGUE[node.kind].Params.model_fields[name].default)


def read_value(project: Project, setting: Setting, text: str) -> Any:
    """The value that a person typed for a setting.

    Raises:
        FieldError: the text is no number, or the project does not take it.
    """
    value = read_text(text) if isinstance(setting.value, int | float) else text
    kept = f"It stays {write_value(setting.value)}."
    if value is None:
        raise FieldError(f'{setting.label}: "{text[:40]}" is no number. {kept}')
    try:
        check_value(project, setting, value)
    except ParameterError as error:
        raise FieldError(f"{setting.label} {error.reason}. {kept}") from None
    return value


def check_value(project: Project, setting: Setting, value: Any) -> None:
    """See that the run, or the node that holds a setting, takes a value. Raises ParameterError where it does not."""
    if setting.node is None:
        values = {**project.run.model_dump(), setting.name: value}
        try:
            Run.model_validate(values)
        except ValidationError as error:
            raise parameter_error(error.errors(include_url=False), values) from None
        return
    node = apply_edits(project, [setting.build_edit(value)]).training.by_id()[setting.node]
    try:
        resolve_params(node, TRAINING_CATALOGUE[node.kind], facts_scope(project))
    except ParameterError as error:
        if error.param == setting.name:
            raise


def read_text(text: str) -> int | float | str | None:
    """A number as people type it (``10``, ``1e-3``, ``10_000``), or a reference such as ``$classes``; None for neither."""
    text = text.strip()
    if text.startswith("$"):
        return text
    try:
        number = float(text.replace("_", ""))
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def write_value(value: Any) -> str:
    """A value as one types it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def lower_rates(project: Project, ran: Project) -> list[Edit]:
    """The edits that give every optimizer a tenth of the learning rate that it had in an earlier run of the project."""
    own = {setting.node for setting in list_rates(project)}
    rates = [rate for rate in list_rates(ran) if rate.node in own and isinstance(rate.value, int | float)]
    return [rate.build_edit(float(f"{rate.value / 10:.12g}")) for rate in rates]
