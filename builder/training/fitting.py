"""Whether what a network says can be compared with the truth: short reasons, found from the shapes alone."""

from __future__ import annotations

from builder.layers.base import Misfit, Specs
from builder.tensors import Size, TensorSpec

INTEGERS = ("int64", "int32", "int16", "int8", "uint8", "bool")


def is_integer(spec: TensorSpec) -> bool:
    """Whether these are whole numbers, such as classes."""
    return spec.dtype in INTEGERS


def drop_single_axis(shape: tuple[Size, ...]) -> tuple[Size, ...]:
    """The shape without a last axis of size 1: ``(B, 1)`` and ``(B,)`` hold the same numbers."""
    return shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape


def check_same_shape(specs: Specs) -> bool:
    """Check that input and target hold the same numbers; return whether the target must first be given the input's shape.

    Raises:
        Misfit: ``target_shape`` where they do not.
    """
    input, target = specs[0], specs[1] if len(specs) > 1 else None
    if input is None or target is None:
        return False
    if drop_single_axis(input.shape) != drop_single_axis(target.shape):
        reason = f"got {input} to compare with a target of {target}, needs the same shape on both sides"
        raise Misfit("target_shape", reason, port="input", got=input, wants=target)
    return input.shape != target.shape or input.dtype != target.dtype


def check_classes(specs: Specs) -> None:
    """Check that there is one score a class and one class a sample.

    Raises:
        Misfit: ``target_classes`` where the target holds no classes, ``target_shape`` where the axes differ.
    """
    input, target = specs[0], specs[1] if len(specs) > 1 else None
    if input is None or target is None:
        return
    if not is_integer(target):
        check_probabilities(input, target)
    elif input.rank < 2:
        raise Misfit("target_shape", f"got {input}, needs one score for each class", port="input", got=input, wants=target)
    elif (input.shape[0], *input.shape[2:]) != target.shape:
        reason = f"got scores of {input} for classes of {target}, needs one score a class and one class a sample"
        raise Misfit("target_shape", reason, port="input", got=input, wants=target)


def check_probabilities(input: TensorSpec, target: TensorSpec) -> None:
    """Check that a target of real numbers gives a probability to every class.

    Raises:
        Misfit: ``target_classes`` where it does not.
    """
    if input.shape != target.shape:
        reason = f"got real numbers of {target} as the target, needs the number of a class for each sample"
        raise Misfit("target_classes", reason, port="target", got=target, wants=input)


def check_scores(specs: Specs) -> None:
    """Check that scores can be counted against classes: one score a class, or a single score for yes or no.

    Raises:
        Misfit: ``target_shape`` where the axes differ.
    """
    input, target = specs[0], specs[1] if len(specs) > 1 else None
    if input is None or target is None:
        return
    if drop_single_axis(input.shape) == drop_single_axis(target.shape):
        return
    if input.rank < 2 or (input.shape[0], *input.shape[2:]) != target.shape:
        reason = f"got scores of {input} for classes of {target}, needs one score a class and one class a sample"
        raise Misfit("target_shape", reason, port="input", got=input, wants=target)
