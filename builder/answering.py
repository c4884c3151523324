"""What a trained project answers: which network is asked, with which fields, and what its output means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from builder.document import Project
from builder.fields import describe_preparation
from builder.parts.columns import NEXT
from builder.parts.preparation import Preparation
from builder.phrases import quote
from builder.planner import PlanError
from builder.ports import network_ports
from builder.step_planner import TrainingPlan

Meaning = Literal["logits", "log_probabilities", "logit", "probability", "number"]

MEANINGS: dict[str, Meaning] = {
    "CrossEntropyLoss": "logits",
    "NLLLoss": "log_probabilities",
    "BCEWithLogitsLoss": "logit",
    "BCELoss": "probability",
}


@dataclass(frozen=True)
class Question:
    """A network to ask: the field that each of its inputs takes, its output, and the field that the output stands for."""

    network: str
    source: str
    inputs: tuple[str, ...]
    output: int
    target: str
    meaning: Meaning
    fields: tuple[str, ...]
    """The fields that a person gives a value for: the inputs without those that count the steps of another."""


def find_question(project: Project, plan: TrainingPlan | None = None) -> Question:
    """Find the network whose output a loss compares with a field of the data.

    Raises PlanError where there is none, as in a project that makes pictures out of noise.
    """
    plan = plan or TrainingPlan(project)
    for id in plan.of_role("loss"):
        links = plan.view.incoming(id)
        if "input" in links and "target" in links and plan.role(links["target"].source) == "data":
            call = links["input"].source
            if plan.role(call) == "network" and (fields := input_fields(plan, call)):
                outputs = [port.name for port in network_ports(project.networks[plan.params(call).network])[1]]
                data, given = links["target"], links["input"].source_port
                if given not in outputs:
                    raise PlanError(f"The network has no output {quote(given[:80])}, which a loss compares.")
                meaning = MEANINGS.get(plan.nodes[id].kind, "number")
                source = plan.params(data.source).source
                known = project.data[source].fields
                asked = tuple(name for name in fields if name in known)
                return Question(plan.params(call).network, source, fields, outputs.index(given),
                                field_of(data.source_port, known), meaning, asked)  # fmt: skip
    raise PlanError(
        "No loss of this project compares a network's output with a field of the data, so there is nothing to ask."
    )


def field_of(column: str, fields: Mapping[str, object]) -> str:
    """The field that a tensor of a batch is of: what comes next in a field is in the field's units."""
    return column if column in fields else column.removesuffix(NEXT)


def input_fields(plan: TrainingPlan, call: str) -> tuple[str, ...]:
    """The field behind each input of a network's call, looked for behind augmentation; empty where one has none."""
    fields = []
    for port in plan.flow.nodes[call].in_ports:
        edge = plan.view.incoming(call).get(port.name)
        while edge is not None and plan.rests_in_evaluation(edge.source):
            edge = next(iter(plan.view.incoming(edge.source).values()), None)
        if edge is None or plan.role(edge.source) != "data":
            return ()
        fields.append(edge.source_port)
    return tuple(fields)


def preparations(project: Project, source: str) -> dict[str, Preparation]:
    """The preparation of every field of a source whose facts are known."""
    known = project.data[source]
    facts = known.facts.fields if known.facts else {}
    fields = [name for name in known.fields if name in facts]
    return {name: describe_preparation(known.fields[name], facts[name], known.windows) for name in fields}
