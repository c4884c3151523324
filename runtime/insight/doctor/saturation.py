"""Sigmoid and Tanh driven to their ends, where they are flat."""

from __future__ import annotations

from collections.abc import Iterator

from builder.findings import Finding
from runtime.insight.doctor.base import Diagnosis, worst_by_node
from runtime.insight.doctor.patient import Json, Patient
from runtime.insight.doctor.repairing import bend_otherwise, change_rates, normalise
from runtime.looks.units import SLOPES

STUCK = 0.8
"""The share of outputs at which the slope is below a twentieth from which a layer is said to be stuck.

Reference:
    Glorot and Bengio 2010, Understanding the Difficulty of Training Deep Feedforward Neural Networks, section 3.
"""


class SaturationDiagnosis(Diagnosis):
    """A hidden sigmoid or tanh gives little but its outermost values. At the end of a network that is certainty, and fine."""

    code = "D006"
    title = "Saturated activation"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for each activation that was stuck in every one of the last looks."""
        for network in patient.networks():
            hidden = [node for node in patient.activations(network, SLOPES) if patient.is_hidden(node)]
            for node, share in worst_by_node(hidden, lambda node: self.measure(patient, node)):
                if share >= STUCK:
                    yield self.explain(patient, node, share)

    def measure(self, patient: Patient, node: Json) -> float | None:
        """The share that was flat in each of the last looks."""
        shares = patient.throughout(node, "output", "saturated", self.window)
        return min(shares) if shares else None

    def explain(self, patient: Patient, node: Json, share: float) -> Finding:
        """Say it of the activation."""
        text = (
            f"{patient.who(node)}: {share:.0%} of what comes out lies at its ends, where it is flat and lets no gradient "
            "through. Lower the learning rate, add a batch normalisation before it, or use ReLU."
        )
        rates = change_rates(patient, patient.optimizers_of(node["network"]))
        return self.find(
            node, text, rates, normalise(patient, patient.feeder(node)), bend_otherwise(patient, node, "ReLU")
        )
