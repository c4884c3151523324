"""Previews of language: what a network writes, and what it makes of a sentence in another language.

A payload is JSON of one of these types:

``continuation``
    ``prompts``: what it goes on from, and ``texts``: what it wrote after each; ``temperature``; ``top_k``.
``translations``
    ``rows``: lists of {"source", "reference", "output": lists of tokens, "weights": rows of 0..1, one for each token of
    the output, over the tokens of the source; null where no weights are linked}; ``reference`` may be null. ``joiner``
    stands between tokens.
"""

from __future__ import annotations

from typing import Any

import torch
from pydantic import Field
from torch import Tensor

from builder.kinds import Params, Port
from builder.parts.generation import BEGIN, END, write_tokens
from builder.parts.tokenizing import Tokenizer
from builder.training.answers import Facts, choose_field
from builder.training.base import Preview
from builder.training.previews import COUNT_HELP, FIELD_HELP, require


class TextGeneration(Preview):
    """Texts that the network writes: it is asked for the next token again and again.

    What it draws comes from a generator of its own, so that training goes on as if nothing had been written.

    Shapes:
        input: (B, T) tokens. Without a prompt it goes on from the beginning of the first samples.

    Reference:
        Fan, Lewis and Dauphin, Hierarchical Neural Story Generation, 2018 (top-k sampling).
    """

    kind = "TextGeneration"
    family = "Previews"
    title = "Text generation"
    synonyms = ("language model", "sampling", "temperature", "top-k", "gpt", "write", "continue")
    shown = ("network", "temperature", "top_k")
    asks_network = True
    inputs = (Port("input", ranks=(2,), dtype="integer", help="Tokens of the data."),)

    class Params(Params):
        """Who writes, from what, how much and how boldly."""

        network: str = Field("model", max_length=80, description="The network that is asked for the next token.")
        prompt: str = Field("", max_length=2000, description="What it goes on from; empty for the start of a sample.")
        length: int = Field(160, ge=1, le=2000, description="How many tokens it writes.")
        temperature: float = Field(
            0.8, ge=0, le=5, description="Below 1 it is careful, above 1 bold; 0 takes the likeliest token."
        )
        top_k: int = Field(20, ge=0, le=100_000, description="Among how many of the likeliest tokens it draws; 0: all.")
        count: int = Field(1, ge=1, le=16, description="How many texts it writes.")
        seed: int = Field(0, ge=0, le=2**32 - 1, description="Of what is drawn.")
        field: str | None = Field(None, max_length=80, description=FIELD_HELP)

    @classmethod
    def payload(cls, params: Any, facts: Facts, *inputs: Tensor | None, network: Any = None) -> dict[str, Any]:
        """A ``continuation``."""
        meaning = choose_field(facts, params.field, "text")
        tokenizer, samples = read_tokenizer(meaning), require(inputs[0], "input")
        start = choose_start(params, tokenizer, samples)
        generator = torch.Generator().manual_seed(params.seed)
        how = (params.length, find_context(meaning), params.temperature, params.top_k, generator, tokenizer.marks)
        rows = torch.cat(list(write_tokens(network, start, *how)), dim=1).tolist()
        prompts = [tokenizer.decode(row) for row in start.tolist()]
        texts = [tokenizer.decode(row) for row in rows]
        return {"type": "continuation", "prompts": prompts, "texts": texts,
                "temperature": params.temperature, "top_k": params.top_k}  # fmt: skip


def choose_start(params: Any, tokenizer: Tokenizer, samples: Tensor) -> Tensor:
    """The tokens that are gone on from: of the prompt in every row, or the first tokens of the samples."""
    if not params.prompt:
        return samples[: params.count, : min(16, samples.shape[1])]
    numbers = torch.tensor(tokenizer.encode(params.prompt), device=samples.device)
    return drop_end(numbers).expand(params.count, -1)


def drop_end(numbers: Tensor) -> Tensor:
    """The tokens without an end mark, behind which nothing would follow."""
    return numbers[:-1] if len(numbers) > 1 and int(numbers[-1]) == END else numbers


def find_context(meaning: dict[str, Any]) -> int | None:
    """How far the network looks back: as long as its samples are, where they are all equally long."""
    length = (meaning.get("shape") or ("T",))[0]
    return length if isinstance(length, int) else None


def read_tokenizer(meaning: dict[str, Any]) -> Tokenizer:
    """The tokenizer of a field. Raises ValueError where it has none."""
    tokenizer = meaning.get("tokenizer")
    if tokenizer is None:
        raise ValueError("there is no text among the fields of the data")
    found: Tokenizer = tokenizer
    return found


class TranslationPreview(Preview):
    """Sentences with what the network made of them, what they should have become, and where it looked at each word.

    Shapes:
        source: (B, S) tokens. output: (B, T) tokens, as greedy decoding writes them. target: (B, T) tokens.
        weights: (B, T, S), how much each token of the output looked at each token of the source.
    """

    kind = "TranslationPreview"
    family = "Previews"
    title = "Translations"
    synonyms = ("sequence to sequence", "alignment", "attention", "heat map", "reference")
    shown = ("count",)
    inputs = (
        Port("source", ranks=(2,), dtype="integer", help="The sentences that are translated."),
        Port("output", ranks=(2,), dtype="integer", help="What the network wrote."),
        Port("target", ranks=(2,), dtype="integer", optional=True, help="What should have become of them."),
        Port("weights", ranks=(3,), optional=True, help="Attention of the output to the source."),
    )

    class Params(Params):
        """Which sentences are shown."""

        count: int = Field(8, ge=1, le=64, description=COUNT_HELP)
        source_field: str | None = Field(None, max_length=80, description="The field of the sentences; the first text.")
        target_field: str | None = Field(None, max_length=80, description="The field of the translations; the target.")

    @classmethod
    def payload(cls, params: Any, facts: Facts, *inputs: Tensor | None) -> dict[str, Any]:
        """``translations``."""
        source, output, target, weights = (*inputs, None, None)[:4]
        known = read_tokenizer(choose_field(facts, params.source_field, "text"))
        own = read_tokenizer(choose_field(facts, params.target_field, "text", role="target"))
        rows = [
            describe_translation(
                known, own, *(None if item is None else item[row] for item in (source, output, target, weights))
            )
            for row in range(min(params.count, len(require(source, "source"))))
        ]
        return {"type": "translations", "rows": rows, "joiner": " " if own.tokens == "word" else ""}


def describe_translation(
    known: Tokenizer,
    own: Tokenizer,
    source: Tensor | None,
    output: Tensor | None,
    target: Tensor | None,
    weights: Tensor | None,
) -> dict[str, Any]:
    """One sentence as tokens, with the weights between those that are shown."""
    said, asked = require(output, "output").tolist(), require(source, "source").tolist()
    row: dict[str, Any] = {"source": list(known.name(asked)), "output": list(own.name(said)), "weights": None,
                           "reference": None if target is None else list(own.name(target.tolist()))}  # fmt: skip
    if weights is not None:
        row["weights"] = trim_weights(weights, said, asked, len(row["output"]), len(row["source"]))
    return row


def trim_weights(weights: Tensor, said: list[int], asked: list[int], height: int, width: int) -> list[list[float]]:
    """The weights of the tokens that are shown: step t of the network looks for token t + 1 of what it writes."""
    first = int(bool(asked) and asked[0] == BEGIN)
    shown = weights[:height, first : first + width].detach().float().cpu()
    return [[round(value, 3) for value in row] for row in shown.tolist()]
