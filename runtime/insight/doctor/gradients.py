"""Gradients that get lost on their way back to the first layers, or that grow beyond all bounds."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator

from builder.findings import Finding
from builder.phrases import quote
from runtime.events import Look
from runtime.insight.doctor.base import Diagnosis
from runtime.insight.doctor.patient import Json, Patient
from runtime.insight.doctor.repairing import change_rates, clip_gradients, normalise, straighten

VANISHED = 1e-4
"""The first layer's gradient as a part of the last one's below which the first layers hardly learn.

Each sigmoid passes on at most a quarter of the gradient: seven of them come to 6e-5. Networks that learn stay within two
orders of magnitude.

Reference:
    Glorot and Bengio 2010, Understanding the Difficulty of Training Deep Feedforward Neural Networks.
"""
FEWEST_LAYERS = 3
EXPLODED = 100.0
"""By how much a gradient has to exceed both those of the first step and the usual ones of the run.

Reference:
    Pascanu et al. 2013, On the Difficulty of Training Recurrent Neural Networks, which clips at such steps.
"""
EARLIER_LOOKS = 3


class VanishingGradientDiagnosis(Diagnosis):
    """The gradient of the first layer is many orders of magnitude smaller than that of the last."""

    code = "D002"
    title = "Vanishing gradient"
    patience = 3
    explained_by = ("D001", "D006", "D011")

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for each network in whose first layer the gradient is lost."""
        for network in patient.networks():
            layers = [
                layer for layer in patient.layers(network) if not layer["kind"].startswith(("BatchNorm", "LayerNorm"))
            ]
            if len(layers) < FEWEST_LAYERS:
                continue
            first, last = layers[0], layers[-1]
            small, large = first["gradients"]["norm"], last["gradients"]["norm"]
            if large > 0 and math.isfinite(large) and small < VANISHED * large:
                yield self.explain(patient, network, first, last, small / large)

    def explain(self, patient: Patient, network: str, first: Json, last: Json, ratio: float) -> Finding:
        """Say by how much it shrinks."""
        part = f"{1 / ratio:,.0f} times smaller than that of" if ratio else "zero, unlike that of"
        text = (
            f"{patient.who(first)}: its gradient is {part} {quote(last['node'])}, so it hardly learns. "
            "Use ReLU in place of Sigmoid and Tanh, add a batch normalisation, or lead a shortcut past some layers."
        )
        return self.find(first, text, straighten(patient, network), normalise(patient, first))


class ExplodingGradientDiagnosis(Diagnosis):
    """The gradients of an optimizer are a hundred times as large as they were."""

    code = "D003"
    title = "Exploding gradient"
    patience = 2
    explained_by = ("D011",)

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for each optimizer whose gradient grew beyond what it was."""
        earlier = list(patient.looks)[: -self.patience]
        if len(earlier) < EARLIER_LOOKS or patient.first is None:
            return
        for id in patient.plan.optimizers:
            usual = [norm for look in earlier if (norm := measure_whole(patient, id, look)) is not None]
            begun, now = measure_whole(patient, id, patient.first), measure_whole(patient, id, patient.look)
            if not usual or begun is None or now is None:
                continue
            limit = EXPLODED * max(begun, statistics.median(usual))
            if limit > 0 and now > limit:
                text = (
                    f"{patient.project.training.node(id).kind} {quote(id)}: the gradient has grown to {now:.3g}, "
                    f"{now / max(begun, 1e-30):,.0f} times what it was in the first step. Clip it with clip_norm, or lower "
                    "the learning rate."
                )
                yield self.find_in_training(id, text, clip_gradients(patient, [id]), change_rates(patient, [id]))


def measure_whole(patient: Patient, optimizer: str, look: Look) -> float | None:
    """The norm of all gradients of an optimizer together; None where it did not step."""
    norms = [
        layer["gradients"]["norm"]
        for network in patient.plan.params(optimizer).networks
        for layer in patient.layers(network, look)
    ]
    return math.hypot(*norms) if norms and all(map(math.isfinite, norms)) else None
