"""Whether what a network says can be compared with the truth: short reasons, found from the shapes alone."""

from __future__ import annotations

from builder.layers.base import Misfit, Specs
from builder.tensors import Size, TensorSpec

INTEGERS = ("int64", "int32", "int16", "int8", "uint8", "bool")


def is_integer(spec: TensorSpec) -> bool:
    """Whether these are whole numbers, such as classes."""
    return spec.dtype in INTEGERS


def describe(spec: TensorSpec) -> str:
    """The shape of a sample in words."""
    return f"{spec} a sample" if spec.rank > 1 else "one number a sample"


def drop_single_axis(shape: tuple[Size, ...]) -> tuple[Size, ...]:
    """The shape without last axes of size 1: ``(B, 1, 1)``, ``(B, 1)`` and ``(B,)`` hold the same numbers."""
    while len(shape) > 1 and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def holds_same_numbers(given: TensorSpec, target: TensorSpec) -> bool:
    """Whether two shapes hold as many numbers in the same order."""
    return drop_single_axis(given.shape) == drop_single_axis(target.shape)


def check_same_shape(specs: Specs) -> bool:
    """Check that input and target hold the same numbers; return whether the target needs the input's shape or dtype.

    Raises:
        Misfit: ``target_shape`` where they do not.
    """
    given, target = specs[0], specs[1] if len(specs) > 1 else None
    if given is None or target is None:
        return False
    if not holds_same_numbers(given, target):
        reason = (
            f"got {describe(given)} to compare with a target of {describe(target)}, needs the same shape on both sides"
        )
        raise Misfit("target_shape", reason, port="input", got=given, wants=target)
    return given.shape != target.shape or given.dtype != target.dtype


def find_class_axis(given: TensorSpec, target: TensorSpec) -> int | None:
    """The axis of the classes: 1 as PyTorch has it, or -1 where they come last, as a Linear gives them at every step.

    Of a sequence with as many steps as there are classes the last axis is taken; None where neither fits.
    """
    if given.rank < 2:
        return None
    fitting = {1: (given.shape[0], *given.shape[2:]) == target.shape, -1: given.shape[:-1] == target.shape}
    order = (-1, 1) if given.rank == 3 else (1, -1)
    return next((axis for axis in order if fitting[axis]), None)


def check_lengths(specs: Specs) -> bool:
    """Whether lengths say how many steps of each sequence count.

    Raises:
        Misfit: ``no_steps`` where there is one value a sample, and no steps to count.
    """
    given, target, lengths = (*specs, None, None)[:3]
    if lengths is None:
        return False
    compared = target or given
    if compared is not None and len(drop_single_axis(compared.shape)) < 2:
        reason = f"got lengths, which count the steps of sequences, for {describe(compared)}"
        raise Misfit("no_steps", reason, port="lengths", got=compared)
    return True


def check_classes(specs: Specs) -> int:
    """Check that there is one score a class and one class a sample.

    Returns:
        The axis of the classes, as ``find_class_axis`` has it.

    Raises:
        Misfit: ``target_classes`` where the target holds no classes, ``target_shape`` where the axes differ.
    """
    given, target = specs[0], specs[1] if len(specs) > 1 else None
    if given is None or target is None:
        return 1
    if not is_integer(target):
        check_probabilities(given, target)
        return 1
    axis = find_class_axis(given, target)
    if given.rank < 2:
        raise Misfit(
            "target_shape",
            f"got {describe(given)}, needs one score for each class",
            port="input",
            got=given,
            wants=target,
        )
    if axis is None:
        raise Misfit("target_shape", describe_scores(given, target), port="input", got=given, wants=target)
    return axis


def describe_scores(given: TensorSpec, target: TensorSpec) -> str:
    """What scores and classes are, and what they would have to be."""
    got = f"got scores of {describe(given)} for classes of {describe(target)}"
    return f"{got}, needs one score a class and one class a sample"


def check_probabilities(given: TensorSpec, target: TensorSpec) -> None:
    """Check that a target of real numbers gives a probability to every class.

    Raises:
        Misfit: ``target_classes`` where it does not.
    """
    if given.shape != target.shape:
        reason = (
            f"got a target of {describe(target)} of type {target.dtype}, needs the number of a class for each sample"
        )
        raise Misfit("target_classes", reason, port="target", got=target, wants=given)


def check_scores(specs: Specs) -> int:
    """Check that scores can be counted against classes: one score a class, or a single score for yes or no.

    Returns:
        The axis of the classes: 1 as PyTorch has it, or -1 where they come last, as a Linear gives them.

    Raises:
        Misfit: ``target_shape`` where the axes differ.
    """
    given, target = specs[0], specs[1] if len(specs) > 1 else None
    if given is None or target is None or holds_same_numbers(given, target):
        return 1
    axis = find_class_axis(given, target)
    if axis is None:
        raise Misfit("target_shape", describe_scores(given, target), port="input", got=given, wants=target)
    return axis
