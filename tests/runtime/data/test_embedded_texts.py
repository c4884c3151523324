"""The sentences that come along are what they are said to be."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from runtime.data.embedded import open_embedded
from runtime.data.embedded_texts import TAGS
from runtime.data.errors import DataError


def test_opinions_are_all_different_and_of_both_tones() -> None:
    table = open_embedded("snippets", {})
    assert len(set(table.columns["text"])) == len(table) == 4000
    assert 0.45 < np.mean(table.columns["label"]) < 0.55
    assert table.classes == {"label": ("negative", "positive")}


def test_counting_words_does_not_tell_the_tone() -> None:
    table = open_embedded("snippets", {})
    texts, labels = table.columns["text"], table.columns["label"]
    counter = CountVectorizer().fit(texts[:3000])
    linear = LogisticRegression(max_iter=500).fit(counter.transform(texts[:3000]), labels[:3000])
    assert linear.score(counter.transform(texts[3000:]), labels[3000:]) < 0.7


def test_every_word_has_a_tag_and_what_goes_on_has_begun() -> None:
    table = open_embedded("tagged_news", {})
    assert table.classes == {"tags": TAGS}
    for words, numbers in zip(table.columns["tokens"], table.columns["tags"], strict=True):
        tags = [TAGS[number] for number in numbers]
        assert len(words) == len(tags)
        for before, tag in zip(["O", *tags], tags, strict=False):
            assert not tag.startswith("I-") or before[2:] == tag[2:]


def test_some_words_are_a_person_here_and_a_place_there() -> None:
    table = open_embedded("tagged_news", {})
    meant: dict[str, set[str]] = {}
    for words, numbers in zip(table.columns["tokens"], table.columns["tags"], strict=True):
        for word, number in zip(words, numbers, strict=True):
            meant.setdefault(word, set()).add(TAGS[number][2:])
    assert {"PER", "LOC"} <= meant["Washington"] and {"PER", "LOC"} <= meant["Paris"]


@pytest.mark.parametrize("name", ["snippets", "tagged_news"])
def test_more_than_there_can_be_are_refused(name: str) -> None:
    with pytest.raises(DataError, match="count is 90000 and must lie between 2 and 20000"):
        open_embedded(name, {"count": 90_000})
