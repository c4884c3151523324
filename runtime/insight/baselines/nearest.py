"""A translation that is copied: that of the training sentence which shares most with the one that is asked for."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from builder.columns import Column
from runtime.insight.baselines.asked import Asked, Unfit
from runtime.insight.baselines.base import Baseline, Fitted
from runtime.insight.baselines.raw import read_texts

AT_ONCE = 256


def is_translation(asked: Asked) -> bool:
    """Whether one text is written for another."""
    return asked.source.windows is None and asked.facts(asked.target).kind == "text" and find_text(asked) is not None


def find_text(asked: Asked) -> Column | None:
    """The text that is translated."""
    others = (column for column in asked.inputs if column.field != asked.target.field)
    return next((column for column in others if asked.facts(column).kind == "text"), None)


def fit(asked: Asked) -> Fitted:
    """Weigh the words of the training sentences; the nearest one has the largest cosine."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    column = find_text(asked)
    assert column is not None
    known = read_texts(asked, column, "train", slice(None))
    weights = TfidfVectorizer(sublinear_tf=True)
    try:
        seen = weights.fit_transform(known)
    except ValueError as error:
        raise Unfit("the training sentences have no words") from error
    written = asked.take(asked.target, "train")

    def answer(part: str, rows: slice) -> Tensor:
        texts = read_texts(asked, column, part, rows)
        near = [
            (weights.transform(texts[at : at + AT_ONCE]) @ seen.T).toarray().argmax(1)
            for at in range(0, len(texts), AT_ONCE)
        ]
        return written[torch.from_numpy(np.concatenate(near))]

    about = (
        f"Copies the translation of that of {len(known):,} training sentences with the most words in common (TF-IDF)."
    )
    return Fitted(about, answer, is_text=True)


NEAREST = Baseline("nearest", "Nearest training sentence", is_translation, fit)
