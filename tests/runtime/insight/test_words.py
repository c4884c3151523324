"""What each word of a text did: leaving it out changes the answer by as much as is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.parts.tokenizing import SPECIAL, Tokenizer
from runtime.insight.trying import ask
from runtime.insight.words import MOST_WORDS, read_words
from runtime.runs.folder import RunFolder
from tests.runtime.export.test_package import train_some

TEXT = "The acting is not dull"


@pytest.fixture(scope="module")
def attentive(home: Path) -> RunFolder:
    return train_some("text_attention", "run.max_steps=3")


def test_the_influence_of_a_word_is_what_its_absence_changes(attentive: RunFolder) -> None:
    answer = ask(attentive, TEXT)
    assert answer.words is not None and answer.label is not None
    assert answer.words.words == ("the", "acting", "is", "not", "dull")
    for place, word in enumerate(TEXT.split()):
        rest = TEXT.split()[:place] + TEXT.split()[place + 1 :]
        without = ask(attentive, " ".join(rest)).confidences[answer.label]
        assert answer.words.influence[place] == pytest.approx(answer.confidences[answer.label] - without, abs=1e-5), (
            word
        )


def test_attention_over_the_words_adds_up_to_one(attentive: RunFolder) -> None:
    words = ask(attentive, TEXT).words
    assert words is not None and len(words.attention) == 5
    assert sum(words.attention) == pytest.approx(1)


def test_a_word_that_was_never_met_is_told(attentive: RunFolder) -> None:
    words = ask(attentive, "The zxqv").words
    assert words is not None
    assert words.words == ("the", "zxqv") and words.known == (True, False)


@pytest.mark.parametrize("text", ["Dull", "dull " * (MOST_WORDS + 1)])
def test_of_one_word_and_of_very_many_none_is_left_out(attentive: RunFolder, text: str) -> None:
    answer = ask(attentive, text)
    assert answer.words is not None and answer.words.influence == ()
    assert answer.label in ("negative", "positive")


def test_a_network_without_attention_still_tells_what_each_word_did(home: Path) -> None:
    words = ask(train_some("text_cnn", "run.max_steps=2"), TEXT).words
    assert words is not None and len(words.influence) == 5 and words.attention == ()


def test_a_tagger_names_every_word(home: Path) -> None:
    answer = ask(train_some("sequence_tagger", "run.max_steps=2"), "Peter Stone met us in Lima .")
    assert answer.words is not None and answer.label is None
    assert answer.words.words == ("Peter", "Stone", "met", "us", "in", "Lima", ".")
    assert len(answer.tags) == len(answer.sureness) == 7
    assert all(tag == "O" or tag[:2] in ("B-", "I-") for tag in answer.tags)


@pytest.mark.parametrize(("cut", "left"), [("end", ("", "a", "b", "")), ("start", ("", "b", "c", ""))])
def test_of_a_text_that_is_cut_the_words_that_stay_are_shown(cut: str, left: tuple[str, ...]) -> None:
    tokenizer = Tokenizer("word", (*SPECIAL, "a", "b"), marks=True, longest=4, cut=cut)  # type: ignore[arg-type]
    assert read_words(tokenizer, "a b c", tokenizer.encode("a b c")).words == left
