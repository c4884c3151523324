"""Steps that are too large for the weights that they change, or too small to move them."""

from __future__ import annotations

from collections.abc import Iterator

from builder.findings import Finding
from builder.phrases import quote
from runtime.insight.doctor.base import Diagnosis
from runtime.insight.doctor.patient import Patient
from runtime.insight.doctor.repairing import change_rates

LARGE, SMALL = 1e-1, 1e-6
"""How far a step goes as a part of the weights: a thousandth is usual, a tenth forgets what was learned, a millionth is lost
in rounding.

Reference:
    Karpathy, CS231n: Neural Networks Part 3, "Ratio of weights:updates".
"""
YOUNG = 20
"""In the first steps weights that begin near zero may well grow by a tenth a step."""
PROVEN = 100
"""So many steps a learning rate is given before it is called too small."""


class LargeUpdateDiagnosis(Diagnosis):
    """Every step changes the weights by a large part of their size, over several looks."""

    code = "D004"
    title = "Steps too large"
    explained_by = ("D011",)

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for each optimizer whose middle layer was moved too far in each of the last looks."""
        looks = patient.latest(self.window)
        if not looks or looks[0].step < YOUNG:
            return
        for id in patient.plan.optimizers:
            updates = [patient.middle_update(id, look) for look in looks]
            least = min((update for update in updates if update is not None), default=0.0)
            if None not in updates and least > LARGE:
                text = (
                    f"{patient.project.training.node(id).kind} {quote(id)}: each step changes the weights by more than "
                    f"{least:.0%} of their size, where a thousandth is usual, so what was learned is lost again. Lower the "
                    "learning rate."
                )
                yield self.find_in_training(id, text, change_rates(patient, [id]))


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
