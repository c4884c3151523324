"""Entities are found as the program ``conlleval`` finds them."""

from __future__ import annotations

import random

import pytest
import torch
from torch.nn import functional as F

from builder.parts.entity_metrics import EntityF1

TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
SORTED = ("B-LOC", "B-PER", "I-LOC", "I-PER", "O")


def list_entities(tags: list[str]) -> set[tuple[str, int, int]]:
    """Entities of one sentence, word by word."""
    found, begun, kind = set(), 0, ""
    for place, tag in enumerate([*tags, "O"]):
        name = tag[2:]
        if kind and (tag == "O" or tag.startswith("B-") or name != kind):
            found.add((kind, begun, place - 1))
            kind = ""
        if tag != "O" and not kind:
            kind, begun = name, place
    return found


def measure(metric: EntityF1, names: tuple[str, ...], said: list[list[str]], meant: list[list[str]]) -> float:
    lengths = torch.tensor([len(row) for row in meant])
    longest = int(lengths.max())
    padded = [
        [[names.index(tag) for tag in row] + [1] * (longest - len(row)) for row in rows] for rows in (said, meant)
    ]
    scores = F.one_hot(torch.tensor(padded[0]), len(names)).float().movedim(-1, metric.axis)
    metric.update(scores, torch.tensor(padded[1]), lengths)
    return metric.compute()


@pytest.mark.parametrize("names", [TAGS, SORTED])
@pytest.mark.parametrize("axis", [1, -1])
def test_micro_f1_is_that_of_the_sets_of_entities(names: tuple[str, ...], axis: int) -> None:
    drawn = random.Random(0)
    meant = [[drawn.choice(names) for _ in range(drawn.randint(1, 12))] for _ in range(50)]
    said = [[tag if drawn.random() < 0.7 else drawn.choice(names) for tag in row] for row in meant]
    sets = [(list_entities(a), list_entities(b)) for a, b in zip(said, meant, strict=True)]
    right = sum(len(a & b) for a, b in sets)
    expected = 2 * right / sum(len(a) + len(b) for a, b in sets)
    assert measure(EntityF1(names, axis=axis), names, said, meant) == pytest.approx(expected)


def test_macro_f1_counts_every_type_alike() -> None:
    meant = [["B-PER", "O"]] * 9 + [["B-LOC", "I-LOC"]]
    said = [["B-PER", "O"]] * 9 + [["B-LOC", "O"]]
    assert measure(EntityF1(TAGS), TAGS, said, meant) == pytest.approx(0.9)
    assert measure(EntityF1(TAGS, "macro"), TAGS, said, meant) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("said", "meant", "expected"),
    [
        (["B-PER", "I-PER"], ["B-PER", "I-PER"], 1.0),
        (["I-PER", "I-PER"], ["B-PER", "I-PER"], 1.0),
        (["B-PER", "B-PER"], ["B-PER", "I-PER"], 0.0),
        (["B-PER", "I-LOC"], ["B-PER", "O"], 2 / 3),
        (["B-LOC", "I-LOC"], ["B-PER", "I-PER"], 0.0),
        (["O", "O"], ["O", "O"], 0.0),
    ],
)
def test_an_entity_is_right_as_a_whole(said: list[str], meant: list[str], expected: float) -> None:
    assert measure(EntityF1(TAGS), TAGS, [said], [meant]) == pytest.approx(expected)
