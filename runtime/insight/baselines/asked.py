"""What a project asks of its network: what goes in, what comes out, and what is the truth. A baseline is asked the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from builder.answering import MEANINGS, Meaning, input_fields
from builder.columns import Column, list_columns
from builder.document import FieldFacts, Project, Source
from builder.planner import PlanError
from builder.ports import network_ports
from builder.step_planner import TrainingPlan
from builder.tensors import TensorSpec
from builder.training.fitting import find_class_axis
from runtime.data.prepare import PreparedSource

Answer = Callable[[str, slice], Tensor]
"""What is answered for some rows of a part of the data: logarithms of probabilities, classes last; or numbers; or tokens."""


class Unfit(Exception):
    """A baseline cannot be made for this data. The text says why."""


@dataclass(frozen=True)
class Asked:
    """The question that a training graph puts to a network.

    Attributes:
        call: the node that calls the network.
        output: which of its outputs is compared with the truth, of how many.
        inputs: the tensors of a batch that go in, without lengths.
        target: the tensor of a batch that is the truth.
        meaning: what the loss takes the output for.
        spec: the output's shape.
    """

    plan: TrainingPlan
    prepared: PreparedSource
    call: str
    output: tuple[int, int]
    inputs: tuple[Column, ...]
    target: Column
    meaning: Meaning
    spec: TensorSpec
    truth: TensorSpec

    @property
    def source(self) -> Source:
        """The source of the data."""
        return self.prepared.source

    def facts(self, column: Column) -> FieldFacts:
        """What is known of the field of a tensor."""
        return self.prepared.facts.fields[column.field]

    def take(self, column: Column, part: str, rows: slice = slice(None)) -> Tensor:
        """Some rows of a tensor of a part of the data."""
        return self.prepared.parts[part][column.name][rows]

    @property
    def classes(self) -> int | None:
        """How many classes or tokens the truth is one of; None where it is numbers."""
        facts = self.facts(self.target)
        return len(facts.classes) if facts.classes is not None else facts.vocabulary

    def find_lengths(self, column: Column, part: str, rows: slice = slice(None)) -> Tensor | None:
        """The lengths of the rows of a tensor; None where all are equally long."""
        return self.prepared.parts[part][column.cut_by][rows] if column.cut_by else None

    def arrange(self, answers: Tensor) -> Tensor:
        """Answers as the network would give them: in its shape, as logits or whatever its loss takes its output for."""
        if self.classes is None:
            return answers.float().reshape(len(answers), *self.spec.shape[1:])  # type: ignore[arg-type]
        if self.meaning in ("logits", "log_probabilities"):
            is_first = answers.ndim > 2 and find_class_axis(self.spec, self.truth) == 1
            return (answers.movedim(-1, 1) if is_first else answers).float()
        yes = answers[..., 1] - answers[..., 0] if self.meaning == "logit" else answers[..., 1].exp()
        return yes.float().reshape(len(answers), *[1] * (self.spec.rank - 1))


def find_asked(project: Project, prepared: PreparedSource, name: str) -> Asked:
    """Find what the first loss compares with a field of a source.

    Raises:
        Unfit: no loss does that.
    """
    try:
        plan = TrainingPlan(project)
        for loss in plan.of_role("loss"):
            links = plan.view.incoming(loss)
            if (
                "input" in links
                and "target" in links
                and is_answer(plan, links["input"].source, links["target"].source, name)
            ):
                return read_asked(plan, prepared, loss)
    except PlanError as error:
        raise Unfit(str(error)) from None
    raise Unfit("No loss of this project compares what a network answers with a field of the data.")


def is_answer(plan: TrainingPlan, call: str, data: str, source: str) -> bool:
    """Whether these are a call of a network that takes fields of the data, and the data that its answer is compared with."""
    if plan.role(call) != "network" or plan.role(data) != "data":
        return False
    return plan.params(data).source == source and bool(input_fields(plan, call))


def read_asked(plan: TrainingPlan, prepared: PreparedSource, loss: str) -> Asked:
    """What a loss compares. Raises Unfit where the output is none of a kind that can be answered."""
    links, project = plan.view.incoming(loss), plan.project
    call, port = links["input"].source, links["input"].source_port
    outputs = [output.name for output in network_ports(project.networks[plan.params(call).network])[1]]
    columns = {column.name: column for column in list_columns(prepared.source)}
    flow = plan.flow.nodes
    target = columns[links["target"].source_port]
    if port not in flow[call].outputs:
        raise Unfit("The network has a mistake inside.")
    meaning: Meaning = MEANINGS.get(plan.nodes[loss].kind, "number")
    known = prepared.facts.fields[target.field]
    if (known.classes is None and known.vocabulary is None) != (meaning == "number"):
        raise Unfit("The loss takes classes for numbers, or numbers for classes.")
    inputs = tuple(columns[name] for name in input_fields(plan, call) if not columns[name].is_lengths)
    return Asked(
        plan,
        prepared,
        call,
        (outputs.index(port), len(outputs)),
        inputs,
        target,
        meaning,
        flow[call].outputs[port],
        flow[links["target"].source].outputs[target.name],
    )
