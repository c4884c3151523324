from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builder.document import FieldMeaning, Origin, Project, Source, Windows
from runtime.data.building import build_source, suggest_windows
from runtime.data.embedded import EMBEDDED, open_embedded
from runtime.data.errors import DataError
from runtime.data.files import locate_file, read_file
from runtime.data.intake import ColumnUse, guess_from, guess_uses
from runtime.data.prepare import prepare
from runtime.data.summaries import summarize
from runtime.data.tables import Table

PICTURES = {"photo_patches", "scenes", "shapes"}
WITHOUT_LABEL = {"digit_masks", "co2", "sunspots", "tagged_news", "phrases", "python_docs", *PICTURES}
"""Series, lists, and texts or pictures alone."""
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


@pytest.mark.parametrize("name", sorted(set(EMBEDDED) - WITHOUT_LABEL))
def test_the_guess_for_every_embedded_set_can_be_prepared(name):
    table, origin = open_embedded(name, {}), Origin(kind="embedded", name=name)
    source = build_source(origin, guess_uses(table), table)
    prepared = prepare(Project(data={"main": source}))["main"]
    target = next(field for field in source.fields if source.fields[field].role == "target")
    is_class = name not in ("diabetes", "points", "ratings")
    assert source.fields[target].kind == ("category" if is_class else "number")
    assert sum(prepared.facts.counts.values()) == len(table)


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_pictures_alone_need_nothing_that_is_learned_of_them(name):
    table, origin = open_embedded(name, {}), Origin(kind="embedded", name=name)
    source = build_source(origin, guess_uses(table), table)
    assert {(field.kind, field.role) for field in source.fields.values()} == {("image", "input")}
    assert sum(prepare(Project(data={"main": source}))["main"].facts.counts.values()) == len(table)


def test_masks_are_what_is_learned_of_pictures():
    table, origin = open_embedded("digit_masks", {"count": 40}), Origin(kind="embedded", name="digit_masks")
    uses = guess_uses(table)
    assert [(use.kind, use.use) for use in uses] == [("image", "input"), ("mask", "target")]
    assert uses[1].reason == "holds masks of 2 classes: ground, digit"
    source = build_source(origin, uses, table)
    assert {name: (field.kind, field.role) for name, field in source.fields.items()} == {
        "image": ("image", "input"), "mask": ("mask", "target")}  # fmt: skip
    prepared = prepare(Project(data={"main": source}))["main"]
    facts, mask = prepared.facts.fields["mask"], prepared.parts["train"]["mask"]
    assert facts.classes == ("ground", "digit") and sum(facts.class_counts) == mask.numel()
    assert mask.shape[1:] == (1, 48, 48) and set(mask.unique().tolist()) == {0.0, 1.0}


def test_a_mask_is_learned_and_pictures_without_classes_are_none():
    table, origin = open_embedded("digit_masks", {"count": 40}), Origin(kind="embedded", name="digit_masks")
    masks = [replace(use, use="input" if use.kind == "mask" else "ignore") for use in guess_uses(table)]
    with pytest.raises(DataError, match="No column is chosen as the target"):
        build_source(origin, masks, table)
    pictures = [
        replace(use, kind="mask", use="target" if use.column == "image" else "input") for use in guess_uses(table)
    ]
    with pytest.raises(DataError, match='Of the pictures in "image" no classes are known'):
        build_source(origin, pictures, table)


@pytest.mark.parametrize("name", ["co2", "sunspots"])
def test_rows_that_follow_each_other_in_time_become_windows(name):
    table, origin = open_embedded(name, {}), Origin(kind="embedded", name=name)
    summaries = [summarize(table, column) for column in table.columns]
    uses = guess_from(table, summaries)
    windows = suggest_windows(uses, summaries)
    assert windows
    source = build_source(origin, uses, table, windows=windows)
    assert source.windows
    assert source.windows.targets == (name,)
    assert source.split.by == "order"
    prepared = prepare(Project(data={"main": source}))["main"]
    assert set(prepared.facts.counts) == {"train", "validation", "test"}


def test_lists_are_not_taken_for_something_else():
    table = open_embedded("tagged_news", {})
    with pytest.raises(DataError, match="No column is chosen as the target"):
        build_source(Origin(kind="embedded", name="tagged_news"), guess_uses(table), table)


def test_a_guessed_table_can_be_prepared(tmp_path):
    origin, table = read_text(
        tmp_path, "a,b,species\n" + "".join(f"{i * 0.5},{i % 7},{'xyz'[i % 3]}\n" for i in range(30))
    )
    source = build_source(origin, guess_uses(table), table)
    prepared = prepare(Project(data={"main": source}))["main"]
    assert source.origins[0].columns == {"features": ("a", "b"), "label": "species"}
    assert prepared.facts.fields["features"].shape == (2,)
    assert prepared.facts.fields["label"].classes == ("x", "y", "z")


PRICES = "area;place;rooms;price of it\n" + "".join(f"{i * 0.5};{'NSE'[i % 3]};{i % 5};{i * 7.25}\n" for i in range(60))


@pytest.mark.parametrize(
    ("kind", "target", "learned"),
    [("number", "price of it", "number"), ("category", "place", "category"), (None, "place", "category")],
)
def test_a_project_is_offered_the_kind_of_target_that_it_learns_so_far(tmp_path, kind, target, learned):
    _, table = read_text(tmp_path, PRICES)
    fields = {"features": FieldMeaning(kind="vector")}
    if kind:
        fields["y"] = FieldMeaning(kind=kind, role="target")
    uses = guess_uses(table, Source(origins=(), fields=fields))
    assert [(use.column, use.kind) for use in uses if use.use == "target"] == [(target, learned)]


@pytest.mark.parametrize(("known", "scaling"), [("standard", "standard"), ("minmax", "minmax"), ("none", "standard")])
def test_a_number_to_learn_is_scaled_as_in_the_project_or_by_mean_and_deviation(tmp_path, known, scaling):
    origin, table = read_text(tmp_path, PRICES)
    like = Source(origins=(), fields={"y": FieldMeaning(kind="number", role="target", scaling=known)})
    source = build_source(origin, guess_uses(table, like), table, like)
    assert source.fields["y"].scaling == scaling
    assert source.origins[0].columns["y"] == "price of it"


def test_a_project_that_learns_numbers_takes_stars_as_a_number(tmp_path):
    text = "customer,stars,rating\n" + "".join(f"{i * 0.25},{i % 4},{i % 5 + 1}\n" for i in range(60))
    like = Source(origins=(), fields={"y": FieldMeaning(kind="number", role="target")})
    uses = guess_uses(read_text(tmp_path, text)[1], like)
    assert [(use.column, use.kind) for use in uses if use.use == "target"] == [("rating", "number")]


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


WEATHER = "when,town,warm,note,label\n" + "".join(
    f"2020-01-{row % 28 + 1:02d},{'ABC'[row % 3]},{row * 0.5},{'one two three four ' + str(row)},{'xy'[row % 2]}\n"
    for row in range(60)
)


def test_dates_categories_and_texts_are_proposed_with_their_reasons(tmp_path):
    origin, table = read_text(tmp_path, WEATHER)
    found = {use.column: (use.kind, use.use, use.reason) for use in guess_uses(table)}
    assert found == {
        "when": ("date", "input", "dates from 2020-01-01 to 2020-01-28"),
        "town": ("flags", "input", "3 different values, a column of 0 and 1 each"),
        "warm": ("number", "input", "numbers from 0 to 29.5"),
        "note": ("text", "input", "texts of 5 words"),
        "label": ("category", "target", "2 classes to tell apart"),
    }
    source = build_source(origin, guess_uses(table), table)
    made = ("when: days", "when: month", "when: weekday", "town = A", "town = B", "town = C", "warm")
    assert source.origins[0].columns == {"features": made, "text": "note", "label": "label"}
    prepared = prepare(Project(data={"main": source}))["main"]
    assert prepared.facts.fields["features"].columns == made
    first = prepared.raw("train", 0)["features"]
    assert (first["when: days"], first["when: month"], first["when: weekday"]) == (18263.0, 1.0, 3.0)
    assert (first["town = A"], first["town = B"], first["town = C"]) == (0.0, 1.0, 0.0)


def test_a_text_alone_becomes_windows_of_which_the_next_characters_are_learned(tmp_path):
    file = tmp_path / "story.txt"
    file.write_text("Once upon a time, there was a network that wanted to write. " * 300)
    origin = Origin(kind="file", name=str(file), options={"shape": "stream"})
    table = locate_file(origin).open()["train"]
    source = build_source(origin, guess_uses(table), table)
    assert source.fields["text"].text
    assert source.windows == Windows(length=128, stride=128, targets=("text",), each=True)
    counts = prepare(Project(data={"main": source}))["main"].facts.counts
    assert counts["train"] > counts["validation"] > 0


def test_the_same_columns_are_used_as_in_the_project_so_far(tmp_path):
    origin, table = read_text(tmp_path, PASSENGERS)
    like = Source(
        origins=(Origin(kind="embedded", name="x", columns={"who": ("age", "deck = 2"), "fate": "survived"}),),
        fields={
            "who": FieldMeaning(kind="vector", scaling="minmax"),
            "fate": FieldMeaning(kind="category", role="target"),
        },
    )
    uses = guess_uses(table, like)
    assert {use.column: (use.kind, use.use) for use in uses if use.use != "ignore"} == {
        "age": ("number", "input"),
        "deck": ("flags", "input"),
        "survived": ("category", "target"),
    }
    source = build_source(origin, uses, table, like)
    assert source.fields == like.fields
    assert source.origins[0].columns == like.origins[0].columns
    assert prepare(Project(data={"main": source}))["main"].facts.fields["who"].columns == ("age", "deck = 2")


def test_rows_in_the_order_of_a_date_keep_the_last_ones_for_validation(tmp_path):
    rows = "".join(f"2020-{row // 28 + 1:02d}-{row % 28 + 1:02d},{row % 7},{'xy'[row % 2]}\n" for row in range(56))
    origin, table = read_text(tmp_path, "when,n,label\n" + rows)
    assert build_source(origin, guess_uses(table), table).split.by == "order"
    origin, table = read_text(tmp_path, WEATHER)
    assert build_source(origin, guess_uses(table), table).split.by == "random"


def test_numbers_that_name_something_are_no_amounts(tmp_path):
    rows = "".join(f"{row % 9},{row % 31},{1960 + row % 50},{row % 5 + 0.5}\n" for row in range(120))
    _, table = read_text(tmp_path, "userId,shop_id,year,rating\n" + rows)
    assert {use.column: (use.kind, use.use) for use in guess_uses(table)} == {
        "userId": ("category", "ignore"),
        "shop_id": ("category", "ignore"),
        "year": ("number", "input"),
        "rating": ("number", "target"),
    }


def test_what_reading_told_is_told_again_where_the_data_is_used(tmp_path):
    rows = "".join(f"{row},{'xy'[row % 2]}\n" for row in range(99))
    origin, table = read_text(tmp_path, f"a,label\n{rows}unknown,x\n")
    prepared = prepare(Project(data={"main": build_source(origin, guess_uses(table), table)}))["main"]
    assert prepared.notices == (
        "\"a\" holds whole numbers; 1 cell is written otherwise ('unknown' in row 101) and counts as missing.",
        "1 of 100 rows of train miss a value and are left out.",
    )
