"""Rows in time: what a window holds, and that nothing of the future is in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from builder.columns import describe_columns
from builder.document import FieldMeaning, Origin, Project, Source, Split, TextMeaning, Windows
from runtime.data.errors import DataError
from runtime.data.prepare import PreparedSource, prepare

SERIES = FieldMeaning(kind="vector", scaling="standard", role="target")


def write_series(path: Path, values: np.ndarray, **others) -> Origin:
    pd.DataFrame({"value": values, **others}).to_csv(path, index=False)
    return Origin(kind="file", name=str(path), columns={"value": "value"})


def prepare_windows(
    origin: Origin, windows: Windows, split: Split | None = None, **fields: FieldMeaning
) -> PreparedSource:
    fields = fields or {"value": SERIES}
    source = Source(origins=(origin,), fields=fields, windows=windows, split=split or Split(validation=0.2, test=0.2))
    return prepare(Project(data={"main": source}))["main"]


WINDOWS = Windows(length=5, horizon=2, targets=("value",))


def unscale(prepared: PreparedSource, values: torch.Tensor) -> torch.Tensor:
    facts = prepared.facts.fields["value"]
    return (values.double() * facts.deviation[0] + facts.mean[0]).round().squeeze(-1).long()


def test_a_window_is_followed_by_its_target(tmp_path):
    prepared = prepare_windows(write_series(tmp_path / "a.csv", np.arange(100)), WINDOWS)
    train = prepared.parts["train"]
    assert train["value"].shape == (54, 5, 1) and train["value_next"].shape == (54, 2, 1)
    assert unscale(prepared, train["value"][3]).tolist() == [3, 4, 5, 6, 7]
    assert unscale(prepared, train["value_next"][3]).tolist() == [8, 9]
    specs = describe_columns(prepared.source.model_copy(update={"facts": prepared.facts}))
    assert {name: str(spec) for name, spec in specs.items()} == {"value": "5×1", "value_next": "2×1"}


def test_targets_of_a_part_lie_in_it_and_each_is_met_once(tmp_path):
    windows = WINDOWS.model_copy(update={"horizon": 1})
    prepared = prepare_windows(write_series(tmp_path / "a.csv", np.arange(100)), windows)
    targets = {part: unscale(prepared, t["value_next"]).flatten().tolist() for part, t in prepared.parts.items()}
    assert targets == {
        "train": list(range(5, 60)),
        "validation": list(range(60, 80)),
        "test": list(range(80, 100)),
    }


def test_no_value_of_the_future_reaches_the_past(tmp_path):
    """Whatever happens after the training part, everything that is trained with stays bit for bit what it was."""
    calm, storm = np.sin(np.arange(100.0)), np.sin(np.arange(100.0))
    storm[60:] += 1000 * np.arange(40)
    for windows in (WINDOWS, WINDOWS.model_copy(update={"each": True, "horizon": 1})):
        parts = []
        for name, values in (("calm", calm), ("storm", storm)):
            prepared = prepare_windows(write_series(tmp_path / f"{name}.csv", values), windows)
            facts = prepared.facts.fields["value"]
            parts.append((prepared.parts["train"], facts.mean, facts.deviation))
        assert parts[0][1:] == parts[1][1:]
        for name, values in parts[0][0].items():
            assert torch.equal(values, parts[1][0][name])


def test_a_window_of_a_later_part_looks_back_but_never_ahead_of_its_target(tmp_path):
    prepared = prepare_windows(write_series(tmp_path / "a.csv", np.arange(100)), WINDOWS)
    for tensors in prepared.parts.values():
        inputs, targets = unscale(prepared, tensors["value"]), unscale(prepared, tensors["value_next"])
        assert torch.equal(inputs[:, -1] + 1, targets[:, 0])
        assert (inputs.max(1).values < targets.min(1).values).all()


def test_gaps_are_filled_with_the_value_before_them_and_told(tmp_path):
    values = np.arange(60.0)
    values[[0, 1, 10, 11]] = np.nan
    origin = write_series(tmp_path / "a.csv", values, day=np.arange(60))
    prepared = prepare_windows(origin, WINDOWS)
    assert unscale(prepared, prepared.parts["train"]["value"][7]).tolist() == [9, 9, 9, 12, 13]
    assert unscale(prepared, prepared.parts["train"]["value"][0]).tolist()[0] == 2
    assert any("4 of 60 rows miss a value of value" in notice for notice in prepared.notices)


def test_rows_are_put_in_the_order_of_a_date(tmp_path):
    days = pd.date_range("2020-01-01", periods=60).strftime("%Y-%m-%d").to_numpy()
    mixed = np.random.RandomState(0).permutation(60)
    origin = write_series(tmp_path / "a.csv", np.arange(60)[mixed], day=days[mixed])
    prepared = prepare_windows(origin, WINDOWS.model_copy(update={"order": "day"}))
    assert unscale(prepared, prepared.parts["train"]["value"][3]).tolist() == [3, 4, 5, 6, 7]
    with pytest.raises(DataError, match="no such column"):
        prepare_windows(origin, WINDOWS.model_copy(update={"order": "hour"}))


def test_windows_of_several_columns_and_a_stride(tmp_path):
    origin = write_series(tmp_path / "a.csv", np.arange(100), other=np.arange(100)[::-1])
    fields = {"value": SERIES, "other": FieldMeaning(kind="vector", scaling="minmax")}
    prepared = prepare_windows(origin, WINDOWS.model_copy(update={"stride": 10}), **fields)
    train = prepared.parts["train"]
    assert set(train) == {"value", "value_next", "other"} and train["other"].shape == (6, 5, 1)
    assert unscale(prepared, train["value"][2]).tolist() == [20, 21, 22, 23, 24]
    raw = prepared.raw("train", 2)
    assert [row["other"] for row in raw["other"]] == [79, 78, 77, 76, 75]


def test_too_few_rows_are_told(tmp_path):
    with pytest.raises(DataError, match="one window with its target needs 7"):
        prepare_windows(write_series(tmp_path / "a.csv", np.arange(8)), WINDOWS)


def test_a_long_text_is_cut_so_that_every_step_predicts_the_next(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "' + "abcdefghij" * 20 + '"}')
    origin = Origin(kind="file", name=str(tmp_path / "a.jsonl"))
    text = FieldMeaning(kind="text", text=TextMeaning(tokens="character", longest=None))
    windows = Windows(length=8, horizon=1, stride=8, targets=("text",), each=True)
    prepared = prepare_windows(origin, windows, Split(validation=0.25), text=text)
    train, tokenizer = prepared.parts["train"], prepared.facts.fields["text"].tokenizer
    assert train["text"].shape == train["text_next"].shape == (18, 8)
    assert tokenizer.decode(train["text"][1].tolist()) == "ijabcdef"
    assert tokenizer.decode(train["text_next"][1].tolist()) == "jabcdefg"
    assert prepared.raw("train", 1)["text"] == "ijabcdef"


def test_windows_share_the_memory_of_the_rows(tmp_path):
    prepared = prepare_windows(
        write_series(tmp_path / "a.csv", np.arange(5000)), Windows(length=500, targets=("value",))
    )
    values = prepared.parts["train"]["value"]
    assert values.untyped_storage().nbytes() < 5000 * 8 < values.numel() * 4


def test_what_forecasts_are_measured_by_knows_nothing_of_the_future(tmp_path):
    """The naive errors, in units of which a forecast's error is told, are those of the training part alone."""
    calm, storm = np.sin(np.arange(100.0)), np.sin(np.arange(100.0))
    storm[60:] += 1000 * np.arange(40)
    errors = []
    for name, values in (("calm", calm), ("storm", storm)):
        prepared = prepare_windows(write_series(tmp_path / f"{name}.csv", values), WINDOWS)
        errors.append(prepared.facts.fields["value"].naive_errors)
    train = calm[:60] / calm[:60].std()
    assert errors[0] == errors[1] == pytest.approx([abs(train[k:] - train[:-k]).mean() for k in range(1, 60)], rel=1e-5)


def test_a_window_with_a_gap_is_read_back_as_it_was_learned_from(tmp_path):
    values = np.arange(60.0)
    values[[0, 1, 10, 11]] = np.nan
    prepared = prepare_windows(write_series(tmp_path / "a.csv", values, day=np.arange(60)), WINDOWS)
    assert [row["value"] for row in prepared.raw("train", 7)["value"]] == [9, 9, 9, 12, 13]
