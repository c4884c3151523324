"""A loss says from the shapes alone whether it can compare what it is given."""

from __future__ import annotations

import pytest
import torch

from builder.layers.base import Misfit
from builder.parts import losses as parts
from builder.tensors import BATCH, TIME, TensorSpec
from builder.training import TRAINING_CATALOGUE

B, T = BATCH, TIME


def construct(kind: str, given: tuple[object, ...], target: tuple[object, ...], dtype: str) -> type:
    found = TRAINING_CATALOGUE[kind]
    specs = (TensorSpec(given), TensorSpec(target, dtype))  # type: ignore[arg-type]
    made = found.construct(found.Params.model_validate({}), specs)
    assert made is not None
    return made.target


@pytest.mark.parametrize(
    ("kind", "given", "target", "dtype", "expected"),
    [
        ("CrossEntropyLoss", (B, 10), (B,), "int64", torch.nn.CrossEntropyLoss),
        ("CrossEntropyLoss", (B, 10, T), (B, T), "int64", torch.nn.CrossEntropyLoss),
        ("CrossEntropyLoss", (B, 10), (B, 10), "float32", torch.nn.CrossEntropyLoss),
        ("CrossEntropyLoss", (B, T, 10), (B, T), "int64", parts.SequenceCrossEntropyLoss),
        ("CrossEntropyLoss", (B, 10, 10), (B, 10), "int64", parts.SequenceCrossEntropyLoss),
        ("CrossEntropyLoss", (B, 8, 8, 8), (B, 8, 8), "int64", torch.nn.CrossEntropyLoss),
        ("NLLLoss", (B, 6, 10), (B, 6), "int64", parts.SequenceNLLLoss),
        ("MSELoss", (B, 1), (B, 1), "float32", torch.nn.MSELoss),
        ("MSELoss", (B, 1), (B,), "float32", parts.MatchedMSELoss),
        ("MSELoss", (B,), (B, 1), "float32", parts.MatchedMSELoss),
        ("MSELoss", (B, 1), (B, 1, 1), "float32", parts.MatchedMSELoss),
        ("BCELoss", (B, 1), (B,), "int64", parts.MatchedBCELoss),
        ("BCEWithLogitsLoss", (B, 1), (B, 1), "float32", torch.nn.BCEWithLogitsLoss),
        ("BCEWithLogitsLoss", (B, 1), (B,), "int64", parts.MatchedBCEWithLogitsLoss),
    ],
)
def test_a_loss_takes_the_part_that_fits(
    kind: str, given: tuple[object, ...], target: tuple[object, ...], dtype: str, expected: type
) -> None:
    assert construct(kind, given, target, dtype) is expected


@pytest.mark.parametrize(
    ("kind", "given", "target", "dtype", "code", "sentence"),
    [
        (
            "MSELoss",
            (B, 3),
            (B,),
            "float32",
            "target_shape",
            "got 3 a sample to compare with a target of one number a sample",
        ),
        ("MSELoss", (B, 3), (B, 2), "float32", "target_shape", "got 3 a sample to compare with a target of 2 a sample"),
        ("CrossEntropyLoss", (B,), (B,), "int64", "target_shape", "needs one score for each class"),
        (
            "CrossEntropyLoss",
            (B, 3, 4),
            (B,),
            "int64",
            "target_shape",
            "got scores of 3×4 a sample for classes of one number",
        ),
        ("CrossEntropyLoss", (B, 10), (B, 1), "float32", "target_classes", "needs the number of a class"),
        ("Accuracy", (B, 3, 4), (B,), "int64", "target_shape", "got scores of 3×4"),
        ("MeanSquaredError", (B, 3), (B, 1), "float32", "target_shape", "needs the same shape on both sides"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    kind: str, given: tuple[object, ...], target: tuple[object, ...], dtype: str, code: str, sentence: str
) -> None:
    with pytest.raises(Misfit, match=sentence) as caught:
        construct(kind, given, target, dtype)
    assert caught.value.code == code


def test_a_constant_target_needs_no_link() -> None:
    loss = TRAINING_CATALOGUE["BCEWithLogitsLoss"]
    made = loss.construct(loss.Params.model_validate({"target": 1}), (TensorSpec((B, 1)), None))
    assert made is not None
    assert made.target is parts.ConstantBCEWithLogitsLoss


@pytest.mark.parametrize(
    ("kind", "given", "target", "dtype", "arguments"),
    [
        ("CrossEntropyLoss", (B, T, 10), (B, T), "int64", {"dim": -1}),
        ("CrossEntropyLoss", (B, 10, T), (B, T), "int64", {"dim": 1}),
        ("BCEWithLogitsLoss", (B, T, 1), (B, T), "int64", {"reduction": "none"}),
        ("MSELoss", (B, T, 2), (B, T, 2), "float32", {"reduction": "none"}),
    ],
)
def test_lengths_of_sequences_are_minded(
    kind: str, given: tuple[object, ...], target: tuple[object, ...], dtype: str, arguments: dict[str, object]
) -> None:
    loss = TRAINING_CATALOGUE[kind]
    specs = (TensorSpec(given), TensorSpec(target, dtype), TensorSpec((B,), "int64"))  # type: ignore[arg-type]
    made = loss.construct(loss.Params.model_validate({}), specs)
    assert made is not None
    assert arguments.items() <= made.kwargs.items()


@pytest.mark.parametrize(("kind", "given"), [("CrossEntropyLoss", (B, 10)), ("MSELoss", (B,))])
def test_lengths_without_steps_are_refused(kind: str, given: tuple[object, ...]) -> None:
    loss = TRAINING_CATALOGUE[kind]
    dtype = "int64" if kind == "CrossEntropyLoss" else "float32"
    specs = (TensorSpec(given), TensorSpec((B,), dtype), TensorSpec((B,), "int64"))  # type: ignore[arg-type]
    with pytest.raises(Misfit, match="got lengths, which count the steps of sequences, for one number a sample"):
        loss.construct(loss.Params.model_validate({}), specs)
