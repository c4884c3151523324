"""Batch normalisation of what never changes."""

from __future__ import annotations

from collections.abc import Iterator

from builder.findings import Finding
from runtime.insight.doctor.base import Diagnosis, worst_by_node
from runtime.insight.doctor.patient import Patient
from runtime.insight.doctor.repairing import change_rates

CONSTANT = 0.5
"""The share of channels without variance from which it is said."""


class FlatStatisticsDiagnosis(Diagnosis):
    """Most channels of a batch normalisation have no variance: what is divided by it is noise, and explodes outside training.

    Reference:
        Ioffe and Szegedy 2015, Batch Normalization, where eps stands in for a variance that is lost.
    """

    code = "D012"
    title = "Batch statistics without variance"
    patience = 3
    explained_by = ("D011",)

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """One finding for each batch normalisation most of whose channels are constant."""
        flat = [seen for seen in patient.look.nodes if "statistics" in seen]
        for seen, share in worst_by_node(flat, lambda seen: seen["statistics"]["flat"]):
            if share >= CONSTANT:
                text = (
                    f"{patient.who(seen)}: {share:.0%} of its channels are constant, so there is no variance to divide by "
                    "and answers outside training cannot be trusted. Look at what feeds it: columns that never change are "
                    "of no use, and units that died come back with a lower learning rate."
                )
                yield self.find(seen, text, change_rates(patient, patient.optimizers_of(seen["network"])))
