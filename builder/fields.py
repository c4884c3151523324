"""From what a project knows of a field to the preparation of one sample."""

from __future__ import annotations

from builder.document import FieldFacts, FieldMeaning, Windows
from builder.parts.preparation import Preparation


def describe_preparation(meaning: FieldMeaning, facts: FieldFacts, windows: Windows | None = None) -> Preparation:
    """The preparation of a field from what the project knows of it."""
    return Preparation(
        kind=facts.kind,
        scaling=meaning.scaling,
        dtype=facts.dtype,
        shape=facts.shape,
        columns=facts.columns or (),
        classes=facts.classes or (),
        ignored=facts.ignored,
        mean=facts.mean or (),
        deviation=facts.deviation or (),
        low=facts.low or (),
        high=facts.high or (),
        steps=windows.length if windows else None,
        tokenizer=facts.tokenizer,
    )
