from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.document import TextMeaning
from builder.parts.tokenizing import BEGIN, END, SPECIAL, UNKNOWN, Tokenizer
from runtime.data.vocabulary import fit_tokenizer, spell

TEXTS = ["The cat sat on the mat.", "the dog didn't sit, the cat did!", "a cat and a dog"]
KINDS = ("character", "word", "bpe")


@pytest.mark.parametrize("tokens", KINDS)
def test_a_training_text_comes_back_from_its_numbers(tokens: str) -> None:
    tokenizer = fit_tokenizer(TEXTS, TextMeaning(tokens=tokens, lower=False))
    for text in TEXTS:
        assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize("tokens", KINDS)
def test_the_most_frequent_tokens_are_kept_and_others_are_unknown(tokens: str) -> None:
    tokenizer = fit_tokenizer(TEXTS, TextMeaning(tokens=tokens, vocabulary=9))
    assert len(tokenizer) <= 9 and tokenizer.vocabulary[:4] == SPECIAL
    assert UNKNOWN in tokenizer.encode("quite unheard of: Ω")


def test_words_are_counted_and_rare_ones_left_out() -> None:
    tokenizer = fit_tokenizer(TEXTS, TextMeaning(least=2))
    assert tokenizer.vocabulary[4:] == ("the", "cat", "a", "dog")


def test_marks_stand_around_a_text_that_is_cut_to_its_longest() -> None:
    meaning = TextMeaning(marks=True, longest=5)
    for cut, words in (("end", ["the", "cat", "sat"]), ("start", ["the", "mat", "."])):
        tokenizer = fit_tokenizer(TEXTS, meaning.model_copy(update={"cut": cut}))
        numbers = tokenizer.encode(TEXTS[0])
        assert numbers[0] == BEGIN and numbers[-1] == END
        assert list(tokenizer.name(numbers)) == words


def test_a_text_of_no_tokens_is_one_unknown_token() -> None:
    assert fit_tokenizer(TEXTS, TextMeaning()).encode("   ") == [UNKNOWN]


def test_what_is_a_list_of_words_already_is_not_split_again() -> None:
    tokenizer = fit_tokenizer([["New-York", "is"], ["is", "U.N."]], TextMeaning(lower=False))
    assert set(tokenizer.vocabulary[4:]) == {"is", "New-York", "U.N."}


@given(st.text(max_size=60))
def test_pieces_are_joined_as_the_library_joins_them(text: str) -> None:
    from tokenizers import Tokenizer as Library
    from tokenizers.models import BPE

    tokenizer = fit_tokenizer(TEXTS * 3, TextMeaning(tokens="bpe", vocabulary=60, lower=False))
    numbers = {token: number for number, token in enumerate(tokenizer.vocabulary)}
    library = Library(BPE(numbers, list(tokenizer.merges), unk_token="<unk>"))
    for piece in spell([text], lower=False):
        ours = [tokenizer.vocabulary[number] for number in tokenizer.encode(piece)]
        assert ours == library.encode(piece).tokens


@given(st.text(max_size=80))
def test_any_text_has_numbers_below_the_size_of_the_vocabulary(text: str) -> None:
    for tokens in KINDS:
        tokenizer = fit_tokenizer(TEXTS, TextMeaning(tokens=tokens))
        assert all(0 <= number < len(tokenizer) for number in tokenizer.encode(text))


def test_a_tokenizer_comes_back_from_json_and_a_strange_one_is_refused() -> None:
    tokenizer = fit_tokenizer(TEXTS, TextMeaning(tokens="bpe", marks=True))
    assert Tokenizer.from_json(tokenizer.to_json()) == tokenizer
    with pytest.raises(ValueError, match="begins with <pad>"):
        Tokenizer("word", ("the", "cat"))
