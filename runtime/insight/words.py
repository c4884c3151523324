"""Which words an answer about a text is owed to: by leaving each out, and by the network's own attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from builder.answering import Question
from builder.document import Project
from builder.parts.answers import read_probabilities
from builder.parts.columns import LENGTHS
from builder.parts.preparation import Preparation
from builder.parts.tokenizing import BEGIN, END, PAD, UNKNOWN, Tokenizer

MOST_WORDS = 100
"""Of a longer text nobody waits for every word to be left out."""
ATTENTIVE = ("AttentionPool", "Attention", "MultiheadAttention", "TransformerEncoderLayer")


@dataclass(frozen=True)
class Words:
    """The words of a text as the network reads them, and what is known of each.

    ``known`` is false for a word that the network has never met. ``influence`` is how much less sure of its label the
    network is without the word, below zero where the word speaks against it; ``attention`` how much the word was looked at.
    What is not known is empty.
    """

    words: tuple[str, ...]
    gap: str
    known: tuple[bool, ...]
    influence: tuple[float, ...] = ()
    attention: tuple[float, ...] = ()


def read_words(tokenizer: Tokenizer, sample: Any, numbers: Sequence[int]) -> Words:
    """The words behind the numbers of a text; one that is not known is shown as it was typed."""
    typed = list(tokenizer.split(sample)) if tokenizer.tokens != "bpe" else []
    inner = len(numbers) - 2 * tokenizer.marks
    typed = typed[:inner] if tokenizer.cut == "end" else typed[max(0, len(typed) - inner) :]
    shown = [tokenizer.vocabulary[number] if number not in (PAD, BEGIN, END) else "" for number in numbers]
    for place, word in enumerate(typed, start=int(tokenizer.marks)):
        shown[place] = word
    return Words(tuple(shown), " " if tokenizer.tokens == "word" else "", tuple(n != UNKNOWN for n in numbers))


def find_text(question: Question, preparations: Mapping[str, Preparation]) -> str | None:
    """The field of the one text that is asked about; None where there is none, or where several belong together."""
    texts = [name for name in question.fields if preparations[name].kind == "text"]
    timed = [name for name in question.fields if preparations[name].kind in ("text", "sequence")]
    return texts[0] if len(texts) == 1 and timed == texts and preparations[texts[0]].tokenizer else None


def measure_influence(
    network: nn.Module, question: Question, inputs: Sequence[Tensor], text: str, label: int
) -> tuple[float, ...]:
    """How much less probable a label is without each word; nothing where the network cannot do without one.

    All texts that lack one word are equally long, so that they are one batch and no padding is involved.
    """
    numbers = inputs[question.inputs.index(text)]
    steps = numbers.shape[1]
    if not 2 <= steps <= MOST_WORDS:
        return ()
    lacking = torch.stack([torch.cat([numbers[0, :place], numbers[0, place + 1 :]]) for place in range(steps)])
    filled = {text: lacking, text + LENGTHS: torch.full((steps,), steps - 1)}
    batch = [
        filled.get(name, value.expand(steps, *value.shape[1:]))
        for name, value in zip(question.inputs, inputs, strict=True)
    ]
    try:
        with torch.no_grad():
            whole, parts = (take_output(network(*given), question) for given in (inputs, batch))
    except RuntimeError:  # such as a window that is wider than what is left
        return ()
    rows = [
        read_probabilities(scores.double().cpu().reshape(-1), question.meaning)[label] for scores in (*whole, *parts)
    ]
    return tuple(float(rows[0] - row) for row in rows[1:])


def take_output(output: Any, question: Question) -> Tensor:
    """The output that the question is about."""
    taken: Tensor = output[question.output] if isinstance(output, tuple) else output
    return taken


def find_attention(project: Project, question: Question) -> int | None:
    """Which output of the network holds the weights of attention over the words; None where none does."""
    graph = project.networks[question.network]
    nodes, ends = graph.by_id(), [node.id for node in graph.nodes if node.kind == "Output"]
    for edge in graph.edges:
        source = nodes.get(edge.source)
        if source and source.kind in ATTENTIVE and edge.source_port == "weights" and edge.target in ends:
            return ends.index(edge.target)
    return None


def read_attention(output: Any, place: int | None, steps: int) -> tuple[float, ...]:
    """How much each word was looked at; where words look at words, on average."""
    if place is None or not isinstance(output, tuple):
        return ()
    weights = output[place][0]
    shares = weights.mean(0) if weights.dim() == 2 else weights
    return tuple(shares.tolist()) if shares.shape == (steps,) else ()
