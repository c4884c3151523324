"""Numbers that are none, and the node at which they came first."""

from __future__ import annotations

from collections.abc import Iterator

from builder.findings import Finding
from runtime.events import Look
from runtime.insight.doctor.base import Diagnosis
from runtime.insight.doctor.patient import Json, Patient
from runtime.insight.doctor.repairing import change_rates, clip_gradients

PARTS = {"output": "what comes out of it", "gradients": "its gradient", "weights": "its weights"}


class FaultDiagnosis(Diagnosis):
    """Something is infinite or not a number. Nothing that is computed from it can be used: one look is enough.

    Reference:
        IEEE 754: what is computed from NaN is NaN, so that the first place is the cause.
    """

    code = "D011"
    title = "Not a number"
    severity = "error"
    cure = 1

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding at the node where it was first."""
        looks = sorted((look for look in patient.looks), key=lambda look: look.step)
        found = next(((look, *place) for look in looks if (place := find_first(look)) is not None), None)
        if found is None:
            return
        look, seen, part = found
        optimizers = patient.optimizers_of(seen["network"])
        text = (
            f"{patient.who(seen)}: in step {look.step:,} {PARTS[part]} became infinite or not a number, before anything "
            "else did. Lower the learning rate, clip the gradient with clip_norm, or scale the inputs."
        )
        yield self.find(seen, text, change_rates(patient, optimizers), clip_gradients(patient, optimizers))


def find_first(look: Look) -> tuple[Json, str] | None:
    """The first node of a look with such a number, in the order in which they come to be: outputs, gradients, weights."""
    for part in PARTS:
        order = look.nodes if part == "output" else look.nodes[::-1]
        for seen in order:
            if seen.get(part, {}).get("faulty"):
                return seen, part
    return None
