from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from builder.document import FieldMeaning, Origin, Project, Source
from runtime.data.embedded import EMBEDDED, open_embedded
from runtime.data.errors import DataError
from runtime.data.files import read_file
from runtime.data.intake import ColumnUse, build_source, guess_uses
from runtime.data.prepare import prepare
from runtime.data.tables import Table

PASSENGERS = "id,name,deck,age,fare,ticket,survived\n" + "".join(
    f"{row},Passenger {row},{row % 3 + 1},{20 + row % 40},{row * 1.5},A,{'yes' if row % 2 else 'no'}\n"
    for row in range(40)
)


def read_text(tmp_path: Path, text: str) -> tuple[Origin, Table]:
    file = tmp_path / "table.csv"
    file.write_text(text)
    return Origin(kind="file", name=str(file)), read_file(file)


def test_columns_of_a_plain_table_are_understood(tmp_path):
    _, table = read_text(tmp_path, PASSENGERS)
    found = {use.column: (use.kind, use.use) for use in guess_uses(table)}
    assert found == {
        "id": ("ignore", "ignore"),
        "name": ("ignore", "ignore"),
        "deck": ("number", "input"),
        "age": ("number", "input"),
        "fare": ("number", "input"),
        "ticket": ("ignore", "ignore"),
        "survived": ("category", "target"),
    }


@pytest.mark.parametrize("name", list(EMBEDDED))
def test_the_guess_for_every_embedded_set_can_be_prepared(name):
    table, origin = open_embedded(name, {}), Origin(kind="embedded", name=name)
    source = build_source(origin, guess_uses(table), table)
    prepared = prepare(Project(data={"main": source}))["main"]
    target = next(field for field in source.fields if source.fields[field].role == "target")
    is_class = name not in ("diabetes", "points")
    assert source.fields[target].kind == ("category" if is_class else "number")
    assert sum(prepared.facts.counts.values()) == len(table)


def test_a_guessed_table_can_be_prepared(tmp_path):
    origin, table = read_text(
        tmp_path, "a,b,species\n" + "".join(f"{i * 0.5},{i % 7},{'xyz'[i % 3]}\n" for i in range(30))
    )
    source = build_source(origin, guess_uses(table), table)
    prepared = prepare(Project(data={"main": source}))["main"]
    assert source.origins[0].columns == {"features": ("a", "b"), "label": "species"}
    assert prepared.facts.fields["features"].shape == (2,)
    assert prepared.facts.fields["label"].classes == ("x", "y", "z")


def test_fields_keep_the_names_that_the_project_uses_already(tmp_path):
    origin, table = read_text(
        tmp_path, "a,b,species\n" + "".join(f"{i * 0.5},{i % 7},{'xyz'[i % 3]}\n" for i in range(30))
    )
    fields = {"petals": FieldMeaning(kind="vector"), "flower": FieldMeaning(kind="category", role="target")}
    like = Source(origins=(), fields=fields)
    assert list(build_source(origin, guess_uses(table), table, like).fields) == ["petals", "flower"]


def test_names_of_columns_become_names_of_ports(tmp_path):
    origin, table = read_text(
        tmp_path, "2nd colour,class?,y\n" + "".join(f"{'rg'[i % 2]},{'ab'[i % 2]},{i}.5\n" for i in range(30))
    )
    uses = [
        ColumnUse("2nd colour", "category", "input"),
        ColumnUse("class?", "category", "input"),
        ColumnUse("y", "number", "target"),
    ]
    source = build_source(origin, uses, table)
    assert list(source.fields) == ["field_2nd_colour", "field_class", "target"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.arange(90) % 3, "category"),
        ((np.arange(90) % 3).astype(float), "category"),
        (np.arange(90) % 2 == 0, "category"),
        (np.arange(90) * 2, "number"),
        (np.arange(90) / 7, "number"),
    ],
)
def test_few_whole_numbers_are_classes_and_amounts_are_numbers(values, kind):
    table = Table({"x": np.random.RandomState(0).rand(90), "y": values})
    assert {use.column: use.kind for use in guess_uses(table)}["y"] == kind


@pytest.mark.parametrize(
    ("uses", "sentence"),
    [
        ([ColumnUse("a", "number", "input")], "No column is chosen as the target."),
        ([ColumnUse("a", "number", "target")], "No column is chosen as an input."),
        (
            [ColumnUse("a", "number", "target"), ColumnUse("b", "number", "target")],
            "2 columns are chosen as the target.",
        ),
        ([ColumnUse("a", "image", "input"), ColumnUse("b", "number", "target")], 'The column "a" holds no pictures.'),
        ([ColumnUse("a", "number", "input"), ColumnUse("b", "ignore", "target")], 'The target "b" is neither a number'),
    ],
)
def test_a_choice_that_cannot_be_learned_is_told(uses, sentence):
    table = Table({"a": np.arange(5.0), "b": np.arange(5.0)})
    with pytest.raises(DataError) as caught:
        build_source(Origin(kind="file", name="t.csv"), uses, table)
    assert str(caught.value).startswith(sentence)
