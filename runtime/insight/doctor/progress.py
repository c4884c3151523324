"""A loss that does not fall, or that jumps up, or that is beyond all bounds from the beginning."""

from __future__ import annotations

from collections.abc import Iterator

from builder.findings import Finding
from builder.phrases import quote
from runtime.insight.doctor.base import Diagnosis
from runtime.insight.doctor.curve import Curve
from runtime.insight.doctor.patient import Patient
from runtime.insight.doctor.repairing import USUAL_UPDATE, change_rates, clip_gradients

FALLEN = 0.01
"""A loss has fallen where it is at least this part below its beginning."""
PART, STEPS = 0.3, 300
"""So much of a run, and so many steps, pass before a loss is expected to have fallen.

Reference:
    Karpathy 2019, A Recipe for Training Neural Networks: a network that does not beat its first loss early has a fault.
"""
TINY = 1e-6
LEAST_UPDATE = 1e-4
SPIKE = 10.0
ABOVE_BEGINNING = 2.0
"""A jump counts where the loss is ten times what it usually is, and twice what the untrained network had.

Reference:
    Chowdhery et al. 2022, PaLM: Scaling Language Modeling with Pathways, section 5.1, on spikes of the loss.
"""
ENOUGH = 50
EXPLODED, LEAST_LOSS, LATELY = 1000.0, 0.1, 3
"""So many times the loss of the untrained network, in each of the last steps, is no noise; a smaller first one counts as 0.1.

Reference:
    Goodfellow et al. 2016, Deep Learning, section 11.4.1: a learning rate that is too large makes the loss grow.
"""


class NoProgressDiagnosis(Diagnosis):
    """After a good part of the run the loss is no lower than at its beginning."""

    code = "D007"
    title = "Loss does not fall"
    explained_by = ("D001", "D002", "D005", "D011", "D013")

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for a loss that does not fall. Losses of networks that play against each other need not fall."""
        if patient.step < STEPS or patient.done < PART or len(patient.followed) != 1:
            return
        ((optimizer, loss),) = patient.followed.items()
        curve = patient.losses.get(loss)
        if (
            curve is None
            or abs(curve.beginning) < TINY
            or curve.recent() < curve.beginning - FALLEN * abs(curve.beginning)
        ):
            return
        update = patient.find_update(optimizer, patient.latest(self.window))
        advice, repair = "Look at the data and the loss: does the answer follow from what goes in?", None
        if update is not None and not LEAST_UPDATE <= update <= USUAL_UPDATE:
            is_small = update < LEAST_UPDATE
            advice = f"{'Raise' if is_small else 'Lower'} the learning rate."
            repair = change_rates(patient, [optimizer], up=is_small)
        text = (
            f"{patient.project.training.node(loss).kind} {quote(loss)}: after {patient.done:.0%} of the run it is "
            f"{curve.recent():.3g} and began with {curve.beginning:.3g}, so nothing is learned. {advice}"
        )
        yield self.find_in_training(loss, text, repair)


class LossSpikeDiagnosis(Diagnosis):
    """The loss jumped far above what it was."""

    code = "D010"
    title = "Loss spike"
    explained_by = ("D011", "D013")

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for each loss that jumped, for as long as it stays high."""
        for optimizer, loss in patient.followed.items():
            curve = patient.losses.get(loss)
            if curve is None or curve.count < ENOUGH or not is_spike(curve):
                continue
            text = (
                f"{patient.project.training.node(loss).kind} {quote(loss)}: it jumped to {curve.recent(0.02):.3g}, "
                f"{curve.recent(0.02) / curve.middle():,.0f} times what it usually is. Clip the gradient with clip_norm, "
                "or lower the learning rate."
            )
            yield self.find_in_training(
                loss, text, clip_gradients(patient, [optimizer]), change_rates(patient, [optimizer])
            )


def is_spike(curve: Curve) -> bool:
    """Whether the newest piece of a loss stands far above all others."""
    now = curve.recent(0.02)
    return now > SPIKE * abs(curve.middle()) and now > ABOVE_BEGINNING * abs(curve.beginning)


class LossExplosionDiagnosis(Diagnosis):
    """The loss has left all that the untrained network had behind; the curve alone shows it, within a few steps."""

    code = "D013"
    title = "Loss explosion"
    explained_by = ("D011",)

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for a loss beyond all bounds. Those of networks that play against each other have none."""
        if len(patient.followed) != 1:
            return
        ((optimizer, loss),) = patient.followed.items()
        curve = patient.losses.get(loss)
        if curve is None or not is_explosion(curve):
            return
        text = (
            f"{patient.project.training.node(loss).kind} {quote(loss)}: it began with {curve.first:.3g} and is "
            f"{curve.recent(0.02):.3g} now, so what was learned is lost. Lower the learning rate, or clip the gradient with "
            "clip_norm."
        )
        yield self.find_in_training(
            loss, text, change_rates(patient, [optimizer]), clip_gradients(patient, [optimizer])
        )


def is_explosion(curve: Curve) -> bool:
    """Whether a loss was far beyond that of the untrained network in each of the last pieces."""
    lately = curve.pieces[-LATELY:]
    return len(lately) == LATELY and min(lately) > EXPLODED * max(abs(curve.first), LEAST_LOSS)
