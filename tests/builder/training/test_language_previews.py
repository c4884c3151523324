"""Previews of language are texts and tokens, as people read them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from builder.parts.tokenizing import BEGIN, END, SPECIAL, Tokenizer
from builder.training.language_previews import TextGeneration, TranslationPreview
from tests.builder.parts.test_generation import LETTERS, count_up

TEXT = {"text": {"kind": "text", "role": "input", "shape": (4,), "tokenizer": LETTERS}}
ENGLISH = Tokenizer("word", (*SPECIAL, "good", "day"), marks=True)
FRENCH = Tokenizer("word", (*SPECIAL, "bonjour", "."), marks=True)
PAIR = {
    "english": {"kind": "text", "role": "input", "tokenizer": ENGLISH},
    "french": {"kind": "text", "role": "target", "tokenizer": FRENCH},
}


def write(**params: Any) -> dict[str, Any]:
    samples = torch.tensor([[4, 5, 6, 4], [5, 6, 4, 5]])
    settings = TextGeneration.Params.model_validate({"length": 3, **params})
    return TextGeneration.payload(settings, TEXT, samples, network=count_up)


def test_a_network_goes_on_from_a_prompt() -> None:
    payload = write(prompt="ab", count=2, temperature=0)
    assert payload == {
        "type": "continuation",
        "prompts": ["ab"] * 2,
        "texts": ["cab"] * 2,
        "temperature": 0,
        "top_k": 20,
    }


def test_without_a_prompt_it_goes_on_from_samples() -> None:
    payload = write(count=2)
    assert (payload["prompts"], payload["texts"]) == (["abca", "bcab"], ["bca", "cab"])


def test_a_preview_that_writes_needs_a_text() -> None:
    with pytest.raises(ValueError, match="no text among the fields"):
        TextGeneration.payload(TextGeneration.Params(), {}, torch.zeros(1, 4).long(), network=count_up)


def test_a_translation_shows_where_it_looked_at_each_word() -> None:
    source = torch.tensor([[BEGIN, 4, 5, END, 0]])
    output, target = torch.tensor([[BEGIN, 4, END]]), torch.tensor([[BEGIN, 4, 5, END]])
    weights = torch.arange(15.0).reshape(1, 3, 5) / 100
    payload = TranslationPreview.payload(TranslationPreview.Params(), PAIR, source, output, target, weights)
    assert payload["rows"] == [
        {
            "source": ["good", "day"],
            "output": ["bonjour"],
            "reference": ["bonjour", "."],
            "weights": [[pytest.approx(0.01), pytest.approx(0.02)]],
        }
    ]
    json.dumps(payload)


def test_a_translation_without_truth_and_weights_is_the_words_alone() -> None:
    tokens = torch.tensor([[BEGIN, 4, END]] * 3)
    payload = TranslationPreview.payload(TranslationPreview.Params(count=2), PAIR, tokens, tokens)
    assert payload["rows"] == [{"source": ["good"], "output": ["bonjour"], "reference": None, "weights": None}] * 2
