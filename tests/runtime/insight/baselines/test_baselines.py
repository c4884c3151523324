"""Baselines against the same thing by hand, measured with the project's own metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from builder.document import Project
from runtime.insight.baselines.catalogue import BASELINES
from runtime.insight.baselines.comparing import make_result
from tests.runtime.insight.baselines.made import ask, graph, make_project, make_source, make_training, node

BY_NAME = {baseline.name: baseline for baseline in BASELINES}


def compare(project: Project) -> dict[str, dict[str, Any]]:
    """What every baseline that suits a project reaches."""
    asked = ask(project)
    found = {one.name: make_result(one, asked) for one in BASELINES if one.suits(asked)}
    return {name: result for name, result in found.items() if result}


def make_flowers(home: Path, spoilt: bool = False) -> tuple[Project, pd.DataFrame]:
    """Yes or no by two numbers and a category; ``spoilt`` turns all answers of the test part around."""
    random = np.random.RandomState(0)
    table = pd.DataFrame({"a": random.randn(300), "b": random.randn(300) * 50, "place": random.choice(["x", "y"], 300)})
    chance = table["a"] + table["b"] / 50 + (table["place"] == "x") + random.randn(300)
    table["answer"] = np.where(chance > 1, "yes", "no")
    if spoilt:
        table.loc[240:, "answer"] = np.where(table.loc[240:, "answer"] == "yes", "no", "yes")
    network = graph(
        [node("numbers", "Input"), node("place", "Input", shape=[], dtype="int64"), node("fc", "Linear", out_features=1),
         node("scores", "Output"), node("more", "Output")], "numbers -> fc", "fc -> scores", "place -> more",
    )  # fmt: skip
    training = make_training(["numbers", "place"], "answer", "BCEWithLogitsLoss", accuracy="Accuracy", auroc="AUROC")
    fields = {
        "numbers": {"kind": "vector"},
        "place": {"kind": "category"},
        "answer": {"kind": "category", "role": "target"},
    }
    source = make_source(home / f"{spoilt}.parquet", table, fields, {"numbers": ["a", "b"]})
    return make_project(network, training, source), table


def test_a_linear_model_of_a_table_is_scikit_learns_and_measured_by_the_projects_metrics(home: Path) -> None:
    project, table = make_flowers(home)
    results = compare(project)
    assert set(results) == {"constant", "linear"}
    train, test = table[:180], table[240:]
    columns = table.assign(x=table["place"] == "x", y=table["place"] == "y")[["a", "b", "x", "y"]].astype(float)
    columns[["a", "b"]] = (columns[["a", "b"]] - columns[:180][["a", "b"]].mean()) / columns[:180][["a", "b"]].std(
        ddof=0
    )
    model = LogisticRegression(max_iter=1000).fit(columns[:180], train["answer"])
    shares = model.predict_proba(columns[240:])[:, 1]
    measured = results["linear"]["metrics"]["test"]
    assert measured["accuracy"] == pytest.approx(model.score(columns[240:], test["answer"]))
    assert measured["auroc"] == pytest.approx(roc_auc_score(test["answer"] == "yes", shares))
    assert measured["loss"] == pytest.approx(log_loss(test["answer"] == "yes", shares), rel=1e-4)
    assert results["linear"]["about"] == "Logistic regression on 4 columns, fitted to the 180 training samples."


def test_the_most_frequent_class_is_that_of_the_training_part(home: Path) -> None:
    project, table = make_flowers(home)
    constant = compare(project)["constant"]
    most = table[:180]["answer"].mode()[0]
    assert f"Always “{most}”" in constant["about"]
    assert constant["metrics"]["test"]["accuracy"] == pytest.approx((table[240:]["answer"] == most).mean())
    assert constant["metrics"]["validation"]["auroc"] == 0.5


def test_nothing_that_is_fitted_knows_the_test_part(home: Path) -> None:
    plain, spoilt = (compare(make_flowers(home, is_spoilt)[0]) for is_spoilt in (False, True))
    for name in plain:
        assert plain[name]["metrics"]["validation"] == spoilt[name]["metrics"]["validation"]
        assert plain[name]["about"] == spoilt[name]["about"]
    right, wrong = (found["linear"]["metrics"]["test"]["accuracy"] for found in (plain, spoilt))
    assert right + wrong == pytest.approx(1.0) and right > 0.6


def test_a_linear_model_of_numbers_finds_a_plane_and_the_mean_does_not(home: Path) -> None:
    random = np.random.RandomState(0)
    table = pd.DataFrame(random.randn(400, 3), columns=["a", "b", "c"])
    table["price"] = 3 * table["a"] - 2 * table["b"] + 100
    network = graph(
        [node("x", "Input"), node("fc", "Linear", out_features=1), node("scores", "Output")], "x -> fc", "fc -> scores"
    )
    training = make_training(["x"], "price", "MSELoss", mae="MeanAbsoluteError", r2="R2Score")
    fields = {"x": {"kind": "vector"}, "price": {"kind": "number", "role": "target", "scaling": "standard"}}
    results = compare(make_project(network, training, make_source(home / "p.parquet", table, fields)))
    assert results["linear"]["metrics"]["test"]["r2"] > 0.999
    assert results["constant"]["metrics"]["test"]["r2"] < 0.05


def test_words_tell_what_a_text_is(home: Path) -> None:
    random = np.random.RandomState(0)
    texts = [" ".join(random.choice(["a", "film", "of", "its", "time", ""], 6)) for _ in range(200)]
    answers = random.choice(["good", "bad"], 200)
    table = pd.DataFrame(
        {"text": [f"{text} {word}" for text, word in zip(texts, answers, strict=True)], "answer": answers}
    )
    network = graph(
        [node("text", "Input", shape=["T"], dtype="int64"), node("e", "Embedding", num_embeddings="$vocabulary", embedding_dim=4),
         node("mean", "Mean", dim=[1]), node("fc", "Linear", out_features=2), node("scores", "Output")],
        "text -> e", "e -> mean", "mean -> fc", "fc -> scores",
    )  # fmt: skip
    training = make_training(["text"], "answer", "CrossEntropyLoss", accuracy="Accuracy")
    fields = {"text": {"kind": "text"}, "answer": {"kind": "category", "role": "target"}}
    results = compare(make_project(network, training, make_source(home / "t.parquet", table, fields)))
    assert results["linear"]["metrics"]["test"]["accuracy"] == 1.0
    assert results["constant"]["metrics"]["test"]["accuracy"] < 0.7


def make_series(home: Path, values: np.ndarray, length: int, season: int = 1) -> Project:
    network = graph(
        [node("value", "Input"), node("flat", "Flatten"), node("fc", "Linear", out_features=3),
         node("scores", "Output")],
        "value -> flat", "flat -> fc", "fc -> scores",
    )  # fmt: skip
    training = make_training(
        ["value"], "value_next", "MSELoss", mae="MeanAbsoluteError", mase="MeanAbsoluteScaledError"
    )
    next(each for each in training["nodes"] if each["id"] == "mase")["params"] = {"season": season}
    fields = {"value": {"kind": "vector"}}
    windows = {"length": length, "horizon": 3, "targets": ["value"]}
    table = pd.DataFrame({"value": values})
    return make_project(network, training, make_source(home / "s.parquet", table, fields, windows=windows))


def test_a_series_goes_on_with_its_last_value_or_with_its_season(home: Path) -> None:
    values = np.tile([1.0, 5.0, 2.0, 9.0], 50) + np.arange(200) * 0.01
    results = compare(make_series(home, values, 8, season=4))
    assert set(results) == {"constant", "last", "seasonal", "linear"}
    test = values[160:]
    last = np.mean([np.abs(test[at : at + 3] - values[160 + at - 1]).mean() for at in range(38)])
    assert results["last"]["metrics"]["test"]["mae"] == pytest.approx(last, rel=1e-4)
    seasonal = results["seasonal"]["metrics"]["test"]
    assert seasonal["mae"] == pytest.approx(0.04, rel=1e-3)
    assert seasonal["mase"] == pytest.approx(1.0, rel=1e-3)
    assert "4 steps, ago" in results["seasonal"]["about"] and "“mase”" in results["seasonal"]["about"]


def test_a_season_is_found_where_the_series_is_most_like_itself(home: Path) -> None:
    values = np.tile([1.0, 5.0, 2.0, 9.0, 3.0], 40) + np.random.RandomState(0).randn(200) * 0.01
    assert "one season, 5 steps, ago" in compare(make_series(home, values, 12))["seasonal"]["about"]


def test_a_season_that_is_longer_than_what_is_seen_is_told(home: Path) -> None:
    values = np.tile([1.0, 5.0, 2.0, 9.0], 50) + np.random.RandomState(0).randn(200) * 0.01
    reason = compare(make_series(home, values, 3, season=4))["seasonal"]["reason"]
    assert reason == "Not made: a season of 4 steps is longer than the 3 steps that are seen."


def test_users_and_items_have_habits(home: Path) -> None:
    random = np.random.RandomState(0)
    users, items = random.randint(0, 20, 4000), random.randint(0, 30, 4000)
    habits, standing = random.randn(20), random.randn(30)
    table = pd.DataFrame({"user": users, "item": items, "rating": 3 + habits[users] + standing[items]})
    ports = [node(name, "Input", shape=[], dtype="int64") for name in ("user", "item")]
    tables = [node(f"{name}_table", "Embedding", num_embeddings=30, embedding_dim=2) for name in ("user", "item")]
    ends = [node("join", "Concat", dim=1), node("fc", "Linear", out_features=1), node("scores", "Output")]
    network = graph([*ports, *tables, *ends],
                    "user -> user_table", "item -> item_table", "user_table -> join.inputs.0", "item_table -> join.inputs.1",
                    "join -> fc", "fc -> scores")  # fmt: skip
    training = make_training(["user", "item"], "rating", "MSELoss", rmse="RootMeanSquaredError")
    fields = {
        "user": {"kind": "category"},
        "item": {"kind": "category"},
        "rating": {"kind": "number", "role": "target"},
    }
    results = compare(make_project(network, training, make_source(home / "r.parquet", table, fields)))
    assert results["biases"]["metrics"]["test"]["rmse"] < 0.15
    assert results["constant"]["metrics"]["test"]["rmse"] > 1
    assert "20 of user and 30 of item" in results["biases"]["about"]


def test_each_token_has_what_mostly_goes_with_it(home: Path) -> None:
    tags = {"ann": "B-PER", "lives": "O", "in": "O", "rome": "B-LOC"}
    random = np.random.RandomState(0)
    rows = [random.choice(list(tags), random.randint(2, 7)).tolist() for _ in range(100)]
    table = pd.DataFrame({"words": rows, "tags": [[tags[word] for word in row] for row in rows]})
    network = graph(
        [node("words", "Input", shape=["T"], dtype="int64"),
         node("e", "Embedding", num_embeddings="$vocabulary", embedding_dim=4),
         node("fc", "Linear", out_features=3), node("scores", "Output")], "words -> e", "e -> fc", "fc -> scores",
    )  # fmt: skip
    training = make_training(["words"], "tags", "CrossEntropyLoss", f1="EntityF1", accuracy="Accuracy")
    for id in ("loss", "f1", "accuracy"):
        training["edges"].append(
            {"source": "data", "source_port": "words_lengths", "target": id, "target_port": "lengths"}
        )
    fields = {"words": {"kind": "text"}, "tags": {"kind": "sequence", "role": "target", "along": "words"}}
    results = compare(make_project(network, training, make_source(home / "w.parquet", table, fields)))
    assert results["tokens"]["metrics"]["test"]["f1"] == results["tokens"]["metrics"]["test"]["accuracy"] == 1.0
    assert results["constant"]["metrics"]["test"]["f1"] < 0.5


def test_a_translation_is_copied_from_the_nearest_sentence(home: Path) -> None:
    known = ["a red cat sleeps here", "two dogs run fast today", "the old man reads books", "my sister sings every day"]
    said = [
        "un chat rouge dort ici",
        "deux chiens courent vite",
        "le vieil homme lit ici",
        "ma soeur chante chaque jour",
    ]
    table = pd.DataFrame({"en": known * 3 + ["a red cat sleeps", "two dogs run"], "fr": said * 3 + said[:2]})
    network = graph(
        [node("en", "Input", shape=["T"], dtype="int64"), node("fr", "Input", shape=["S"], dtype="int64"),
         node("e", "Embedding", num_embeddings="$vocabulary", embedding_dim=4), node("mean", "Mean", dim=[1]),
         node("more", "Output"), node("f", "Embedding", num_embeddings=30, embedding_dim=4),
         node("fc", "Linear", out_features=30), node("scores", "Output")],
        "en -> e", "e -> mean", "mean -> more", "fr -> f", "f -> fc", "fc -> scores",
    )  # fmt: skip
    training = make_training(["en", "fr"], "fr_next", "CrossEntropyLoss", bleu="BLEU")
    fields = {"en": {"kind": "text"}, "fr": {"kind": "text", "role": "target", "text": {"marks": True, "next": True}}}
    split = {"validation": 0.0, "test": 2 / 14, "by": "order"}
    results = compare(
        make_project(network, training, {**make_source(home / "f.parquet", table, fields), "split": split})
    )
    assert results["nearest"]["metrics"] == {"test": {"bleu": pytest.approx(100.0)}}
    assert "of 12 training sentences" in results["nearest"]["about"]


def test_every_baseline_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(BASELINES)
