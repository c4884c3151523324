from __future__ import annotations

from typing import Any

from builder.document import Project, Weights
from builder.edits import apply_edits
from runtime.runs.folding import list_folds
from runtime.runs.project_file import change_project, read_project
from ui.runs.comparison import list_values
from ui.runs.settings_beside import Row, group_by_seed, list_rows, name_group


def rows(*projects: Project) -> dict[str, Row]:
    return {row.path: row for row in list_rows([dict(list_values(project)) for project in projects])}


def differing(*projects: Project) -> dict[str, tuple[str, ...]]:
    return {path: row.values for path, row in rows(*projects).items() if row.differs}


def edit(project: Project, **edit: Any) -> Project:
    return apply_edits(project, [{"graph": "networks.model", **edit}])


def test_a_node_that_only_one_has_is_told_in_words_and_its_parameters_are_no_difference() -> None:
    base = read_project("mnist_cnn")
    drop = edit(base, op="add_node", node={"id": "drop9", "kind": "Dropout", "params": {"p": 0.3}})
    assert differing(base, drop, base) == {"networks.model graph": ("–", "+ drop9 Dropout", "–")}
    assert differing(drop, base) == {"networks.model graph": ("–", "− drop9 Dropout")}
    assert rows(base, drop)["networks.model.drop9.p"].values == ("default", "0.3")


def test_links_alone_are_counted() -> None:
    base = read_project("mnist_cnn")
    link = base.networks["model"].edges[0]
    cut = edit(base, op="disconnect", edge=link.model_dump(mode="json", exclude={"via"}))
    assert differing(base, cut) == {"networks.model graph": ("–", "1 link changed")}


def test_a_bypassed_node_and_the_weights_that_a_network_starts_from_are_differences() -> None:
    base = read_project("mnist_cnn")
    name = base.networks["model"].nodes[1].id
    off = edit(base, op="set_node", id=name, fields={"bypassed": True})
    assert differing(base, off)[f"networks.model.{name}"][1].endswith(", bypassed")
    graph = base.networks["model"].model_copy(update={"weights": Weights(origin="CNN, step 400", sha256="0" * 64)})
    fork = base.model_copy(update={"networks": {**base.networks, "model": graph}})
    assert differing(base, fork) == {"networks.model weights": ("fresh", "CNN, step 400")}


def test_settings_of_data_and_run_are_told_by_path() -> None:
    base = read_project("mnist_cnn")
    other = change_project(base, ["run.epochs=20", "training.adam.lr=0.01"])
    assert {rows(base, other)[path].name for path in differing(base, other)} == {"run.epochs", "adam.lr"}


def test_groups_differ_in_the_seed_and_in_nothing_else() -> None:
    base = read_project("mnist_cnn")
    seeds = [change_project(base, [f"run.seed={seed}"]) for seed in (1, 2, 2)]
    other = change_project(base, ["run.seed=3", "run.epochs=3"])
    values = [dict(list_values(project)) for project in (*seeds, other)]
    assert group_by_seed(values) == [[0, 1, 2]]
    assert group_by_seed([values[1], values[2], {}, {}]) == []


def test_folds_of_the_same_data_are_a_group_too() -> None:
    project = read_project("mlp_iris")
    folds, _ = list_folds(project, 3, "Iris")
    values = [dict(list_values(folded)) for folded, _ in folds]
    assert group_by_seed([*values, dict(list_values(project))]) == [[0, 1, 2]]
    assert name_group([name for _, name in folds]) == "Iris, 3 folds"
    assert name_group(["Iris (seed 1)", "Iris (seed 2)"]) == "Iris, 2 seeds"
