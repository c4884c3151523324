"""What networks write when they are tried: how a text goes on, and a sentence in another language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from builder.answering import Question, ask_network
from builder.parts.generation import continue_text
from builder.parts.preparation import Preparation
from builder.training.language_previews import describe_translation

MOST_WRITTEN = 400
"""Tokens of one answer: whoever wants more asks again, with what is there."""

Network = Callable[..., Any]
Known = Mapping[str, Preparation]


def go_on(network: Network, question: Question, known: Known, prompt: str, options: Mapping[str, Any]) -> str:
    """What a language model writes after a prompt; options are those of ``continue_text``. Raises ValueError."""
    if not isinstance(prompt, str) or not prompt:
        raise ValueError("There is nothing to go on from: write the beginning of a text.")

    def scores(tokens: Tensor) -> Tensor:
        output = network(tokens)
        found: Tensor = output[question.output] if isinstance(output, tuple) else output
        return found

    return continue_text(scores, known[question.target], prompt, **options)


def translate(
    network: Network, question: Question, known: Known, inputs: Sequence[Tensor]
) -> tuple[str, dict[str, Any]]:
    """A sentence in another language, and its tokens with those that each looked at, as previews have them."""
    asked, own = known[question.fields[0]].tokenizer, known[question.target].tokenizer
    with torch.no_grad():
        tokens = ask_network(question, network, inputs)
        weights = find_weights(network(*inputs, tokens.unsqueeze(0)), len(tokens), inputs[0].shape[1])
    return own.decode(tokens.tolist()), describe_translation(asked, own, inputs[0][0], tokens, None, weights)


def find_weights(output: Any, height: int, width: int) -> Tensor | None:
    """The weights of attention, (T, S), where the network gives them beside its scores."""
    others = output[1:] if isinstance(output, tuple) else ()
    return next((weights[0] for weights in others if weights.shape[1:] == (height, width)), None)


def read_options(body: Mapping[str, Any]) -> dict[str, Any]:
    """How a person wants a text to go on. Raises ValueError for what is out of bounds."""
    bounds: dict[str, tuple[type, float, float, float]] = {
        "length": (int, 100, 1, MOST_WRITTEN),
        "temperature": (float, 0.8, 0, 5),
        "top_k": (int, 20, 0, 100_000),
        "seed": (int, 0, 0, 2**32 - 1),
    }
    options = {}
    for name, (kind, usual, low, high) in bounds.items():
        value = body.get(name, usual)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f'"{name}" is a number from {low} to {high}.')
        options[name] = kind(value)
    return options
