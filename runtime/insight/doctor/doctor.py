"""Asks every diagnosis after each look, says what stays, and takes back what is cured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from builder.document import NETWORKS, Project
from builder.findings import Finding
from runtime.events import Diagnosis as Told
from runtime.events import Event, Look, Progress, Sample, Scalars
from runtime.insight.doctor.answers import AnswersAlikeDiagnosis
from runtime.insight.doctor.base import Diagnosis, SeenFinding
from runtime.insight.doctor.contests import ImbalanceDiagnosis, ModeCollapseDiagnosis
from runtime.insight.doctor.curve import Curve
from runtime.insight.doctor.faults import FaultDiagnosis
from runtime.insight.doctor.gradients import ExplodingGradientDiagnosis, VanishingGradientDiagnosis
from runtime.insight.doctor.overfitting import OverfittingDiagnosis
from runtime.insight.doctor.patient import Patient
from runtime.insight.doctor.progress import LossExplosionDiagnosis, LossSpikeDiagnosis, NoProgressDiagnosis
from runtime.insight.doctor.saturation import SaturationDiagnosis
from runtime.insight.doctor.silence import SilentUnitsDiagnosis
from runtime.insight.doctor.statistics import FlatStatisticsDiagnosis
from runtime.insight.doctor.updates import LargeUpdateDiagnosis, SmallUpdateDiagnosis

DIAGNOSES: tuple[Diagnosis, ...] = (
    SilentUnitsDiagnosis(),
    VanishingGradientDiagnosis(),
    ExplodingGradientDiagnosis(),
    LargeUpdateDiagnosis(),
    SmallUpdateDiagnosis(),
    SaturationDiagnosis(),
    NoProgressDiagnosis(),
    AnswersAlikeDiagnosis(),
    OverfittingDiagnosis(),
    LossSpikeDiagnosis(),
    FaultDiagnosis(),
    FlatStatisticsDiagnosis(),
    LossExplosionDiagnosis(),
    ModeCollapseDiagnosis(),
    ImbalanceDiagnosis(),
)


class Doctor:
    """Hears what a run reports, and answers with what is found, found again, or found no more.

    Args:
        project: what is trained.
        known: what was found before the run was cut, as ``store.diagnoses`` gives it.
    """

    def __init__(self, project: Project, known: Iterable[dict[str, Any]] = ()) -> None:
        self.patient = Patient(project)
        self.open = {row["key"]: dict(row["finding"]) for row in known if row["is_open"]}
        self.seen: dict[str, int] = {}
        self.missed: dict[str, int] = {}

    def recall(self, events: Iterable[Event]) -> None:
        """Learn what the run reported before it was resumed; nothing is said of it a second time."""
        for event in events:
            if isinstance(event, Look):
                self.patient.take(event)
            else:
                self.hear(event)

    def hear(self, event: Event) -> list[Told]:
        """Take an event of the run; a look, and what was validated, is an occasion to examine it."""
        match event:
            case Scalars(split="train"):
                for id in self.patient.followed.values():
                    if id in event.values:
                        self.patient.losses.setdefault(id, Curve()).add(event.values[id])
            case Scalars(split="validation"):
                for id in self.patient.followed.values():
                    if id in event.values:
                        self.patient.validated.setdefault(id, []).append((event.step, event.values[id]))
            case Progress():
                self.patient.steps = event.steps
            case Sample():
                self.patient.see(event)
            case Look():
                self.patient.take(event)
                return list(self.examine())
        return []

    def examine(self) -> Iterator[Told]:
        """Ask every diagnosis, and compare with what was found before."""
        found = self.find()
        step = self.patient.step
        for key, (diagnosis, finding) in found.items():
            self.missed.pop(key, None)
            self.seen[key] = self.seen.get(key, 0) + 1
            if key in self.open or self.seen[key] >= diagnosis.patience:
                self.open[key] = as_json(finding)
                yield Told(step, key, self.open[key])
        for key in [key for key in self.seen if key not in found and key not in self.open]:
            del self.seen[key]
        for key in [key for key in self.open if key not in found]:
            self.missed[key] = self.missed.get(key, 0) + 1
            if self.missed[key] >= CURE.get(key.partition(" ")[0], 1):
                yield Told(step, key, self.open.pop(key), is_open=False)
                self.seen.pop(key, None)
                self.missed.pop(key)

    def find(self) -> dict[str, tuple[Diagnosis, Finding]]:
        """What every diagnosis finds now, without what others explain."""
        all_found = [(each, finding) for each in DIAGNOSES for finding in each.examine(self.patient)]
        places = {(finding.code, name_network(finding)) for _, finding in all_found}
        return {
            f"{finding.code} {finding.graph} {finding.node or ''}": (each, finding)
            for each, finding in all_found
            if not is_explained(finding, each.explained_by, places)
        }


def name_network(finding: Finding) -> str:
    """The path of the network that a finding is in, from outside of all blocks; empty where it is about the whole run."""
    trail = finding.trail if isinstance(finding, SeenFinding) else ()
    path = trail[0][0] if trail else finding.graph
    return path if path.startswith(NETWORKS) else ""


def is_explained(finding: Finding, by: tuple[str, ...], places: set[tuple[str, str]]) -> bool:
    """Whether one of these was found in the same network, or where either is about the whole run."""
    own = name_network(finding)
    return any(code in by and (not own or not network or own == network) for code, network in places)


CURE = {diagnosis.code: diagnosis.cure for diagnosis in DIAGNOSES}


def as_json(finding: Finding) -> dict[str, Any]:
    """A finding as it is kept and sent."""
    return {**asdict(finding), "repairs": [{"title": r.title, "edits": list(r.edits)} for r in finding.repairs]}
