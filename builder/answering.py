"""What a trained project answers: which network is asked, with which fields, and what its output means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from torch import Tensor

from builder.document import Edge, FieldMeaning, Project
from builder.fields import describe_preparation
from builder.parts.columns import NEXT
from builder.parts.generation import GreedyDecoding
from builder.parts.mask_pictures import GROUND
from builder.parts.preparation import Preparation
from builder.phrases import quote
from builder.planner import PlanError
from builder.ports import network_ports
from builder.step_planner import TrainingPlan
from builder.training.fitting import is_integer

Meaning = Literal[
    "logits", "log_probabilities", "logit", "probability", "number", "picture", "mask", "continuation", "translation"
]
"""What the output is: scores of classes, numbers, a picture, scores of the pixels of one, scores of what comes next in a text,
or a text that is decoded."""
WRITTEN = ("continuation", "translation")
"""Meanings of networks that are asked again and again, for one token of a text after the other."""

MEANINGS: dict[str, Meaning] = {
    "CrossEntropyLoss": "logits",
    "NLLLoss": "log_probabilities",
    "BCEWithLogitsLoss": "logit",
    "BCELoss": "probability",
    "DiceLoss": "logit",
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
    length: int = 0
    """The most tokens of a text that is decoded."""
    picture: str = ""
    """The field whose pictures a mask lies over."""
    scores: str = ""
    """What the scores of a mask's pixels are, as ``find_mask`` takes it."""
    ignored: tuple[int, ...] = ()
    """The classes of a mask's pixels that count for nothing, since a loss leaves them out."""


def find_question(project: Project, plan: TrainingPlan | None = None) -> Question:
    """Find the network whose output a loss compares with a field of the data.

    Raises PlanError where there is none, as in a project that makes pictures out of noise.
    """
    plan = plan or TrainingPlan(project)
    for id in plan.of_role("loss"):
        links = plan.view.incoming(id)
        data = find_origin(plan, links.get("target"))
        if "input" in links and data is not None and plan.role(data.source) == "data":
            call = links["input"].source
            if plan.role(call) == "network" and (fields := input_fields(plan, call)):
                outputs = [port.name for port in network_ports(project.networks[plan.params(call).network])[1]]
                given = links["input"].source_port
                if given not in outputs:
                    raise PlanError(f"The network has no output {quote(given[:80])}, which a loss compares.")
                source = plan.params(data.source).source
                known = project.data[source].fields
                asked = tuple(name for name in fields if name in known)
                found = Question(plan.params(call).network, source, fields, outputs.index(given),
                                 field_of(data.source_port, known), find_meaning(plan, id),
                                 asked)  # fmt: skip
                if known[found.target].kind in ("image", "mask"):
                    return replace(find_picture(found, known), ignored=find_ignored(plan, data))
                return find_writing(plan, found, data.source_port)
    raise PlanError(
        "No loss of this project compares a network's output with a field of the data, so there is nothing to ask."
    )


def find_meaning(plan: TrainingPlan, loss: str) -> Meaning:
    """What a loss takes the network's output for; one of masks takes scores of classes where the truth is their numbers."""
    kind, target = plan.nodes[loss].kind, plan.flow.nodes[loss].inputs.get("target")
    if kind == "DiceLoss" and target is not None and is_integer(target):
        return "logits"
    return MEANINGS.get(kind, "number")


def find_picture(question: Question, known: Mapping[str, FieldMeaning]) -> Question:
    """The question whose answer is a picture: a mask over another one where scores of pixels are learned, else its pixels."""
    shown = [name for name in question.fields if known[name].kind == "image" and name != question.target]
    target = known[question.target]
    is_scored = question.meaning in ("logit", "probability") and target.channels in (1, None)
    if shown and (target.kind == "mask" or is_scored):
        return replace(question, meaning="mask", picture=shown[0], scores=question.meaning)
    if target.kind == "mask":
        raise PlanError("This network finds masks without a picture to lay them over.")
    if question.meaning == "logit":
        raise PlanError("This network says of each pixel how likely it is to be bright, which its previews show.")
    return replace(question, meaning="picture")


def find_ignored(plan: TrainingPlan, data: Edge) -> tuple[int, ...]:
    """The classes of pixels that losses leave out which compare something with this field of the data."""
    ignored = set()
    for id in plan.of_role("loss"):
        origin = find_origin(plan, plan.view.incoming(id).get("target"))
        target, number = plan.flow.nodes[id].inputs.get("target"), getattr(plan.params(id), "ignore_index", -1)
        is_same = origin is not None and (origin.source, origin.source_port) == (data.source, data.source_port)
        if is_same and number >= 0 and target is not None and is_integer(target):
            ignored.add(number)
    return tuple(sorted(ignored))


def name_pixels(question: Question, target: Preparation) -> tuple[str, ...]:
    """The classes of a mask's pixels, in the order of their numbers."""
    return target.classes or (GROUND, question.target)


def find_writing(plan: TrainingPlan, question: Question, truth: str) -> Question:
    """The question as it is put to a network that writes: by decoding, or by going on where the data goes on."""
    for id in plan.of_role("operation"):
        params = plan.params(id)
        if plan.asks_network(id) and params.network == question.network and (fields := input_fields(plan, id)):
            asked = tuple(name for name in fields if name in question.fields)
            return replace(question, inputs=fields, fields=asked, meaning="translation", length=params.length)
    goes_on = question.inputs == (question.target,) and truth == question.target + NEXT
    is_text = plan.project.data[question.source].fields[question.target].kind == "text"
    return replace(question, meaning="continuation") if goes_on and is_text else question


def ask_network(question: Question, network: Callable[..., Any], inputs: Sequence[Tensor]) -> Tensor:
    """What a network says to a batch of one: its output, or the tokens that are decoded."""
    if question.meaning == "translation":
        return GreedyDecoding(question.length)(network, *inputs)[0]
    output = network(*inputs)
    answer: Tensor = (output[question.output] if isinstance(output, tuple) else output)[0]
    return answer


def field_of(column: str, fields: Mapping[str, object]) -> str:
    """The field that a tensor of a batch is of: what comes next in a field is in the field's units."""
    return column if column in fields else column.removesuffix(NEXT)


def input_fields(plan: TrainingPlan, call: str) -> tuple[str, ...]:
    """The field behind each input of a network's call, looked for behind augmentation; empty where one has none."""
    fields = []
    for port in plan.flow.nodes[call].in_ports:
        edge = plan.view.incoming(call).get(port.name)
        if edge is None and port.optional:
            continue
        edge = find_origin(plan, edge)
        if edge is None or plan.role(edge.source) != "data":
            return ()
        fields.append(edge.source_port)
    return tuple(fields)


def find_origin(plan: TrainingPlan, edge: Edge | None) -> Edge | None:
    """The link that a value comes by, behind all that lets its input of the same name, or else its first, through."""
    while edge is not None and plan.rests_in_evaluation(edge.source):
        links = plan.view.incoming(edge.source)
        edge = links.get(edge.source_port) or next(iter(links.values()), None)
    return edge


def preparations(project: Project, source: str) -> dict[str, Preparation]:
    """The preparation of every field of a source whose facts are known."""
    known = project.data[source]
    facts = known.facts.fields if known.facts else {}
    fields = [name for name in known.fields if name in facts]
    return {name: describe_preparation(known.fields[name], facts[name], known.windows) for name in fields}
