"""A linear model: on numbers, on one column a category, and on how often each word comes."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from runtime.data.tables import Array
from runtime.insight.baselines.asked import Asked, Unfit
from runtime.insight.baselines.base import Baseline, Fitted
from runtime.insight.baselines.raw import read_texts

MOST_CELLS = 50_000_000
"""Numbers that the model is fitted to; of more, as many rows are drawn as make so many."""
MOST_STEPS, MANY_TEXTS = 1_000, 1_000
SIMPLE = ("vector", "number", "category", "text")


def suits(asked: Asked) -> bool:
    """It answers from tables and from texts, one class a sample or numbers."""
    kinds = {asked.facts(column).kind for column in asked.inputs}
    is_one = asked.classes is None or asked.truth.rank == 1 or asked.meaning in ("logit", "probability")
    if asked.source.windows is not None:
        return kinds <= {"vector", "number"} and asked.classes is None and asked.target.is_next
    return kinds <= set(SIMPLE) and is_one


def fit(asked: Asked) -> Fitted:
    """Fit it to the training part."""
    rows = draw_rows(asked)
    truth = asked.take(asked.target, "train")[torch.from_numpy(rows)]
    table = build_table(asked, "train", slice(None)).iloc[rows]
    model, is_done = fit_model(asked, table, truth)
    about = tell(asked, model, len(rows)) + ("" if is_done else f" It had not settled after {MOST_STEPS:,} steps.")
    return Fitted(about, lambda part, some: answer(asked, model, build_table(asked, part, some)))


def draw_rows(asked: Asked) -> Array:
    """The rows that are fitted to: all, or some that are drawn."""
    count = len(asked.take(asked.target, "train"))
    width = sum(asked.take(column, "train", slice(0, 1)).numel() for column in asked.inputs)
    most = max(1_000, MOST_CELLS // max(1, width))
    return np.arange(count) if count <= most else np.sort(np.random.RandomState(0).permutation(count)[:most])


def build_table(asked: Asked, part: str, rows: slice) -> pd.DataFrame:
    """The inputs of some rows as a table: numbers as they are prepared, numbers of categories, texts."""
    columns: dict[str, Any] = {}
    for column in asked.inputs:
        if asked.facts(column).kind == "text":
            columns[f"text {column.name}"] = read_texts(asked, column, part, rows)
            continue
        values = asked.take(column, part, rows)
        word = "category" if asked.facts(column).kind == "category" else "number"
        flat = values.reshape(len(values), -1).numpy()
        columns |= {f"{word} {column.name} {place}": flat[:, place] for place in range(flat.shape[1])}
    return pd.DataFrame(columns)


def fit_model(asked: Asked, table: pd.DataFrame, truth: Tensor) -> tuple[Any, bool]:
    """The model, and whether it settled."""
    from sklearn.compose import ColumnTransformer
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    names = {word: [name for name in table if str(name).startswith(word)] for word in ("number", "category", "text")}
    steps: list[tuple[str, Any, Any]] = [
        ("numbers", StandardScaler(), names["number"]),
        ("categories", OneHotEncoder(handle_unknown="ignore"), names["category"]),
        *((str(name), count_words(len(table)), name) for name in names["text"]),
    ]
    strength = 3.0 if names["text"] else 1.0  # of what is learned against what keeps it small
    keeping = 1.0 if names["category"] or names["text"] else 1e-3  # numbers alone: what lies on a line is to be found
    classes = asked.classes
    learner: Any = Ridge(keeping) if classes is None else LogisticRegression(C=strength, max_iter=MOST_STEPS)
    model = make_pipeline(ColumnTransformer([step for step in steps if len(step[2])]), learner)
    wanted = truth.reshape(len(truth), -1).numpy() if asked.classes is None else truth.reshape(-1).long().numpy()
    if asked.classes is not None and len(np.unique(wanted)) < 2:
        raise Unfit("the training part has one class only")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", ConvergenceWarning)
        try:
            model.fit(table, wanted)
        except ValueError as error:
            raise Unfit(f"the words of the texts are none that are counted: {error}") from error
    return model, not told


def count_words(rows: int) -> Any:
    """How often each word and each pair of words comes, rare ones weighed more; in many texts it has to come twice."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2 if rows >= MANY_TEXTS else 1)


def answer(asked: Asked, model: Any, table: pd.DataFrame) -> Tensor:
    """What the model says of some rows."""
    if asked.classes is None:
        said = torch.from_numpy(np.asarray(model.predict(table), dtype=np.float64).reshape(len(table), -1))
        return said
    shares = torch.zeros(len(table), asked.classes, dtype=torch.float64)
    shares[:, torch.from_numpy(model.classes_)] = torch.from_numpy(model.predict_proba(table)).double()
    return shares.clamp(min=1e-9).log()


def tell(asked: Asked, model: Any, rows: int) -> str:
    """What was fitted to what."""
    word = "Ridge regression" if asked.classes is None else "Logistic regression"
    return f"{word} on {model[0].get_feature_names_out().size:,} columns, fitted to {tell_rows(asked, rows)}."


def tell_rows(asked: Asked, rows: int) -> str:
    """How many of the training samples."""
    count = len(asked.take(asked.target, "train"))
    return f"the {count:,} training samples" if rows == count else f"{rows:,} of the {count:,} training samples"


LINEAR = Baseline("linear", "Linear model", suits, fit)
