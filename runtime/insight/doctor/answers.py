"""A network that answers everything with the same."""

from __future__ import annotations

from collections.abc import Iterator

from builder.findings import Finding
from runtime.insight.doctor.base import Diagnosis
from runtime.insight.doctor.patient import Json, Patient
from runtime.insight.doctor.repairing import change_rates

ALIKE = 1e-5
"""Below this part of their size answers differ by no more than rounding."""
PART, STEPS = 0.05, 200
"""An untrained network often prefers one class; so much of a run, and so many steps, it is given to learn better."""


class AnswersAlikeDiagnosis(Diagnosis):
    """All samples of several batches in a row get the same class, or the same number.

    Reference:
        Karpathy 2019, A Recipe for Training Neural Networks: look at predictions as they change during training.
    """

    code = "D008"
    title = "All answers alike"
    window = 4
    explained_by = ("D001", "D011")

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for each answer of a network that never differs."""
        if patient.step < STEPS or patient.done < PART:
            return
        for seen in patient.look.nodes:
            if "winner" in seen.get("output", {}) and self.is_constant(patient, seen):
                rates = change_rates(patient, patient.optimizers_of(seen["network"]))
                text = (
                    f"{patient.who(seen)}: {self.describe(patient, seen)}, whatever goes in. Lower the learning rate; where "
                    "one class is far more frequent than the others, balance the data."
                )
                yield self.find(seen, text, rates)

    def is_constant(self, patient: Patient, seen: Json) -> bool:
        """Whether the answers of the last batches were all alike."""
        return self.is_one_class(patient, seen) or self.is_one_number(patient, seen)

    def is_one_number(self, patient: Patient, seen: Json) -> bool:
        """Whether the numbers do not differ at all."""
        differing = patient.throughout(seen, "output", "differing", self.window)
        return bool(differing) and max(differing) < ALIKE

    def is_one_class(self, patient: Patient, seen: Json) -> bool:
        """Whether the same class wins every time; of a single number none does."""
        winners = patient.throughout(seen, "output", "winner", self.window)
        return seen["output"]["classes"] > 1 and bool(winners) and min(winners) >= 1.0

    def describe(self, patient: Patient, seen: Json) -> str:
        """Say what is alike."""
        if self.is_one_class(patient, seen):
            return "it answers every sample with the same class"
        return "it answers every sample with the same numbers"
