from __future__ import annotations

import pytest

from builder.document import Project
from builder.paths import PathError, set_path

PROJECT = Project.model_validate(
    {
        "name": "Paths",
        "networks": {"model": {"nodes": [{"id": "conv1", "kind": "Conv2d", "params": {"out_channels": 4}}]}},
        "training": {
            "nodes": [
                {"id": "adam", "kind": "Adam", "params": {"networks": ["model"], "lr": 0.001}},
                {"id": "odd", "kind": "FromTheFuture", "params": {"depth": 1}},
            ]
        },
        "data": {
            "main": {
                "origins": [{"kind": "embedded", "name": "digits"}],
                "fields": {"image": {"kind": "image"}},
            }
        },
    }
)


def test_each_kind_of_path_sets_its_value_and_leaves_the_project_as_it_was() -> None:
    before = PROJECT.model_dump_json()
    assert set_path(PROJECT, "name", "New").name == "New"
    assert set_path(PROJECT, "run.epochs", 3).run.epochs == 3
    assert set_path(PROJECT, "data.main.limit", 100).data["main"].limit == 100
    assert set_path(PROJECT, "training.adam.lr", 0.5).training.node("adam").params["lr"] == 0.5
    assert set_path(PROJECT, "training.odd.depth", 2).training.node("odd").params["depth"] == 2
    changed = set_path(PROJECT, "networks.model.conv1.kernel_size", [3, 5])
    assert changed.networks["model"].node("conv1").params == {"out_channels": 4, "kernel_size": [3, 5]}
    assert PROJECT.model_dump_json() == before


def test_a_path_leads_into_a_parameter_that_is_an_object() -> None:
    changed = set_path(set_path(PROJECT, "training.adam.when.every", 5), "training.adam.when.unit", "epoch")
    assert changed.training.node("adam").params["when"] == {"every": 5, "unit": "epoch"}
    assert set_path(PROJECT, "run.validation.every", 5).run.validation.every == 5


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("run.epoch", 1, 'there is no setting of a run "epoch". Did you mean "epochs"?'),
        ("run", 1, "names no setting. Write run.<setting>."),
        ("data.main", 1, "names no setting. Write data.<source>.<setting>."),
        ("data.mian.limit", 1, 'there is no source "mian". Did you mean "main"?'),
        ("data.main.limits", 1, 'Did you mean "limit"?'),
        ("training.adm.lr", 1, 'there is no node "adm". Did you mean "adam"?'),
        ("training.adam.lrr", 1, 'there is no parameter of adam "lrr". Did you mean "lr"?'),
        ("training.adam", 1, "names no parameter. Write training.<node>.<parameter>."),
        ("training.adam.lr.deep", 1, "leads into a value that has no parts"),
        ("networks.modle.conv1.stride", 1, 'there is no network "modle". Did you mean "model"?'),
        ("networks", 1, 'there is no network ""'),
        ("nets.model", 1, 'there is no part of a project "nets"'),
        ("", 1, 'there is no part of a project ""'),
        ("run.epochs", "many", "run.epochs"),
        ("run.epochs", 0, "at least 1"),
    ],
)
def test_a_path_that_names_nothing_or_a_value_that_does_not_fit_is_told(
    path: str, value: object, sentence: str
) -> None:
    with pytest.raises(PathError) as told:
        set_path(PROJECT, path, value)
    assert sentence in str(told.value)
