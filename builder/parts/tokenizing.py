"""From text to whole numbers and back: by character, by word, or by pieces of words (byte-pair encoding).

The same code prepares a data set and a single sentence. Needs only Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

PAD, UNKNOWN, BEGIN, END = range(4)
SPECIAL = ("<pad>", "<unk>", "<begin>", "<end>")
"""What the first four numbers stand for: padding, a token that is not known, and the two ends of a text."""
WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
PIECE = re.compile(r" ?\w+| ?[^\w\s]+|\s+")
BEFORE_CLOSING = re.compile(r" (?=[.,!?;:)\]}%…])")
AFTER_OPENING = re.compile(r"(?<=[(\[{]) ")


@dataclass(frozen=True)
class Tokenizer:
    """How texts of one field become numbers.

    Args:
        tokens: what a number stands for: a ``character``, a ``word``, or a piece of a word (``bpe``).
        vocabulary: the tokens in the order of their numbers; the first four are ``SPECIAL``.
        merges: for ``bpe`` the pairs of pieces that are joined, the first ones first.
        lower: whether capitals are made small before anything else.
        marks: whether the numbers of BEGIN and END stand around every text.
        longest: the most numbers of a text, marks included; None for any.
        cut: which end of a longer text is cut off.

    Reference:
        Sennrich, Haddow and Birch, Neural Machine Translation of Rare Words with Subword Units, 2016.
    """

    tokens: Literal["character", "word", "bpe"]
    vocabulary: tuple[str, ...]
    merges: tuple[tuple[str, str], ...] = ()
    lower: bool = False
    marks: bool = False
    longest: int | None = None
    cut: Literal["end", "start"] = "end"

    def __post_init__(self) -> None:
        """Raise ValueError where the first tokens are not the special ones."""
        if self.vocabulary[: len(SPECIAL)] != SPECIAL:
            raise ValueError(f"A vocabulary begins with {', '.join(SPECIAL)}; this one does not.")

    def __len__(self) -> int:
        """How many different numbers there are."""
        return len(self.vocabulary)

    @classmethod
    def from_json(cls, about: dict[str, Any]) -> Tokenizer:
        """A tokenizer from what ``to_json`` gave. Raises ValueError or TypeError for anything else."""
        lists = {"vocabulary": tuple(map(str, about["vocabulary"])),
                 "merges": tuple((str(first), str(second)) for first, second in about.get("merges", ()))}  # fmt: skip
        return cls(**{**about, **lists})

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON can hold it."""
        return asdict(self)

    def split(self, text: str | Sequence[str]) -> Iterator[str]:
        """The tokens of a text, known or not; what comes as a list of words is split already."""
        words = [text] if isinstance(text, str) else [str(word) for word in text]
        words = [word.lower() for word in words] if self.lower else words
        if not isinstance(text, str):
            return iter(words)
        return iter(words[0]) if self.tokens == "character" else split_words(words[0], self.tokens)

    def encode(self, text: str | Sequence[str]) -> list[int]:
        """The numbers of a text, cut to ``longest``, with marks around it where the tokenizer sets them."""
        pieces: Iterable[str] = self.split(text)
        if self.tokens == "bpe":
            pieces = (token for piece in pieces for token in self._join(piece))
        return self.finish([self._numbers.get(token, UNKNOWN) for token in pieces])

    def finish(self, numbers: list[int]) -> list[int]:
        """Cut a list of numbers and put the marks around it. A text without any token is an unknown one."""
        numbers = numbers or [UNKNOWN]
        room = None if self.longest is None else max(0, self.longest - 2 * self.marks)
        if room is not None and len(numbers) > room:
            numbers = numbers[:room] if self.cut == "end" else numbers[len(numbers) - room :]
        return [BEGIN, *numbers, END] if self.marks else numbers

    def decode(self, numbers: Iterable[int]) -> str:
        """The text of some numbers, up to the first END and without padding."""
        tokens = list(self.name(numbers))
        if self.tokens != "word":
            return "".join(tokens)
        return AFTER_OPENING.sub("", BEFORE_CLOSING.sub("", " ".join(tokens)))

    def name(self, numbers: Iterable[int]) -> Iterator[str]:
        """The token of each number, up to the first END and without padding and BEGIN."""
        for number in numbers:
            if number == END:
                return
            if number not in (PAD, BEGIN):
                yield "�" if number == UNKNOWN else self.vocabulary[int(number)]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {token: number for number, token in enumerate(self.vocabulary)}

    @cached_property
    def _ranks(self) -> dict[tuple[str, str], int]:
        return {pair: rank for rank, pair in enumerate(self.merges)}

    @cached_property
    def _joined(self) -> dict[str, tuple[str, ...]]:
        return {}

    def _join(self, piece: str) -> tuple[str, ...]:
        """The tokens of one piece: its characters, of which the earliest learned pair is joined again and again."""
        if piece not in self._joined:
            self._joined[piece] = join_pairs(list(piece), self._ranks)
        return self._joined[piece]


def split_words(text: str, tokens: str) -> Iterator[str]:
    """The words of a text and its marks one by one; for ``bpe`` with the space before them, so that nothing is lost."""
    return (match.group() for match in (PIECE if tokens == "bpe" else WORD).finditer(text))


def join_pairs(tokens: list[str], ranks: dict[tuple[str, str], int]) -> tuple[str, ...]:
    """Join neighbours as they were learned to be joined, the earliest learned pair first."""
    while len(tokens) > 1:
        pairs = list(pairwise(tokens))
        best = min(pairs, key=lambda pair: ranks.get(pair, len(ranks)))
        if best not in ranks:
            break
        joined, place = [], 0
        while place < len(tokens):
            is_pair = tuple(tokens[place : place + 2]) == best
            joined.append("".join(best) if is_pair else tokens[place])
            place += 2 if is_pair else 1
        tokens = joined
    return tuple(tokens)
