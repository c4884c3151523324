"""Units that never fire: with ReLU they get no gradient, and so never come back."""

from __future__ import annotations

from collections.abc import Iterator

from builder.findings import Finding
from builder.phrases import quote
from runtime.insight.doctor.base import Diagnosis, worst_by_node
from runtime.insight.doctor.patient import Json, Patient
from runtime.insight.doctor.repairing import bend_otherwise, change_rates
from runtime.looks.units import SILENT_KINDS

LOST = 0.6
"""The share of silent units from which a layer is said to die.

Networks that learn well keep a part of their units silent on one batch (up to 30% in the presets); what stays beyond
half of them over several batches is lost.

Reference:
    Lu et al. 2019, Dying ReLU and Initialization: Theory and Numerical Examples.
"""
FEWEST = 4
"""Of fewer units a share says nothing."""


class SilentUnitsDiagnosis(Diagnosis):
    """Most units of a layer never fire, over several batches."""

    code = "D001"
    title = "Units that never fire"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for each activation most of whose units were silent in every one of the last looks."""
        for network in patient.networks():
            seen = [node for node in patient.activations(network, SILENT_KINDS) if node["output"]["units"] >= FEWEST]
            for node, share in worst_by_node(seen, lambda node: self.measure(patient, node)):
                if share >= LOST:
                    yield self.explain(patient, node, share)

    def measure(self, patient: Patient, node: Json) -> float | None:
        """The share of units that are silent in each of the last looks, as far as counts tell."""
        shares = patient.throughout(node, "output", "silent", self.window)
        return min(shares) if shares else None

    def explain(self, patient: Patient, node: Json, share: float) -> Finding:
        """Say it of the layer that feeds the activation; a layer is what a person thinks of."""
        layer = patient.feeder(node)
        units = int(node["output"]["units"])
        who = patient.who(layer or node)
        behind = f" behind {node['kind']} {quote(node['node'])}" if layer else ""
        text = (
            f"{who}: {share:.0%} of its {units:,} units never fire{behind}, so no gradient reaches them and they cannot "
            "learn. Lower the learning rate, or use LeakyReLU."
        )
        repairs = (
            change_rates(patient, patient.optimizers_of(node["network"])),
            bend_otherwise(patient, node, "LeakyReLU"),
        )
        return self.find(layer or node, text, *repairs)
