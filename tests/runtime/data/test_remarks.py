from __future__ import annotations

import numpy as np
import pytest

from runtime.data.intake import ColumnUse, guess_from
from runtime.data.remarks import Remark, find_remarks
from runtime.data.summaries import Summary, summarize
from runtime.data.tables import Table

RANDOM = np.random.RandomState(0)
COUNT = 400
NOISE = RANDOM.rand(COUNT)
CLASSES = np.array(["x", "y"], dtype=object)[RANDOM.randint(0, 2, COUNT)]
INPUT = [ColumnUse("a", "number", "input"), ColumnUse("label", "category", "target")]


def look(tables: dict[str, Table] | Table, uses: list[ColumnUse] | None = None) -> list[Remark]:
    tables = tables if isinstance(tables, dict) else {"train": tables}
    table = tables["train"]
    summaries: list[Summary] = [summarize(table, column) for column in table.columns]
    return find_remarks(tables, uses or guess_from(table, summaries), summaries)


def say(remarks: list[Remark]) -> list[str]:
    return [remark.what for remark in remarks]


def test_ordinary_rows_give_no_cause_for_a_remark():
    assert look(Table({"a": NOISE, "label": CLASSES})) == []


def test_missing_values_are_told_with_the_rows_that_they_cost():
    holes, more = NOISE.copy(), RANDOM.rand(COUNT)
    holes[:30], more[30:230] = np.nan, np.nan
    remarks = look(Table({"a": holes, "b": more, "label": CLASSES}))
    assert say(remarks) == ['Values are missing: "b" in 200 rows, "a" in 30 rows. In all 230 of 400 rows are left out.']
    assert remarks[0].advice == 'Ignore "b", and fewer rows are lost.'


def test_rows_that_repeat_are_counted_without_their_numbers():
    a, label = np.concatenate([NOISE, NOISE[:7]]), np.concatenate([CLASSES, CLASSES[:7]])
    table = Table({"id": np.arange(COUNT + 7), "a": a, "label": label})
    assert say(look(table)) == ["7 of 407 rows repeat another one."]


def test_pictures_that_cannot_be_compared_are_not_said_to_repeat():
    pictures = np.zeros((COUNT, 4, 4), dtype=np.uint8)
    uses = [ColumnUse("image", "image", "input"), ColumnUse("label", "category", "target")]
    assert say(look(Table({"image": pictures, "label": CLASSES}), uses)) == []


def test_rows_of_the_test_part_that_were_learned_from_are_counted():
    test = Table(
        {"a": np.concatenate([NOISE[:5], RANDOM.rand(20)]), "label": np.concatenate([CLASSES[:5], CLASSES[:20]])}
    )
    remarks = look({"train": Table({"a": NOISE, "label": CLASSES}), "test": test}, INPUT)
    assert say(remarks) == ["5 of 25 rows of test also stand in the training part."]


@pytest.mark.parametrize("kind", ["number", "category"])
def test_a_column_that_gives_the_class_away_is_named(kind: str):
    giving = np.where(CLASSES == "x", 1.0, 5.0) + NOISE if kind == "number" else np.where(CLASSES == "x", "ja", "nein")
    table = Table({"a": NOISE, "paid": giving.astype(float if kind == "number" else object), "label": CLASSES})
    uses = [*INPUT, ColumnUse("paid", kind, "input")]
    assert say(look(table, uses)) == ['"paid" alone gives "label" away in 100.0% of the rows.']


def test_a_column_that_gives_the_number_away_is_named():
    table = Table({"a": RANDOM.rand(COUNT), "dollars": NOISE * 1.1, "euros": NOISE})
    uses = [
        ColumnUse("a", "number", "input"),
        ColumnUse("dollars", "number", "input"),
        ColumnUse("euros", "number", "target"),
    ]
    assert [what.split(" away ")[0] for what in say(look(table, uses))] == ['"dollars" alone gives "euros"']


def test_a_name_for_every_row_gives_nothing_away():
    names = np.array([f"n{row}" for row in range(COUNT)], dtype=object)
    assert (
        look(Table({"a": NOISE, "name": names, "label": CLASSES}), [*INPUT, ColumnUse("name", "category", "input")])
        == []
    )


def test_uneven_and_rare_classes_are_told():
    labels = np.array(["often"] * 380 + ["seldom"] * 17 + ["rare"] * 3, dtype=object)
    assert say(look(Table({"a": NOISE, "label": labels}))) == [
        'The classes of "label" are uneven: the largest has 95.0% of the rows.',
        'A class of "label" has only 3 rows.',
    ]


def test_few_rows_are_told():
    assert say(look(Table({"a": NOISE[:40], "label": CLASSES[:40]}))) == ["There are only 40 rows."]


def test_what_reading_told_comes_first():
    table = Table(
        {"a": NOISE, "label": CLASSES}, notices=("The first 2 lines stand above the table and are left out.",)
    )
    assert say(look(table)) == ["The first 2 lines stand above the table and are left out."]
