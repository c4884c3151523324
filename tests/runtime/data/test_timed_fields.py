"""Texts and sequences: what a network sees of rows that differ in length."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from builder.columns import describe_columns, list_columns
from builder.document import FieldMeaning, Origin, Split, TextMeaning
from builder.fields import describe_preparation
from builder.parts.preparation import prepare_inputs
from runtime.data.batches import take_named
from runtime.data.errors import DataError

TEXT = FieldMeaning(kind="text", text=TextMeaning())
LABEL = FieldMeaning(kind="category", role="target")
ROWS = [
    {"text": "a good film", "label": "pos", "tags": ["D", "A", "N"]},
    {"text": "bad", "label": "neg", "tags": ["A"]},
    {"text": "a very very bad film", "label": "neg", "tags": ["D", "R", "R", "A", "N"]},
    {"text": "good", "label": "pos", "tags": ["A"]},
] * 5


def write_rows(path: Path, rows: list[dict[str, Any]]) -> Origin:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return Origin(kind="file", name=str(path))


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return write_rows(tmp_path / "rows.jsonl", ROWS)


def test_rows_are_filled_with_zeros_and_their_lengths_are_told(prepare_one, origin):
    prepared = prepare_one(origin, text=TEXT, label=LABEL, split=Split(validation=0.2))
    train = prepared.parts["train"]
    assert set(train) == {"text", "text_lengths", "label"}
    assert train["text"].shape == (16, 5) and train["text"].dtype == torch.int64
    steps = torch.arange(5)
    assert torch.equal(train["text"] != 0, steps < train["text_lengths"].unsqueeze(1))


def test_the_vocabulary_is_learned_from_the_training_part_alone(prepare_one, tmp_path):
    rows = [{"text": f"word{number}", "label": number % 2} for number in range(20)]
    split = Split(validation=0.25, by="order")
    prepared = prepare_one(write_rows(tmp_path / "a.jsonl", rows), text=TEXT, label=LABEL, split=split)
    tokens = prepared.facts.fields["text"].tokenizer.vocabulary[4:]
    assert set(tokens) == {f"word{number}" for number in range(15)}
    assert set(prepared.parts["validation"]["text"].flatten().tolist()) == {1}


def test_a_batch_is_cut_to_its_longest_row(prepare_one, origin):
    prepared = prepare_one(origin, text=TEXT, label=LABEL, split=Split(validation=0))
    columns = list_columns(prepared.source)
    short = torch.nonzero(prepared.parts["train"]["text_lengths"] == 1).flatten()
    batch = take_named(columns, prepared.parts["train"], short)
    assert batch["text"].shape == (10, 1)
    assert take_named(columns, prepared.parts["train"], slice(0, 20))["text"].shape == (20, 5)


def test_tags_go_along_their_words_and_are_cut_with_them(prepare_one, origin):
    text = FieldMeaning(kind="text", text=TextMeaning(longest=3))
    tags = FieldMeaning(kind="sequence", role="target", along="text")
    prepared = prepare_one(origin, text=text, tags=tags, split=Split(validation=0))
    train = prepared.parts["train"]
    assert set(train) == {"text", "text_lengths", "tags"}
    assert train["tags"].shape == train["text"].shape == (20, 3)
    names = prepared.facts.fields["tags"].classes
    assert [names[number] for number in train["tags"][2]] == ["D", "R", "R"]
    specs = describe_columns(prepared.source.model_copy(update={"facts": prepared.facts}))
    assert str(specs["tags"]) == str(specs["text"]) == "T"


def test_a_row_with_too_few_tags_is_named(prepare_one, tmp_path):
    rows = [{"text": "a b", "tags": ["D", "N"]}, {"text": "a b c", "tags": ["D"]}]
    tags = FieldMeaning(kind="sequence", role="target", along="text")
    with pytest.raises(DataError, match='Row 2: the field "tags" has 1 steps and "text" 3'):
        prepare_one(write_rows(tmp_path / "a.jsonl", rows), text=TEXT, tags=tags, split=Split(validation=0))


def test_two_texts_have_axes_of_their_own_and_may_share_their_tokens(prepare_one, tmp_path):
    rows = [{"en": "one two", "fr": "un deux trois"}, {"en": "two", "fr": "deux"}]
    source = FieldMeaning(kind="text", text=TextMeaning())
    own = FieldMeaning(kind="text", role="target", text=TextMeaning(marks=True, next=True))
    prepared = prepare_one(write_rows(tmp_path / "a.jsonl", rows), en=source, fr=own, split=Split(validation=0))
    specs = describe_columns(prepared.source.model_copy(update={"facts": prepared.facts}))
    assert {name: str(spec) for name, spec in specs.items()} == {
        "en": "T", "en_lengths": "scalar", "fr": "S", "fr_next": "S", "fr_lengths": "scalar",
    }  # fmt: skip
    train = prepared.parts["train"]
    assert torch.equal(train["fr_next"][:, :-1], train["fr"][:, 1:]) and not train["fr_next"][:, -1].any()
    shared = own.model_copy(update={"text": TextMeaning(shares="en", marks=True)})
    again = prepare_one(
        Origin(kind="file", name=str(tmp_path / "a.jsonl")), en=source, fr=shared, split=Split(validation=0)
    )
    assert again.facts.fields["fr"].tokenizer.vocabulary == again.facts.fields["en"].tokenizer.vocabulary


def test_lists_of_numbers_are_scaled_by_what_the_training_part_holds(prepare_one, tmp_path):
    rows = [{"signal": [[1, 10], [2, 20]], "label": "a"}, {"signal": [[3, 30]], "label": "b"}]
    signal = FieldMeaning(kind="sequence", scaling="standard")
    prepared = prepare_one(
        write_rows(tmp_path / "a.jsonl", rows), signal=signal, label=LABEL, split=Split(validation=0)
    )
    values = prepared.parts["train"]["signal"]
    assert values.shape == (2, 2, 2) and values.dtype == torch.float32
    assert prepared.facts.fields["signal"].shape == ("T", 2)
    assert torch.equal(values[1, 1], torch.zeros(2))
    kept = torch.cat([values[0], values[1, :1]])
    assert torch.allclose(kept.mean(0), torch.zeros(2), atol=1e-6)


def test_one_row_alone_is_prepared_as_in_the_data_set(prepare_one, origin):
    tags = FieldMeaning(kind="sequence", role="target", along="text")
    prepared = prepare_one(origin, text=TEXT, tags=tags, label=LABEL, split=Split(validation=0))
    known = prepared.source.fields
    ways = {name: describe_preparation(known[name], prepared.facts.fields[name]) for name in known}
    for index in range(5):
        raw = prepared.raw("train", index)
        row = take_named(list_columns(prepared.source), prepared.parts["train"], slice(index, index + 1))
        text, lengths = prepare_inputs(ways, ["text", "text_lengths"], raw["text"])
        assert torch.equal(text, row["text"]) and torch.equal(lengths, row["text_lengths"])
        assert torch.equal(ways["tags"].prepare(raw["tags"]), row["tags"][0])


def test_what_was_prepared_before_is_the_same(prepare_one, origin):
    first = prepare_one(origin, text=TEXT, label=LABEL)
    second = prepare_one(origin, text=TEXT, label=LABEL)
    assert first.facts == second.facts and second.facts.fields["text"].tokenizer is not None
    for name, values in first.parts["train"].items():
        assert torch.equal(values, second.parts["train"][name])
