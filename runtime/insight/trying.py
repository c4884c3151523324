"""Tries a trained network on an input of one's own, from any checkpoint, also while the run still trains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from builder.answering import Question, find_question, preparations
from builder.compiler import PlannedNetwork
from builder.document import Project
from builder.parts.answers import name_answer
from builder.parts.preparation import Preparation, prepare_inputs
from builder.planner import PlanError, plan_network
from runtime.draws import OwnDraws
from runtime.insight import shelf
from runtime.insight.masks import Masked, show_mask
from runtime.insight.words import (
    Words,
    find_attention,
    find_text,
    measure_influence,
    read_attention,
    read_words,
    take_output,
)
from runtime.insight.writing import go_on, read_options, translate
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from runtime.runs.weights import read_snapshot


@dataclass(frozen=True)
class Asked:
    """One input that a person fills in: its field and how a raw value of it is prepared.

    ``preparation.kind`` says what to show: a place to draw for ``image``, one number for ``number``, a form with
    ``preparation.columns`` for ``vector``; ``low``, ``high``, ``mean`` of the data are there for ranges, where known.
    """

    field: str
    preparation: Preparation
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    mean: tuple[float, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What the network says: a label with confidences, or values in the units of the data; and from which step.

    Of a sequence there is a label for each step, in ``tags`` with ``sureness``. ``words`` tells what each word of a text did,
    ``translation`` which words of a sentence its translation looked at.
    """

    step: int
    checkpoint: str
    label: str | None = None
    confidence: float | None = None
    confidences: dict[str, float] = field(default_factory=dict)
    values: tuple[float, ...] = ()
    target: str = ""
    tags: tuple[str, ...] = ()
    sureness: tuple[float, ...] = ()
    words: Words | None = None
    translation: dict[str, Any] | None = None
    picture: Any = None
    """A Pillow image, where the network answers with one."""
    mask: Masked | None = None
    """The classes of a picture's pixels, where the network answers with those."""


@dataclass(frozen=True)
class Ready:
    """A network with the weights of a checkpoint, ready to be asked."""

    network: nn.Module
    question: Question
    preparations: dict[str, Preparation]
    step: int
    checkpoint: str
    attention: int | None = None


class Shelf(shelf.Shelf[Ready]):
    """The last few networks that were asked."""

    def make(self, folder: RunFolder, checkpoint: str | None) -> Ready:
        """The network of a checkpoint, ready to be asked."""
        return make_ready(folder, checkpoint)


SHELF = Shelf()


def make_ready(folder: RunFolder, checkpoint: str | None) -> Ready:
    """Build a run's network and give it the weights of a checkpoint."""
    project = folder.read_project()
    question = question_of(project)
    snapshot = read_snapshot(folder, checkpoint)
    with OwnDraws():
        network = PlannedNetwork(plan_network(project, question.network))
    network.load_state_dict(snapshot.weights[question.network])
    known = preparations(project, question.source)
    attention = find_attention(project, question)
    return Ready(network.eval(), question, known, snapshot.step, snapshot.checkpoint, attention)


def question_of(project: Project) -> Question:
    """What a project can be asked. Raises RunError where there is nothing to ask."""
    try:
        return find_question(project)
    except PlanError as error:
        raise RunError(str(error)) from error


def describe_inputs(project: Project) -> list[Asked]:
    """What a person has to fill in, in the order of the network's inputs. Raises RunError where there is nothing."""
    question = question_of(project)
    known = preparations(project, question.source)
    facts = project.data[question.source].facts
    found = []
    for name in question.fields:
        seen = facts.fields[name] if facts else None
        found.append(
            Asked(name, known[name], (seen and seen.low) or (), (seen and seen.high) or (), (seen and seen.mean) or ())
        )
    return found


def ask(folder: RunFolder, sample: Any, checkpoint: str | None = None, truth: Any = None) -> Answer:
    """Ask a run's network about one raw sample.

    Args:
        folder: the run; it may still be training.
        sample: the raw value of the network's input (a picture as Pillow image or bytes, a row as mapping of column to
            number, a number); a mapping of field to value where the network has several inputs.
        checkpoint: the name of a checkpoint; else the best weights where the run keeps them, or the newest.
        truth: the true mask of the sample, where a mask is asked for and the truth is known.

    Raises:
        RunError: there is no checkpoint yet, or the sample does not fit; the message is a sentence.
    """
    ready = SHELF.take(folder, checkpoint)
    question = ready.question
    try:
        refuse_paths(question.fields, ready.preparations, sample)
        inputs = prepare_inputs(ready.preparations, question.inputs, sample)
    except (ValueError, KeyError, OSError) as error:
        raise RunError(str(error)) from error
    if question.meaning == "translation":
        label, row = translate(ready.network, question, ready.preparations, inputs)
        return Answer(ready.step, ready.checkpoint, label=label, target=question.target, translation=row)
    if question.meaning == "continuation":
        return write(folder, sample, {}, checkpoint)
    with torch.no_grad():
        output = ready.network(*inputs)
    if question.meaning == "mask":
        return read_mask(ready, take_output(output, question)[0], sample, truth)
    answer = read_answer(ready, take_output(output, question)[0])
    return add_words(ready, answer, sample, inputs, output)


def write(folder: RunFolder, prompt: str, options: Mapping[str, Any], checkpoint: str | None = None) -> Answer:
    """Let a run's language model go on from a prompt; what it writes is the label.

    Args:
        folder: the run; it may still be training.
        prompt: what it goes on from.
        options: ``length``, ``temperature``, ``top_k`` and ``seed``, as they are wanted.
        checkpoint: the name of a checkpoint; else the best weights where the run keeps them, or the newest.

    Raises:
        RunError: the run has no language model or no checkpoint yet, or an option is out of bounds.
    """
    ready = SHELF.take(folder, checkpoint)
    if ready.question.meaning != "continuation":
        raise RunError("This run's network does not go on from a text.")
    try:
        text = go_on(ready.network, ready.question, ready.preparations, prompt, read_options(options))
    except ValueError as error:
        raise RunError(str(error)) from error
    return Answer(ready.step, ready.checkpoint, label=text, target=ready.question.target)


def refuse_paths(fields: Sequence[str], preparations: Mapping[str, Preparation], sample: Any) -> None:
    """Raise ValueError where a picture is given by its name: whoever asks might name any file of this computer."""
    values = {fields[0]: sample} if len(fields) == 1 else sample
    for name in fields:
        value = values.get(name) if isinstance(values, Mapping) else None
        if preparations[name].kind == "image" and isinstance(value, str | Path):
            raise ValueError("A picture is given by its content, not by the name of a file.")


def read_answer(ready: Ready, scores: torch.Tensor) -> Answer:
    """Put scores into words."""
    question, target = ready.question, ready.preparations[ready.question.target]
    if question.meaning == "picture":
        return Answer(ready.step, ready.checkpoint, picture=target.draw(scores), target=question.target)
    if question.meaning == "number":
        numbers = target.restore(scores).reshape(-1).tolist()
        return Answer(ready.step, ready.checkpoint, values=tuple(numbers), target=question.target)
    named = name_answer(scores, question.meaning, target.classes)
    if isinstance(named["label"], list):
        tags, sureness = tuple(named["label"]), tuple(named["confidence"])
        return Answer(ready.step, ready.checkpoint, target=question.target, tags=tags, sureness=sureness)
    return Answer(ready.step, ready.checkpoint, target=question.target, **named)


def read_mask(ready: Ready, scores: torch.Tensor, sample: Any, truth: Any) -> Answer:
    """Show what scores of pixels say. Raises RunError where the truth is no picture."""
    question = ready.question
    picture = sample[question.picture] if len(question.fields) > 1 else sample
    try:
        mask = show_mask(question, ready.preparations[question.target], scores, picture, truth)
    except ValueError as error:
        raise RunError(str(error)) from error
    return Answer(ready.step, ready.checkpoint, target=question.target, mask=mask)


def add_words(ready: Ready, answer: Answer, sample: Any, inputs: Sequence[torch.Tensor], output: Any) -> Answer:
    """The answer with what is known of each word, where one text was asked about."""
    question, field = ready.question, find_text(ready.question, ready.preparations)
    if field is None or field not in question.inputs:
        return answer
    numbers = inputs[question.inputs.index(field)][0].tolist()
    text = sample[field] if len(question.fields) > 1 else sample
    words = read_words(ready.preparations[field].tokenizer, text, numbers)
    if answer.label is not None:
        place = list(answer.confidences).index(answer.label)
        influence = measure_influence(ready.network, question, inputs, field, place)
        words = replace(words, influence=influence, attention=read_attention(output, ready.attention, len(numbers)))
    return replace(answer, words=words)
