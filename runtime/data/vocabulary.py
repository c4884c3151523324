"""What a tokenizer learns from the training texts: which tokens there are, and which pieces of words are joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from builder.document import TextMeaning
from builder.parts.tokenizing import SPECIAL, Tokenizer, split_words

Text = str | Sequence[str]
MOST_BPE_TEXT = 200_000_000
"""Characters that pairs are learned from; more change little."""


def fit_tokenizer(texts: Iterable[Text], meaning: TextMeaning) -> Tokenizer:
    """Learn the tokens of the training texts, the most frequent ones first; equally frequent ones by the alphabet."""
    known: dict[str, Any] = meaning.model_dump(include={"tokens", "lower", "marks", "longest", "cut"})
    if meaning.tokens == "bpe":
        tokens, merges = learn_pieces(spell(texts, meaning.lower), meaning)
        return Tokenizer(**known, vocabulary=(*SPECIAL, *tokens), merges=merges)
    plain = Tokenizer(**known, vocabulary=SPECIAL)
    counts = Counter(token for text in texts for token in plain.split(text))
    kept = [token for token, count in counts.items() if count >= meaning.least and token not in SPECIAL]
    kept.sort(key=lambda token: (-counts[token], token))
    return Tokenizer(**known, vocabulary=(*SPECIAL, *kept[: meaning.vocabulary - len(SPECIAL)]))


def spell(texts: Iterable[Text], lower: bool) -> Iterator[str]:
    """The pieces of texts between which no pair is joined."""
    for text in texts:
        whole = text if isinstance(text, str) else " ".join(text)
        yield from split_words(whole.lower() if lower else whole, "bpe")


def learn_pieces(pieces: Iterable[str], meaning: TextMeaning) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Byte-pair encoding by the ``tokenizers`` library: the tokens, and the pairs in the order in which they are joined."""
    import json

    from tokenizers import Tokenizer as Learner
    from tokenizers.models import BPE
    from tokenizers.trainers import BpeTrainer

    learner = Learner(BPE())
    size = max(meaning.vocabulary - len(SPECIAL), 1)
    trainer = BpeTrainer(vocab_size=size, min_frequency=max(meaning.least, 2), show_progress=False,
                         limit_alphabet=size, special_tokens=[])  # fmt: skip
    learner.train_from_iterator(bounded(pieces), trainer)
    model = json.loads(learner.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    return tuple(tokens), tuple((first, second) for first, second in model["merges"])


def bounded(pieces: Iterable[str]) -> Iterator[str]:
    """The first pieces, up to ``MOST_BPE_TEXT`` characters."""
    room = MOST_BPE_TEXT
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            return
        yield piece


def encode_all(texts: Sequence[Text], tokenizer: Tokenizer, step: Callable[[int], None]) -> list[list[int]]:
    """The numbers of every text; ``step`` is told now and then how many are done."""
    numbers = []
    for index, text in enumerate(texts):
        numbers.append(tokenizer.encode(text))
        if index % 1000 == 0:
            step(index)
    return numbers
