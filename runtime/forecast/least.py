"""The least memory that a run can take, told from the shapes alone: at once, and for every state of a drawing.

It is less than a run really takes. What does not even have room for this need not be tried.
"""

from __future__ import annotations

import math

import torch

from builder.document import NETWORKS, Project
from builder.flow import Flow
from builder.naming import networks_in_training
from builder.shape_flow import infer
from builder.tensors import TensorSpec
from runtime.forecast.batches import advise_rows, count_most, count_rows
from runtime.forecast.costs import SAFE, Forecast, Growth
from runtime.forecast.memory import find_free
from runtime.forecast.words import round_down
from runtime.runs.environment import find_device
from runtime.runs.errors import RunError

BYTES = {"float32": 4, "int64": 8, "bool": 1}
COPIES = 2
"""Weights and their gradients. Most optimizers keep one or two more."""
PART = 0.5
"""Of what the nodes put out: not all of it is kept for the way back, and half of it may be in half as many bytes."""


def find_least(project: Project) -> Growth:
    """The least memory, as weights that are there in any case and as rows of the leading batch."""
    flows = infer(project)
    seen = [flows[NETWORKS + name] for name in networks_in_training(project)]
    return Growth(COPIES * 4.0 * sum(flow.parameters for flow in seen), PART * sum(map(count_outputs, seen)))


def count_outputs(flow: Flow) -> float:
    """The bytes of everything that the nodes of a network put out for one row, those inside of blocks in their place."""
    total = 0.0
    for node in flow.nodes.values():
        if node.inner:
            total += sum(map(count_outputs, node.inner))
        else:
            total += sum(map(count_bytes, node.outputs.values()))
    return total


def count_bytes(spec: TensorSpec) -> float:
    """The bytes of a tensor for one row; an axis of unknown length counts as one."""
    sizes = (size if isinstance(size, int) else 1 for size in spec.shape)
    return math.prod(sizes) * BYTES.get(spec.dtype, 1)


def find_misfit(project: Project) -> Forecast | None:
    """The forecast of a run that cannot have room, with the largest batch that may have; None where it may."""
    growth, rows, room = find_least(project), count_taken(project), find_place(project)
    if growth.at(rows) <= room:
        return None
    largest = round_down(growth.fit(SAFE * room, rows))
    advice = advise_rows(project, largest, "that may fit")
    return Forecast(0.0, int(growth.at(rows)), int(room), 0, 0.0, count_rows(project), largest, rows, advice=advice)


def count_taken(project: Project) -> int:
    """The rows of the largest batch that there will be: no more than there are samples, where their number is known."""
    is_known = any(source.facts is not None for source in project.data.values())
    return min(count_rows(project), count_most(project)) if is_known else count_rows(project)


def find_place(project: Project) -> float:
    """The bytes that are free where the project would train. A GPU is only asked how many it has: more would wake it."""
    try:
        device = find_device(project.run)
    except RunError:
        return math.inf
    return torch.cuda.get_device_properties(device).total_memory if device.type == "cuda" else find_free()
