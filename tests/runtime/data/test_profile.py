from __future__ import annotations

import numpy as np
import pytest

from builder.document import FieldMeaning, Origin, Project, Source, Split, TextMeaning, Windows
from runtime.data import profile
from runtime.data.prepare import prepare

LABEL = FieldMeaning(kind="category", role="target")
IRIS = Origin(kind="embedded", name="iris", columns={"label": "target"})
FEATURES = FieldMeaning(kind="vector", scaling="standard")


def test_counts_of_parts_and_classes_add_up(prepare_one):
    prepared = prepare_one(IRIS, features=FEATURES, label=LABEL, split=Split(validation=0.2, test=0.1))
    parts = profile.count_parts(prepared)
    assert parts["samples"].tolist() == [105, 30, 15]
    classes = profile.count_classes(prepared, "label")
    assert classes.groupby("part", sort=False)["samples"].sum().tolist() == [105, 30, 15]
    assert classes["samples"].tolist() == [35, 35, 35, 10, 10, 10, 5, 5, 5]


def test_statistics_are_those_of_the_raw_training_rows(prepare_one):
    prepared = prepare_one(IRIS, features=FEATURES, label=LABEL)
    row = profile.describe_columns(prepared).iloc[0]
    values = np.array([prepared.raw("train", i)["features"]["sepal length (cm)"] for i in range(135)])
    assert row["column"] == "sepal length (cm)"
    assert row["mean"] == pytest.approx(values.mean())
    assert row["maximum"] == values.max()
    assert row["missing"] == 0
    assert profile.count_values(prepared, "features", 0)["samples"].sum() == 135


def test_samples_come_from_all_over_a_part(prepare_one):
    prepared = prepare_one(IRIS, features=FEATURES, label=LABEL)
    assert set(profile.list_samples(prepared, "train", 6)["label"]) == {"setosa", "versicolor", "virginica"}
    assert profile.spread_samples(prepared, "validation", 100) == list(range(15))


def test_samples_of_texts_and_lists_are_shown_as_words(prepare_one):
    tokens = FieldMeaning(kind="text", text=TextMeaning(lower=False))
    tags = FieldMeaning(kind="sequence", role="target", along="tokens")
    prepared = prepare_one(Origin(kind="embedded", name="tagged_news"), tokens=tokens, tags=tags)
    rows = profile.list_samples(prepared, "train", 3)
    assert list(rows) == ["tokens", "tags"]
    assert all(len(row["tokens"].split()) == len(row["tags"].split()) for _, row in rows.iterrows())


def test_samples_and_spread_of_a_series_are_those_of_its_steps():
    windows = Windows(length=8, horizon=2, targets=("co2",), order="date")
    fields = {"co2": FieldMeaning(kind="vector", scaling="standard")}
    origin = Origin(kind="embedded", name="co2", columns={"co2": "co2"})
    split = Split(validation=0.1, test=0.1, by="order")
    prepared = prepare(Project(data={"main": Source(origins=(origin,), fields=fields, windows=windows, split=split)}))[
        "main"
    ]
    rows = profile.list_samples(prepared, "train", 3)
    assert all(len(values) == 8 for values in rows["co2"])
    counts = profile.count_values(prepared, "co2", 0)
    assert counts["samples"].sum() == 8 * prepared.facts.counts["train"]
    assert np.isfinite(profile.describe_columns(prepared).iloc[0]["mean"])
