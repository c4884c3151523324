"""A network that learns its samples by heart."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from builder.findings import Finding
from builder.phrases import quote
from builder.repairs import set_value
from runtime.insight.doctor.base import Diagnosis
from runtime.insight.doctor.patient import Patient

RISEN, OF_BEGINNING = 0.3, 0.1
"""By what part of its best, and of what training began with, the validation loss has to have risen: close to zero a loss may
double, and nothing is lost."""
WAITED = 3
"""So many validations have to lie behind the best one, as patience in early stopping, and all of them above it by that much.

Reference:
    Prechelt 1998, Early Stopping: But When?, criteria GL and UP.
"""


class OverfittingDiagnosis(Diagnosis):
    """The loss of the validation part rises while that of training falls on."""

    code = "D009"
    title = "Overfitting"
    severity = "advice"
    explained_by = ("D003", "D004", "D010", "D011")

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for a loss that rises on samples it does not learn from."""
        for loss, values in patient.validated.items():
            curve = patient.losses.get(loss)
            best_at, best = min(enumerate(value for _, value in values), key=lambda pair: pair[1])
            last = values[-1][1]
            if curve is None or len(values) - 1 - best_at < WAITED or curve.recent() >= best:
                continue
            if min(value for _, value in values[-WAITED:]) <= best + max(
                RISEN * abs(best), OF_BEGINNING * abs(curve.beginning)
            ):
                continue
            run = patient.project.run
            stop: dict[str, JsonValue] = {"metric": loss, "mode": "min", "patience": WAITED}
            repair = set_value("run.early_stopping", stop, "End runs when validation no longer improves")
            text = (
                f"{patient.project.training.node(loss).kind} {quote(loss)}: on samples it does not learn from it was "
                f"{best:.3g} at step {values[best_at][0]:,} and is {last:.3g} now, while it falls in training: samples are "
                "learned by heart. Add Dropout or weight_decay, use more data, or end runs earlier."
            )
            yield self.find_in_training(loss, text, None if run.early_stopping else repair)
