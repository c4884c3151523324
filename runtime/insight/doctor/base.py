"""The contract of a diagnosis: one thing that can go wrong while a network learns, and how it is mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from builder.findings import Finding, Repair, Severity
from builder.uses import Trail
from runtime.insight.doctor.patient import Patient

Json = dict[str, Any]


@dataclass(frozen=True)
class SeenFinding(Finding):
    """A finding of what was seen. ``trail`` is the way to the use of a block that shows it, empty outside of blocks."""

    trail: Trail = ()


class Diagnosis:
    """One thing that can go wrong. ``code`` is never used again for something else.

    ``window`` is how many of the last looks it takes together where one could be chance. ``patience`` is how many looks in a
    row have to show it before it is said, ``cure`` how many without it take it back.
    ``explained_by`` are the codes of what has this as its consequence: where one of those is found in the same network, or
    about the whole run, this is not said.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[Severity] = "warning"
    window: ClassVar[int] = 3
    patience: ClassVar[int] = 1
    cure: ClassVar[int] = 3
    explained_by: ClassVar[tuple[str, ...]] = ()

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """Yield what the looks so far show."""
        raise NotImplementedError(self.code)

    def find(self, seen: Json | None, message: str, *repairs: Repair | None) -> Finding:
        """A finding of this diagnosis at a node that was seen, or about the whole run."""
        kept = tuple(repair for repair in repairs if repair)
        graph, node = (seen["graph"], seen["node"]) if seen else ("", None)
        trail = tuple((path, block, turn) for path, block, turn in seen.get("trail", ())) if seen else ()
        return SeenFinding(self.code, self.severity, message, graph, node, repairs=kept, trail=trail)

    def find_in_training(self, node: str, message: str, *repairs: Repair | None) -> Finding:
        """A finding at a node of the training graph."""
        return self.find({"graph": "training", "node": node}, message, *repairs)


def worst_by_node(nodes: list[Json], measure: Any) -> Iterator[tuple[Json, float]]:
    """Of each drawn node the use that is worst off: a block is drawn once, however often it is used."""
    worst: dict[tuple[str, str], tuple[Json, float]] = {}
    for seen in nodes:
        value = measure(seen)
        key = (seen["graph"], seen["node"])
        if value is not None and (key not in worst or value > worst[key][1]):
            worst[key] = seen, value
    yield from worst.values()
