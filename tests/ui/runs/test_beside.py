"""Numbers of runs beside each other: the best of a column stands out, where one can be best."""

from __future__ import annotations

import math

import pytest

from runtime.runs.project_file import read_project
from ui.runs.beside import Key, Line, find_best, find_goals, find_titles, write_table

LOSS: Key = ("validation", "loss")


def lines(*values: float, key: Key = LOSS) -> list[Line]:
    return [Line(f"Run {number}", {key: value}) for number, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "goal", "best"),
    [
        ((0.3, 0.1, 0.2), "min", 0.1),
        ((0.3, 0.1, 0.2), "max", 0.3),
        ((0.3, 0.1, 0.2), "none", None),
        ((0.3,), "min", None),
        ((0.3, math.nan), "min", None),
        ((math.nan, 0.4, 0.3), "min", 0.3),
    ],
)
def test_a_column_has_a_best_value_where_several_numbers_want_the_same(values, goal, best) -> None:
    assert find_best(lines(*values), LOSS, goal) == best


@pytest.mark.parametrize(
    ("preset", "name", "bold"),
    [
        ("mnist_cnn", "loss", "<b>0.1</b>"),
        ("mnist_cnn", "accuracy", "<b>0.3</b>"),
        ("pix2pix", "distance", "<b>0.1</b>"),
        ("vae", "loss", "<b>0.1</b>"),
        ("pix2pix", "generator_loss", None),
        ("dcgan", "discriminator_loss", None),
        ("dcgan", "generator_loss", None),
        ("wgan_gp", "critic_loss", None),
    ],
)
def test_of_what_rivals_pull_at_no_number_stands_out(preset: str, name: str, bold: str | None) -> None:
    project, key = read_project(preset), ("validation", name)
    table = write_table(lines(0.3, 0.1, key=key), [key], find_goals(project), find_titles(project))
    assert "0.3" in table and "0.1" in table
    assert bold in table if bold else "<b>" not in table
