"""Previews of texts are words again, with what the network says of each text or of each word."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from builder.parts.tokenizing import SPECIAL, Tokenizer
from builder.training.text_previews import MOST_WORDS, TaggedTokens, TextSamples

WORDS = Tokenizer("word", (*SPECIAL, "not", "dull", "at", "all"))
TEXT = {"kind": "text", "role": "input", "tokenizer": WORDS}
LABEL = {"kind": "category", "role": "target", "classes": ["bad", "good"]}
TAGS = {"kind": "sequence", "role": "target", "classes": ["O", "B-PER", "I-PER"]}
FACTS: dict[str, Any] = {"text": TEXT, "label": LABEL}
NUMBERS = torch.tensor([[4, 5, 6, 7], [5, 1, 0, 0]])
LENGTHS = torch.tensor([4, 2])


def test_texts_are_words_without_padding_and_say_what_they_are_taken_for() -> None:
    scores = torch.tensor([[3.0], [2.0]])
    payload = TextSamples.payload(TextSamples.Params(), FACTS, NUMBERS, LENGTHS, scores, torch.tensor([1, 0]))
    assert payload["texts"] == [["not", "dull", "at", "all"], ["dull", "�"]]
    assert (payload["gap"], payload["predicted"], payload["truth"]) == (" ", ["good", "good"], ["good", "bad"])
    assert payload["wrong"] == [False, True]
    assert payload["confidence"][0] == pytest.approx(torch.tensor(3.0).sigmoid().item(), abs=1e-5)
    assert "weights" not in payload
    json.dumps(payload)


def test_words_are_shaded_by_attention_and_padding_takes_no_share() -> None:
    weights = torch.tensor([[0.1, 0.7, 0.1, 0.1], [0.75, 0.25, 0.0, 0.0]])
    payload = TextSamples.payload(TextSamples.Params(), FACTS, NUMBERS, LENGTHS, None, None, weights)
    assert payload["weights"] == [pytest.approx([0.1, 0.7, 0.1, 0.1]), [0.75, 0.25]]


def test_where_words_look_at_words_the_mean_over_those_that_are_there_is_shown() -> None:
    looked = torch.zeros(2, 4, 4)
    looked[1, 0, 0], looked[1, 1, 1], looked[1, 2:, 3] = 1.0, 1.0, 9.0
    payload = TextSamples.payload(TextSamples.Params(), FACTS, NUMBERS, LENGTHS, None, None, looked)
    assert payload["weights"][1] == [0.5, 0.5]


@pytest.mark.parametrize("tokens", ["character", "bpe"])
def test_pieces_of_words_stand_without_a_gap(tokens: Any) -> None:
    facts = {"text": {**TEXT, "tokenizer": Tokenizer(tokens, WORDS.vocabulary)}}
    assert TextSamples.payload(TextSamples.Params(), facts, NUMBERS)["gap"] == ""


def test_without_a_tokenizer_the_numbers_are_shown() -> None:
    payload = TextSamples.payload(TextSamples.Params(), {}, NUMBERS[:, :2])
    assert payload["texts"] == [["4", "5"], ["5", "1"]]


def test_only_so_many_texts_and_words_are_shown() -> None:
    long = torch.full((3, MOST_WORDS + 9), 4)
    payload = TextSamples.payload(TextSamples.Params(count=2), FACTS, long, torch.tensor([300, 2, 1]))
    assert [len(words) for words in payload["texts"]] == [MOST_WORDS, 2]


def test_every_word_has_a_tag_and_padding_has_none() -> None:
    facts = {"text": TEXT, "tags": TAGS}
    target = torch.tensor([[0, 1, 2, 0], [1, 0, 0, 0]])
    scores = torch.nn.functional.one_hot(torch.tensor([[0, 1, 2, 2], [1, 0, 1, 1]]), 3).float()
    payload = TaggedTokens.payload(TaggedTokens.Params(), facts, NUMBERS, LENGTHS, scores, target)
    assert payload["predicted"] == [["O", "B-PER", "I-PER", "I-PER"], ["B-PER", "O"]]
    assert payload["truth"] == [["O", "B-PER", "I-PER", "O"], ["B-PER", "O"]]
    assert payload["type"] == "tagged"
    json.dumps(payload)
