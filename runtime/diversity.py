"""How much pictures that are made of nothing differ from each other, beside how much those of the data do."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from builder.columns import find_classes
from builder.plan import Value
from builder.step_planner import TrainingPlan
from runtime.step import Values, read

FEWEST = 8
"""Of fewer pictures chance says more than the network."""


@dataclass(frozen=True)
class Pair:
    """What a preview shows and the pictures of the data beside it, each with the classes that they are of, where known."""

    made: Value
    made_class: Value | None
    real: Value
    real_class: Value | None


def find_pairs(plan: TrainingPlan) -> dict[str, Pair]:
    """The previews of pictures that no sample of the data has a part in, such as those of fixed noise."""
    found = {}
    for id in plan.of_role("preview"):
        data = [before for before in plan.view.ancestors(id) if plan.role(before) == "data"]
        links = {} if data else plan.view.incoming(id)
        image, target = links.get("image"), links.get("target")
        pair = pair_up(plan, plan.value(image.source, image.source_port)) if image else None
        if pair and target:
            pair = Pair(pair.made, plan.value(target.source, target.source_port), pair.real, pair.real_class)
        if pair and (pair.made_class is None or pair.real_class is not None):
            found[id] = pair
    return found


def pair_up(plan: TrainingPlan, made: Value) -> Pair | None:
    """The pictures of the data that have the shape of these; None where there are none."""
    flow = plan.flow.nodes
    shape = list(flow[made.node].outputs.values())[made.output].shape[1:]
    for id in plan.of_role("data"):
        source = plan.project.data[plan.params(id).source]
        label = find_classes(source)
        known = plan.value(id, label) if label in flow[id].outputs else None
        for port, spec in flow[id].outputs.items():
            if port in source.fields and source.fields[port].kind == "image" and spec.shape[1:] == shape:
                return Pair(made, None, plan.value(id, port), known)
    return None


def measure_pair(pair: Pair, values: Values, count: int) -> list[float] | None:
    """How much what was made differs, and how much the data does; where classes were asked for, within each class."""
    made, real = read(values, pair.made)[:count], read(values, pair.real)
    if pair.made_class is None or pair.real_class is None:
        groups = [torch.zeros(len(pictures), device=pictures.device) for pictures in (made, real)]
    else:
        groups = [read(values, pair.made_class)[:count], read(values, pair.real_class)]
    found = [measure_diversity(*both) for both in zip((made, real), groups, strict=True)]
    return [each for each in found if each is not None] if None not in found else None


def measure_diversity(pictures: Tensor, groups: Tensor) -> float | None:
    """The standard deviation of a pixel around the mean picture of its group; None of too few pictures.

    Shapes:
        pictures: (N, C, H, W). groups: (N), numbers.
    """
    total, freedom = 0.0, 0
    for group in set(groups.tolist()):
        own = pictures[groups == group].double()
        total += float((own - own.mean(0)).square().mean((1, 2, 3)).sum())
        freedom += len(own) - 1
    return (total / freedom) ** 0.5 if freedom >= FEWEST - 1 else None
