"""Networks that train against each other, where one has won or found a way to look good with little."""

from __future__ import annotations

from collections.abc import Iterator

from builder.findings import Finding
from builder.phrases import quote
from runtime.insight.doctor.base import Diagnosis
from runtime.insight.doctor.curve import Curve
from runtime.insight.doctor.patient import Patient
from runtime.insight.doctor.repairing import change_rates

ALIKE = 0.4
"""Pictures of a generator differ among each other nearly as much as those of the data (0.9 to 1.0 in the presets); below this
part of it a few shapes are left.

Reference:
    Goodfellow 2016, NIPS Tutorial: Generative Adversarial Networks, section 5.1.1, on mode collapse.
"""
LOOKS = 3
GROWN = 1.25
"""A generator that makes more and more of its noise is not collapsed but young."""
PART, STEPS = 0.1, 300
WON = 0.05
"""A judge has won where its loss is this part of what guessing costs."""
RISEN = 2.0
"""By how many times the loss of the judged network has to lie above its beginning.

Reference:
    Arjovsky and Bottou 2017, Towards Principled Methods for Training Generative Adversarial Networks: a perfect
    discriminator leaves the generator without a gradient.
"""
LATELY, LONG = 4, 200
"""The last fourth of a run, and at least so many steps of it, are a long time."""


class ModeCollapseDiagnosis(Diagnosis):
    """The pictures that a judged network makes of fixed noise are nearly all the same."""

    code = "D014"
    title = "Mode collapse"
    explained_by = ("D011",)

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for each preview of noise whose pictures differ far less than those of the data."""
        if patient.step < STEPS or patient.done < PART:
            return
        for preview, seen in patient.diversities.items():
            shares = [made / real for made, real in seen if real > 0]
            makers = patient.contests.read_by({preview}) & set().union(*patient.contests.judges.values(), set())
            if not makers or len(shares) <= LOOKS or max(shares[-LOOKS:]) >= ALIKE:
                continue
            if shares[-1] > GROWN * shares[-1 - LOOKS]:
                continue
            maker = min(makers)
            text = (
                f"ImageGrid {quote(preview)}: what {quote(maker)} makes of different noise differs by {shares[-1]:.0%} of what "
                "pictures of the data do, so it makes a few of them again and again. Lower its learning rate, train the "
                "network that judges it more often, or use a Wasserstein loss with a penalty on the gradient."
            )
            yield self.find_in_training(preview, text, change_rates(patient, patient.optimizers_of(maker)))


class ImbalanceDiagnosis(Diagnosis):
    """A judge tells real from made without effort for long, so that the judged network learns nothing from it."""

    code = "D015"
    title = "The judge has won"
    explained_by = ("D011", "D013")

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for each judge whose loss stays near zero while that of a network that it judges has risen."""
        for judge, makers in patient.contests.judges.items():
            loss = self.find_won(patient, judge)
            for maker in sorted(makers) if loss else ():
                risen = next((id for id in self.losses_of(patient, maker) if is_risen(patient.losses.get(id))), None)
                if loss is None or risen is None:
                    continue
                own, theirs = patient.losses[loss], patient.losses[risen]
                text = (
                    f"{patient.project.training.node(loss).kind} {quote(loss)}: {quote(judge)} tells real from made without "
                    f"effort, its loss has been near {own.recent():.2g} for long, and {quote(risen)} rose from "
                    f"{theirs.beginning:.2g} to {theirs.recent():.2g}, so {quote(maker)} learns little from it. Lower the "
                    f"learning rate of {quote(judge)}, or give it fewer turns or fewer channels."
                )
                yield self.find_in_training(loss, text, change_rates(patient, patient.optimizers_of(judge)))
                break

    def find_won(self, patient: Patient, judge: str) -> str | None:
        """The loss of a judge that stays near zero; None where none does, or where zero does not mean that it has won."""
        for id in self.losses_of(patient, judge):
            curve = patient.losses.get(id)
            before = (id, *patient.plan.view.ancestors(id))
            if curve and any(patient.plan.role(node) == "loss" for node in before) and is_won(curve):
                return id
        return None

    def losses_of(self, patient: Patient, network: str) -> list[str]:
        """The losses that a network is trained by."""
        return [patient.followed[id] for id in patient.optimizers_of(network) if id in patient.followed]


def lately(curve: Curve) -> list[float]:
    """The pieces of the last part of a run; none where that is not long."""
    pieces = curve.pieces[-max(1, len(curve.pieces) // LATELY) :]
    return pieces if len(pieces) * curve.length >= LONG else []


def is_won(curve: Curve) -> bool:
    """Whether a loss is near zero, and nowhere below it, in each of the last pieces."""
    own = lately(curve)
    return bool(own) and min(curve.pieces) >= 0 and max(own) < WON * curve.beginning


def is_risen(curve: Curve | None) -> bool:
    """Whether a loss stands far above its beginning."""
    return curve is not None and curve.beginning > 0 and curve.recent() > RISEN * curve.beginning
