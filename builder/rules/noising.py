"""Noise that is taken away by another schedule than the one by which it was added."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from builder.document import TRAINING
from builder.findings import Finding, Repair
from builder.phrases import quote
from builder.repairs import set_param
from builder.rules.base import GraphRule
from builder.survey import Place

SCHEDULE = ("steps", "schedule")


class NoiseScheduleRule(GraphRule):
    """Pictures are made of noise by the schedule that their network has learned to undo."""

    code = "L019"
    title = "Two schedules of noise"
    severity = "warning"
    where = "training"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each DiffusionSamples that no AddNoise before its network agrees with."""
        for node, flow in place.known():
            if node.kind != "DiffusionSamples":
                continue
            added = find_noise(place, flow.params.network)
            if not added or any(describe(params) == describe(flow.params) for params in added.values()):
                continue
            adder, params = next(iter(added.items()))
            text = (
                f"{place.who(node.id)}: it takes noise away in {describe(flow.params)}, and {quote(adder)} adds it in "
                f"{describe(params)}, so the network is asked about noise that it never saw. Use the schedule of "
                f"{quote(adder)}."
            )
            edits = [set_param(TRAINING, node.id, name, getattr(params, name)).edits[0] for name in SCHEDULE]
            repair = Repair(f"Use the schedule of {quote(adder)}", tuple(edits))
            yield self.find(place, text, node.id, param="steps", repairs=[repair])


def find_noise(place: Place, network: str) -> dict[str, Any]:
    """The parameters of every AddNoise that leads to a network, or to the one that it follows; of all where none does."""
    nodes = {node.id: (node, flow) for node, flow in place.known()}
    follows = [flow.params for node, flow in nodes.values() if node.kind == "Average"]
    taught = {network, *(params.network for params in follows if network in params.networks)}
    calls = [id for id, (node, flow) in nodes.items() if node.kind == "Network" and flow.params.network in taught]
    added = {id: flow.params for id, (node, flow) in nodes.items() if node.kind == "AddNoise"}
    before = {name for id in calls for name in place.view.ancestors(id)}
    return {id: params for id, params in added.items() if id in before} or added


def describe(params: Any) -> str:
    """A schedule in words."""
    return f"{params.steps:,} {params.schedule} steps"
