"""Networks that write: what is drawn, when a text ends, and that nothing else is changed by it."""

from __future__ import annotations

import torch
from torch import Tensor

from builder.parts.generation import BEGIN, END, PAD, GreedyDecoding, continue_text, draw_token, write_tokens
from builder.parts.preparation import Preparation
from builder.parts.tokenizing import SPECIAL, Tokenizer

LETTERS = Tokenizer("character", (*SPECIAL, *"abc"))


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def count_up(tokens: Tensor) -> Tensor:
    """A network that is sure that a, b, c, a ... follow each other."""
    return torch.nn.functional.one_hot((tokens - 3) % 3 + 4, 7).float() * 50


def test_without_temperature_the_likeliest_token_is_taken_and_marks_never() -> None:
    scores = torch.tensor([[9.0, 9.0, 9.0, 9.0, 1.0, 2.0, 0.0]])
    assert draw_token(scores, 0, 0, seeded()).tolist() == [[5]]
    assert draw_token(scores, 0, 0, seeded(), may_end=True).tolist() == [[END]]


def test_what_is_drawn_is_spread_as_temperature_says_and_only_among_the_likeliest() -> None:
    scores = torch.tensor([0.0, 0.0, 0.0, 0.0, 3.0, 2.0, 1.0]).log().expand(6000, -1)
    drawn = torch.bincount(draw_token(scores.clone(), 1, 0, seeded())[:, 0], minlength=7) / 6000
    assert torch.allclose(drawn[4:], torch.tensor([3.0, 2.0, 1.0]) / 6, atol=0.03)
    colder = torch.bincount(draw_token(scores.clone(), 0.5, 2, seeded())[:, 0], minlength=7) / 6000
    assert torch.allclose(colder[4:], torch.tensor([9.0, 4.0, 0.0]) / 13, atol=0.03)


def test_drawing_leaves_the_scores_and_the_random_state_as_they_were() -> None:
    scores, state = torch.rand(2, 7), torch.get_rng_state()
    before = scores.clone()
    draw_token(scores, 1, 3, seeded())
    assert scores.equal(before)
    assert torch.get_rng_state().equal(state)


def test_a_text_is_gone_on_from_within_the_context() -> None:
    seen: list[int] = []

    def network(tokens: Tensor) -> Tensor:
        seen.append(tokens.shape[1])
        return count_up(tokens)

    written = torch.cat([*write_tokens(network, torch.tensor([[4, 5], [6, 4]]), 5, 3, 1.0, 0, seeded())], dim=1)
    assert written.tolist() == [[6, 4, 5, 6, 4], [5, 6, 4, 5, 6]]
    assert seen == [2, 3, 3, 3, 3]


def test_writing_stops_when_every_row_has_ended() -> None:
    rows = iter(([[END], [4]], [[5], [END]]))

    def network(tokens: Tensor) -> Tensor:
        return torch.nn.functional.one_hot(torch.tensor(next(rows)), 7).float() * 50

    written = torch.cat([*write_tokens(network, torch.tensor([[4], [4]]), 9, None, 0, 0, seeded(), True)], dim=1)
    assert written.tolist() == [[END, PAD], [4, END]]


def test_a_prompt_is_gone_on_from_as_text_the_same_for_a_seed() -> None:
    how = Preparation("text", dtype="int64", shape=(4,), steps=4, tokenizer=LETTERS)
    assert continue_text(count_up, how, "abcab", length=4) == "cabc"
    flat = lambda tokens: torch.zeros(*tokens.shape, 7)  # noqa: E731
    texts = [continue_text(flat, how, "a", length=30, seed=seed) for seed in (0, 0, 1)]
    assert texts[0] == texts[1] != texts[2]
    assert set(texts[0]) <= set("abc")


def test_greedy_decoding_asks_again_with_what_it_wrote_until_all_have_ended() -> None:
    class Spell(torch.nn.Module):
        """Writes the source, then the end: what comes next depends on how much stands there."""

        def forward(self, source: Tensor, written: Tensor) -> tuple[Tensor, None]:
            wanted = torch.cat([source, torch.full((len(source), 9), END)], dim=1)[:, : written.shape[1]]
            return torch.nn.functional.one_hot(wanted, 9).float(), None

    source = torch.tensor([[7, END, END], [4, 8, 5]])
    assert GreedyDecoding(20)(Spell(), source).tolist() == [[BEGIN, 7, END, PAD, PAD], [BEGIN, 4, 8, 5, END]]
    assert GreedyDecoding(2)(Spell(), source).tolist() == [[BEGIN, 7, END], [BEGIN, 4, 8]]
