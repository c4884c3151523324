"""Rules inside blocks: a network is checked once for each of its uses, and what only some of them show is said so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from builder.document import Project
from builder.findings import Finding
from builder.flow import Flow
from builder.survey import Place, Survey
from builder.uses import UseTable, describe_trail, list_uses

Check = Callable[[Survey], Iterator[Finding]]


def check_uses(project: Project, flows: Mapping[str, Flow], found: list[Finding], ask: Check) -> list[Finding]:
    """Return the findings, with those that only a use shows, and the number of each use that shows one of them.

    Args:
        project: the project.
        flows: what is known of its graphs; that of a network inside others is known through one of its uses.
        found: what the rules say of ``flows``.
        ask: what the rules that look at one graph say of a survey.
    """
    table = list_uses(flows)
    shown: dict[Any, dict[int | None, Finding]] = {}
    for finding in found:
        flow = flows.get(finding.graph)
        number = table.number(finding.graph, flow) if flow else None
        shown.setdefault(identify(finding), {})[number] = finding
    for path, uses in table.uses.items():
        for number, use in enumerate(uses):
            if use.flow is not flows[path]:
                place = Place(project, path, project.graph(path), {**flows, path: use.flow})
                for finding in ask(Survey(project, (place,))):
                    shown.setdefault(identify(finding), {})[number] = finding
    return [qualify(table, numbers) for numbers in shown.values()]


def identify(finding: Finding) -> Any:
    """What makes two findings the same one."""
    return finding.code, finding.graph, finding.node, finding.port, finding.param, finding.message


def qualify(table: UseTable, shown: dict[int | None, Finding]) -> Finding:
    """A finding that says which uses of a block show it, where not all do."""
    finding = next(iter(shown.values()))
    uses = table.of(finding.graph)
    numbers = tuple(sorted(number for number in shown if number is not None))
    if None in shown or len(numbers) == len(uses):
        return finding
    more = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
    where = f"Seen in its use as {describe_trail(uses[numbers[0]].trail)}{more}."
    return replace(finding, message=f"{finding.message} {where}", uses=numbers)
