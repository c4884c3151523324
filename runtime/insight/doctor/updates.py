"""Steps that are too large for the weights that they change, or too small to move them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from builder.findings import Finding
from builder.phrases import quote
from runtime.insight.doctor.base import Diagnosis
from runtime.insight.doctor.patient import Json, Patient
from runtime.insight.doctor.repairing import change_rates

LARGE, SMALL = 1e-1, 1e-6
"""How far a step goes as a part of the weights: a thousandth is usual, a tenth forgets what was learned, a millionth is lost
in rounding.

Reference:
    Karpathy, CS231n: Neural Networks Part 3, "Ratio of weights:updates".
"""
LEAP, LEAST_NORM = 100.0, 1e-6
"""A step that is a hundred times the weights themselves leaves nothing of them, however young they are; weights near zero do
not count, since every step is large for them."""
YOUNG = 20
"""In the first steps weights that begin near zero may well grow by a tenth a step."""
PROVEN = 100
"""So many steps a learning rate is given before it is called too small."""


class LargeUpdateDiagnosis(Diagnosis):
    """Every step changes the weights by a large part of their size, over several looks; or one leaves nothing of them."""

    code = "D004"
    title = "Steps too large"
    explained_by = ("D011",)

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for each optimizer whose middle layer was moved too far: by a leap, or in each of the last looks."""
        for id in patient.plan.optimizers:
            seen = self.describe_leap(patient, id) or self.describe_steps(patient, id)
            if seen:
                who = f"{patient.project.training.node(id).kind} {quote(id)}"
                text = (
                    f"{who}: {seen}, where a thousandth is usual, so what was learned is lost. Lower the learning rate."
                )
                yield self.find_in_training(id, text, change_rates(patient, [id]))

    def describe_steps(self, patient: Patient, optimizer: str) -> str:
        """Say how far each of the last looks saw the weights move; nothing where that was not far."""
        looks = patient.latest(self.window)
        updates = [patient.middle_update(optimizer, look) for look in looks]
        least = min((update for update in updates if update is not None), default=0.0)
        if not looks or looks[0].step < YOUNG or None in updates or least <= LARGE:
            return ""
        return f"each step changes the weights by more than {least:.0%} of their size"

    def describe_leap(self, patient: Patient, optimizer: str) -> str:
        """Say by how much one step changed most of the layers; nothing where no look saw such a step."""
        for look in patient.remembered():
            layers = [
                seen["weights"]
                for name in patient.plan.params(optimizer).networks
                for seen in patient.layers(name, look)
            ]
            far = [weights for weights in layers if is_leap(weights)]
            if len(far) > len(layers) / 2:
                least = min(weights["update"] for weights in far)
                return f"step {look.step:,} changed the weights by {least:,.0f} times their size"
        return ""


def is_leap(weights: Json) -> bool:
    """Whether nothing is left of weights after a step, though they were not near zero before."""
    update, norm = float(weights["update"]), float(weights["norm"])
    return LEAP < update < math.inf and norm / update > LEAST_NORM


class SmallUpdateDiagnosis(Diagnosis):
    """No step has ever moved the weights by more than a rounding error."""

    code = "D005"
    title = "Steps too small"
    explained_by = ("D001", "D011")

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for each optimizer that never moved its weights, counted from the first look."""
        if patient.step < PROVEN or not patient.latest(self.window):
            return
        for id in patient.plan.optimizers:
            largest = patient.find_update(id)
            if largest is not None and largest < SMALL:
                text = (
                    f"{patient.project.training.node(id).kind} {quote(id)}: its steps change the weights by less than a "
                    "millionth of their size, so nothing is learned in any reasonable time. Raise the learning rate."
                )
                yield self.find_in_training(id, text, change_rates(patient, [id], up=True))
