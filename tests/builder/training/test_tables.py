"""A table of constants as a node: its shape, its rows, and its code."""

from __future__ import annotations

import pytest
import torch

from builder.document import Project
from builder.parts.draws import repeat_rows
from builder.tensors import BATCH, TensorSpec
from builder.training.tables import Table

BATCH_OF_THREE = torch.zeros(3, 8)


@pytest.mark.parametrize(
    ("params", "spec"),
    [
        ({"values": [0, 1, 2]}, TensorSpec((BATCH,), "int64")),
        ({"values": [0.5, 1, 2, 3], "size": [2], "dtype": "float32"}, TensorSpec((BATCH, 2), "float32")),
    ],
)
def test_it_gives_what_it_declares_and_what_its_code_gives(params: dict[str, object], spec: TensorSpec) -> None:
    checked = Table.Params.model_validate(params)
    given = Table.apply(checked, BATCH_OF_THREE)
    assert Table.declare(checked, Project()) == {"output": spec}
    assert (given.shape, str(given.dtype)) == ((3, *spec.shape[1:]), f"torch.{spec.dtype}")
    printed = eval(Table.expression(checked, "x"), {"repeat_rows": repeat_rows, "x": BATCH_OF_THREE})
    assert torch.equal(given, printed) and given.dtype == printed.dtype


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"values": [0, 1, 2], "size": [2]}, "3 values do not fill rows of 2"),
        ({"values": [0.5]}, "whole numbers are needed"),
        ({"values": [float("inf")], "dtype": "float32"}, "finite"),
        ({"values": []}, "at least 1 item"),
    ],
)
def test_numbers_that_are_no_table_are_refused(params: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Table.Params.model_validate(params)
